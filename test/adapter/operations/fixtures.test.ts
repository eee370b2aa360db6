import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import { migrations } from '../../../src/storage/migrations/all.ts';
import { schemaState } from '../../../src/storage/migrate.ts';
import { fillDatabase } from '../../fixtures/fillDatabase.ts';
import { fillDocuments } from '../../fixtures/fillDocuments.ts';
import { fillJobs } from '../../fixtures/fillJobs.ts';
import { fillWebhooks } from '../../fixtures/fillWebhooks.ts';
import { agent, openBench } from './rig.ts';
import type { Bench } from './rig.ts';

const folder = path.resolve('test/fixtures');
const fixtures = fs.readdirSync(folder).filter((name) => /^schema-\d+\.db$/.test(name));

function contents(bench: Bench): unknown {
  const documents = bench.call('document.list', {}).documents.map(({ path: name, version }) => ({
    history: bench.call('document.versions', { path: name }),
    contents: Array.from({ length: version }, (_, i) => bench.call('document.version', { path: name, version: i + 1 }).content),
  }));
  const tasks = bench.call('task.list', { scope: 'all', sort: 'created', limit: 1000 }).tasks;
  const jobs = {
    runs: bench
      .call('job.runs', {})
      .runs.map(({ id }) => ({ run: bench.call('job.run', { run: id }), log: bench.call('job.log', { run: id }) })),
    records: bench
      .call('job.collections', {})
      .collections.map((one) => ({ ...one, page: bench.call('job.records', { job: one.job, collection: one.collection }) })),
  };
  const webhooks = bench.call('webhook.list', {}).webhooks.map((one) => ({ one, ...bench.call('webhook.deliveries', { id: one.id }) }));
  return {
    documents,
    jobs,
    webhooks,
    tasks: tasks.map(({ id }) => ({ task: bench.call('task.get', { id }), history: bench.call('task.history', { id }).entries })),
  };
}

describe('databases of every past schema', () => {
  test('there is one of each', () => {
    assert.deepEqual(
      fixtures,
      migrations.map((migration) => `schema-${String(migration.version).padStart(4, '0')}.db`),
    );
  });

  for (const name of fixtures) {
    test(`${name} is migrated with all it holds, and works`, async () => {
      using fresh = await openBench();
      fillDatabase(fresh);
      if (name >= 'schema-0002.db') fillDocuments(fresh);
      if (name >= 'schema-0003.db') fillJobs(fresh);
      if (name >= 'schema-0004.db') fillWebhooks(fresh);
      using old = await openBench(path.join(folder, name));
      assert.equal(schemaState(old.sql, migrations).kind, 'current');
      assert.deepEqual(contents(old), contents(fresh));
      assert.deepEqual((await old.maintain('audit.verify', {})).problems, []);
      assert.equal(old.sql.prepare<{ integrity_check: string }>('PRAGMA integrity_check').get()?.integrity_check, 'ok');
      assert.deepEqual(old.call('task.search', { text: 'safari' }).ids, [1]);
      assert.equal(old.call('task.undo', {}).label, 'Edit title of #3');
      assert.equal(old.call('task.move', { id: 1, status: 'Done' }, { actor: agent }).tasks[0]?.status, 'Done');
      assert.deepEqual((await old.maintain('audit.verify', {})).problems, []);
    });
  }
});
