import * as z from 'zod';
import type { HistoryStore } from '../app/storePorts.ts';
import type { ActorKind } from '../core/actor.ts';
import type { SealedHistory } from '../core/auditChain.ts';
import type { FieldChange, HistoryEntry } from '../core/history.ts';
import type { Sql } from './sql.ts';

interface EntryRow {
  revision: number;
  taskId: number;
  changes: string;
  comment: string | null;
  at: number;
  kind: ActorKind;
  name: string;
  operation: string;
}

const storedChanges = z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() }));

/** An entry that somebody made unreadable says nothing; the audit log tells that it was changed. */
function parseChanges(text: string): FieldChange[] {
  try {
    return storedChanges.parse(JSON.parse(text));
  } catch {
    return [];
  }
}

function toEntry({ revision, taskId, at, kind, name, operation, changes, comment }: EntryRow): HistoryEntry {
  return { revision, taskId, at, actor: { kind, name }, operation, changes: parseChanges(changes), comment };
}

export function createHistoryRepository(sql: Sql): HistoryStore {
  const entry = `SELECT h.revision, h.task_id AS taskId, h.changes, h.comment, a.at, a.actor_kind AS kind, a.actor_name AS name, a.operation
    FROM history h JOIN audit a ON a.revision = h.revision WHERE h.task_id = ?`;
  const append = sql.prepare('INSERT INTO history (task_id, revision, changes, comment) VALUES (?, ?, ?, ?)');
  const one = sql.prepare<SealedHistory>('SELECT task_id AS taskId, changes, comment FROM history WHERE task_id = ? AND revision = ?');
  const newest = sql.prepare<EntryRow>(`${entry} ORDER BY h.revision DESC LIMIT ?`);
  const earlier = sql.prepare<EntryRow>(`${entry} AND h.revision < ? ORDER BY h.revision DESC LIMIT ?`);
  const since = sql.prepare<EntryRow>(`${entry} AND h.revision > ? ORDER BY h.revision DESC`);
  const tally = sql.prepare<{ rows: number; newest: number | null }>(
    'SELECT count(CASE WHEN revision <= ? THEN 1 END) AS rows, max(revision) AS newest FROM history WHERE task_id BETWEEN ? AND ?',
  );

  return {
    append(revision, entries) {
      for (const { taskId, changes, comment } of entries) append.run(taskId, revision, changes, comment);
    },
    changes: (taskId, revision) => parseChanges(one.get(taskId, revision)?.changes ?? '[]'),
    sealed: (revision, taskIds) => taskIds.map((id) => one.get(id, revision)).filter((row) => row !== undefined),
    ofTask: (taskId, limit, beforeRevision) =>
      (beforeRevision === undefined ? newest.all(taskId, limit) : earlier.all(taskId, beforeRevision, limit)).map(toEntry),
    since: (taskId, revision) => since.all(taskId, revision).map(toEntry),
    tally(fromTask, toTask, upTo) {
      const found = tally.get(upTo, fromTask, toTask);
      return { rows: found?.rows ?? 0, newest: found?.newest ?? 0 };
    },
  };
}
