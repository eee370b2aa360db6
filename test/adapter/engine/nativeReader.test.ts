import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { addTasks, countTasks, integrity, makeTable, open, temporaryFolder } from './engineRig.ts';

const absent = spawnSync('sqlite3', ['--version']).error === undefined ? false : 'there is no sqlite3 program here';

function native(path: string, sql: string): string {
  return execFileSync('sqlite3', [path, sql], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

describe('the native sqlite3 program', { skip: absent }, () => {
  test('reads what was committed while we have the file open behind the shield, and cannot write', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    const database = await open(path);
    fs.mkdirSync(`${path}-shm`);
    makeTable(database);
    addTasks(database, 100);
    database.flush();
    assert.equal(native(path, 'SELECT count(*) FROM task'), '100');
    database.checkpoint('passive');
    while (database.prewriteWal());
    addTasks(database, 20);
    database.flush();
    assert.equal(native(path, 'SELECT count(*) FROM task; PRAGMA integrity_check'), '120\nok');
    assert.throws(() => native(path, 'DELETE FROM task'));
    addTasks(database, 1);
    database.flush();
    assert.equal(integrity(database), 'ok');
    fs.rmdirSync(`${path}-shm`);
    database.close();
  });

  test('reads and writes the file when we are done with it, and we go on with that', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    let database = await open(path);
    makeTable(database);
    addTasks(database, 100);
    database.close();
    assert.deepEqual(fs.readdirSync(folder.path).sort(), ['a.db', 'a.db-bind.json']);
    assert.equal(
      native(
        path,
        "PRAGMA journal_mode; PRAGMA integrity_check; INSERT INTO task (title) VALUES ('from outside'); SELECT count(*) FROM task",
      ),
      'wal\nok\n101',
    );
    database = await open(path, { create: false });
    assert.deepEqual(database.notices, []);
    assert.equal(countTasks(database), 101);
    database.close();
  });

  test('may have made a file in UTF-16, which is read for a rescue', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.db');
    native(
      path,
      "PRAGMA encoding = 'UTF-16le'; CREATE TABLE task (id INTEGER PRIMARY KEY, title); INSERT INTO task (title) VALUES ('plain'), ('Üñí 🙂'), (12), (1.5)",
    );
    await assert.rejects(open(path), { code: 'store.damaged' });
    const database = await open(path, { create: false, anyApplication: true });
    assert.deepEqual(
      database
        .prepare('SELECT title FROM task ORDER BY id')
        .all()
        .map((row) => row['title']),
      ['plain', 'Üñí 🙂', 12, 1.5],
    );
    database.close();
  });
});
