import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { request as playwrightRequest, type APIRequestContext } from 'playwright-core';
import { AppError } from '../../../src/core/appError.ts';
import { runRequest, type RequestPlace, type RequestScope } from '../../../src/jobs/runner/extract/runRequest.ts';
import type { RecordDraft } from '../../../src/protocol/jobs/runs.ts';
import { stepKinds } from '../../../src/protocol/jobs/steps.ts';
import { rfi } from '../../rig/sites/rfis.ts';
import { startSite, type Site } from '../../rig/sites/site.ts';
import { canary, defaults, type Switches } from '../../rig/sites/switches.ts';

const extract = {
  json: 'results',
  fields: {
    number: { path: 'number' },
    name: { path: 'assignee.name' },
    due: { path: 'dates[0]', as: 'date' },
    cost: { path: 'cost', as: 'number', format: ',' },
    extra: { path: 'custom_fields.custom_field_7.value' },
  },
  key: 'number',
};
const row = (n: number) => ({ number: rfi(n).number, name: rfi(n).assignee, due: rfi(n).due, cost: rfi(n).cost, extra: `v${n}` });
const small: Partial<Switches> = { total: 60, perPage: 25 };

describe('requests', () => {
  let http: APIRequestContext;
  let site: Site;
  before(async () => {
    [http, site] = await Promise.all([playwrightRequest.newContext(), startSite(small)]);
  });
  afterEach(() => site.set({ ...defaults, ...small }));
  after(async () => {
    await http.dispose();
    await site[Symbol.asyncDispose]();
  });

  async function run(step: object, more: Partial<RequestScope> = {}, using = http) {
    const rows: RecordDraft[] = [];
    const pages: { number: number; rows: number; next: RequestPlace | null }[] = [];
    const asked: string[] = [];
    const answers: (number | null)[] = [];
    const result = await runRequest(using, stepKinds.request.parse(step), {
      allow: (url, method) => {
        asked.push(`${method} ${url.replace(site.origin, '')}`);
        if (!url.startsWith(site.origin)) throw new AppError('job.blocked', 'not allowed');
      },
      enter: async () => (answer) => void answers.push(answer?.status ?? null),
      render: (template) => template,
      position: '1',
      timeout: 5000,
      signal: new AbortController().signal,
      take: async (part) => void rows.push(...part),
      pageDone: async (one) => void pages.push(one),
      resume: null,
      ...more,
    });
    return { result, rows, data: rows.map((one) => one.data), pages, asked, answers };
  }
  const refusal = (step: object, more: Partial<RequestScope> = {}, using = http) =>
    run(step, more, using).then(
      () => assert.fail('was answered'),
      (error: unknown) => (AppError.is(error) ? error : assert.fail(String(error))),
    );
  const all = Array.from({ length: 60 }, (_, i) => row(i + 1));

  const ways = {
    'the Link header': { request: '/api/rfis', nextPage: 'link' },
    'a path in the answer': { request: '/api/rfis', nextPage: { path: 'pagination.nextUrl' } },
    'a parameter that counts pages': { request: '/api/rfis?per_page=25', nextPage: { parameter: 'page', from: 1 } },
    'a parameter that counts rows': { request: '/api/rfis?limit=25', nextPage: { offset: 'offset' } },
  };
  for (const [name, { request, ...step }] of Object.entries(ways)) {
    test(`a list is read to its end by ${name}`, async () => {
      const { data, result } = await run({ request: site.origin + request, ...step, extract });
      assert.deepEqual(data, all);
      assert.equal(result.complete, true);
      assert.deepEqual(result.problems, []);
    });
  }

  test('a list goes on where it was interrupted, and keeps its numbers', async () => {
    const step = { request: `${site.origin}/api/rfis`, nextPage: 'link', extract };
    const whole = await run(step);
    const place = whole.pages[0]?.next ?? assert.fail('no second page');
    const rest = await run(step, { resume: place });
    assert.deepEqual(rest.rows, whole.rows.slice(25));
  });

  test('`max` ends a list, and it is not called complete', async () => {
    const { result, data } = await run({ request: `${site.origin}/api/rfis`, nextPage: 'link', max: 2, extract });
    assert.deepEqual(data, all.slice(0, 50));
    assert.equal(result.complete, false);
  });

  test('a bare list, one record, and an answer without extraction', async () => {
    const bare = await run({ request: `${site.origin}/api/list?page=2`, extract: { fields: { number: { path: 'number' } } } });
    assert.equal(bare.data[0]?.['number'], rfi(26).number);
    assert.equal(bare.rows[0]?.key, '@1.1:1');
    const one = await run({
      request: `${site.origin}/api/rfis`,
      extract: { fields: { total: { path: 'pagination.totalResults', as: 'integer' } } },
    });
    assert.deepEqual(one.data, [{ total: 60 }]);
    const plain = await run({ request: `${site.origin}/limited/1` });
    assert.equal(plain.result.body, 'ok');
  });

  test('the cookies of the session are sent, and a session that is over is told by its status', async () => {
    site.set({ login: true });
    const signedIn = await playwrightRequest.newContext();
    try {
      await signedIn.post(`${site.origin}/login`, { form: { user: canary.user, password: canary.password, back: '/rfis' } });
      assert.equal((await run({ request: `${site.origin}/api/rfis`, extract }, {}, signedIn)).data.length, 25);
      site.expire();
      const error = await refusal({ request: `${site.origin}/api/rfis`, extract }, {}, signedIn);
      assert.deepEqual([error.code, error.details['status']], ['job.http', 401]);
      // A page in place of the data: the wall leads to one for what is no API.
      const page = await refusal({ request: `${site.origin}/rfis`, extract }, {}, signedIn);
      assert.match(page.message, /is a page; you may be signed out/);
    } finally {
      await signedIn.dispose();
    }
  });

  test('a busy server is asked again, and each answer is given to the governor', async () => {
    site.set({ refuse: { status: 503, hint: 'none', times: 2, path: '/api/' } });
    const { answers, data } = await run({ request: `${site.origin}/api/rfis`, extract });
    assert.deepEqual(answers, [503, 503, 200]);
    assert.equal(data.length, 25);
  });

  test('what changes something is not sent twice', async () => {
    site.set({ refuse: { status: 503, hint: 'none', times: 9, path: '/rfis' } });
    const known = site.requests.length;
    const error = await refusal({ request: `${site.origin}/rfis`, method: 'POST', body: { subject: 'x' } });
    assert.deepEqual([error.code, error.details['status'], site.requests.length - known], ['job.http', 503, 1]);
  });

  test('a redirect out of what the job may talk to is not followed', async () => {
    const error = await refusal({ request: `${site.origin}/api/redirect?to=http%3A%2F%2Flocalhost%3A1%2F`, extract });
    assert.equal(error.code, 'job.blocked');
    const inside = await run({ request: `${site.origin}/api/redirect?to=%2Fapi%2Frfis`, extract });
    assert.deepEqual(inside.asked, ['GET /api/redirect?to=%2Fapi%2Frfis', 'GET /api/rfis']);
  });

  test('an answer that is no JSON, has no such list, or an empty one is a failure that says so', async () => {
    const url = `${site.origin}/api`;
    assert.match((await refusal({ request: `${url}/broken`, extract })).message, /not JSON \(application\/json\)/);
    assert.match((await refusal({ request: `${url}/rfis`, extract: { ...extract, json: 'items' } })).message, /no list at "items"/);
    assert.match((await refusal({ request: `${url}/rfis?page=9`, extract })).message, /is empty/);
    assert.equal((await run({ request: `${url}/rfis?page=9`, extract: { ...extract, empty: 'ok' } })).result.rows, 0);
    assert.match((await refusal({ request: `${url}/none` })).message, /answered with 404: there is no such address/);
  });

  test('a list whose pages name one another in a circle ends, and is not called complete', async () => {
    const circle = { json: 'results', fields: { number: { path: 'number' } }, key: 'number' };
    const step = { request: `${site.origin}/api/circle?page=1`, nextPage: { path: 'next' }, extract: circle };
    const { result } = await run(step);
    assert.deepEqual([result.rows, result.pages, result.complete], [50, 2, false]);
    assert.match(result.problems[0] ?? '', /round in circles/);
  });

  test('100,000 rows of JSON come in parts', async () => {
    site.set({ total: 100_000 });
    let count = 0;
    let largest = 0;
    let most = 0;
    const heap = process.memoryUsage().heapUsed;
    const { result } = await run(
      { request: `${site.origin}/api/rfis?per_page=2000`, nextPage: 'link', extract },
      {
        take: async (part) => {
          count += part.length;
          largest = Math.max(largest, part.length);
          most = Math.max(most, process.memoryUsage().heapUsed);
        },
      },
    );
    assert.deepEqual([count, largest, result.pages, result.complete], [100_000, 1000, 50, true]);
    assert.ok(most - heap < 120e6, `${Math.round((most - heap) / 1e6)} MB more`);
  });
});
