import * as vscode from 'vscode';
import type { BoardAction } from '../../protocol/boardMessages.ts';
import type { CommandDeps } from './commandDeps.ts';
import type { HandlersOf } from './handler.ts';
import { askFolder, pageContext } from './target.ts';

/** Commands of the board's page. Those that act on a card go to the page, which knows where its cards stand. */
export function boardHandlers(deps: CommandDeps): HandlersOf<'board'> {
  const onPage =
    (action: BoardAction) =>
    (...args: unknown[]): void => {
      const board = deps.boards.active;
      if (board) board.do(action, pageContext(args[0])?.taskId);
      else
        void vscode.window.showInformationMessage(
          vscode.l10n.t('This acts on the focused card of a board, and no board has the focus. Open the board first.'),
        );
    };
  return {
    'claudetask.board.open': async (...args) => {
      const folder = await askFolder(deps, args, vscode.l10n.t('Open Board'));
      if (folder) deps.boards.open(folder);
    },
    'claudetask.board.focusFilter': onPage('focusFilter'),
    'claudetask.board.quickAdd': onPage('quickAdd'),
    'claudetask.board.rename': onPage('rename'),
    'claudetask.board.moveLeft': onPage('moveLeft'),
    'claudetask.board.moveRight': onPage('moveRight'),
    'claudetask.board.moveUp': onPage('moveUp'),
    'claudetask.board.moveDown': onPage('moveDown'),
  };
}
