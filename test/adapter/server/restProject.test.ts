import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { batch, definition, entry, leaseMs, record, robot } from '../operations/jobRig.ts';
import { restServer } from './restRig.ts';
import type { RestAnswer, RestRig } from './restRig.ts';

let rest: RestRig;
before(async () => {
  rest = await restServer();
});
after(() => rest[Symbol.asyncDispose]());

const refused = (answer: RestAnswer, status: number, code: string) =>
  assert.deepEqual([answer.status, answer.code], [status, code], answer.message);

describe('the project', () => {
  test('answers its rules, and takes those that are named', async () => {
    const old = await rest.call('GET', '/api/project/settings');
    assert.deepEqual([old.data.name, old.data.path], ['app', rest.rig.folder]);
    const changed = await rest.call('PUT', '/api/project/settings', { workflow: { wipLimits: { Testing: 3 } } });
    assert.deepEqual(changed.data.workflow, { ...old.data.workflow, wipLimits: { Testing: 3 } });
    assert.deepEqual((await rest.call('GET', '/api/project/settings')).data, changed.data);
    refused(await rest.call('PUT', '/api/project/settings', { workflow: { wipLimits: { Nowhere: 3 } } }), 400, 'input.invalid');
  });

  test('says of a path whether it is inside', async () => {
    const inside = await rest.call('POST', '/api/project/validate-path', { path: '.' });
    assert.deepEqual([inside.data.inside, inside.data.kind], [true, 'directory']);
    assert.deepEqual((await rest.call('POST', '/api/project/validate-path', { path: '../../..' })).data.inside, false);
  });

  test('tells what happened after a revision, and says 410 when that is not known', async () => {
    const { data } = await rest.call('GET', '/api/tasks');
    await rest.call('POST', '/api/tasks', { title: 'Event' });
    const { data: told } = await rest.call('GET', `/api/events?since=${data.revision}`);
    assert.deepEqual(
      told.events.map(({ revision, name }: { revision: number; name: string }) => [revision, name]),
      [[data.revision + 1, 'task.create']],
    );
    refused(await rest.call('GET', '/api/events?since=999999'), 410, 'event.gone');
  });

  test('has an audit log that verifies', async () => {
    const { data } = await rest.call('GET', '/api/audit/verify');
    assert.ok(data.rows > 0);
    assert.deepEqual(data.problems, []);
  });

  test('is named by health, with the version of the server', async () => {
    assert.deepEqual((await rest.call('GET', '/api/health')).data, { status: 'ok', name: 'app', version: '1.2.3' });
  });
});

describe('jobs', () => {
  let run: number;
  before(async () => {
    const { store } = rest.rig;
    const actor = { actor: robot };
    ({ id: run } = (await store.call('job.enqueue', { job: 'rfis', file: null, definition, inputs: {}, trigger: 'user' })).run);
    const worker = randomUUID();
    await store.call('job.claim', { run, worker, leaseMs });
    const records = [
      batch(
        ['a', 'b', 'c'].map((key, row) => record(key, { title: `T${key}` }, { row })),
        { complete: true },
      ),
    ];
    await store.call('job.advance', { run, worker, seq: 1, entries: [entry('1'), entry('2'), entry('3')], records }, actor);
    await store.call('job.advance', { run, worker, seq: 2, state: { to: 'done' } }, actor);
  });

  test('need a window: without one they are answered by 501', async () => {
    refused(await rest.call('GET', '/api/jobs'), 501, 'api.notAvailable');
    refused(await rest.call('POST', '/api/jobs/rfis/runs', {}), 501, 'api.notAvailable');
    refused(await rest.call('POST', `/api/runs/${run}/cancel`), 501, 'api.notAvailable');
    refused(await rest.call('POST', `/api/runs/${run}/resume`), 501, 'api.notAvailable');
  });

  test('have runs, with a log that is read page by page', async () => {
    assert.deepEqual(
      (await rest.call('GET', '/api/runs?job=rfis&states=done')).data.runs.map(({ id }: { id: number }) => id),
      [run],
    );
    assert.equal((await rest.call('GET', `/api/runs/${run}`)).data.run.state, 'done');
    refused(await rest.call('GET', '/api/runs/99'), 404, 'job.notFound');
    const first = await rest.call('GET', `/api/runs/${run}/log?limit=2`);
    const second = await rest.call('GET', `/api/runs/${run}/log?limit=2&cursor=${first.data.next}`);
    assert.deepEqual([...first.data.entries, ...second.data.entries].map(({ step }: { step: string }) => step).slice(0, 3), [
      '1',
      '2',
      '3',
    ]);
  });

  test('have records, sorted by a field and page by page', async () => {
    assert.equal((await rest.call('GET', '/api/jobs/rfis/collections')).data.collections[0].collection, 'rfis');
    const path = '/api/jobs/rfis/records?collection=rfis&sort=title&descending=true&limit=2';
    const first = await rest.call('GET', path);
    assert.deepEqual([first.data.records.map(({ key }: { key: string }) => key), first.data.total], [['c', 'b'], 3]);
    const last = await rest.call('GET', `${path}&cursor=${first.data.next}`);
    assert.deepEqual([last.data.records.map(({ key }: { key: string }) => key), last.data.next], [['a'], null]);
    refused(await rest.call('GET', '/api/jobs/rfis/records?collection=rfis&descending=true'), 400, 'input.invalid');
  });
});

describe('the OpenAPI document', () => {
  test('is answered bare, in version 3.1, for every route', async () => {
    const response = await rest.fetch('/api/openapi.json');
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
    const document = await response.json();
    assert.deepEqual([document.openapi, document.info.version], ['3.1.0', '1.2.3']);
    assert.ok(Object.keys(document.paths).length > 60);
    assert.deepEqual(document.components.securitySchemes.token.scheme, 'bearer');
  });

  test('refers to nothing that it does not have', async () => {
    const text = await (await rest.fetch('/api/openapi.json')).text();
    const { components } = JSON.parse(text);
    const names = [...text.matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)];
    assert.ok(names.length > 100);
    assert.deepEqual(
      names.filter(([, kind = '', name = '']) => components[kind]?.[name] === undefined).map(([reference]) => reference),
      [],
    );
  });

  test('takes filters, paging and conditions from the operations', async () => {
    const { paths } = await (await rest.fetch('/api/openapi.json')).json();
    const parameters = (path: string, method: string) => paths[path][method].parameters.map(({ name }: { name: string }) => name);
    assert.deepEqual(
      parameters('/api/tasks', 'get').filter((name: string) => ['status', 'cursor', 'limit', 'offset'].includes(name)),
      ['status', 'limit', 'cursor'],
    );
    assert.deepEqual(parameters('/api/tasks/{id}', 'put'), ['id', 'If-Match']);
    assert.ok('412' in paths['/api/tasks/{id}'].put.responses);
    assert.deepEqual(paths['/api/tasks/{id}/status'].put.requestBody.content['application/json'].schema.required, ['status']);
    assert.equal(paths['/api/tasks/{id}/status'].put.requestBody.required, true);
  });
});
