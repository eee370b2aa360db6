import type { Migration } from '../migrate.ts';

// Spelled out, not taken from the domain: a step says for ever what the schema was.
const statuses = ['Backlog', 'Analysis', 'Ready', 'In Progress', 'Testing', 'Code Review', 'Done'];
const taskTypes = ['Feature', 'Bug'];
const priorities = ['High', 'Medium', 'Low'];

const oneOf = (column: string, values: readonly string[]) => `CHECK (${column} IN (${values.map((value) => `'${value}'`).join(', ')}))`;

/**
 * - `task` holds what lists show and `task_detail` the rest: a move then writes one small row, however long the description is, and a
 *   board of 100,000 tasks is read without any of the texts.
 * - Tasks are never removed, only marked, so ids are not used again.
 * - `history` is stored in the order of tasks: one page for a change, and all of a task's history together.
 * - No foreign keys: what refers to a row lost in a rescue shall be kept, and the operations check before they write.
 * - No STRICT tables: older sqlite3 programs could not read the file.
 * - The column `rowid` of `task_words` makes it something that a full-text index can take its content from.
 */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  up(sql) {
    sql.exec(`
CREATE TABLE task (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL CHECK (title <> ''),
  type TEXT NOT NULL ${oneOf('type', taskTypes)},
  priority TEXT NOT NULL ${oneOf('priority', priorities)},
  status TEXT NOT NULL ${oneOf('status', statuses)},
  rank TEXT NOT NULL CHECK (rank <> ''),
  labels TEXT NOT NULL DEFAULT '[]',
  assignee TEXT,
  due TEXT,
  estimate REAL,
  parent_id INTEGER,
  blocked_reason TEXT,
  checklist_done INTEGER NOT NULL DEFAULT 0,
  checklist_total INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  completed_at INTEGER,
  archived_at INTEGER,
  deleted_at INTEGER,
  version INTEGER NOT NULL DEFAULT 1,
  revision INTEGER NOT NULL
);
CREATE INDEX task_board ON task (status, rank, id, archived_at, deleted_at);
CREATE INDEX task_parent ON task (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE task_detail (
  id INTEGER PRIMARY KEY,
  description TEXT NOT NULL DEFAULT '',
  analysis TEXT,
  git_branch TEXT,
  worktree_path TEXT,
  checklist TEXT NOT NULL DEFAULT '[]',
  checklist_last_id INTEGER NOT NULL DEFAULT 0,
  contract TEXT,
  stage_results TEXT NOT NULL DEFAULT '[]',
  testing_urls TEXT NOT NULL DEFAULT '[]',
  origin TEXT,
  source TEXT
);

CREATE TABLE task_dependency (
  task_id INTEGER NOT NULL,
  depends_on_id INTEGER NOT NULL CHECK (depends_on_id <> task_id),
  PRIMARY KEY (task_id, depends_on_id)
) WITHOUT ROWID;
CREATE INDEX task_dependency_back ON task_dependency (depends_on_id, task_id);

CREATE TABLE history (
  task_id INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  changes TEXT NOT NULL,
  comment TEXT,
  PRIMARY KEY (task_id, revision)
) WITHOUT ROWID;

CREATE TABLE audit (
  revision INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  operation TEXT NOT NULL,
  request_id TEXT,
  summary TEXT NOT NULL,
  body TEXT NOT NULL,
  undo_of INTEGER,
  redo_of INTEGER,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE UNIQUE INDEX audit_request ON audit (request_id);

CREATE VIEW task_words (rowid, title, description, analysis, labels) AS
  SELECT task.id, task.title, task_detail.description, task_detail.analysis, task.labels
  FROM task LEFT JOIN task_detail ON task_detail.id = task.id;
CREATE VIRTUAL TABLE task_search USING fts4 (content="task_words", tokenize=unicode61, prefix="3", title, description, analysis, labels);
`);
  },
};
