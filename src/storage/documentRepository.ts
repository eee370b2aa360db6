import { createHash } from 'node:crypto';
import type { DocumentStore, SealedVersion } from '../app/storePorts.ts';
import type { ActorKind } from '../core/actor.ts';
import { AppError } from '../core/appError.ts';
import { documentLimit } from '../core/document.ts';
import type { DocumentKind, DocumentRow, DocumentVersion } from '../core/document.ts';
import type { Sql, SqlValue } from './sql.ts';

interface RowRecord extends Omit<DocumentRow, 'deleted'> {
  id: number;
}

interface VersionRecord extends Omit<DocumentVersion, 'actor'> {
  actorKind: ActorKind;
  actorName: string;
}

interface SealedRecord extends SealedVersion {
  path: string;
  kind: DocumentKind;
}

const toRow = ({ path, kind, version, hash, createdAt, savedAt }: RowRecord): DocumentRow => ({
  path,
  kind,
  version,
  hash,
  deleted: hash === null,
  createdAt,
  savedAt,
});
const toVersion = ({ actorKind, actorName, ...record }: VersionRecord): DocumentVersion => ({
  ...record,
  actor: { kind: actorKind, name: actorName },
});

function toBytes(path: string, content: string): Buffer {
  // A character stands for three quarters of a byte.
  if (content.length > (documentLimit * 4) / 3 + 4) throw tooLarge(path);
  const bytes = Buffer.from(content, 'base64');
  if (bytes.toString('base64') !== content) throw new AppError('input.invalid', 'content is not base64.', { field: 'content' });
  if (bytes.length > documentLimit) throw tooLarge(path);
  return bytes;
}

const tooLarge = (path: string) =>
  new AppError('file.tooLarge', `${path} is larger than ${documentLimit / 1024 / 1024} MiB. No version of it is kept.`, {
    path,
    limit: documentLimit,
  });

/** Bounds of the texts that begin with a prefix, in the order of their bytes. */
function prefixRange(prefix: string): { from: string; to: string } {
  return { from: prefix, to: `${prefix}\u{10FFFF}` };
}

