import type { Migration } from '../migrate.ts';

/**
 * - Runs are forgotten one day, and their numbers are not given again.
 * - The index `job_run_active` lets a job have one run that is not over, whatever happens.
 * - `job_definition` and `job_checkpoint` stand beside the run: a step forward then writes neither the job's text nor a long row.
 * - `given` is the hash of the definition, so that a run is sealed without reading it.
 * - `job_trail` has a row per audited change of a run, for ever. `done` holds what the audit row only seals because it was too large.
 * - The values of a record are a JSON array, and its shape names the fields: a search then never finds the name of a field.
 * - The number of a record begins with that of its collection, so that all records of one lie together.
 * - `gone` and `change` are apart, because a record that is gone keeps what its last reading said, and the hash of that.
 * - `job_task` outlives records and tasks, so that no record gets a second task. It names job and collection, not a row of ours.
 */
export const jobs: Migration = {
  version: 3,
  name: 'jobs',
  up(sql) {
    sql.exec(`
CREATE TABLE job_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job TEXT NOT NULL,
  name TEXT NOT NULL,
  file TEXT,
  state TEXT NOT NULL,
  waiting_for TEXT,
  reason TEXT,
  started_by TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  task_id INTEGER,
  step TEXT,
  pages INTEGER NOT NULL DEFAULT 0,
  records INTEGER NOT NULL DEFAULT 0,
  actions INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  not_before INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  worker TEXT,
  lease_until INTEGER,
  claimed_by TEXT,
  seq INTEGER NOT NULL DEFAULT 0,
  failure TEXT,
  given TEXT NOT NULL
);
CREATE INDEX job_run_job ON job_run (job, id);
CREATE UNIQUE INDEX job_run_active ON job_run (job) WHERE state NOT IN ('done', 'failed', 'cancelled');

CREATE TABLE job_definition (
  run_id INTEGER PRIMARY KEY,
  definition TEXT NOT NULL,
  inputs TEXT NOT NULL,
  from_step TEXT
);

CREATE TABLE job_checkpoint (
  run_id INTEGER PRIMARY KEY,
  checkpoint TEXT NOT NULL
);

CREATE TABLE job_trail (
  run_id INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  first INTEGER NOT NULL,
  count INTEGER NOT NULL,
  extras INTEGER NOT NULL,
  done TEXT,
  PRIMARY KEY (run_id, revision)
) WITHOUT ROWID;

CREATE TABLE job_collection (
  id INTEGER PRIMARY KEY,
  job TEXT NOT NULL,
  name TEXT NOT NULL,
  fields TEXT NOT NULL,
  keyed INTEGER NOT NULL,
  new INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL DEFAULT 0,
  same INTEGER NOT NULL DEFAULT 0,
  gone INTEGER NOT NULL DEFAULT 0,
  last_run INTEGER NOT NULL,
  complete_run INTEGER,
  previous_run INTEGER,
  read_at INTEGER NOT NULL,
  seal TEXT NOT NULL,
  revision INTEGER NOT NULL,
  UNIQUE (job, name)
);

CREATE TABLE job_shape (
  id INTEGER PRIMARY KEY,
  fields TEXT NOT NULL UNIQUE
);

CREATE TABLE job_record (
  id INTEGER PRIMARY KEY,
  collection_id INTEGER NOT NULL,
  record_key TEXT NOT NULL,
  shape_id INTEGER NOT NULL,
  data TEXT NOT NULL,
  change TEXT NOT NULL,
  before TEXT,
  returned INTEGER NOT NULL DEFAULT 0,
  gone INTEGER NOT NULL DEFAULT 0,
  url TEXT NOT NULL,
  page INTEGER NOT NULL,
  place INTEGER NOT NULL,
  read_at INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  first_run INTEGER NOT NULL,
  problems TEXT,
  hash TEXT NOT NULL
);
CREATE UNIQUE INDEX job_record_key ON job_record (collection_id, record_key);
CREATE INDEX job_record_place ON job_record (collection_id, page, place, change, gone);
CREATE INDEX job_record_unseen ON job_record (collection_id, run_id) WHERE gone = 0;

CREATE TABLE job_task (
  job TEXT NOT NULL,
  collection TEXT NOT NULL,
  record_key TEXT NOT NULL,
  task_id INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (job, collection, record_key)
) WITHOUT ROWID;
CREATE INDEX job_task_revision ON job_task (revision);
`);
  },
};
