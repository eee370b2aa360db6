import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { AppError } from '../../../src/core/appError.ts';
import { openCopy } from '../../../src/storage/engine/readOnlyCopy.ts';
import { loadSqlJs, mismatch, pinned } from '../../../src/storage/engine/sqlJs.ts';
import { addTasks, assets, countTasks, failingFiles, integrity, makeTable, open, openDescriptors, temporaryFolder } from './engineRig.ts';

async function filled(path: string, tasks = 300): Promise<void> {
  const database = await open(path);
  makeTable(database);
  addTasks(database, tasks);
  database.close();
}

const damaged = { code: 'store.damaged' };

describe('opening a database', () => {
  test('a new file is made, marked as ours, in WAL mode, and nothing but it and its side file stays', async () => {
    using folder = temporaryFolder();
    const database = await open(folder.file('a.db'));
    assert.equal(database.prepare<{ application_id: number }>('PRAGMA application_id').get()?.application_id, 0x434c544b);
    assert.equal(database.prepare<{ sqlite_version: string }>('SELECT sqlite_version() AS sqlite_version').get()?.sqlite_version, '3.54.1');
    database.close();
    database.close();
    assert.deepEqual(fs.readdirSync(folder.path).sort(), ['a.db', 'a.db-bind.json']);
    assert.equal(fs.readFileSync(folder.file('a.db'))[18], 2);
  });

  test('names with spaces and letters of other scripts are no matter', async () => {
    using folder = temporaryFolder();
    await filled(folder.file('Aufgäben 漢字 🙂.db'), 3);
    const database = await open(folder.file('Aufgäben 漢字 🙂.db'), { create: false });
    assert.equal(countTasks(database), 3);
    database.close();
  });

  test('a missing, an empty, a foreign and a garbled file are refused and left as they are', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    const before = openDescriptors();
    await assert.rejects(open(path, { create: false }), damaged);

    await filled(path);
    fs.truncateSync(path, 0);
    await assert.rejects(open(path), damaged, 'it was known not to be empty');
    await assert.rejects(open(path, { create: false }), damaged);
    assert.equal(fs.statSync(path).size, 0);

    fs.writeFileSync(path, '<<<<<<< HEAD\nnot a database\n=======\n');
    await assert.rejects(open(path), damaged);
    assert.match(fs.readFileSync(path, 'utf8'), /HEAD/);

    const other = folder.file('other.db');
    const database = await open(other, { anyApplication: true });
    makeTable(database);
    database.exec('PRAGMA application_id = 77');
    database.close();
    const bytes = fs.readFileSync(other);
    await assert.rejects(open(other), (error) => AppError.is(error, 'store.damaged') && error.details['reason'] === 'otherProgram');
    assert.deepEqual(fs.readFileSync(other), bytes);

    // Most programs name nothing and use no log: neither may be changed by looking.
    const unnamed = folder.file('unnamed.db');
    bytes.writeUInt32BE(0, 68);
    bytes.fill(1, 18, 20);
    fs.writeFileSync(unnamed, bytes);
    await assert.rejects(open(unnamed), (error) => AppError.is(error, 'store.damaged') && error.details['reason'] === 'otherProgram');
    assert.deepEqual(fs.readFileSync(unnamed), bytes);
    assert.equal(openDescriptors(), before, 'descriptors leak');
  });

  test('a file with pages missing is refused or its damage is found', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    await filled(path);
    const { size } = fs.statSync(path);
    const before = openDescriptors();
    for (const keep of [100, 511, 512, 4095, 4096, 5000, size - 4096]) {
      fs.copyFileSync(path, folder.file('b.db'));
      fs.truncateSync(folder.file('b.db'), keep);
      await assert.rejects(async () => {
        const database = await open(folder.file('b.db'), { create: false });
        try {
          assert.notEqual(integrity(database), 'ok');
          countTasks(database);
          throw new AppError('store.damaged', 'found by the check');
        } finally {
          database.abandon();
        }
      }, damaged);
    }
    assert.equal(openDescriptors(), before);
  });

  test('a file that may not be written to is refused as read-only, and can be looked at as a copy', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    const live = await open(path);
    makeTable(live);
    addTasks(live, 10);
    live.checkpoint('passive');
    addTasks(live, 5);
    live.flush();
    const before = openDescriptors();
    for (const code of ['EACCES', 'EROFS', 'EPERM']) {
      for (const ending of ['.db', '-wal']) {
        const files = failingFiles((call, subject) => (call === 'open' && String(subject).endsWith(ending) ? code : undefined));
        await assert.rejects(open(path, { create: false, files }), { code: 'store.readOnly' }, `${code} ${ending}`);
      }
    }
    assert.equal(openDescriptors(), before);

    const copy = await openCopy(assets, path);
    assert.equal(countTasks(copy), 15, 'the log is part of it');
    addTasks(copy, 1);
    copy.close();
    copy.close();
    assert.equal(countTasks(live), 15);
    assert.equal(openDescriptors(), before);
    live.close();
  });

  test('the pinned sql.js is the one installed', () => {
    assert.equal(mismatch(assets), undefined);
    assert.equal(pinned.version, '1.16.0');
  });

  test('another sql.js opens no file, but shows the last checkpoint from memory', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    const live = await open(path);
    makeTable(live);
    addTasks(live, 10);
    live.checkpoint('passive');
    addTasks(live, 5);
    live.flush();

    const other = { js: folder.file('sql-wasm.js'), wasm: folder.file('sql-wasm.wasm') };
    fs.writeFileSync(other.js, `${fs.readFileSync(assets.js, 'utf8')}\n// a newer release`);
    fs.copyFileSync(assets.wasm, other.wasm);
    await assert.rejects(loadSqlJs(other), { code: 'store.engineMismatch' });
    const copy = await openCopy(other, path);
    assert.equal(countTasks(copy), 10);
    assert.match(copy.notices[0]?.message ?? '', /last checkpoint/);
    assert.throws(() => copy.flush(), { code: 'store.engineMismatch' });
    assert.equal(copy.transaction(() => copy.prepare('SELECT title FROM task WHERE id = ?').get(3))?.['title'], 'Title 2');
    copy.close();
    assert.throws(() => countTasks(copy), { code: 'store.unavailable' });
    live.close();
  });

  test('a wasm that asks for other system calls is refused, and so is a missing file', async () => {
    using folder = temporaryFolder();
    const other = { js: assets.js, wasm: folder.file('sql-wasm.wasm') };
    await assert.rejects(loadSqlJs(other), { code: 'store.engineMismatch' });
    // The smallest module there is.
    fs.writeFileSync(other.wasm, new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    await assert.rejects(loadSqlJs(other), (error) => AppError.is(error, 'store.engineMismatch') && /system calls/.test(error.message));
    fs.writeFileSync(other.wasm, 'no wasm at all');
    await assert.rejects(loadSqlJs(other), { code: 'store.engineMismatch' });
  });
});
