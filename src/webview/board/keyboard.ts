import { statuses } from '../../core/task.ts';
import type { BoardAction } from '../../protocol/boardMessages.ts';
import type { Board } from './context.ts';
import { cardElement, cardWithFocus, focusCard } from './focus.ts';
import { canWrite, openColumns, type Model } from './model.ts';
import { placeAt } from './drag.ts';

export function isTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** The card one reaches from this one with a key; undefined at the edge. */
function neighbour(model: Model, id: number, key: string): number | undefined {
  const row = model.cards.get(id);
  if (row === undefined) return undefined;
  const shown = model.cards.shown(row.status);
  const index = model.cards.indexOf(id);
  const top = cardElement(id)?.getBoundingClientRect().top ?? 0;
  const handle = model.columns.get(row.status);
  switch (key) {
    case 'ArrowUp':
      return shown[index - 1]?.id;
    case 'ArrowDown':
      return shown[index + 1]?.id;
    case 'Home':
      return shown[0]?.id;
    case 'End':
      return shown.at(-1)?.id;
    case 'PageUp':
      return shown[handle?.indexAt(top - handle.height()) ?? 0]?.id;
    case 'PageDown':
      return shown[handle?.indexAt(top + handle.height()) ?? 0]?.id;
    case 'ArrowLeft':
    case 'ArrowRight': {
      const open = openColumns(model);
      const step = key === 'ArrowLeft' ? -1 : 1;
      for (let at = open.indexOf(row.status) + step; at >= 0 && at < open.length; at += step) {
        const status = open[at];
        if (status === undefined) break;
        const cards = model.cards.shown(status);
        // The card beside, not the card with the same number: columns are scrolled each for itself.
        const beside = model.columns.get(status)?.indexAt(top + 4) ?? index;
        const found = cards[Math.min(beside, cards.length - 1)];
        if (found !== undefined) return found.id;
      }
      return undefined;
    }
    default:
      return undefined;
  }
}

export function openMenuFor(model: Model, id: number): void {
  const anchor = cardElement(id)?.querySelector('.card-menu')?.getBoundingClientRect();
  if (anchor !== undefined && canWrite(model.ui().state))
    model.set({ menu: { taskId: id, x: anchor.left, y: anchor.bottom }, focusedId: id });
}

function toggled(set: ReadonlySet<number>, id: number): Set<number> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}

export function startRename(model: Model, id: number): void {
  if (!canWrite(model.ui().state) || model.cards.get(id) === undefined) return;
  focusCard(model, id);
  model.set({ editingId: id });
}

/** Keys on a card. Moves are VS Code commands with keybindings of their own: they arrive through `act`. */
export function onBoardKey(board: Board, event: KeyboardEvent): void {
  const { model, actions } = board;
  const id = cardWithFocus();
  if (id === null || isTextField(event.target) || event.altKey || event.metaKey || event.ctrlKey) return;
  if (event.shiftKey && event.key !== 'F10') return;
  const next = neighbour(model, id, event.key);
  if (next !== undefined) focusCard(model, next);
  else {
    switch (event.key) {
      case 'Enter':
      case 'F2':
        startRename(model, id);
        break;
      case ' ':
        actions.select(toggled(model.ui().selected, id));
        break;
      case 'ContextMenu':
      case 'F10':
        openMenuFor(model, id);
        break;
      case 'Delete':
        void actions.delete(id);
        break;
      case 'Escape':
        actions.select(new Set());
        break;
      case 'ArrowUp':
      case 'ArrowDown':
      case 'ArrowLeft':
      case 'ArrowRight':
      case 'Home':
      case 'End':
        break;
      default:
        return;
    }
  }
  event.preventDefault();
}

/** Undo and redo anywhere on the page but in a text field, which has its own. */
export function onPageKey(board: Board, event: KeyboardEvent): void {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || isTextField(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === 'z' && !event.shiftKey) void board.actions.undo();
  else if ((key === 'z' && event.shiftKey) || key === 'y') void board.actions.redo();
  else return;
  event.preventDefault();
}

/** What a VS Code command asks the page to do, on the card it names or on the one with the focus. */
export function act(board: Board, action: BoardAction, taskId: number | undefined): void {
  const { model, actions } = board;
  const id = taskId ?? model.ui().focusedId;
  const row = id === null ? undefined : model.cards.get(id);
  if (action === 'focusFilter') {
    document.querySelector<HTMLInputElement>('#filter')?.focus();
    return;
  }
  if (action === 'quickAdd') {
    const status = row?.status ?? 'Backlog';
    const collapsed = new Set([...model.ui().collapsed].filter((other) => other !== status));
    model.set({ addingTo: status, collapsed, tab: status });
    return;
  }
  if (row === undefined) return;
  const shown = model.cards.shown(row.status);
  const index = model.cards.indexOf(row.id);
  switch (action) {
    case 'reveal':
      if (index < 0) board.filter.set('');
      focusCard(model, row.id);
      break;
    case 'rename':
      startRename(model, row.id);
      break;
    case 'moveUp':
      if (index > 0) void actions.move(row.id, row.status, placeAt(model, row.id, row.status, index - 1), { follow: true });
      break;
    case 'moveDown':
      if (index >= 0 && index < shown.length - 1)
        void actions.move(row.id, row.status, placeAt(model, row.id, row.status, index + 2), { follow: true });
      break;
    case 'moveLeft':
    case 'moveRight': {
      const to = statuses[statuses.indexOf(row.status) + (action === 'moveLeft' ? -1 : 1)];
      if (to !== undefined) void actions.move(row.id, to, {}, { follow: true });
      break;
    }
  }
}
