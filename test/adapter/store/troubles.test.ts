import * as assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import { AppError } from '../../../src/core/appError.ts';
import { eventually, hasNative, native, open, titles, workspace } from './rig.ts';
import type { RiggedStore } from './rig.ts';

const list = (rig: RiggedStore) => titles((input) => rig.store.call('task.list', input));
const create = (rig: RiggedStore, title: string) => rig.store.call('task.create', { title });
const code = (expected: string) => (error: unknown) => AppError.is(error) && error.code === expected;

/** A small disk of its own, where the system lets us; the tests that need one say that they could not run. */
function smallDisk(megabytes: number): ({ directory: string; mode(mode: 'ro' | 'rw'): void } & Disposable) | undefined {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'claudetask-disk-'));
  const mount = (options: string) => spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'none', directory]).status === 0;
  if (!mount(`size=${megabytes}m`)) {
    fs.rmdirSync(directory);
    return undefined;
  }
  return {
    directory,
    mode: (mode) => assert.equal(spawnSync('mount', ['-o', `remount,${mode}`, directory]).status, 0),
    [Symbol.dispose]() {
      spawnSync('umount', ['-l', directory]);
      fs.rmdirSync(directory);
    },
  };
}

describe('trouble with the file', () => {
  test('a full disk refuses changes with its own code, loses nothing, lets read, and works again when there is room', async (t) => {
    using disk = smallDisk(24);
    if (disk === undefined) return t.diagnostic('no small disk could be mounted');
    await using rig = await open(disk.directory);
    await create(rig, 'first');
    const ballast = path.join(disk.directory, 'ballast');
    spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=64k']);
    const acknowledged = ['first'];
    let refused: unknown;
    for (let i = 0; refused === undefined && i < 2000; i++) {
      const title = `${i} ${'x'.repeat(400)}`;
      await create(rig, title).then(
        () => acknowledged.push(title),
        (error: unknown) => (refused = error),
      );
    }
    assert.ok(code('store.diskFull')(refused), String(refused));
    assert.deepEqual(await list(rig), acknowledged);
    await assert.rejects(create(rig, `again ${'x'.repeat(480)}`), code('store.diskFull'));
    fs.rmSync(ballast);
    await eventually('room again', () =>
      create(rig, 'there is room').then(
        () => true,
        () => false,
      ),
    );
    assert.deepEqual(await list(rig), [...acknowledged, 'there is room']);
  });

  test('a folder that cannot be written to is shown read-only, and can be changed when it can be written to', async (t) => {
    using disk = smallDisk(32);
    if (disk === undefined) return t.diagnostic('no small disk could be mounted');
    const first = await open(disk.directory);
    await create(first, 'one');
    await first.store.close();
    disk.mode('ro');
    await using rig = await open(disk.directory);
    assert.deepEqual(await list(rig), ['one']);
    assert.equal(rig.store.state.role, 'readOnly');
    await assert.rejects(create(rig, 'two'), code('store.readOnly'));
    disk.mode('rw');
    await eventually('ownership', () => rig.store.state.role === 'owner');
    await create(rig, 'two');
    assert.deepEqual(await list(rig), ['one', 'two']);
  });

  test('a folder that was never written to can be looked at too', async (t) => {
    using disk = smallDisk(8);
    if (disk === undefined) return t.diagnostic('no small disk could be mounted');
    disk.mode('ro');
    await using rig = await open(disk.directory);
    assert.deepEqual(await list(rig), []);
    await assert.rejects(create(rig, 'one'), code('store.readOnly'));
  });

  test('a database that is replaced by another file is opened from the path, and the one before is kept as a copy', async () => {
    using ws = workspace();
    using other = workspace();
    const elsewhere = await open(other.directory);
    await create(elsewhere, 'from the other file');
    await elsewhere.store.close();

    await using rig = await open(ws.directory);
    await create(rig, 'ours');
    fs.copyFileSync(other.db, `${ws.db}.new`);
    fs.renameSync(`${ws.db}.new`, ws.db);
    assert.deepEqual(await list(rig), ['from the other file']);
    await create(rig, 'after');
    assert.deepEqual(await list(rig), ['from the other file', 'after']);
    assert.ok(rig.resets > 0);
    const notice = await eventually('a notice', () => rig.notices.find((one) => one.message.includes('replaced by another file')));
    if (hasNative) assert.equal(native(notice.file ?? '', 'SELECT title FROM task').out, 'ours');
  });

  test('a database that is deleted with its folder is written back with everything in it', async () => {
    using ws = workspace();
    await using rig = await open(ws.directory);
    for (let i = 0; i < 50; i++) await create(rig, `task ${i}`);
    fs.rmSync(ws.dot, { recursive: true });
    await create(rig, 'after');
    assert.equal((await list(rig)).length, 51);
    await eventually('a notice', () => rig.notices.some((one) => one.message.includes('was deleted while it was open')));
    await rig.store.close();
    if (hasNative) assert.equal(native(ws.db, 'SELECT count(*) FROM task').out, '51');
    assert.ok(fs.existsSync(path.join(ws.dot, '.gitignore')));
  });

  test('a deleted log or shield is made anew and nothing is lost', async () => {
    using ws = workspace();
    await using rig = await open(ws.directory);
    await create(rig, 'one');
    fs.rmSync(`${ws.db}-wal`);
    await create(rig, 'two');
    fs.rmSync(`${ws.db}-shm`, { recursive: true });
    await create(rig, 'three');
    assert.deepEqual(await list(rig), ['one', 'two', 'three']);
    assert.ok(fs.statSync(`${ws.db}-shm`).isDirectory());
    await using late = await open(ws.directory);
    assert.deepEqual(await list(late), ['one', 'two', 'three']);
    await rig.store.close();
    if (hasNative) assert.equal(native(ws.db, 'SELECT count(*) FROM task').out, '3');
  });

  test('a second window that comes after the folder was deleted gets in', async () => {
    using ws = workspace();
    await using rig = await open(ws.directory);
    await create(rig, 'one');
    fs.rmSync(ws.dot, { recursive: true });
    await using late = await open(ws.directory);
    assert.deepEqual(await list(late), ['one']);
    assert.equal(late.store.state.role, 'client');
  });

  test('a damaged file is kept aside untouched and what can be read of it goes on, with the numbers told', async () => {
    using ws = workspace();
    const first = await open(ws.directory);
    for (let i = 0; i < 400; i++) await create(first, `task ${i} ${'y'.repeat(300)}`);
    const content = Buffer.from('# Rules\r\n'.repeat(1000)).toString('base64');
    await first.store.call('document.record', { path: 'CLAUDE.md', kind: 'instructions', content, cause: 'outside' });
    await first.store.close();
    const bytes = fs.readFileSync(ws.db);
    // A leaf of the task table becomes noise: a page of a table (type 13) with titles, and not the history that quotes them.
    const pages = Array.from({ length: bytes.length / 4096 }, (_, n) => n).filter((n) => {
      const page = bytes.subarray(n * 4096, (n + 1) * 4096);
      return n > 0 && page[0] === 13 && page.includes('task 200 y') && !page.includes('created');
    });
    const page = pages[0] ?? assert.fail('no page holds the task');
    bytes.fill(0xa5, page * 4096, (page + 1) * 4096);
    fs.writeFileSync(ws.db, bytes);

    await using rig = await open(ws.directory);
    await list(rig).catch(() => []);
    await rig.store.call('audit.verify', {}).catch(() => {});
    await rig.store.call('database.backup', {}).catch(() => {});
    const left = await list(rig);
    const notice = await eventually('a notice', () => rig.notices.find((one) => one.message.includes('was damaged')));
    assert.match(notice.message, /task: (all )?\d+/);
    assert.deepEqual(fs.readFileSync(notice.file ?? ''), bytes);
    assert.ok(left.length > 300 && left.length < 400, `${left.length} of 400 tasks: ${notice.message}`);
    assert.ok(notice.message.includes(`task: ${left.length} of 400 rows`), notice.message);
    assert.match(notice.message, /audit: all 401 rows/);
    assert.equal((await rig.store.call('document.version', { path: 'CLAUDE.md', version: 1 })).content, content);
    assert.deepEqual((await rig.store.call('audit.verify', {})).problems, []);
    await create(rig, 'goes on');
  });

  test('a file that is no database is kept aside and a new one begun', async () => {
    using ws = workspace();
    fs.mkdirSync(ws.dot);
    fs.writeFileSync(ws.db, '<<<<<<< HEAD\n'.repeat(1000));
    await using rig = await open(ws.directory);
    assert.deepEqual(await list(rig), []);
    await create(rig, 'one');
    const notice = await eventually('a notice', () => rig.notices.find((one) => one.message.includes('nothing in it could be read')));
    assert.ok(fs.readFileSync(notice.file ?? '', 'utf8').startsWith('<<<<<<<'));
  });

  test('a database of a newer version is shown and not changed', async () => {
    if (!hasNative) return;
    using ws = workspace();
    const first = await open(ws.directory);
    await create(first, 'one');
    await first.store.close();
    native(ws.db, "INSERT INTO migration VALUES (9999, 'from the future', 0); PRAGMA user_version = 9999;");
    const before = fs.readFileSync(ws.db);
    await using rig = await open(ws.directory);
    assert.deepEqual(await list(rig), ['one']);
    assert.equal(rig.store.state.role, 'readOnly');
    await assert.rejects(create(rig, 'two'), code('store.newerVersion'));
    await rig.store.close();
    assert.deepEqual(fs.readFileSync(ws.db), before);
  });

  test('with another sql.js than the pinned one nothing is written, and the last checkpoint is shown', async () => {
    using ws = workspace();
    const first = await open(ws.directory);
    await create(first, 'one');
    await first.store.close();
    const before = fs.readFileSync(ws.db);
    const assets = path.join(ws.directory, 'assets');
    fs.mkdirSync(assets);
    for (const file of ['sql-wasm.js', 'sql-wasm.wasm'])
      fs.copyFileSync(path.join(process.cwd(), 'node_modules/sql.js/dist', file), path.join(assets, file));
    // A custom section changes nothing but the hash.
    fs.appendFileSync(path.join(assets, 'sql-wasm.wasm'), Buffer.from([0, 2, 1, 120]));
    await using rig = await open(ws.directory, { assets });
    assert.deepEqual(await list(rig), ['one']);
    assert.equal(rig.store.state.role, 'readOnly');
    await assert.rejects(create(rig, 'two'), code('store.engineMismatch'));
    await rig.store.close();
    assert.deepEqual(fs.readFileSync(ws.db), before);
  });

  test('a database of another program is left alone', async () => {
    if (!hasNative) return;
    using ws = workspace();
    fs.mkdirSync(ws.dot);
    native(ws.db, 'CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)');
    await using rig = await open(ws.directory);
    await assert.rejects(create(rig, 'one'), code('store.damaged'));
    assert.equal(native(ws.db, 'SELECT x FROM theirs').out, '1');
    assert.ok(fs.readdirSync(ws.dot).every((name) => !name.includes('damaged')));
  });
});
