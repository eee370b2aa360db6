import type { Status, TaskRow } from '../../src/core/task.ts';
import type { BoardMessage, BoardRequest } from '../../src/protocol/boardMessages.ts';
import type { StoreEvent } from '../../src/protocol/wire.ts';

/** What the tests reach inside the page. */
export interface ScriptedHost {
  posted: BoardRequest[];
  rows: Map<number, TaskRow>;
  revision: number;
  /** Limits per column; a full one refuses and may be overridden. */
  wipLimits: Partial<Record<Status, number>>;
  /** What `task.search` finds. */
  found: number[];
  /** Milliseconds before a reply. */
  delay: number;
  /** Send events after own changes, as the real host does. */
  send(message: BoardMessage): void;
  /** Another window's change: applied and told. */
  change(rows: Partial<TaskRow>[]): void;
  event(rows: Partial<TaskRow>[]): StoreEvent;
  initMessage(): BoardMessage;
  saved: unknown;
}

declare global {
  var host: ScriptedHost;
}

/**
 * The other end of the page's line: a small store in the page itself. It runs inside the browser before the page's own script, so
 * it refers to nothing outside.
 */
export function installScriptedHost(start: { init: BoardMessage; rows: TaskRow[]; saved: unknown; answerReady: boolean }): void {
  const statuses: Status[] = ['Backlog', 'Analysis', 'Ready', 'In Progress', 'Testing', 'Code Review', 'Done'];
  const { init } = start;
  if (init.kind !== 'init') throw new Error('not an init message');
  const stack: { label: string; before: TaskRow }[] = [];
  const undone: { label: string; after: TaskRow }[] = [];
  let nextId = Math.max(0, ...start.rows.map((row) => row.id)) + 1;

  const column = (status: Status) =>
    [...host.rows.values()]
      .filter((row) => row.status === status && row.deletedAt === null && row.archivedAt === null)
      .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.id - b.id));
  const blank = (id: number): TaskRow => ({
    id,
    title: '',
    type: 'Feature',
    priority: 'Medium',
    status: 'Backlog',
    rank: 'm',
    labels: [],
    assignee: null,
    due: null,
    estimate: null,
    parentId: null,
    blockedReason: null,
    openBlockers: [],
    checklistDone: 0,
    checklistTotal: 0,
    createdAt: 0,
    updatedAt: 0,
    completedAt: null,
    archivedAt: null,
    deletedAt: null,
    version: 0,
  });
  const write = (patch: Partial<TaskRow>): TaskRow => {
    const id = patch.id ?? nextId++;
    const old = host.rows.get(id) ?? blank(id);
    const row = { ...old, ...patch, id, version: old.version + 1 };
    host.rows.set(id, row);
    return row;
  };
  const refuse = (code: string, message: string, details: Record<string, unknown> = {}) => ({
    ok: false,
    error: { code, message, details },
  });
  const rankIn = (status: Status, input: { id?: number; beforeId?: number; afterId?: number }): string => {
    const others = column(status).filter((row) => row.id !== input.id);
    let index = 0;
    if (input.afterId !== undefined) index = others.findIndex((row) => row.id === input.afterId) + 1;
    else if (input.beforeId !== undefined) index = others.findIndex((row) => row.id === input.beforeId);
    const above = others[index - 1]?.rank ?? '';
    const below = others[index]?.rank;
    // Halfway between two strings, which is enough of a rank for a test.
    if (above === '' && below !== undefined) return `${String.fromCharCode(Math.max(33, below.charCodeAt(0) - 1))}V${below}`;
    return `${above}V`;
  };
  const answer = (operation: string, input: Record<string, unknown>): { reply: unknown; changed: TaskRow[] } => {
    const id = Number(input['id']);
    const row = host.rows.get(id);
    const refused = (reply: unknown) => ({ reply, changed: [] });
    const done = (label: string, patch: Partial<TaskRow>) => {
      if (row !== undefined) stack.push({ label, before: row });
      undone.length = 0;
      const changed = [write(patch)];
      return { reply: { ok: true, value: { revision: host.revision + 1, tasks: changed } }, changed };
    };
    switch (operation) {
      case 'task.move': {
        const to = input['status'] as Status;
        const limit = host.wipLimits[to];
        if (row?.status !== to && limit !== undefined && column(to).length >= limit && input['override'] !== true) {
          const message = `Not moved: ${to} is full (${column(to).length} of ${limit}). Finish one, raise the limit, or move anyway.`;
          return refused(refuse('workflow.refused', message, { reason: 'wip', overridable: true }));
        }
        return done(`Move #${id} to ${to}`, { id, status: to, rank: rankIn(to, input) });
      }
      case 'task.create': {
        if (String(input['title']).includes('refuse'))
          return refused(refuse('input.invalid', 'Not added: the title holds a control character.', { field: 'title' }));
        const status = (input['status'] ?? 'Backlog') as Status;
        return done('', { title: String(input['title']), status, rank: rankIn(status, input) });
      }
      case 'task.update': {
        if (row !== undefined && input['version'] !== undefined && input['version'] !== row.version)
          return refused(refuse('task.stale', `Not changed: #${id} was changed meanwhile. The newer title is shown.`, { current: row }));
        return done(`Change #${id}`, { id, ...(input['patch'] as Partial<TaskRow>) });
      }
      case 'task.archive':
        return done(`Archive #${id}`, { id, archivedAt: 1 });
      case 'task.delete':
        return done(`Delete #${id}`, { id, deletedAt: 1 });
      case 'task.undo': {
        const last = stack.pop();
        if (last === undefined) return refused(refuse('undo.nothing', 'There is nothing to undo.'));
        const now = host.rows.get(last.before.id);
        if (now !== undefined) undone.push({ label: last.label, after: now });
        const changed = [write({ ...last.before })];
        return { reply: { ok: true, value: { revision: host.revision + 1, label: last.label, tasks: changed } }, changed };
      }
      case 'task.redo': {
        const last = undone.pop();
        if (last === undefined) return refused(refuse('undo.nothing', 'There is nothing to redo.'));
        const changed = [write({ ...last.after })];
        return { reply: { ok: true, value: { revision: host.revision + 1, label: last.label, tasks: changed } }, changed };
      }
      case 'task.search':
        return refused({ ok: true, value: { ids: host.found } });
      default:
        return refused(refuse('operation.unknown', `There is no operation ${operation}.`));
    }
  };

  const send = (message: unknown): void => window.postMessage(message, '*');
  globalThis.host = {
    posted: [],
    rows: new Map(start.rows.map((row) => [row.id, row])),
    revision: init.revision,
    wipLimits: init.config.wipLimits,
    found: [],
    delay: 0,
    saved: start.saved,
    send,
    event: (patches) => ({
      revision: ++host.revision,
      name: 'task.update',
      body: { actor: { kind: 'agent', name: 'backend' }, tasks: patches.map(write) },
    }),
    change: (patches) => send({ kind: 'event', event: host.event(patches) }),
    initMessage: () => ({
      ...init,
      revision: host.revision,
      complete: true,
      columns: statuses.map((status) => ({ status, total: column(status).length, tasks: column(status) })),
    }),
  };
  Reflect.set(globalThis, 'acquireVsCodeApi', () => ({
    getState: () => host.saved,
    setState: (state: unknown) => {
      host.saved = state;
    },
    postMessage: (request: BoardRequest) => {
      host.posted.push(request);
      if (request.kind === 'ready' && start.answerReady) send(host.initMessage());
      if (request.kind === 'resync') send(host.initMessage());
      if (request.kind !== 'call') return;
      setTimeout(() => {
        const { reply, changed } = answer(request.operation, request.input as Record<string, unknown>);
        if (changed.length > 0)
          send({
            kind: 'event',
            event: { revision: ++host.revision, name: request.operation, body: { actor: { kind: 'user', name: 'you' }, tasks: changed } },
          });
        send({ kind: 'reply', id: request.id, reply });
      }, host.delay);
    },
  }));
}
