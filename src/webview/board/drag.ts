import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element';
import { dropTargetForElements, monitorForElements, type ElementEventBasePayload } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import type { Status } from '../../core/task.ts';
import type { Actions } from './actions.ts';
import type { Place } from './cards.ts';
import { isStatus } from './guards.ts';
import type { Model } from './model.ts';
import { refusal } from './rules.ts';

/** A column, a collapsed one or a tab takes cards. Where in it follows from the pointer's height, without a target per card. */
export function acceptCards(element: HTMLElement, status: Status, model: Model): () => void {
  return dropTargetForElements({
    element,
    canDrop: ({ source }) => typeof source.data['taskId'] === 'number',
    getData: ({ input }) => ({ status, index: model.columns.get(status)?.gapAt(input.clientY) ?? 0 }),
    // While the pointer is between two columns, the last one keeps the card.
    getIsSticky: () => false,
  });
}

export function scrollWhileDragging(element: HTMLElement): () => void {
  return autoScrollForElements({ element });
}

/** Where the card would land now; null when it would stay where it is. */
function target(payload: ElementEventBasePayload, model: Model): { status: Status; index: number } | null {
  const data = payload.location.current.dropTargets[0]?.data;
  const id = payload.source.data['taskId'];
  if (data === undefined || !isStatus(data['status']) || typeof data['index'] !== 'number' || typeof id !== 'number') return null;
  const own = model.cards.get(id);
  if (own?.status === data['status']) {
    const at = model.cards.indexOf(id);
    if (data['index'] === at || data['index'] === at + 1) return null;
  }
  return { status: data['status'], index: data['index'] };
}

/** The place named by its neighbours as they are shown: what the line shows is what happens, filter or not. */
export function placeAt(model: Model, id: number, status: Status, index: number): Place {
  const shown = model.cards.shown(status);
  const above = shown[index - 1]?.id === id ? shown[index - 2] : shown[index - 1];
  if (above !== undefined) return { afterId: above.id };
  const below = shown[index]?.id === id ? shown[index + 1] : shown[index];
  return below === undefined ? {} : { beforeId: below.id };
}

/** Follows every drag of a card over the board. */
export function watchDrags(model: Model, actions: Actions): () => void {
  const follow = (payload: ElementEventBasePayload): void => {
    const next = target(payload, model);
    const { drop } = model.ui();
    if (next?.status === drop?.status && next?.index === drop?.index) return;
    model.set({ drop: next });
  };
  return monitorForElements({
    canMonitor: ({ source }) => typeof source.data['taskId'] === 'number',
    onDragStart: ({ source }) => {
      const id = source.data['taskId'];
      if (typeof id === 'number') model.set({ draggingId: id, focusedId: id, menu: null });
    },
    onDrag: follow,
    onDropTargetChange: follow,
    onDrop: (payload) => {
      const id = payload.source.data['taskId'];
      const to = target(payload, model);
      model.set({ draggingId: null, drop: null });
      if (to !== null && typeof id === 'number') void actions.move(id, to.status, placeAt(model, id, to.status, to.index));
    },
  });
}

/** Why a column would refuse the card that is dragged now. */
export function dragRefusal(model: Model, status: Status): string | null {
  const { draggingId } = model.ui();
  const row = draggingId === null ? undefined : model.cards.get(draggingId);
  return row === undefined ? null : refusal(model, row, status);
}
