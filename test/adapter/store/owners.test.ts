import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { AppError } from '../../../src/core/appError.ts';
import { build, eventually, hasNative, native, open, openWindow, titles, workspace } from './rig.ts';

describe('one owner per database', () => {
  test('two processes that write a thousand tasks each leave two thousand, and no call takes over two seconds', async () => {
    using ws = workspace();
    await using one = await openWindow(ws.directory);
    await using two = await openWindow(ws.directory);
    const slowest = await Promise.all([one.createMany('one', 1000, 4), two.createMany('two', 1000, 4)]);
    assert.ok(Math.max(...slowest) < 2000, `slowest call: ${slowest.join(', ')} ms`);
    const found = await titles((input) => one.call('task.list', input));
    assert.equal(found.length, 2000);
    assert.equal(new Set(found).size, 2000);
    assert.deepEqual([one.state.role, two.state.role].sort(), ['client', 'owner']);
  });

  test('when the owner is killed, a window takes over within two seconds and its calls in flight are done once', async () => {
    using ws = workspace();
    const owner = await openWindow(ws.directory);
    await owner.call('task.create', { title: 'by the owner' });
    await using heir = await openWindow(ws.directory);
    await heir.call('task.create', { title: 'by the heir' });
    assert.equal(heir.state.role, 'client');

    const writing = heir.createMany('heir', 2000, 8);
    await eventually('some were written', async () => (await titles((input) => owner.call('task.list', input))).length > 100);
    owner.process.kill('SIGKILL');
    await owner.exited;
    const slowest = await writing;
    assert.ok(slowest < 2000, `slowest call: ${slowest} ms`);
    assert.equal(heir.state.role, 'owner');
    const found = await titles((input) => heir.call('task.list', input));
    assert.equal(found.filter((title) => title.startsWith('heir ')).length, 2000);
    assert.equal(new Set(found).size, 2002);
  });

  test('when the owner closes, the other window becomes the owner and is told to read anew', async () => {
    using ws = workspace();
    const one = await open(ws.directory);
    await one.store.call('task.create', { title: 'first' });
    await using two = await open(ws.directory);
    assert.deepEqual((await titles((input) => two.store.call('task.list', input))).length, 1);
    assert.deepEqual(two.store.state, { role: 'client', ownerPid: process.pid });
    await one.store.close();
    await eventually('ownership', () => two.store.state.role === 'owner');
    assert.ok(two.resets > 0);
    await two.store.call('task.create', { title: 'second' });
    assert.equal((await titles((input) => two.store.call('task.list', input))).length, 2);
  });

  test('a change made through one window is told to the other', async () => {
    using ws = workspace();
    await using one = await open(ws.directory);
    await one.store.call('task.create', { title: 'first' });
    await using two = await open(ws.directory);
    await two.store.call('task.list', {});
    const heard: string[] = [];
    for (const { store } of [one, two]) store.onDidChange((event) => heard.push(...event.body.tasks.map((task) => task.title)));
    await two.store.call('task.create', { title: 'from two' });
    await one.store.call('task.create', { title: 'from one' });
    await eventually('four events', () => heard.length === 4);
    assert.deepEqual(heard.sort(), ['from one', 'from one', 'from two', 'from two']);
  });

  test('the extension host starts a storage thread that died again, and calls in flight are answered once', async () => {
    using ws = workspace();
    const built = await build();
    // The same thread with a fuse: it dies when the file appears, and not twice.
    const fuse = path.join(ws.directory, 'fuse');
    const fused = path.join(built.folder, `fused-${path.basename(ws.directory)}.js`);
    fs.writeFileSync(
      fused,
      `const fuseFs = require('fs'); const fuseTimer = setInterval(() => { if (fuseFs.existsSync(${JSON.stringify(fuse)})) { fuseFs.unlinkSync(${JSON.stringify(fuse)}); process.exit(7); } }, 5); fuseTimer.unref();\n` +
        fs.readFileSync(built.workerFile, 'utf8'),
    );
    await using rig = await open(ws.directory, { workerFile: fused });
    await rig.store.call('task.create', { title: 'before' });
    fs.writeFileSync(fuse, '');
    const made: Promise<unknown>[] = [];
    await eventually('the fuse burnt', () => {
      made.push(rig.store.call('task.create', { title: `call ${made.length}` }));
      return !fs.existsSync(fuse);
    });
    await Promise.all(made);
    await rig.store.call('task.create', { title: 'after' });
    const found = await titles((input) => rig.store.call('task.list', input));
    assert.equal(found.length, made.length + 2);
    assert.equal(new Set(found).size, found.length);
  });

  test('a stranger without the token is not let in', async () => {
    using ws = workspace();
    await using rig = await open(ws.directory);
    await rig.store.call('task.create', { title: 'mine' });
    const { storeNames } = await import('../../../src/storage/names.ts');
    const { connectToOwner } = await import('../../../src/storage/ownerSocket.ts');
    const hooks = { said: () => {}, lost: () => {} };
    await assert.rejects(connectToOwner(storeNames(ws.directory).endpoint, 'guess', hooks), (error) =>
      AppError.is(error, 'operation.forbidden'),
    );
    const mode = fs.statSync(path.join(`${ws.db}-shm`, 'token')).mode & 0o777;
    assert.equal(mode, 0o600);
  });

  test('a call that is aborted, or out of time, or made after the end fails with its own code', async () => {
    using ws = workspace();
    const rig = await open(ws.directory);
    await rig.store.call('task.create', { title: 'one' });
    const code = (expected: string) => (error: unknown) => AppError.is(error) && error.code === expected;
    const abort = new AbortController();
    const call = rig.store.call('task.list', {}, { signal: abort.signal });
    abort.abort();
    await assert.rejects(call, code('cancelled'));
    await assert.rejects(rig.store.call('task.list', {}, { signal: AbortSignal.abort() }), code('cancelled'));
    await rig.store.close();
    await using starting = await open(ws.directory);
    await assert.rejects(starting.store.call('task.list', {}, { timeout: 1 }), code('timeout'));
    await assert.rejects(rig.store.call('task.list', {}), code('store.unavailable'));
    assert.equal(rig.store.state.role, 'closed');
  });
});

