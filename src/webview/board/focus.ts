import type { Status } from '../../core/task.ts';
import { openColumns, type Model } from './model.ts';

export function cardElement(id: number): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-id="${id}"]`);
}

/** Id of the card that holds the focus, or whose menu button or editor does. */
export function cardWithFocus(): number | null {
  const card = document.activeElement?.closest<HTMLElement>('[data-id]');
  return card === null || card === undefined ? null : Number(card.dataset['id']);
}

/** Makes a card the one that has the focus, wherever it is: a collapsed column opens, a far one scrolls here. */
export function focusCard(model: Model, id: number): void {
  const row = model.cards.get(id);
  if (row === undefined) return;
  const { collapsed, narrow } = model.ui();
  model.set({
    focusedId: id,
    ...(narrow ? { tab: row.status } : {}),
    ...(collapsed.has(row.status) && !narrow ? { collapsed: new Set([...collapsed].filter((status) => status !== row.status)) } : {}),
  });
  afterDrawing(() => {
    const card = cardElement(id);
    if (card === null) return;
    if (!card.contains(document.activeElement)) card.focus({ preventScroll: true });
    card.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
}

/** Runs when what was just changed is in the page; Preact draws in a microtask that was queued before. */
export function afterDrawing(then: () => void): void {
  queueMicrotask(() => queueMicrotask(then));
}

/**
 * Runs a change and keeps the focus on its card by id, in whichever column it is afterwards. When the card is gone, the
 * focus goes to the one that took its place.
 */
export function keepingFocus(model: Model, change: () => void): void {
  const { focusedId } = model.ui();
  const held = cardWithFocus();
  const status = focusedId === null ? undefined : model.cards.get(focusedId)?.status;
  const index = focusedId === null ? -1 : model.cards.indexOf(focusedId);
  change();
  if (focusedId === null || status === undefined || index < 0) return;
  if (model.cards.indexOf(focusedId) >= 0) {
    if (held === focusedId) afterDrawing(() => refocus(model, focusedId));
    return;
  }
  const shown = model.cards.shown(status);
  const next = shown[Math.min(index, shown.length - 1)] ?? firstCard(model);
  if (held === focusedId && next !== undefined) focusCard(model, next.id);
  else model.set({ focusedId: next?.id ?? null });
}

function refocus(model: Model, id: number): void {
  const lost = document.activeElement === document.body || document.activeElement === null;
  if (lost && model.ui().focusedId === id) cardElement(id)?.focus({ preventScroll: true });
}

function firstCard(model: Model): { id: number } | undefined {
  for (const status of openColumns(model)) {
    const first = model.cards.shown(status)[0];
    if (first !== undefined) return first;
  }
  return undefined;
}

/** The card that Tab reaches: the focused one, else the first. */
export function tabStop(model: Model): number | null {
  const { focusedId, collapsed, narrow, tab } = model.ui();
  const visible = (status: Status) => (narrow ? status === tab : !collapsed.has(status));
  if (focusedId !== null && model.cards.indexOf(focusedId) >= 0) {
    const status = model.cards.get(focusedId)?.status;
    if (status !== undefined && visible(status)) return focusedId;
  }
  for (const status of openColumns(model)) {
    const first = visible(status) ? model.cards.shown(status)[0] : undefined;
    if (first !== undefined) return first.id;
  }
  return null;
}
