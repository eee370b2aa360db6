import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { addTasks, countTasks, integrity, makeTable, open, openDescriptors, temporaryFolder } from './engineRig.ts';

describe('files moved under an open database', () => {
  test('the guard tells replaced, deleted, log gone and shield gone from all being well', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    const shield = `${path}-shm`;
    fs.mkdirSync(shield);
    const database = await open(path, { shield });
    makeTable(database);
    addTasks(database, 30);
    database.flush();
    assert.equal(database.check(), 'ok');
    database.checkpoint('truncate');
    assert.equal(database.check(), 'ok');

    fs.renameSync(shield, folder.file('elsewhere'));
    assert.equal(database.check(), 'shieldGone');
    fs.mkdirSync(shield);
    assert.equal(database.check(), 'shieldGone', 'another directory is not ours');
    fs.rmdirSync(shield);
    fs.renameSync(folder.file('elsewhere'), shield);
    assert.equal(database.check(), 'ok');

    fs.rmSync(`${path}-wal`);
    assert.equal(database.check(), 'walDeleted');
    fs.copyFileSync(path, folder.file('copy'));
    fs.renameSync(folder.file('copy'), path);
    assert.equal(database.check(), 'replaced');
    fs.rmSync(path);
    assert.equal(database.check(), 'deleted');
    database.abandon();
  });

  test('a deleted database can be exported with all that was committed, and closing it brings nothing back', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    const before = openDescriptors();
    const database = await open(path);
    makeTable(database);
    addTasks(database, 30);
    database.checkpoint('passive');
    addTasks(database, 30);
    database.flush();
    for (const name of fs.readdirSync(folder.path)) fs.rmSync(folder.file(name));
    addTasks(database, 3);
    const bytes = database.export();
    database.close();
    assert.deepEqual(fs.readdirSync(folder.path), []);
    assert.equal(openDescriptors(), before);
    fs.writeFileSync(path, bytes);
    const again = await open(path, { create: false });
    assert.equal(countTasks(again), 63);
    assert.equal(integrity(again), 'ok');
    again.close();
  });

  test('closing after the file was replaced leaves the new file alone', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    const backup = await open(path);
    makeTable(backup);
    addTasks(backup, 5);
    backup.close();
    fs.copyFileSync(path, folder.file('backup.db'));
    const database = await open(path, { create: false });
    addTasks(database, 100);
    database.checkpoint('passive');
    addTasks(database, 10);
    database.flush();
    fs.renameSync(folder.file('backup.db'), path);
    const bytes = fs.readFileSync(path);
    assert.equal(database.check(), 'replaced');
    database.close();
    assert.deepEqual(fs.readFileSync(path), bytes);
    const again = await open(path, { create: false });
    assert.equal(countTasks(again), 5, 'the log of the old file was not applied');
    assert.equal(again.notices.length, 1);
    assert.equal(integrity(again), 'ok');
    again.close();
  });
});

describe('a log beside a file it does not belong to', () => {
  async function crashed(path: string): Promise<void> {
    const database = await open(path);
    makeTable(database);
    addTasks(database, 100);
    database.checkpoint('passive');
    fs.copyFileSync(path, `${path}.old`);
    addTasks(database, 100);
    database.checkpoint('passive');
    addTasks(database, 50);
    database.flush();
    database.abandon();
  }

  test('is applied when the file is the one it was written for', async () => {
    using folder = temporaryFolder();
    await crashed(folder.file('a.db'));
    const database = await open(folder.file('a.db'), { create: false });
    assert.deepEqual(database.notices, []);
    assert.equal(countTasks(database), 250);
    database.close();
  });

  for (const how of ['renamed into place', 'written over'] as const) {
    test(`is put aside when an older file was ${how}, and the notice names it`, async () => {
      using folder = temporaryFolder();
      const path = folder.file('a.db');
      await crashed(path);
      if (how === 'written over') fs.writeFileSync(path, fs.readFileSync(`${path}.old`));
      else fs.renameSync(`${path}.old`, path);
      const database = await open(path, { create: false });
      assert.equal(database.notices.length, 1);
      const aside = database.notices[0]?.file ?? '';
      assert.ok(fs.statSync(aside).size > 0);
      assert.match(database.notices[0]?.message ?? '', /put aside/);
      assert.equal(countTasks(database), 100);
      assert.equal(integrity(database), 'ok');
      database.close();
    });
  }

  test('goes with the file when the whole folder is copied or moved', async () => {
    using folder = temporaryFolder();
    await crashed(folder.file('a.db'));
    fs.mkdirSync(folder.file('copied'));
    for (const name of ['a.db', 'a.db-wal', 'a.db-bind.json']) fs.copyFileSync(folder.file(name), folder.file(`copied/${name}`));
    const database = await open(folder.file('copied/a.db'), { create: false });
    assert.deepEqual(database.notices, []);
    assert.equal(countTasks(database), 250);
    database.close();
  });

  test('goes with the folder also before the first checkpoint of a session', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    const first = await open(path);
    makeTable(first);
    first.close();
    const database = await open(path, { create: false });
    addTasks(database, 5);
    database.flush();
    while (database.prewriteWal());
    addTasks(database, 5);
    database.flush();
    database.abandon();
    fs.mkdirSync(folder.file('copied'));
    for (const name of ['a.db', 'a.db-wal', 'a.db-bind.json']) fs.copyFileSync(folder.file(name), folder.file(`copied/${name}`));
    const copied = await open(folder.file('copied/a.db'), { create: false });
    assert.deepEqual(copied.notices, []);
    assert.equal(countTasks(copied), 10);
    copied.close();
  });

  test('is put aside when the file is gone and a new one is made', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    await crashed(path);
    fs.rmSync(path);
    fs.rmSync(`${path}-bind.json`);
    const database = await open(path);
    assert.equal(database.notices.length, 1);
    assert.equal(database.prepare<{ n: number }>('SELECT count(*) AS n FROM sqlite_schema').get()?.n, 0);
    database.close();
  });

  test('the audit position is kept beside the database', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    let database = await open(path);
    assert.equal(database.recordedAnchor, null);
    makeTable(database);
    database.setAnchor({ revision: 7, hash: 'abc' });
    database.checkpoint('passive');
    database.abandon();
    database = await open(path);
    assert.deepEqual(database.recordedAnchor, { revision: 7, hash: 'abc' });
    database.setAnchor({ revision: 8, hash: 'def' });
    database.close();
    database = await open(path);
    assert.deepEqual(database.recordedAnchor, { revision: 8, hash: 'def' });
    database.close();
    fs.writeFileSync(`${path}-bind.json`, '{"main": 3');
    database = await open(path);
    assert.equal(database.recordedAnchor, null);
    database.close();
  });
});
