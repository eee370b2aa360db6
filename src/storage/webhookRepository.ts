import * as z from 'zod';
import type { WebhookStore } from '../app/webhookPorts.ts';
import type { Webhook, WebhookDelivery } from '../protocol/webhook.ts';
import type { Sql } from './sql.ts';

interface WebhookRecord extends Omit<Webhook, 'events' | 'active'> {
  events: string;
  active: number;
}

const storedEvents = z.array(z.string());

function toWebhook({ events, active, ...rest }: WebhookRecord): Webhook {
  let parsed: unknown;
  try {
    parsed = JSON.parse(events);
  } catch {
    // Somebody has edited it: then it asks for nothing.
  }
  return { ...rest, events: storedEvents.safeParse(parsed).data ?? [], active: active === 1 };
}

export function createWebhookRepository(sql: Sql): WebhookStore {
  const select = 'SELECT id, url, events, active, reason, note, created_at AS createdAt, cursor FROM webhook';
  const all = sql.prepare<WebhookRecord>(`${select} ORDER BY id`);
  const one = sql.prepare<WebhookRecord>(`${select} WHERE id = ?`);
  const insert = sql.prepare('INSERT INTO webhook (url, events, active, reason, note, created_at, cursor) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const update = sql.prepare('UPDATE webhook SET url = ?, events = ?, active = ?, reason = ?, note = ?, cursor = ? WHERE id = ?');
  const setCursor = sql.prepare('UPDATE webhook SET cursor = ? WHERE id = ?');
  const forget = [sql.prepare('DELETE FROM webhook WHERE id = ?'), sql.prepare('DELETE FROM webhook_delivery WHERE webhook_id = ?')];

  const deliveries = `SELECT revision, event, state, attempts, status, error, next_attempt AS nextAttempt, created_at AS createdAt,
    updated_at AS updatedAt FROM webhook_delivery WHERE webhook_id = ?`;
  const delivery = sql.prepare<WebhookDelivery>(`${deliveries} AND revision = ?`);
  const last = sql.prepare<WebhookDelivery>(`${deliveries} ORDER BY updated_at DESC, revision DESC LIMIT 1`);
  const newest = sql.prepare<WebhookDelivery>(`${deliveries} AND revision < ? ORDER BY revision DESC LIMIT ?`);
  const pending = sql.prepare<WebhookDelivery>(`${deliveries} AND state = 'pending' ORDER BY revision`);
  const earliest = sql.prepare<WebhookDelivery>(
    `${deliveries} AND state = 'pending' AND revision <= ? ORDER BY next_attempt, revision LIMIT 1`,
  );
  const put = sql.prepare(
    `INSERT OR REPLACE INTO webhook_delivery (webhook_id, revision, event, state, attempts, status, error, next_attempt, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const prune = sql.prepare(
    `DELETE FROM webhook_delivery WHERE webhook_id = ?1 AND state <> 'pending' AND revision <=
       (SELECT revision FROM webhook_delivery WHERE webhook_id = ?1 ORDER BY revision DESC LIMIT 1 OFFSET ?2)`,
  );

  const claim = sql.prepare(
    `INSERT INTO webhook_sender (id, worker, lease_until) VALUES (1, ?, ?)
     ON CONFLICT (id) DO UPDATE SET worker = excluded.worker, lease_until = excluded.lease_until
     WHERE worker = excluded.worker OR lease_until <= ?`,
  );
  const sender = sql.prepare<{ worker: string; until: number }>('SELECT worker, lease_until AS until FROM webhook_sender');

  return {
    list: () => all.all().map(toWebhook),
    get(id) {
      const record = one.get(id);
      return record === undefined ? undefined : toWebhook(record);
    },
    insert({ url, events, active, reason, note, createdAt, cursor }) {
      insert.run(url, JSON.stringify(events), active ? 1 : 0, reason, note, createdAt, cursor);
      return sql.lastInsertRowid();
    },
    update({ id, url, events, active, reason, note, cursor }) {
      update.run(url, JSON.stringify(events), active ? 1 : 0, reason, note, cursor, id);
    },
    remove(id) {
      for (const statement of forget) statement.run(id);
    },
    setCursor: (id, revision) => setCursor.run(revision, id),

    delivery: (id, revision) => delivery.get(id, revision),
    lastDelivery: (id) => last.get(id),
    deliveries: (id, limit, before = Number.MAX_SAFE_INTEGER) => newest.all(id, before, limit),
    pending: (id) => pending.all(id),
    earliestReplay: (id, upTo) => earliest.get(id, upTo),
    putDelivery(id, { revision, event, state, attempts, status, error, nextAttempt, createdAt, updatedAt }) {
      put.run(id, revision, event, state, attempts, status, error, nextAttempt, createdAt, updatedAt);
    },
    pruneDeliveries: (id, keep) => prune.run(id, keep),

    claim(worker, now, until) {
      claim.run(worker, until, now);
      return sender.get() ?? { worker, until };
    },
  };
}
