import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { AppError } from '../../../src/core/appError.ts';
import { addTasks, countTasks, failingFiles, integrity, makeTable, open, openDescriptors, temporaryFolder } from './engineRig.ts';

describe('when the disk refuses', () => {
  test('a full disk fails the flush, nothing acknowledged is lost, and work goes on when there is room', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    let full = false;
    const files = failingFiles((call) => (full && call === 'write' ? 'ENOSPC' : undefined));
    const database = await open(path, { files });
    makeTable(database);
    addTasks(database, 10);
    database.flush();
    const before = openDescriptors();

    full = true;
    addTasks(database, 5);
    assert.throws(
      () => database.flush(),
      (error) => AppError.is(error, 'store.diskFull') && error.details['errno'] === 'ENOSPC',
    );
    assert.throws(() => countTasks(database), { code: 'store.diskFull' }, 'what was not saved must not be shown');
    assert.throws(() => addTasks(database, 1), { code: 'store.diskFull' });
    assert.equal(AppError.is(database.failure, 'store.diskFull'), true);
    assert.throws(() => database.reopen(), { code: 'store.diskFull' }, 'what is there cannot be made sure of yet');

    full = false;
    database.reopen();
    assert.equal(database.failure, undefined);
    assert.equal(countTasks(database), 10);
    addTasks(database, 2);
    database.flush();
    assert.equal(openDescriptors(), before, 'descriptors leak');
    database.close();
    const again = await open(path, { create: false });
    assert.equal(countTasks(again), 12);
    assert.equal(integrity(again), 'ok');
    again.close();
  });

  test('a write that takes a part only leaves a whole number of transactions', async () => {
    for (const room of [0, 24, 31, 32, 4000, 4152, 8272, 20_000, 40_000]) {
      using folder = temporaryFolder();
      let left = Infinity;
      const real = failingFiles(() => undefined);
      const files = {
        ...real,
        write(fd: number, from: Uint8Array, offset: number, length: number, position: number) {
          if (left <= 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
          const wrote = real.write(fd, from, offset, Math.min(length, left), position);
          left -= wrote;
          return wrote;
        },
      };
      const database = await open(folder.file('a.db'), { files });
      makeTable(database);
      addTasks(database, 10);
      database.flush();
      left = room;
      for (let i = 0; i < 3; i++) addTasks(database, 4);
      assert.throws(() => database.flush(), { code: 'store.diskFull' });
      left = Infinity;
      database.reopen();
      assert.ok([10, 14, 18].includes(countTasks(database)), `${countTasks(database)} after ${room} bytes`);
      assert.equal(integrity(database), 'ok');
      database.close();
    }
  });

  test('a failed flush is decided by reopening: what is found is made durable before it counts', async () => {
    using folder = temporaryFolder();
    const calls: string[] = [];
    let broken = false;
    const files = failingFiles((call, subject) => {
      if (call === 'sync' || call === 'write') calls.push(`${call} ${String(subject).replace(/.*a\.db/, '')}`);
      return broken && call === 'sync' ? 'EIO' : undefined;
    });
    const database = await open(folder.file('a.db'), { files });
    makeTable(database);
    addTasks(database, 10);
    database.flush();
    broken = true;
    addTasks(database, 5);
    assert.throws(
      () => database.flush(),
      (error) => AppError.is(error, 'store.io') && error.details['errno'] === 'EIO',
    );
    broken = false;
    assert.throws(() => database.flush(), { code: 'store.io' }, 'a later flush that succeeds proves nothing');
    calls.length = 0;
    database.reopen();
    assert.deepEqual(calls.slice(0, 2), ['write -wal', 'sync -wal']);
    assert.equal(countTasks(database), 15, 'the write had succeeded');
    database.close();
  });

  test('a checkpoint that fails loses nothing', async () => {
    for (const failing of ['write', 'sync', 'truncate', 'rename'] as const) {
      using folder = temporaryFolder();
      const path = folder.file('a.db');
      let broken = false;
      const files = failingFiles((call, subject) => (broken && call === failing && !String(subject).endsWith('-wal') ? 'EIO' : undefined));
      const database = await open(path, { files });
      makeTable(database);
      addTasks(database, 50);
      database.flush();
      broken = true;
      assert.throws(() => database.checkpoint('truncate'), { code: 'store.io' }, failing);
      broken = false;
      if (database.failure !== undefined) database.reopen();
      assert.equal(countTasks(database), 50);
      addTasks(database, 1);
      assert.equal(database.checkpoint('truncate'), true);
      assert.equal(integrity(database), 'ok');
      database.close();
    }
  });

  test('closing while the disk fails closes every descriptor and keeps what was acknowledged', async () => {
    for (const failing of ['write', 'sync', 'rename', 'unlink'] as const) {
      using folder = temporaryFolder();
      const path = folder.file('a.db');
      const before = openDescriptors();
      let broken = false;
      const files = failingFiles((call) => (broken && call === failing ? 'EIO' : undefined));
      const database = await open(path, { files });
      makeTable(database);
      addTasks(database, 10);
      database.flush();
      addTasks(database, 3);
      broken = true;
      if (failing === 'unlink') database.close();
      else assert.throws(() => database.close(), { code: 'store.io' });
      assert.equal(openDescriptors(), before, `descriptors leak when ${failing} fails`);
      database.close();
      const again = await open(path, { create: false });
      assert.deepEqual(again.notices, []);
      assert.ok(countTasks(again) >= 10);
      assert.equal(integrity(again), 'ok');
      again.close();
    }
  });

  test('a transaction too large for the disk fails as a whole, and reads go on', async () => {
    using folder = temporaryFolder();
    let full = false;
    const files = failingFiles((call) => (full && call === 'write' ? 'ENOSPC' : undefined));
    const database = await open(folder.file('a.db'), { files, cacheKiB: 256 });
    makeTable(database);
    addTasks(database, 10);
    database.flush();
    full = true;
    assert.throws(() => addTasks(database, 20_000), { code: 'store.diskFull' });
    assert.equal(countTasks(database), 10);
    full = false;
    addTasks(database, 1);
    database.flush();
    assert.equal(countTasks(database), 11);
    assert.equal(integrity(database), 'ok');
    database.close();
  });
});

