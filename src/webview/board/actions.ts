import type { Priority, Status, TaskRow, TaskType } from '../../core/task.ts';
import type { ErrorBody } from '../../core/appError.ts';
import type { Reply } from '../../protocol/wire.ts';
import type { Place } from './cards.ts';
import type { Channel } from './channel.ts';
import { focusCard, keepingFocus } from './focus.ts';
import { isRecord } from '../shared/record.ts';
import { t } from '../shared/strings.ts';
import { changedRows, isTaskRow } from './guards.ts';
import { canWrite, type Message, type Model } from './model.ts';
import { refusal } from './rules.ts';

/** All that a person can do to tasks on the board. Each tells its result once, and how to take it back. */
export interface Actions {
  move(id: number, to: Status, place: Place, options?: { override?: boolean; follow?: boolean }): Promise<void>;
  moveToEnd(id: number, end: 'top' | 'bottom'): Promise<void>;
  /** Null when the task was added, else why not. */
  add(title: string, status: Status): Promise<string | null>;
  /** Null when the title was changed, else why not. */
  rename(id: number, title: string): Promise<string | null>;
  setPriority(id: number, priority: Priority): Promise<void>;
  setType(id: number, type: TaskType): Promise<void>;
  archive(id: number): Promise<void>;
  delete(id: number): Promise<void>;
  copy(id: number): Promise<void>;
  /** Asks for a job to run for the task. */
  runJob(id: number): void;
  /** Opens the page of the run that works for the task. */
  showRun(id: number): void;
  undo(): Promise<void>;
  redo(): Promise<void>;
  select(ids: ReadonlySet<number>): void;
  tell(message: Message | null): void;
  announce(text: string): void;
}

/** Long enough to read and reach for Undo; Ctrl+Z does the same later. */
const quietMessageMs = 8000;

