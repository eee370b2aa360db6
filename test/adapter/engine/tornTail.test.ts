import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { integrity, makeTable, open, temporaryFolder } from './engineRig.ts';

describe('a log that ends in the middle', () => {
  test('gives exactly the transactions that are whole, wherever it is cut', async (t) => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    const database = await open(path);
    makeTable(database);
    database.flush();
    /** Size of the log after the n-th transaction. */
    const ends = [database.walSize];
    for (let n = 1; n <= 40; n++) {
      database.transaction(() => {
        for (let i = 0; i < 3; i++) database.prepare('INSERT INTO task (title, body) VALUES (?, ?)').run(`${n}`, 'x'.repeat(n * 97));
      });
      database.flush();
      ends.push(database.walSize);
    }
    const [main, wal] = [fs.readFileSync(path), fs.readFileSync(`${path}-wal`)];
    database.abandon();

    const first = ends[0] ?? 0;
    for (let cut = 0; cut < 300; cut++) {
      const at = first + Math.floor((cut * (wal.length - first)) / 299);
      const copy = folder.file(`cut${cut}.db`);
      fs.writeFileSync(copy, main);
      // Half of them as a file that was written in advance: zeros, or what an earlier round left, instead of an end.
      const tail = cut % 2 === 0 ? new Uint8Array() : new Uint8Array(8192).fill(cut % 3 === 0 ? 0 : cut);
      fs.writeFileSync(`${copy}-wal`, Buffer.concat([wal.subarray(0, at), tail]));
      const opened = await open(copy, { create: false });
      const whole = ends.filter((end) => end <= at).length - 1;
      const { n, newest } =
        opened
          .prepare<{ n: number; newest: number | null }>('SELECT count(*) AS n, max(CAST(title AS INTEGER)) AS newest FROM task')
          .get() ?? {};
      assert.deepEqual([n, newest ?? 0], [whole * 3, whole], `cut at ${at}`);
      if (cut % 10 === 0) assert.equal(integrity(opened), 'ok');
      opened.abandon();
      for (const file of [copy, `${copy}-wal`]) fs.rmSync(file);
    }
    t.diagnostic(`300 cuts through ${ends.length - 1} transactions`);
  });

  test('a bit that flipped hides what comes after it, and invents nothing', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    const database = await open(path);
    makeTable(database);
    database.flush();
    for (let n = 1; n <= 20; n++) {
      database.prepare('INSERT INTO task (title) VALUES (?)').run(`${n}`);
      database.flush();
    }
    const [main, wal] = [fs.readFileSync(path), fs.readFileSync(`${path}-wal`)];
    database.abandon();
    for (let i = 0; i < 60; i++) {
      const bytes = Buffer.from(wal);
      const at = 32 + Math.floor((i * (wal.length - 33)) / 59);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (i % 8));
      fs.writeFileSync(path, main);
      fs.writeFileSync(`${path}-wal`, bytes);
      const opened = await open(path, { create: false }).catch(() => undefined);
      if (opened === undefined) continue;
      const exists = opened.prepare("SELECT 1 AS one FROM sqlite_schema WHERE name = 'task'").get() !== undefined;
      if (exists) {
        const titles = opened
          .prepare<{ title: string }>('SELECT title FROM task ORDER BY id')
          .all()
          .map((row) => row.title);
        assert.deepEqual(
          titles,
          Array.from({ length: titles.length }, (_, n) => `${n + 1}`),
        );
      }
      assert.equal(integrity(opened), 'ok');
      opened.abandon();
    }
  });
});
