import * as vscode from 'vscode';
import { say } from '../say.ts';
import type { ClaudeCommandDeps } from './claudeDeps.ts';
import type { HandlersOf } from './handler.ts';

export function claudeHandlers({ claude }: ClaudeCommandDeps): HandlersOf<'claude'> {
  return {
    'claudetask.claude.refresh': async () => {
      const folders = await claude.load();
      await vscode.window.withProgress({ location: { viewId: 'claudetask.agents' } }, () =>
        Promise.all(
          folders.map(async ({ catalog, agents }) => {
            await catalog.ready();
            await catalog.refresh();
            await agents.loaded();
          }),
        ),
      );
      say(vscode.l10n.t('Agents and CLAUDE.md are up to date.'));
    },
  };
}