export function createActions(model: Model, channel: Channel): Actions {
  let messageTimer: ReturnType<typeof setTimeout> | undefined;
  let postedSelection = '';

  const announce = (text: string): void => {
    model.set({ announcement: { text, nth: model.ui().announcement.nth + 1 } });
  };
  const tell = (message: Message | null): void => {
    clearTimeout(messageTimer);
    model.set({ message });
    if (message === null) return;
    announce(message.text);
    if (message.kind === 'info') messageTimer = setTimeout(() => model.set({ message: null }), quietMessageMs);
  };
  const undoable = (text: string): void => tell({ kind: 'info', text, action: { label: t('Undo'), run: () => void actions.undo() } });
  const applyRows = (rows: TaskRow[]): void => {
    keepingFocus(model, () => {
      model.cards.apply(rows);
      model.changed();
    });
  };
  /** A stale write is answered with the newer row: show that one. */
  const takeNewer = (error: ErrorBody): void => {
    const current = error.details?.['current'];
    if (isTaskRow(current)) applyRows([current]);
  };
  const failed = (reply: Reply): reply is Extract<Reply, { ok: false }> => {
    if (reply.ok) {
      applyRows(changedRows(reply.value));
      return false;
    }
    takeNewer(reply.error);
    return true;
  };
  const change = async (request: Promise<Reply>, done: () => void): Promise<void> => {
    const reply = await request;
    if (failed(reply)) tell({ kind: 'error', text: reply.error.message });
    else done();
  };
  const travel = async (operation: 'task.undo' | 'task.redo'): Promise<void> => {
    const reply = await channel.call(operation, {});
    if (failed(reply)) {
      tell({ kind: reply.error.code === 'undo.nothing' ? 'info' : 'error', text: reply.error.message });
      return;
    }
    const label = isRecord(reply.value) && typeof reply.value['label'] === 'string' ? reply.value['label'] : '';
    tell({ kind: 'info', text: operation === 'task.undo' ? t('Undone: {0}', label) : t('Redone: {0}', label) });
  };

  const actions: Actions = {
    move: async (id, to, place, options = {}) => {
      const row = model.cards.get(id);
      if (row === undefined || !canWrite(model.ui().state)) return;
      const from = row.status;
      const expectRefusal = options.override !== true && refusal(model, row, to) !== null;
      let token = 0;
      // What the page knows to be refused is only asked: a card that jumps there and back says nothing more.
      if (!expectRefusal) {
        keepingFocus(model, () => {
          token = model.cards.place(id, to, place);
          model.set({ message: null });
        });
        if (options.follow === true) focusCard(model, id);
      }
      const reply = await channel.call('task.move', { id, status: to, ...place, ...(options.override === true ? { override: true } : {}) });
      keepingFocus(model, () => {
        if (reply.ok) model.cards.apply(changedRows(reply.value));
        model.cards.settle(id, token);
        model.changed();
      });
      if (!reply.ok) {
        takeNewer(reply.error);
        if (options.follow === true) focusCard(model, id);
        const overridable = reply.error.details?.['overridable'] === true;
        const again = () => void actions.move(id, to, place, { ...options, override: true });
        tell({ kind: 'warning', text: reply.error.message, ...(overridable ? { action: { label: t('Move anyway'), run: again } } : {}) });
        return;
      }
      if (from === to) announce(t('#{0} is now {1} of {2} in {3}', id, model.cards.indexOf(id) + 1, model.cards.shown(to).length, t(to)));
      else undoable(t('Moved #{0} to {1}', id, t(to)));
    },
    moveToEnd: async (id, end) => {
      const row = model.cards.get(id);
      if (row === undefined) return;
      const shown = model.cards.shown(row.status);
      const edge = end === 'top' ? shown[0] : shown.at(-1);
      if (edge === undefined || edge.id === id) return;
      await actions.move(id, row.status, end === 'top' ? { beforeId: edge.id } : { afterId: edge.id }, { follow: true });
    },
    add: async (title, status) => {
      const reply = await channel.call('task.create', { title, status });
      if (failed(reply)) {
        announce(reply.error.message);
        return reply.error.message;
      }
      const [created] = changedRows(reply.value);
      if (created !== undefined && model.cards.indexOf(created.id) < 0)
        tell({ kind: 'info', text: t('Added #{0}. The filter hides it.', created.id) });
      else announce(created === undefined ? t('Task added') : t('Added #{0} to {1}', created.id, t(status)));
      return null;
    },
    rename: async (id, title) => {
      const row = model.cards.get(id);
      if (row === undefined || row.title === title) return null;
      const reply = await channel.call('task.update', { id, version: row.version, patch: { title } });
      if (failed(reply)) {
        announce(reply.error.message);
        return reply.error.message;
      }
      announce(t('Renamed #{0}', id));
      return null;
    },
    setPriority: (id, priority) =>
      change(channel.call('task.update', { id, patch: { priority } }), () => announce(t('#{0} has {1} priority', id, t(priority)))),
    setType: (id, type) => change(channel.call('task.update', { id, patch: { type } }), () => announce(t('#{0} is a {1}', id, t(type)))),
    archive: (id) => change(channel.call('task.archive', { id }), () => undoable(t('Archived #{0}', id))),
    delete: (id) => change(channel.call('task.delete', { id }), () => undoable(t('Deleted #{0}', id))),
    copy: async (id) => {
      const row = model.cards.get(id);
      if (row === undefined) return;
      try {
        await navigator.clipboard.writeText(`#${row.id} ${row.title}`);
        announce(t('Copied #{0}', id));
      } catch {
        tell({ kind: 'error', text: t('Not copied: the clipboard is closed to this page. Use the Copy command in the command palette.') });
      }
    },
    runJob: (id) => channel.post({ kind: 'open', taskId: id, what: 'job' }),
    showRun: (id) => channel.post({ kind: 'open', taskId: id, what: 'run' }),
    undo: () => travel('task.undo'),
    redo: () => travel('task.redo'),
    select: (ids) => {
      model.set({ selected: ids });
    },
    tell,
    announce,
  };

  model.subscribe(() => {
    // Commands act on what is selected; with nothing selected, on the card that has the focus.
    const { selected, focusedId } = model.ui();
    const ids = selected.size > 0 ? [...selected] : focusedId === null ? [] : [focusedId];
    const key = ids.join();
    if (key === postedSelection || model.ui().config === null) return;
    postedSelection = key;
    channel.post({ kind: 'selection', ids: ids.slice(0, 5000) });
  });
  return actions;
}
