import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../util/disposable.ts';
import type { AllHandlers, Handler } from './commands/handler.ts';
import { commandIds } from './contributions.generated.ts';
import type { HostLog } from './log.ts';
import { showError } from './showError.ts';

/** Runs a piece of work as every command is run: logged, timed, its failure shown. Undefined when it failed. */
export async function runShown(log: HostLog, what: string, work: () => unknown): Promise<unknown> {
  const start = performance.now();
  try {
    const value = await work();
    log.debug(`${what}: ${Math.round(performance.now() - start)} ms`);
    return value;
  } catch (error) {
    showError(log, what, error);
    return undefined;
  }
}

/** Registers every command that package.json declares. The handlers are made when the first one is needed. */
export function registerAll(log: HostLog, handlers: () => Promise<AllHandlers>): Disposable {
  const subscriptions = new DisposableStore();
  for (const id of commandIds) {
    const run: Handler = (...args) => runShown(log, id, async () => (await handlers())[id](...args));
    subscriptions.add(vscode.commands.registerCommand(id, run));
  }
  return subscriptions;
}
