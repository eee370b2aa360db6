import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Connection } from '../../../src/storage/engine/connection.ts';
import { loadSqlJs } from '../../../src/storage/engine/sqlJs.ts';
import { SqlError } from '../../../src/storage/engine/sqliteError.ts';
import { createStatement } from '../../../src/storage/engine/statement.ts';
import { addTasks, assets, countTasks, makeTable, open, temporaryFolder } from './engineRig.ts';

describe('statements', () => {
  test('what is stored comes back as it was', async () => {
    using folder = temporaryFolder();
    const database = await open(folder.file('a.db'));
    database.exec('CREATE TABLE v (id INTEGER PRIMARY KEY, x)');
    const values = [
      0,
      1,
      -1,
      127,
      2_147_483_647,
      -2_147_483_648,
      2_147_483_648,
      1_700_000_000_123,
      -1_700_000_000_123,
      2 ** 53 - 1,
      -(2 ** 53 - 1),
      1.5,
      -0.25,
      1e300,
      1e-300,
      '',
      'a',
      'In Progress',
      'ünïcödé',
      '漢字',
      '🙂 and text',
      'a\0b',
      'é',
      '\u00ff',
      'x'.repeat(24),
      'y'.repeat(25),
      'long '.repeat(40_000),
      '漢'.repeat(50_000),
      null,
      new Uint8Array(),
      new Uint8Array([0, 1, 255]),
      new Uint8Array(200).fill(7),
      new Uint8Array(100_000).fill(9),
    ];
    const insert = database.prepare('INSERT INTO v (x) VALUES (?)');
    database.transaction(() => values.forEach((value) => insert.run(value)));
    database.flush();
    for (let round = 0; round < 2; round++) {
      assert.deepEqual(
        database
          .prepare('SELECT x FROM v ORDER BY id')
          .all()
          .map((row) => row['x']),
        values,
      );
      database.reopen();
    }
    const one = database.prepare('SELECT x FROM v WHERE id = ?');
    values.forEach((value, i) => assert.deepEqual(one.get(i + 1), { x: value }));
    const echo = database.prepare('SELECT ? AS x, ? AS y');
    for (const value of values) assert.deepEqual(echo.get(value, value), { x: value, y: value });
    database.close();
  });

  test('whole numbers are integers to SQLite, also large ones', async () => {
    using folder = temporaryFolder();
    const database = await open(folder.file('a.db'));
    const type = database.prepare<{ t: string }>('SELECT typeof(?) AS t');
    for (const whole of [0, 5, -5, 2 ** 31, 1_700_000_000_123, -(2 ** 40), 2 ** 53 - 1])
      assert.equal(type.get(whole)?.t, 'integer', String(whole));
    for (const real of [0.5, 1e300, 2 ** 53]) assert.equal(type.get(real)?.t, 'real', String(real));
    assert.equal(database.prepare<{ j: string }>("SELECT json_object('at', ?) AS j").get(1_700_000_000_123)?.j, '{"at":1700000000123}');
    database.close();
  });

  test('values that SQLite makes up are read too', async () => {
    using folder = temporaryFolder();
    const database = await open(folder.file('a.db'));
    database.exec('CREATE TABLE v (r REAL, i INTEGER, t TEXT); INSERT INTO v VALUES (3, 4.0, 5)');
    assert.deepEqual(
      database
        .prepare(
          'SELECT *, zeroblob(3) AS z, 9007199254740993 AS big, 1e999 AS inf, NULL AS n, i || t AS c, r + i AS s, max(i) AS m FROM v',
        )
        .get(),
      {
        r: 3,
        i: 4,
        t: '5',
        z: new Uint8Array(3),
        big: 9007199254740992,
        inf: Infinity,
        n: null,
        c: '45',
        s: 7,
        m: 4,
      },
    );
    database.close();
  });

  test('all of it works through the exported functions alone, should the layout of values not be known', async () => {
    const sqlJs = await loadSqlJs(assets);
    const memory = sqlJs.openBytes(new Uint8Array());
    const connection: Connection = {
      ...sqlJs,
      layout: undefined,
      db: memory.db,
      generation: 0,
      schema: 0,
      pointers: new Set(),
      error: (code) => new Error(`SQLite ${code}`),
      assertOpen: () => undefined,
    };
    const values = [1, -5, 2.5, 1_700_000_000_123, null, 'text', 'ü', '', new Uint8Array([1, 2]), new Uint8Array()];
    const echo = createStatement(connection, 'SELECT ? AS v, 7 AS seven');
    for (const value of values) assert.deepEqual(echo.get(value), { v: value, seven: 7 });
    for (const pointer of connection.pointers) sqlJs.api.finalize(pointer);
    memory.close();
  });

  test('the same text gives the same statement, and it can be run while its rows are being read', async () => {
    using folder = temporaryFolder();
    const database = await open(folder.file('a.db'));
    makeTable(database);
    addTasks(database, 50);
    const sql = 'SELECT id, title FROM task WHERE id > ? ORDER BY id';
    assert.equal(database.prepare(sql), database.prepare(sql));
    const seen: unknown[] = [];
    for (const row of database.prepare(sql).each(0)) {
      seen.push(row['id']);
      assert.equal(database.prepare(sql).all(40).length, 10);
      assert.equal(
        database.prepare('SELECT ? AS text').get('overwrites the parameters'.repeat(100))?.['text'],
        'overwrites the parameters'.repeat(100),
      );
      if (seen.length === 20) break;
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    assert.equal(database.prepare(sql).all(0).length, 50);
    database.close();
  });

  test('a statement goes on after the schema changed, with the columns there are now', async () => {
    using folder = temporaryFolder();
    const database = await open(folder.file('a.db'));
    makeTable(database);
    addTasks(database, 1);
    const all = database.prepare('SELECT * FROM task');
    assert.deepEqual(Object.keys(all.get() ?? {}), ['id', 'title', 'body']);
    database.exec('ALTER TABLE task ADD COLUMN extra TEXT');
    assert.deepEqual(Object.keys(all.get() ?? {}), ['id', 'title', 'body', 'extra']);
    database.prepare('ALTER TABLE task RENAME COLUMN extra TO more').run();
    assert.deepEqual(Object.keys(all.get() ?? {}), ['id', 'title', 'body', 'more']);
    assert.throws(() =>
      database.transaction(() => {
        database.exec('ALTER TABLE task DROP COLUMN more');
        assert.deepEqual(Object.keys(all.get() ?? {}), ['id', 'title', 'body']);
        throw new Error('not today');
      }),
    );
    assert.deepEqual(Object.keys(all.get() ?? {}), ['id', 'title', 'body', 'more']);
    database.close();
  });

  test('a transaction that throws changes nothing; an inner one takes back only its own part', async () => {
    using folder = temporaryFolder();
    const database = await open(folder.file('a.db'));
    makeTable(database);
    const insert = database.prepare('INSERT INTO task (title) VALUES (?)');
    assert.throws(
      () =>
        database.transaction(() => {
          insert.run('gone');
          throw new Error('stop');
        }),
      /stop/,
    );
    assert.equal(countTasks(database), 0);
    database.transaction(() => {
      insert.run('outer');
      assert.equal(database.inTransaction, true);
      assert.throws(
        () =>
          database.transaction(() => {
            insert.run('inner');
            throw new Error('stop');
          }),
        /stop/,
      );
      database.transaction(() => insert.run('kept'));
    });
    assert.equal(database.inTransaction, false);
    assert.deepEqual(database.prepare('SELECT title FROM task ORDER BY id').all(), [{ title: 'outer' }, { title: 'kept' }]);
    assert.equal(database.lastInsertRowid(), 2);
    assert.throws(() => database.transaction(() => Promise.resolve()), /cannot wait/);
    database.close();
  });

  test('mistakes are told with the statement that has them', async () => {
    using folder = temporaryFolder();
    const database = await open(folder.file('a.db'));
    makeTable(database);
    assert.throws(
      () => database.prepare('SELECT nothing FROM nowhere').get(),
      (error) => error instanceof SqlError && /nowhere/.test(error.message),
    );
    const insert = database.prepare('INSERT INTO task (id) VALUES (?)');
    insert.run(1);
    assert.equal(database.changes, 1);
    assert.throws(
      () => insert.run(1),
      (error) => error instanceof SqlError && error.resultCode === 19,
    );
    insert.run(2);
    assert.throws(() => database.prepare('SELECT 1; SELECT 2').get(), /more than one/);
    assert.throws(() => database.prepare('-- nothing').get(), /no statement/);
    assert.throws(() => database.prepare('SELECT ?').get(1, 2), SqlError);
    assert.throws(() => database.exec('SELECT 1; SELEC 2'), SqlError);
    assert.equal(countTasks(database), 2);
    database.close();
    assert.throws(() => insert.run(3), { code: 'store.unavailable' });
  });
});
