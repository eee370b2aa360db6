import * as vscode from 'vscode';
import type { Log } from '../app/ports.ts';
import type { Disposable } from '../util/disposable.ts';

/** The extension's one log channel, as a port for the others. */
export interface HostLog extends Log, Disposable {
  show(): void;
}

export function createLog(): HostLog {
  const channel = vscode.window.createOutputChannel('ClaudeTask', { log: true });
  return {
    debug: (message) => channel.debug(message),
    info: (message) => channel.info(message),
    warn: (message) => channel.warn(message),
    error: (message, cause) => {
      if (cause === undefined) channel.error(message);
      else channel.error(message, cause);
    },
    show: () => channel.show(true),
    dispose: () => channel.dispose(),
  };
}