describe('on a disk of 4 MB', () => {
  test('everything acknowledged before it was full is there, and it goes on after something else was deleted', async (t) => {
    using folder = temporaryFolder();
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder.path]);
    if (mounted.error !== undefined || mounted.status !== 0) {
      t.diagnostic('mounting is not allowed here: the tests above play the same');
      return;
    }
    try {
      fs.writeFileSync(folder.file('ballast'), new Uint8Array(1024 * 1024));
      const database = await open(folder.file('a.db'));
      makeTable(database);
      database.flush();
      let acknowledged = 0;
      assert.throws(
        () => {
          for (;;) {
            addTasks(database, 20);
            database.flush();
            acknowledged += 20;
          }
        },
        { code: 'store.diskFull' },
      );
      assert.ok(acknowledged > 500, `full after ${acknowledged}`);
      database.reopen();
      const kept = countTasks(database);
      assert.ok(kept === acknowledged || kept === acknowledged + 20, `${kept} of ${acknowledged}`);
      assert.equal(integrity(database), 'ok');
      fs.rmSync(folder.file('ballast'));
      addTasks(database, 20);
      database.flush();
      assert.equal(countTasks(database), kept + 20);
      database.abandon();
      const again = await open(folder.file('a.db'), { create: false });
      assert.equal(countTasks(again), kept + 20);
      assert.equal(integrity(again), 'ok');
      again.abandon();
    } finally {
      execFileSync('umount', [folder.path]);
    }
  });
});
