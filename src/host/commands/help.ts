import * as vscode from 'vscode';
import { diagnostics } from '../diagnostics.ts';
import { say } from '../say.ts';
import type { CommandDeps } from './commandDeps.ts';
import type { HandlersOf } from './handler.ts';

export function helpHandlers({ stores, settings, log, version }: CommandDeps): HandlersOf<'diagnostics'> & HandlersOf<'log'> {
  return {
    'claudetask.diagnostics.copy': async () => {
      await vscode.env.clipboard.writeText(await diagnostics(version, stores, settings));
      say(vscode.l10n.t('Diagnostics copied'));
    },
    'claudetask.log.show': () => log.show(),
  };
}
