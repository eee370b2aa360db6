// Our engine as it is, in the thread that asks.
import path from 'node:path';
import { loadSqlJs } from '../../../src/storage/engine/sqlJs.ts';
import { openDatabase } from '../../../src/storage/engine/database.ts';
import type { OpenOptions, Subject } from '../subject.ts';
import { assets } from '../assets.ts';
import { rawTransaction } from '../rawTransaction.ts';
import { sql } from '../workload.ts';

export async function openEngine({ dir }: OpenOptions): Promise<Subject> {
  const db = openDatabase(await loadSqlJs(assets()), path.join(dir, 'seed.db'), { create: false, anyApplication: true });
  while (db.prewriteWal()) continue;
  const transact = rawTransaction(db);
  const read = db.prepare(sql.read);
  const list = db.prepare(sql.list);
  return {
    commit(id, text) {
      transact(id, text);
      db.flush();
    },
    read: (id) => read.get(id),
    list: (from) => list.all(from),
    idle: () => void db.checkpoint('passive'),
    close: () => db.close(),
  };
}
