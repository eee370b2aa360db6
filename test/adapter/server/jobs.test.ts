import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { RunState } from '../../../src/core/jobs/run.ts';
import type { JobRun } from '../../../src/protocol/jobs/runs.ts';
import { eventually } from '../../rig/eventually.ts';
import { goldenRows, listSteps } from '../../rig/sites/rfis.ts';
import { defaults } from '../../rig/sites/switches.ts';
import { servedJobs } from './jobsRig.ts';
import type { ServedJobs } from './jobsRig.ts';
import type { RestAnswer, RestClient } from './restRig.ts';

const perPage = 25;
const total = 8 * perPage;

let rig: ServedJobs;
before(async () => {
  rig = await servedJobs();
});
afterEach(async () => {
  // What one test leaves would keep the profile from the next.
  for (const { id } of rig.engine.live()) await rig.engine.cancel(id);
  rig.site.set({ ...defaults, total, perPage });
});
after(() => rig[Symbol.asyncDispose]());

const head = (more = '') => `name: Open RFIs
version: 1
hosts: ["${rig.site.host}"]
limits: { pagesPerMinute: unlimited }
${more}
steps:
`;

/** Reads all pages of the list. */
const listJob = () => `${head()}${listSteps(rig.site.origin)}`;

/** Asks its user something before it opens a page. */
const askingJob = () => `${head('inputs: { year: { type: number, default: 2026 } }')}  - pause: Which project?
    answer: project
  - goto: ${rig.site.origin}/rfis
`;

const refused = (answer: RestAnswer, status: number, code: string) =>
  assert.deepEqual([answer.status, answer.code], [status, code], answer.message);

const begin = async (client: RestClient, job: string): Promise<JobRun> => {
  const answer = await client.call('POST', `/api/jobs/${job}/runs`, {});
  assert.equal(answer.status, 201, answer.message);
  return answer.data.run;
};

/** Of one run, a cold start of the browser on a busy machine included. */
const patience = 60_000;

/** Polls as a client does, until the run is in a state. */
const until = (client: RestClient, run: number, state: RunState): Promise<JobRun> =>
  eventually(
    `run ${run} is ${state}`,
    async () => {
      const { data } = await client.call('GET', `/api/runs/${run}`);
      return data.run.state === state ? data.run : undefined;
    },
    patience,
  );

const byNumber = (rows: Record<string, unknown>[]) => rows.sort((a, b) => String(a['number']).localeCompare(String(b['number'])));

async function readByPages(client: RestClient, job: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  let cursor = '';
  do {
    const { data, message } = await client.call('GET', `/api/jobs/${job}/records?collection=rfis&limit=60${cursor}`);
    assert.ok(data.records.length <= 60, message);
    rows.push(...data.records.map((record: { data: Record<string, unknown> }) => record.data));
    cursor = data.next === null ? '' : `&cursor=${encodeURIComponent(data.next)}`;
  } while (cursor !== '');
  return byNumber(rows);
}

