import type { Migration } from '../migrate.ts';

/**
 * - A content is kept once, by its SHA-256, however many versions and files have it: copies, reverts and moves cost nothing.
 * - Contents are bytes as they were saved, so that a restored file is the file; `hash` and `content_id` are null when it was deleted.
 * - Kinds and causes are not checked here: a later version may know more of them.
 */
export const documents: Migration = {
  version: 2,
  name: 'documents',
  up(sql) {
    sql.exec(`
CREATE TABLE document (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE CHECK (path <> ''),
  kind TEXT NOT NULL,
  created_at INTEGER NOT NULL
);

CREATE TABLE document_content (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  bytes BLOB NOT NULL
);

CREATE TABLE document_version (
  document_id INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  hash TEXT,
  content_id INTEGER,
  saved_at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  cause TEXT NOT NULL,
  note TEXT,
  PRIMARY KEY (document_id, version)
) WITHOUT ROWID;
`);
  },
};
