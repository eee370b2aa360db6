import type { Migration } from '../migrate.ts';

/**
 * - Numbers of webhooks are not given again: the secret of one that was removed never signs for another.
 * - No secret is in here, for the file may be committed or copied.
 * - A delivery that is pending is the first of its queue when its revision is above the cursor, else one that is to be sent again.
 * - `webhook_sender` has one row at most. It is made by the first lease, so that a rescue finds no row in its way.
 */
export const webhooks: Migration = {
  version: 4,
  name: 'webhooks',
  up(sql) {
    sql.exec(`
CREATE TABLE webhook (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  url TEXT NOT NULL,
  events TEXT NOT NULL,
  active INTEGER NOT NULL,
  reason TEXT,
  note TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  cursor INTEGER NOT NULL
);

CREATE TABLE webhook_delivery (
  webhook_id INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  event TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  status INTEGER,
  error TEXT,
  next_attempt INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (webhook_id, revision)
) WITHOUT ROWID;
CREATE INDEX webhook_delivery_pending ON webhook_delivery (webhook_id, next_attempt) WHERE state = 'pending';

CREATE TABLE webhook_sender (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  worker TEXT NOT NULL,
  lease_until INTEGER NOT NULL
);
`);
  },
};
