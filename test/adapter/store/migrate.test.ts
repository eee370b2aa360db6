import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import type { DatabaseMaintenance, Dispatcher } from '../../../src/app/ports.ts';
import { AppError } from '../../../src/core/appError.ts';
import type { StoreNotice } from '../../../src/protocol/wire.ts';
import type { Database } from '../../../src/storage/engine/database.ts';
import { openDatabase } from '../../../src/storage/engine/database.ts';
import { loadSqlJs } from '../../../src/storage/engine/sqlJs.ts';
import type { OpenLiveDeps } from '../../../src/storage/liveDatabase.ts';
import { openLive } from '../../../src/storage/liveDatabase.ts';
import type { Migration } from '../../../src/storage/migrate.ts';
import { migrate, schemaState } from '../../../src/storage/migrate.ts';
import { engineAssets, storeNames } from '../../../src/storage/names.ts';
import { workspace } from './rig.ts';

const assets = path.join(process.cwd(), 'node_modules/sql.js/dist');

const first: Migration = {
  version: 1,
  name: 'notes',
  up: (sql) => sql.exec('CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT'),
};
const second: Migration = {
  version: 2,
  name: 'colours',
  up: (sql) => sql.exec("ALTER TABLE note ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'"),
};
const broken: Migration = {
  version: 3,
  name: 'broken',
  up(sql) {
    sql.exec('CREATE TABLE half (x)');
    throw new Error('the third step fails');
  },
};

async function openAt(file: string): Promise<Database> {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  return openDatabase(await loadSqlJs(engineAssets(assets)), file, { create: true });
}

/** A dispatcher is not needed to open; it is only passed on. */
const noDispatcher: Dispatcher = {
  isMaintenance: () => false,
  dispatch: () => ({ value: null, event: null }),
  maintain: () => Promise.resolve(null),
  replay: () => undefined,
  auditAnchor: () => null,
  idle: () => false,
};

const nobodyAsks = () => {
  throw new Error('nobody asks');
};
const noMaintenance: DatabaseMaintenance = {
  status: nobodyAsks,
  backup: nobodyAsks,
  export: nobodyAsks,
  restore: nobodyAsks,
  recordedAnchor: () => null,
  pause: nobodyAsks,
};

function opening(directory: string, migrations: readonly Migration[], backups: number[], notices: StoreNotice[] = []): OpenLiveDeps {
  fs.mkdirSync(path.join(directory, '.claudetask'), { recursive: true });
  return {
    names: storeNames(directory),
    assets,
    domain: { migrations, createDispatcher: () => noDispatcher, rebuild: () => {} },
    shielded: false,
    maintenance: () => noMaintenance,
    latestBackup: () => null,
    backupBefore: (_, version) => Promise.resolve(void backups.push(version)),
    notice: (notice) => notices.push(notice),
    now: () => 1000,
  };
}

describe('migrations', () => {
  test('a fresh database gets every step without a backup, and each step is written down', async () => {
    using ws = workspace();
    const backups: number[] = [];
    const { database } = await openLive(opening(ws.directory, [first, second], backups));
    const rows = database.prepare('SELECT version, name, applied_at FROM migration ORDER BY version').all();
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      [
        { version: 1, name: 'notes', applied_at: 1000 },
        { version: 2, name: 'colours', applied_at: 1000 },
      ],
    );
    assert.deepEqual(schemaState(database, [first, second]), { kind: 'current', version: 2 });
    assert.deepEqual(backups, []);
    database.close();
  });

  test('an older database is backed up before its rows are carried over', async () => {
    using ws = workspace();
    const backups: number[] = [];
    const old = await openLive(opening(ws.directory, [first], backups));
    old.database.prepare('INSERT INTO note (text) VALUES (?)').run('kept');
    old.database.close();
    const { database } = await openLive(opening(ws.directory, [first, second], backups));
    assert.deepEqual({ ...database.prepare('SELECT id, text, colour FROM note').get() }, { id: 1, text: 'kept', colour: 'red' });
    assert.deepEqual(backups, [1]);
    database.close();
  });

  test('a step that fails leaves the database as it was before the step', async () => {
    using ws = workspace();
    const file = path.join(ws.dot, 'claudetask.db');
    const database = await openAt(file);
    assert.throws(() => migrate(database, [first, second, broken], () => 1), /third step/);
    assert.deepEqual(schemaState(database, [first, second]), { kind: 'current', version: 2 });
    assert.equal(database.prepare("SELECT name FROM sqlite_master WHERE name = 'half'").get(), undefined);
    database.close();
  });

  test('a database of a newer version is refused and not touched', async () => {
    using ws = workspace();
    const newer = await openLive(opening(ws.directory, [first, second], []));
    newer.database.close();
    const before = fs.readFileSync(newer.database.path);
    await assert.rejects(
      openLive(opening(ws.directory, [first], [])),
      (error) => AppError.is(error, 'store.newerVersion') && error.details['version'] === 2,
    );
    assert.deepEqual(fs.readFileSync(newer.database.path), before);
  });

  test('a past that no version of ours wrote is refused and not rescued', async () => {
    using ws = workspace();
    const made = await openLive(opening(ws.directory, [first, second], []));
    made.database.close();
    const other: Migration = { ...second, name: 'shapes' };
    await assert.rejects(
      openLive(opening(ws.directory, [first, other], [])),
      (error) => AppError.is(error, 'store.damaged') && error.details['reason'] === 'unknownPast',
    );
    assert.deepEqual(
      fs.readdirSync(ws.dot).filter((name) => name.includes('damaged')),
      [],
    );
  });

  test('a list with a gap is a bug and says so', async () => {
    using ws = workspace();
    const database = await openAt(path.join(ws.dot, 'x.db'));
    assert.throws(() => schemaState(database, [first, { ...second, version: 3 }]), /number 2 in the list/);
    database.close();
  });

  test('an empty file beside which backups lie is said to have been empty', async () => {
    using ws = workspace();
    const notices: StoreNotice[] = [];
    const deps = { ...opening(ws.directory, [first], [], notices), latestBackup: () => '/somewhere/claudetask.20260101-000000.db' };
    fs.writeFileSync(path.join(ws.dot, 'claudetask.db'), '');
    const { database } = await openLive(deps);
    assert.match(notices[0]?.message ?? '', /found empty/);
    database.close();
  });
});