describe('a client of the REST API that may run jobs', () => {
  test('finds a job, reads it, runs it, and pages through exactly what the website lists', async () => {
    rig.site.set({ total, perPage });
    rig.put('site/rfis', listJob());
    const client = await rig.rest(['jobs'], 'nightly script');
    const { data } = await client.call('GET', '/api/jobs');
    assert.deepEqual(
      data.jobs.map(({ job, title, inputs, problems }: Record<string, unknown>) => ({ job, title, inputs, problems })),
      [{ job: 'site/rfis', title: 'Open RFIs', inputs: {}, problems: [] }],
    );
    assert.equal((await client.call('GET', '/api/jobs/site%2Frfis')).data.text, listJob());
    refused(await client.call('GET', '/api/jobs/nothing'), 404, 'job.notFound');
    refused(await client.call('POST', '/api/jobs/nothing/runs', {}), 404, 'job.notFound');
    refused(await client.call('POST', '/api/jobs/site%2Frfis/runs', { inputs: { year: 1 } }), 400, 'input.invalid');

    const begun = await client.call('POST', '/api/jobs/site%2Frfis/runs', {});
    assert.deepEqual([begun.status, begun.headers.get('location')], [201, `/api/runs/${begun.data.run.id}`]);
    const done = await until(client, begun.data.run.id, 'done');
    assert.deepEqual(
      [done.trigger, done.actor, done.records, done.pages],
      ['agent', { kind: 'client', name: 'nightly script' }, total, total / perPage],
    );
    assert.deepEqual(await readByPages(client, 'site%2Frfis'), goldenRows(total));
    const { entries } = (await client.call('GET', `/api/runs/${done.id}/log`)).data;
    assert.ok(entries.some(({ where }: { where: string | null }) => where === `${rig.site.host}/rfis`));
  });

  test('sees that a run needs somebody to sign in, cancels it, and resumes it where it was', async () => {
    rig.site.set({ total, perPage });
    rig.put('wall', listJob());
    const client = await rig.rest(['jobs']);
    // The session ends as soon as some pages were read.
    const watching = rig.server.store.onDidChange(({ body }) => {
      if ((body.runs ?? []).some(({ records }) => records >= 3 * perPage)) rig.site.set({ login: true });
    });
    const { id } = await begin(client, 'wall');
    const waiting = await until(client, id, 'waiting');
    watching.dispose();
    assert.equal(waiting.waitingFor, 'signIn');
    assert.match(waiting.reason ?? '', /Sign in to go on/);
    assert.ok(waiting.records >= 3 * perPage && waiting.records < total, `${waiting.records} records`);
    assert.equal((await client.call('POST', `/api/runs/${id}/cancel`)).status, 200);
    await until(client, id, 'cancelled');

    rig.site.set({ login: false });
    const earlier = rig.site.requests.length;
    assert.equal((await client.call('POST', `/api/runs/${id}/resume`)).status, 200);
    const { records } = await until(client, id, 'done');
    assert.equal(records, total);
    assert.deepEqual(await readByPages(client, 'wall'), goldenRows(total));
    const again = rig.site.requests.slice(earlier).map(({ query }) => query);
    assert.ok(!again.includes('?page=2'), `it went on, and did not begin anew: ${again.join(' ')}`);
    refused(await client.call('POST', `/api/runs/${id}/resume`), 409, 'job.state');
  });

  test('is the only one: no other scope begins a run, or stops or resumes one', async () => {
    rig.put('asks', askingJob());
    const runner = await rig.rest(['jobs']);
    const { id } = await begin(runner, 'asks');
    const asked = await until(runner, id, 'waiting');
    const other = await rig.rest(['read', 'write', 'admin']);
    rig.put('other', listJob());
    const requests = rig.site.requests.length;
    for (const path of ['/api/jobs/other/runs', `/api/runs/${id}/cancel`, `/api/runs/${id}/resume`]) {
      refused(await other.call('POST', path, {}), 403, 'operation.forbidden');
    }
    assert.deepEqual((await other.call('GET', '/api/runs?job=other')).data.runs, []);
    assert.deepEqual((await other.call('GET', `/api/runs/${id}`)).data.run, asked);
    assert.equal(rig.site.requests.length, requests);
    await runner.call('POST', `/api/runs/${id}/cancel`);
    await until(runner, id, 'cancelled');
  });

  test('gets no further than the user has agreed to: what is wider is refused with what to do, asks nobody and opens no page', async () => {
    const client = await rig.rest(['jobs']);
    const requests = rig.site.requests.length;
    const { host, origin } = rig.site;
    const wider: [text: string, does: string][] = [
      [listJob().replace('hosts: [', 'hosts: ["bank.example", '), 'read bank.example'],
      [listJob().replace('limits:', 'mode: write\nlimits:'), `read and change data on ${host}`],
      [listJob().replace('limits:', `writes: ["POST ${origin}/rfis"]\nlimits:`), `send POST ${origin}/rfis`],
      [
        listJob().replace('limits:', 'session: { endpoint: "wss://grid.example/x", token: grid }\nlimits:'),
        'work in the browser at wss://grid.example',
      ],
    ];
    for (const [n, [text, does]] of wider.entries()) {
      rig.put(`wider${n}`, text);
      const answer = await client.call('POST', `/api/jobs/wider${n}/runs`, {});
      refused(answer, 403, 'operation.forbidden');
      assert.ok(answer.message.includes(`it would ${does}, and they have not agreed`), answer.message);
      assert.match(answer.message, /Ask them to run it from the Jobs view/);
      assert.deepEqual((await client.call('GET', `/api/runs?job=wider${n}`)).data.runs, []);
    }
    assert.deepEqual(rig.engine.asks(), []);
    assert.equal(rig.site.requests.length, requests);

    rig.agreed.add(`POST ${origin}/rfis`);
    const { id } = await begin(client, 'wider2');
    await until(client, id, 'done');
  });
});

