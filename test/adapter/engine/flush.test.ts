import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { addTasks, countTasks, failingFiles, makeTable, open, openDescriptors, temporaryFolder } from './engineRig.ts';

describe('flushing', () => {
  test('many transactions are one write and one flush', async () => {
    using folder = temporaryFolder();
    const calls: string[] = [];
    const files = failingFiles((call, subject) => {
      if (call === 'write' || call === 'sync') calls.push(`${call} ${String(subject).slice(-4)}`);
      return undefined;
    });
    const database = await open(folder.file('a.db'), { files });
    makeTable(database);
    database.flush();
    while (database.prewriteWal());
    assert.equal(database.hasUnflushed, false);
    for (let round = 0; round < 3; round++) {
      calls.length = 0;
      for (let i = 0; i < 16; i++) addTasks(database, 1);
      assert.equal(database.hasUnflushed, true);
      assert.deepEqual(calls, []);
      database.flush();
      database.flush();
      assert.deepEqual(calls, ['write -wal', 'sync -wal']);
      assert.equal(database.hasUnflushed, false);
    }
    database.close();
  });

  test('a flush beside the thread covers what was committed before it began, and no more', async () => {
    using folder = temporaryFolder();
    const database = await open(folder.file('a.db'));
    makeTable(database);
    database.flush();
    addTasks(database, 3);
    const flushed = database.flushBeside();
    assert.equal(database.hasUnflushed, true);
    addTasks(database, 2);
    await flushed;
    assert.equal(database.hasUnflushed, true);
    database.abandon();
    const again = await open(folder.file('a.db'), { create: false });
    assert.equal(countTasks(again), 3);
    again.close();
  });

  test('a flush in the thread does not rely on one that is on its way', async () => {
    using folder = temporaryFolder();
    const synced: string[] = [];
    const files = failingFiles((call, subject) => {
      if (call === 'sync' || call === 'syncBeside') synced.push(`${call} ${String(subject).slice(-4)}`);
      return undefined;
    });
    const database = await open(folder.file('a.db'), { files });
    makeTable(database);
    database.flush();
    synced.length = 0;
    addTasks(database, 1);
    const flushed = database.flushBeside();
    database.flush();
    assert.deepEqual(synced, ['syncBeside -wal', 'sync -wal']);
    await flushed;
    database.flush();
    assert.deepEqual(synced, ['syncBeside -wal', 'sync -wal']);
    database.close();
  });

  test('a flush beside the thread that fails refuses all that follows until the database was opened again', async () => {
    using folder = temporaryFolder();
    let full = false;
    const files = failingFiles((call) => (full && call === 'syncBeside' ? 'EIO' : undefined));
    const database = await open(folder.file('a.db'), { files });
    makeTable(database);
    database.flush();
    addTasks(database, 1);
    full = true;
    await assert.rejects(database.flushBeside(), { code: 'store.io' });
    assert.throws(() => addTasks(database, 1), { code: 'store.io' });
    full = false;
    database.reopen();
    addTasks(database, 1);
    database.flush();
    database.close();
  });

  test('what was not flushed is gone when the database is abandoned, what was flushed is there', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    const before = openDescriptors();
    let database = await open(path);
    makeTable(database);
    addTasks(database, 5);
    database.flush();
    addTasks(database, 7);
    assert.equal(countTasks(database), 12);
    database.abandon();
    database.abandon();
    assert.equal(openDescriptors(), before);
    database = await open(path, { create: false });
    assert.equal(countTasks(database), 5);
    database.close();
  });

  test('reopening keeps statements alive and drops what was not flushed', async () => {
    using folder = temporaryFolder();
    const database = await open(folder.file('a.db'));
    makeTable(database);
    const insert = database.prepare('INSERT INTO task (title) VALUES (?)');
    insert.run('flushed');
    database.flush();
    insert.run('not flushed');
    const rows = database.prepare('SELECT title FROM task').each();
    rows.next();
    database.reopen();
    assert.throws(() => rows.next(), /reopened/);
    assert.equal(countTasks(database), 1);
    insert.run('again');
    assert.equal(countTasks(database), 2);
    database.close();
  });

  test('the log starts over after a checkpoint, in the file that was written in advance', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    const database = await open(path);
    makeTable(database);
    database.flush();
    while (database.prewriteWal());
    const { size } = fs.statSync(`${path}-wal`);
    assert.equal(size, 8 * 1024 * 1024);
    for (let round = 0; round < 4; round++) {
      addTasks(database, 500);
      database.flush();
      assert.ok(database.walSize > 500_000 && database.walSize < 2_000_000);
      assert.equal(database.checkpoint('passive'), true);
      assert.equal(database.walSize, 0);
    }
    assert.equal(fs.statSync(`${path}-wal`).size, size);
    assert.equal(database.checkpoint('truncate'), true);
    assert.equal(fs.statSync(`${path}-wal`).size, 0);
    assert.equal(database.prewriteWal(), true);
    assert.throws(() => database.transaction(() => database.checkpoint('passive')), /inside a transaction/);
    assert.equal(countTasks(database), 2000);
    database.close();
  });
});
