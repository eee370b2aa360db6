import * as assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import { acquireMutex } from '../../../src/storage/mutex.ts';
import { storeNames } from '../../../src/storage/names.ts';
import { isHeldElsewhere, raiseShield, readToken } from '../../../src/storage/shield.ts';
import { atomicWriteSync } from '../../../src/util/atomicWrite.ts';
import { eventually, workspace } from './rig.ts';

describe('the mutex', () => {
  test('has a name of the length that every Node version treats alike, the same for every spelling of a folder', () => {
    using ws = workspace();
    const { mutex, endpoint } = storeNames(ws.directory);
    if (process.platform === 'linux') for (const name of [mutex, endpoint]) assert.equal(Buffer.byteLength(name), 108);
    assert.notEqual(mutex, endpoint);
    const link = `${ws.directory}-link`;
    fs.symlinkSync(ws.directory, link);
    try {
      assert.equal(storeNames(link).mutex, mutex);
      assert.equal(storeNames(`${ws.directory}/./`).mutex, mutex);
    } finally {
      fs.unlinkSync(link);
    }
  });

  test('is had by one at a time and can be taken again when it is let go', async () => {
    using ws = workspace();
    const { mutex } = storeNames(ws.directory);
    const first = await acquireMutex(mutex);
    assert.ok(first);
    assert.equal(await acquireMutex(mutex), undefined);
    await first.release();
    const second = await acquireMutex(mutex);
    assert.ok(second);
    await second.release();
  });

  test('is freed by the kernel when its holder is killed', async () => {
    using ws = workspace();
    const { mutex } = storeNames(ws.directory);
    const code = `require('net').createServer().listen({ path: ${JSON.stringify(mutex)} }, () => console.log('held'))`;
    const holder = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    assert.equal(await acquireMutex(mutex), undefined);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const mine = await eventually('the lock', () => acquireMutex(mutex), 1000);
    await mine.release();
  });
});

describe('the shield', () => {
  const raise = (directory: string) => {
    const names = storeNames(directory);
    fs.mkdirSync(names.folder, { recursive: true });
    return { names, attempt: raiseShield(names) };
  };
  const rewriteOwner = (shield: string, change: object) => {
    const file = path.join(shield, 'owner.json');
    fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, 'utf8')), ...change }));
  };

  test('replaces the one of a dead owner by one with another inode and another token', () => {
    using ws = workspace();
    const first = raise(ws.directory);
    const second = raise(ws.directory);
    assert.ok(first.attempt.kind === 'taken' && second.attempt.kind === 'taken');
    assert.notEqual(first.attempt.shield.inode, second.attempt.shield.inode);
    assert.notEqual(first.attempt.shield.token, second.attempt.shield.token);
    assert.equal(readToken(second.names), second.attempt.shield.token);
    // The former owner wakes up and lets go of what is no longer its own.
    first.attempt.shield.release();
    assert.ok(fs.existsSync(second.names.shield));
    second.attempt.shield.release();
    assert.deepEqual(fs.readdirSync(ws.dot), []);
  });

  test('gives way to a live owner in another container, and not when its signs of life have stopped', () => {
    using ws = workspace();
    const { names, attempt } = raise(ws.directory);
    assert.equal(attempt.kind, 'taken');
    rewriteOwner(names.shield, { host: 'container', namespaces: 'net:[1] pid:[1]' });
    const found = raiseShield(names);
    assert.ok(found.kind === 'foreignOwner');
    assert.equal(found.owner.host, 'container');
    assert.ok(isHeldElsewhere(names));
    const old = new Date(Date.now() - 120_000);
    fs.utimesSync(path.join(names.shield, 'owner.json'), old, old);
    assert.ok(!isHeldElsewhere(names));
    assert.equal(raiseShield(names).kind, 'taken');
  });

  test('gives way to a live process of this machine that holds another lock, and not to a dead one', () => {
    using ws = workspace();
    const { names } = raise(ws.directory);
    rewriteOwner(names.shield, { mutex: '@the same folder under another path' });
    assert.equal(raiseShield(names).kind, 'foreignOwner');
    rewriteOwner(names.shield, { pid: 2 ** 22 + 1 });
    assert.equal(raiseShield(names).kind, 'taken');
  });

  test('does not touch the file of a native program', () => {
    using ws = workspace();
    const names = storeNames(ws.directory);
    fs.mkdirSync(names.folder);
    fs.writeFileSync(names.shield, 'theirs');
    assert.equal(raiseShield(names).kind, 'foreignProgram');
    assert.equal(fs.readFileSync(names.shield, 'utf8'), 'theirs');
    assert.ok(isHeldElsewhere(names));
    assert.deepEqual(fs.readdirSync(names.folder), ['claudetask.db-shm']);
  });
});

describe('an atomic write', () => {
  test('replaces the content, keeps the permissions, and leaves nothing else', () => {
    using ws = workspace();
    const file = path.join(ws.directory, 'a.txt');
    atomicWriteSync(file, 'one', 0o600);
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    fs.chmodSync(file, 0o640);
    atomicWriteSync(file, 'two');
    assert.equal(fs.readFileSync(file, 'utf8'), 'two');
    assert.equal(fs.statSync(file).mode & 0o777, 0o640);
    assert.deepEqual(fs.readdirSync(ws.directory), ['a.txt']);
    assert.throws(() => atomicWriteSync(path.join(ws.directory, 'no/such/folder'), 'x'));
  });
});