export function createDocumentRepository(sql: Sql): DocumentStore {
  // The newest version is found at the end of the primary key, per document.
  const row = `SELECT d.id, d.path, d.kind, v.version, v.hash, d.created_at AS createdAt, v.saved_at AS savedAt
    FROM document d JOIN document_version v ON v.document_id = d.id
      AND v.version = (SELECT max(version) FROM document_version WHERE document_id = d.id)`;
  const version = `SELECT v.version, v.hash, coalesce(length(c.bytes), 0) AS bytes, v.saved_at AS savedAt, v.actor_kind AS actorKind,
      v.actor_name AS actorName, v.cause, v.note
    FROM document_version v LEFT JOIN document_content c ON c.id = v.content_id WHERE v.document_id = ?`;
  const byPath = sql.prepare<RowRecord>(`${row} WHERE d.path = ?`);
  const idOf = sql.prepare<{ id: number }>('SELECT id FROM document WHERE path = ?');
  const addDocument = sql.prepare('INSERT INTO document (path, kind, created_at) VALUES (?, ?, ?)');
  const setKind = sql.prepare('UPDATE document SET kind = ? WHERE id = ?');
  const contentOf = sql.prepare<{ id: number }>('SELECT id FROM document_content WHERE hash = ?');
  const addContent = sql.prepare('INSERT INTO document_content (hash, bytes) VALUES (?, ?)');
  const addVersion = sql.prepare(
    `INSERT INTO document_version (document_id, version, hash, content_id, saved_at, actor_kind, actor_name, cause, note)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const newest = sql.prepare<VersionRecord>(`${version} ORDER BY v.version DESC LIMIT ?`);
  const earlier = sql.prepare<VersionRecord>(`${version} AND v.version < ? ORDER BY v.version DESC LIMIT ?`);
  const one = sql.prepare<VersionRecord>(`${version} AND v.version = ?`);
  const bytesOf = sql.prepare<{ bytes: Uint8Array }>(
    `SELECT c.bytes FROM document_version v JOIN document_content c ON c.id = v.content_id WHERE v.document_id = ? AND v.version = ?`,
  );
  const sealed = sql.prepare<SealedRecord>(
    `SELECT d.id, d.path, d.kind, v.version, v.hash FROM document_version v JOIN document d ON d.id = v.document_id
     WHERE v.document_id = ? AND v.version = ?`,
  );
  const total = sql.prepare<{ n: number }>('SELECT count(*) AS n FROM document_version');

  function contentId(hash: string, bytes: Uint8Array): number {
    const known = contentOf.get(hash);
    if (known !== undefined) return known.id;
    addContent.run(hash, bytes);
    return sql.lastInsertRowid();
  }

  /** The document's number; a kind that has changed with the file's use is kept up to date. */
  function documentId(path: string, kind: DocumentKind, before: RowRecord | undefined, now: number): number {
    if (before === undefined) {
      // A rescue may have kept the document and lost its versions.
      const left = idOf.get(path);
      if (left !== undefined) return left.id;
      addDocument.run(path, kind, now);
      return sql.lastInsertRowid();
    }
    if (before.kind !== kind) setKind.run(kind, before.id);
    return before.id;
  }

  return {
    find(path) {
      const found = byPath.get(path);
      return found === undefined ? undefined : { id: found.id, ...toRow(found) };
    },
    record({ path, kind, content, cause, note }, actor, now) {
      const before = byPath.get(path);
      const bytes = content === null ? null : toBytes(path, content);
      const hash = bytes === null ? null : createHash('sha256').update(bytes).digest('hex');
      if ((before?.hash ?? null) === hash) return undefined;
      const id = documentId(path, kind, before, now);
      const number = (before?.version ?? 0) + 1;
      addVersion.run(
        id,
        number,
        hash,
        hash === null || bytes === null ? null : contentId(hash, bytes),
        now,
        actor.kind,
        actor.name,
        cause,
        note,
      );
      return { id, version: number, hash, change: { path, kind, version: number, deleted: hash === null } };
    },
    list({ kind, deleted, prefix, limit, after }) {
      const conditions: string[] = [];
      const values: SqlValue[] = [];
      const where = (condition: string, ...of: SqlValue[]) => {
        conditions.push(condition);
        values.push(...of);
      };
      if (kind !== undefined) where('d.kind = ?', kind);
      if (deleted !== undefined) where(deleted ? 'v.hash IS NULL' : 'v.hash IS NOT NULL');
      if (after !== undefined) where('d.path > ?', after);
      if (prefix !== undefined && prefix !== '') {
        const { from, to } = prefixRange(prefix);
        where('d.path >= ? AND d.path < ?', from, to);
      }
      const filter = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
      // The combinations are few, and each is prepared once.
      return sql
        .prepare<RowRecord>(`${row}${filter} ORDER BY d.path LIMIT ?`)
        .all(...values, limit ?? -1)
        .map(toRow);
    },
    versions: (id, limit, before) => (before === undefined ? newest.all(id, limit) : earlier.all(id, before, limit)).map(toVersion),
    version(id, number) {
      const found = one.get(id, number);
      if (found === undefined) return undefined;
      const bytes = bytesOf.get(id, number)?.bytes;
      return {
        ...toVersion(found),
        content: bytes === undefined ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
      };
    },
    changes: (versions) =>
      versions.flatMap(({ id, version: number }) => {
        const found = sealed.get(id, number);
        return found === undefined ? [] : [{ path: found.path, kind: found.kind, version: number, deleted: found.hash === null }];
      }),
    intact: (versions) => versions.filter(({ id, version: number, hash }) => sealed.get(id, number)?.hash === hash).length,
    total: () => total.get()?.n ?? 0,
  };
}
