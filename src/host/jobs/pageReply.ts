import * as vscode from 'vscode';
import { AppError } from '../../core/appError.ts';
import type { Reply } from '../../protocol/wire.ts';
import type { CommandId } from '../contributions.generated.ts';
import type { HostLog } from '../log.ts';

/** Does what a page asked for and makes its answer: a page is always answered. */
export async function replyTo(log: HostLog, what: string, work: () => Promise<unknown>): Promise<Reply> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (AppError.is(error)) {
      if (error.code !== 'cancelled') log.info(`${what}: ${error.code}: ${error.message}`);
      return { ok: false, error: error.toBody() };
    }
    log.error(what, error);
    return { ok: false, error: { code: 'internal', message: error instanceof Error ? error.message : String(error) } };
  }
}

/** Starts one of our commands for a page. */
export function runCommand(log: HostLog, id: CommandId, address: object): void {
  void vscode.commands.executeCommand(id, address).then(undefined, (error: unknown) => log.error(id, error));
}
