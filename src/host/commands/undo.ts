import * as vscode from 'vscode';
import { AppError } from '../../core/appError.ts';
import { say } from '../say.ts';
import type { CommandDeps } from './commandDeps.ts';
import type { Handler } from './handler.ts';
import { askFolder } from './target.ts';

export function undoHandlers(deps: CommandDeps): Record<`claudetask.task.${'undo' | 'redo'}`, Handler> {
  const travel = async (args: readonly unknown[], operation: 'task.undo' | 'task.redo'): Promise<void> => {
    const back = operation === 'task.undo';
    const folder = await askFolder(deps, args, back ? vscode.l10n.t('Undo') : vscode.l10n.t('Redo'));
    if (!folder) return;
    try {
      const store = await folder.open();
      const { label } = await store.call(operation, {});
      say(back ? vscode.l10n.t('Undone: {0}', label) : vscode.l10n.t('Redone: {0}', label));
    } catch (error) {
      // The key was pressed once too often: no reason to interrupt.
      if (!AppError.is(error, 'undo.nothing')) throw error;
      say(error.message);
    }
  };
  return {
    'claudetask.task.undo': (...args) => travel(args, 'task.undo'),
    'claudetask.task.redo': (...args) => travel(args, 'task.redo'),
  };
}
