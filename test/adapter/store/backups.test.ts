import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import { AppError } from '../../../src/core/appError.ts';
import { eventually, hasNative, native, open, titles, workspace } from './rig.ts';
import type { RiggedStore } from './rig.ts';

const list = (rig: RiggedStore) => titles((input) => rig.store.call('task.list', input));
const create = (rig: RiggedStore, title: string) => rig.store.call('task.create', { title });
const code = (expected: string) => (error: unknown) => AppError.is(error) && error.code === expected;
const backupsIn = (dot: string) => fs.readdirSync(path.join(dot, 'backups')).sort();

describe('backups', () => {
  test('a backup is made by itself once a day, when nobody works, and holds every task', async () => {
    using ws = workspace();
    await using rig = await open(ws.directory);
    for (let i = 0; i < 100; i++) await create(rig, `task ${i}`);
    const file = await eventually('a backup', async () => (await rig.store.call('database.status', {})).lastBackup ?? undefined);
    if (hasNative) assert.equal(native(file, 'PRAGMA integrity_check; SELECT count(*) FROM task').out, 'ok\n100');
    assert.deepEqual(backupsIn(ws.dot), [path.basename(file)]);
    await create(rig, 'more');
    await rig.store.close();
    await using again = await open(ws.directory);
    await create(again, 'and more');
    assert.equal((await again.store.call('database.status', {})).lastBackup, file);
  });

  test('the last five backups stay', async () => {
    using ws = workspace();
    await using rig = await open(ws.directory);
    await create(rig, 'one');
    const made: string[] = [];
    for (let i = 0; i < 7; i++) made.push(path.basename((await rig.store.call('database.backup', {})).file));
    assert.equal(backupsIn(ws.dot).length, 5);
    assert.deepEqual(backupsIn(ws.dot).sort(), made.slice(-5).sort(), 'the newest five, also within one second');
  });

  test('callers go on while a backup is made', async () => {
    using ws = workspace();
    await using rig = await open(ws.directory);
    const body = 'z'.repeat(480);
    for (let i = 0; i < 60; i++) await Promise.all(Array.from({ length: 50 }, (_, n) => create(rig, `${i} ${n} ${body}`)));
    let done = false;
    const backup = rig.store.call('database.backup', {}).finally(() => (done = true));
    let during = 0;
    while (!done) {
      await create(rig, `during ${during++}`);
    }
    const { file } = await backup;
    assert.ok(during > 3, `${during} tasks were made meanwhile`);
    if (hasNative) assert.equal(native(file, 'PRAGMA quick_check').out, 'ok');
    assert.equal((await list(rig)).length, 3000 + during);
  });

  test('an export is a whole database by itself, also in a folder of its own', async () => {
    using ws = workspace();
    await using rig = await open(ws.directory);
    await create(rig, 'one');
    const target = path.join(ws.directory, 'out/tasks.db');
    const { file, bytes } = await rig.store.call('database.export', { path: target });
    assert.equal(file, target);
    assert.equal(bytes, fs.statSync(target).size);
    if (hasNative) assert.equal(native(`file:${target}?mode=ro&immutable=1`, 'SELECT title FROM task').out, 'one');
    assert.deepEqual(fs.readdirSync(path.dirname(target)), ['tasks.db']);
    await assert.rejects(rig.store.call('database.export', { path: ws.db }), code('input.invalid'));
  });

  test('a restore brings the old rows back in every window, and keeps what was there', async () => {
    using ws = workspace();
    await using rig = await open(ws.directory);
    await create(rig, 'old');
    const { file } = await rig.store.call('database.backup', {});
    await create(rig, 'new');
    await using other = await open(ws.directory);
    assert.deepEqual(await list(other), ['old', 'new']);
    const { keptAside } = await rig.store.call('database.restore', { path: file });
    assert.deepEqual(await list(rig), ['old']);
    assert.deepEqual(await list(other), ['old']);
    await eventually('both were told', () => rig.resets > 0 && other.resets > 0);
    if (hasNative) assert.equal(native(keptAside, 'SELECT count(*) FROM task').out, '2');
    await create(other, 'goes on');
    assert.deepEqual(await list(rig), ['old', 'goes on']);
    await rig.store.call('database.restore', { path: keptAside });
    assert.deepEqual(await list(rig), ['old', 'new']);
  });

  test('a file that is damaged, or no database, or not there is not restored, and nothing changes', async () => {
    using ws = workspace();
    await using rig = await open(ws.directory);
    for (let i = 0; i < 200; i++) await create(rig, `task ${i} ${'x'.repeat(400)}`);
    const { file } = await rig.store.call('database.backup', {});
    const bytes = fs.readFileSync(file);
    bytes.fill(0xa5, 4096 * 3, 4096 * 12);
    const damaged = path.join(ws.directory, 'damaged.db');
    fs.writeFileSync(damaged, bytes);
    await assert.rejects(rig.store.call('database.restore', { path: damaged }), code('store.damaged'));
    const text = path.join(ws.directory, 'text.db');
    fs.writeFileSync(text, 'no database');
    await assert.rejects(rig.store.call('database.restore', { path: text }), code('store.damaged'));
    await assert.rejects(rig.store.call('database.restore', { path: path.join(ws.directory, 'nothing.db') }), code('store.io'));
    assert.equal((await list(rig)).length, 200);
    await create(rig, 'goes on');
    assert.ok(fs.readdirSync(ws.dot).every((name) => !name.includes('restore')));
  });
});