describe('the folder of the database', () => {
  test('git sees job files and the rules, and nothing else of ours', async () => {
    using ws = workspace();
    const git = (...args: string[]) => spawnSync('git', args, { cwd: ws.directory, encoding: 'utf8' }).stdout;
    git('init', '-q');
    await using rig = await open(ws.directory);
    await rig.store.call('task.create', { title: 'one' });
    await rig.store.call('database.backup', {});
    fs.mkdirSync(path.join(ws.dot, 'jobs/deep'), { recursive: true });
    fs.writeFileSync(path.join(ws.dot, 'jobs/deep/rfi.job.yaml'), 'a: 1\n');
    const seen = git('status', '--porcelain', '--untracked-files=all').trim().split('\n');
    assert.deepEqual(seen, ['?? .claudetask/.gitignore', '?? .claudetask/jobs/deep/rfi.job.yaml']);
  });

  test('other SQLite programs read every row while we run and cannot write; afterwards they can', async () => {
    if (!hasNative) return;
    using ws = workspace();
    const rig = await open(ws.directory);
    for (let i = 0; i < 20; i++) await rig.store.call('task.create', { title: `task ${i}` });
    assert.equal(native(ws.db, 'SELECT count(*) FROM task').out, '20');
    const write = native(ws.db, "UPDATE task SET title = 'stolen'");
    assert.notEqual(write.status, 0);
    await rig.store.call('task.create', { title: 'still works' });
    assert.equal(native(ws.db, 'SELECT count(*) FROM task').out, '21');
    await rig.store.close();
    assert.ok(!fs.existsSync(`${ws.db}-shm`));
    assert.equal(native(ws.db, "UPDATE task SET title = 'changed' WHERE id = 1; SELECT title FROM task WHERE id = 1").out, 'changed');
    assert.equal(native(ws.db, 'PRAGMA integrity_check').out, 'ok');
  });

  test('while a native program has the database open, tasks are shown read-only, and work goes on when it is closed', async () => {
    if (!hasNative) return;
    using ws = workspace();
    const first = await open(ws.directory);
    await first.store.call('task.create', { title: 'one' });
    await first.store.close();
    const foreign = spawn('sqlite3', ['-batch', ws.db], { stdio: ['pipe', 'pipe', 'inherit'] });
    foreign.stdin.write('BEGIN; SELECT count(*) FROM task;\n');
    await new Promise((resolve) => foreign.stdout.once('data', resolve));
    await using rig = await open(ws.directory);
    assert.deepEqual(await titles((input) => rig.store.call('task.list', input)), ['one']);
    assert.equal(rig.store.state.role, 'readOnly');
    await assert.rejects(rig.store.call('task.create', { title: 'two' }), (error) => AppError.is(error, 'store.foreignLock'));
    foreign.stdin.end('COMMIT;\n.quit\n');
    await eventually('ownership', () => rig.store.state.role === 'owner');
    await rig.store.call('task.create', { title: 'two' });
    assert.equal((await titles((input) => rig.store.call('task.list', input))).length, 2);
  });

  test('closing frees everything: the process ends by itself and leaves no lock', async () => {
    using ws = workspace();
    const window = await openWindow(ws.directory);
    await window.call('task.create', { title: 'one' });
    await window.call('database.backup', {});
    await window[Symbol.asyncDispose]();
    assert.equal(await window.exited, 0);
    const left = fs.readdirSync(ws.dot).sort();
    assert.deepEqual(left, ['.gitignore', 'backups', 'claudetask.db', 'claudetask.db-bind.json']);
  });
});

describe('an owner that does not answer', () => {
  test('makes calls fail with their own code within three seconds, and they work when it answers again', async () => {
    using ws = workspace();
    const owner = await openWindow(ws.directory);
    await owner.call('task.create', { title: 'one' });
    owner.process.kill('SIGSTOP');
    await using late = await open(ws.directory);
    const began = performance.now();
    await assert.rejects(late.store.call('task.list', {}), (error) => AppError.is(error, 'store.unavailable'));
    assert.ok(performance.now() - began < 3000);
    assert.equal(late.store.state.role, 'failed');
    owner.process.kill('SIGCONT');
    await eventually('a connection', () => late.store.state.role === 'client');
    assert.deepEqual(await titles((input) => late.store.call('task.list', input)), ['one']);
    await owner[Symbol.asyncDispose]();
  });
});