describe('an agent that may run jobs over MCP', () => {
  test('lists them, runs one while it is told how far it is, and pages through what was read', async () => {
    rig.site.set({ total, perPage });
    rig.put('told', listJob());
    await using agent = await rig.mcp(['jobs']);
    const { jobs } = await agent.ask('list_jobs');
    assert.deepEqual(
      jobs.filter(({ job }: { job: string }) => job === 'asks').map(({ inputs }: { inputs: unknown }) => inputs),
      [{ year: { type: 'number', default: 2026 } }],
    );
    const told: { progress: number; message?: string | undefined }[] = [];
    const answer = await agent.client.callTool(
      { name: 'run_job', arguments: { job: 'told', wait_seconds: 60 } },
      { onprogress: (one) => told.push(one), resetTimeoutOnProgress: true },
    );
    const { run } = Object(answer.structuredContent);
    assert.deepEqual([run.job, run.state, run.records, run.waiting_for, run.failure], ['told', 'done', total, null, null]);
    assert.ok(told.length > 2, `${told.length} notices`);
    assert.ok(told.every(({ progress }, i) => i === 0 || progress > told[i - 1]!.progress));
    assert.match(told.map(({ message }) => message).join('\n'), /running: .*page/i);

    const found = await agent.ask('get_job_run', { run_id: run.id });
    assert.deepEqual([found.run.state, found.log.at(-1).result], ['done', 'ok']);
    const { run: kept } = await rig.server.store.call('job.run', { run: run.id });
    assert.deepEqual(kept.actor, { kind: 'agent', name: 'claude' });
    const rows: Record<string, unknown>[] = [];
    for (let offset: number | null = 0; offset !== null;) {
      const page = await agent.ask('get_job_records', { job: 'told', collection: 'rfis', offset, limit: 90 });
      rows.push(...page['records'].map(({ data }: { data: Record<string, unknown> }) => data));
      offset = page['next'];
    }
    assert.deepEqual(byNumber(rows), goldenRows(total));
  });

  test('gets a question for the user at once as what the run waits for, and the run goes on with their answer', async () => {
    rig.put('asks', askingJob());
    await using agent = await rig.mcp(['jobs']);
    const { run } = await agent.ask('run_job', { job: 'asks', wait_seconds: 600 });
    assert.deepEqual([run.state, run.waiting_for, run.reason], ['waiting', 'user', 'Which project?']);
    const ask = await eventually('a question in the window', () => rig.engine.asks()[0]);
    await rig.engine.answer(run.id, ask.ask, 'North');
    await eventually('the end', async () => (await agent.ask('get_job_run', { run_id: run.id }))['run'].state === 'done');
  });

  test('that cancels its call leaves the run to go on', async () => {
    rig.site.set({ total, perPage });
    rig.put('left', listJob());
    await using agent = await rig.mcp(['jobs'], '2025-11-25');
    const cancelling = new AbortController();
    await assert.rejects(
      agent.client.callTool(
        { name: 'run_job', arguments: { job: 'left', wait_seconds: 600 } },
        { signal: cancelling.signal, onprogress: () => cancelling.abort() },
      ),
    );
    const client = await rig.rest(['jobs']);
    const [run] = (await client.call('GET', '/api/runs?job=left')).data.runs;
    assert.equal((await until(client, run.id, 'done')).records, total);
  });

  test('is told by code what stands against a run', async () => {
    await using agent = await rig.mcp(['jobs']);
    rig.put('broken', `${head()}  - gotoo: x\n`);
    rig.put('wider0', listJob().replace('hosts: [', 'hosts: ["bank.example", '));
    const code = async (job: string, inputs = {}) => (await agent.refused('run_job', { job, inputs })).error['code'];
    assert.equal(await code('nothing'), 'job.notFound');
    assert.equal(await code('broken'), 'job.invalid');
    assert.equal(await code('asks', { year: 'many' }), 'input.invalid');
    const { text, error } = await agent.refused('run_job', { job: 'wider0', wait_seconds: 600 });
    assert.deepEqual([error['code'], error['details']], ['operation.forbidden', { missing: ['bank.example'] }]);
    assert.match(text, /Ask them to run it from the Jobs view/);
    await using reader = await rig.mcp(['read', 'write']);
    assert.equal((await reader.refused('run_job', { job: 'asks' })).error['code'], 'operation.forbidden');
  });
});
