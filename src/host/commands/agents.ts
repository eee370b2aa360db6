import * as vscode from 'vscode';
import { agentFormViewType } from '../agentForm/agentForms.ts';
import { agentCreateHandlers } from './agentCreate.ts';
import { agentDeleteHandlers } from './agentDelete.ts';
import { agentEditHandlers } from './agentEdit.ts';
import { agentEnableHandlers } from './agentEnable.ts';
import { agentExplainHandlers } from './agentExplain.ts';
import { agentMemoryHandlers } from './agentMemory.ts';
import { askAgent, isEditable, uriOfTarget } from './agentTarget.ts';
import type { ClaudeCommandDeps } from './claudeDeps.ts';
import type { HandlersOf } from './handler.ts';

/** A file of an editor, or that of the agent that is named or picked. */
async function fileOf(
  deps: ClaudeCommandDeps,
  args: readonly unknown[],
  title: string,
  onlyEditable: boolean,
): Promise<vscode.Uri | undefined> {
  const [first] = args;
  if (first instanceof vscode.Uri) return first;
  const target = await askAgent(deps, args, { title, ...(onlyEditable ? { only: isEditable } : {}) });
  return target && uriOfTarget(target);
}

export function agentHandlers(deps: ClaudeCommandDeps): HandlersOf<'agent'> {
  return {
    ...agentCreateHandlers(deps),
    ...agentEditHandlers(deps),
    ...agentDeleteHandlers(deps),
    ...agentEnableHandlers(deps),
    ...agentExplainHandlers(deps),
    ...agentMemoryHandlers(deps),
    'claudetask.agent.open': async (...args) => {
      const uri = await fileOf(deps, args, vscode.l10n.t('Open Agent File'), false);
      if (uri) await vscode.commands.executeCommand('vscode.openWith', uri, 'default');
    },
    'claudetask.agent.openForm': async (...args) => {
      const uri = await fileOf(deps, args, vscode.l10n.t('Open Agent Form'), true);
      if (uri) await vscode.commands.executeCommand('vscode.openWith', uri, agentFormViewType);
    },
  };
}
