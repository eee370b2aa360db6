import type { AuditRow, AuditStore, StackRow } from '../app/storePorts.ts';
import type { ActorKind } from '../core/actor.ts';
import type { Sql } from './sql.ts';

interface StoredRow extends Omit<AuditRow, 'actor'> {
  kind: ActorKind;
  name: string;
}

function toAuditRow({ kind, name, ...row }: StoredRow): AuditRow {
  return { ...row, actor: { kind, name } };
}

export function createAuditRepository(sql: Sql): AuditStore {
  const select = `SELECT revision, at, actor_kind AS kind, actor_name AS name, operation, request_id AS requestId, summary, body,
    undo_of AS undoOf, redo_of AS redoOf, prev_hash AS previousHash, hash FROM audit`;
  const append = sql.prepare(
    `INSERT INTO audit (revision, at, actor_kind, actor_name, operation, request_id, summary, body, undo_of, redo_of, prev_hash, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const one = sql.prepare<StoredRow>(`${select} WHERE revision = ?`);
  const byRequest = sql.prepare<StoredRow>(`${select} WHERE request_id = ?`);
  const newest = sql.prepare<StoredRow>(`${select} ORDER BY revision DESC LIMIT 1`);
  const page = sql.prepare<StoredRow>(`${select} WHERE revision >= ? ORDER BY revision LIMIT ?`);
  const operations = sql.prepare<Pick<AuditRow, 'revision' | 'operation'>>(
    'SELECT revision, operation FROM audit WHERE revision >= ? ORDER BY revision LIMIT ?',
  );
  const lastGiven = sql.prepare<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'audit'");
  const inTasks = sql.prepare<{ revision: number | null }>('SELECT max(revision) AS revision FROM task WHERE id BETWEEN ? AND ?');
  const recent = sql.prepare<StackRow>(
    `SELECT revision, operation, undo_of AS undoOf, redo_of AS redoOf FROM audit
     WHERE revision > (SELECT max(revision) FROM audit) - ? AND actor_kind = ? AND actor_name = ? ORDER BY revision`,
  );

  return {
    append({ revision, at, actor, operation, requestId, summary, body, undoOf, redoOf, previousHash, hash }) {
      append.run(revision, at, actor.kind, actor.name, operation, requestId, summary, body, undoOf, redoOf, previousHash, hash);
    },
    get(revision) {
      const row = one.get(revision);
      return row === undefined ? undefined : toAuditRow(row);
    },
    byRequest(requestId) {
      const row = byRequest.get(requestId);
      return row === undefined ? undefined : toAuditRow(row);
    },
    newest() {
      const row = newest.get();
      return row === undefined ? undefined : toAuditRow(row);
    },
    lastGiven: () => lastGiven.get()?.seq ?? 0,
    largestInTasks: (fromTask, toTask) => inTasks.get(fromTask, toTask)?.revision ?? 0,
    page: (from, limit) => page.all(from, limit).map(toAuditRow),
    operations: (from, limit) => operations.all(from, limit),
    recentOf: (actor, window) => recent.all(window, actor.kind, actor.name),
  };
}
