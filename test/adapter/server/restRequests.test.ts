import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { AppError } from '../../../src/core/appError.ts';
import { createRest } from '../../../src/server/rest/rest.ts';
import { eventually } from '../../rig/eventually.ts';
import { logInto } from '../files/rig.ts';
import { localServer } from '../../rig/localServer.ts';
import { restServer } from './restRig.ts';
import type { RestAnswer, RestRig } from './restRig.ts';

let rest: RestRig;
before(async () => {
  rest = await restServer();
});
after(() => rest[Symbol.asyncDispose]());

const refused = (answer: RestAnswer, status: number, code: string, field?: string) => {
  assert.deepEqual([answer.status, answer.code], [status, code], answer.message);
  if (field !== undefined) assert.equal(answer.data.field, field);
};
const json = { 'content-type': 'application/json' };
const post = async (body: BodyInit, path = '/api/tasks') => {
  const response = await rest.fetch(path, { method: 'POST', headers: json, body, duplex: 'half' } as RequestInit);
  return { ...(await response.json()), status: response.status, headers: response.headers } as RestAnswer;
};

describe('a request that is not by the form', () => {
  test('is told which field is unknown, wherever it was sent', async () => {
    refused(await rest.call('POST', '/api/tasks', { title: 'a', titel: 'b' }), 400, 'input.invalid', 'titel');
    refused(await rest.call('PUT', '/api/tasks/1', { id: 2 }), 400, 'input.invalid', 'id');
    refused(await rest.call('GET', '/api/tasks?lmit=3'), 400, 'input.invalid', 'lmit');
    refused(await rest.call('POST', '/api/tasks', { contract: { nope: 1 } }), 400, 'input.invalid');
    refused(await rest.call('POST', '/api/tasks?title=a', {}), 400, 'input.invalid');
    refused(await rest.call('POST', '/api/tasks', {}), 400, 'input.invalid', 'title');
    refused(await rest.call('GET', '/api/tasks/seven'), 400, 'input.invalid', 'id');
  });

  test('is refused when its body is no JSON object in UTF-8', async () => {
    for (const body of ['{"title":', '[]', '"title"', 'null', '7', new Uint8Array([0x7b, 0xff, 0x7d]), '\uFEFF{}'])
      refused(await post(body), 400, 'input.invalid');
    refused(await post('<title/>', '/api/tasks/1/archive'), 400, 'input.invalid');
    const form = await rest.fetch('/api/tasks', { method: 'POST', body: new URLSearchParams({ title: 'a' }) });
    assert.equal(form.status, 415);
  });

  test('is refused when GET or DELETE come with a body', async () => {
    refused(await rest.call('DELETE', '/api/tasks/1', { version: 1 }), 400, 'input.invalid');
  });

  test('is refused when it is too deep or goes for the prototype, and changes nothing', async () => {
    refused(await post(`{"title":"a","contract":${'['.repeat(5000)}${']'.repeat(5000)}}`), 400, 'input.invalid');
    refused(await post('{"title":"a","__proto__":{"polluted":1}}'), 400, 'input.invalid', '__proto__');
    refused(await post('{"title":"a","contract":{"\\u005f_proto__":{"polluted":1}}}'), 400, 'input.invalid', '__proto__');
    assert.equal('polluted' in {}, false);
  });

  test('is refused when its body is larger than 2 MB, declared or not', async () => {
    const large = JSON.stringify({ title: 'a', description: 'x'.repeat(3_000_000) });
    const declared = await post(large);
    assert.deepEqual([declared.status, declared.code], [413, 'file.tooLarge']);
    const chunks = new ReadableStream({
      start(controller) {
        for (let at = 0; at < large.length; at += 100_000) controller.enqueue(new TextEncoder().encode(large.slice(at, at + 100_000)));
        controller.close();
      },
    });
    const undeclared = await post(chunks);
    assert.deepEqual([undeclared.status, undeclared.code], [413, 'file.tooLarge']);
    assert.equal((await rest.call('GET', '/api/tasks?text=a')).data.total, 0);
  });

  test('is told by 404 and 405 where it went wrong', async () => {
    refused(await rest.call('GET', '/api/nothing'), 404, 'operation.unknown');
    const wrong = await rest.call('PATCH', '/api/tasks/1', {});
    refused(wrong, 405, 'api.refused');
    assert.equal(wrong.headers.get('allow'), 'GET, HEAD, PUT, DELETE');
    assert.equal((await rest.call('POST', '/api/openapi.json')).headers.get('allow'), 'GET, HEAD');
  });
});

describe('a token', () => {
  test('that only reads changes nothing', async () => {
    await using reader = await restServer(['read']);
    assert.equal((await reader.call('GET', '/api/tasks')).status, 200);
    const answer = await reader.call('POST', '/api/tasks', { title: 'a' });
    refused(answer, 403, 'operation.forbidden');
    assert.match(answer.message, /write/);
    refused(await reader.call('POST', '/api/jobs/x/runs', {}), 403, 'operation.forbidden');
    refused(await reader.call('GET', '/api/audit/verify'), 403, 'operation.forbidden');
  });
});

describe('a client that goes away', () => {
  test('in the middle of its body has changed nothing, and the server goes on', async () => {
    const { revision } = (await rest.call('GET', '/api/tasks')).data;
    const socket = net.connect(rest.rig.port, '127.0.0.1');
    const head = [
      'POST /api/tasks HTTP/1.1',
      `Host: 127.0.0.1:${rest.rig.port}`,
      `Authorization: Bearer ${rest.token}`,
      'Content-Type: application/json',
      'Content-Length: 100',
      '',
      '{"title":"half',
    ];
    await new Promise((sent) => socket.write(head.join('\r\n'), sent));
    socket.destroy();
    await eventually('its end was noticed', () => rest.rig.server.requests.lines().some(({ status }) => status === 499));
    assert.equal((await rest.call('GET', '/api/tasks')).data.revision, revision);
    assert.deepEqual(rest.rig.complaints, []);
  });

  test('while its call waits is not served', async () => {
    const complaints: string[] = [];
    const signals: AbortSignal[] = [];
    await using rig = await localServer({ rest: createRest({ version: '1', log: logInto(complaints) }) });
    const { api } = rig;
    const { call } = api;
    // The database is opened when it is first needed, which may take a while.
    api.call = (async (...[name, input, caller, signal]: Parameters<typeof call>) => {
      signals.push(signal!);
      await once(signal!, 'abort');
      return await call(name, input, caller, signal);
    }) as typeof api.call;
    const leaving = new AbortController();
    const token = await rig.token(['write']);
    const headers = { ...json, authorization: `Bearer ${token}` };
    const request = fetch(`${rig.origin}/api/tasks`, { method: 'POST', headers, body: '{"title":"too late"}', signal: leaving.signal });
    await eventually('the call waits', () => signals.length === 1);
    leaving.abort();
    await assert.rejects(request);
    await eventually('the call was aborted', () => signals[0]!.aborted);
    assert.equal((await rig.store.call('task.list', {})).total, 0);
    assert.deepEqual(complaints, []);
  });
});

describe('a fault in ClaudeTask', () => {
  test('is a 500 that says nothing of itself, and one line of the log', async () => {
    const complaints: string[] = [];
    await using rig = await localServer({ rest: createRest({ version: '1', log: logInto(complaints) }) });
    const authorization = `Bearer ${await rig.token(['read'])}`;
    const secret = 'secret of /home/somebody/file.ts';
    for (const fault of [new TypeError(secret), new AppError('internal', secret, { secret })]) {
      rig.api.call = () => Promise.reject(fault);
      complaints.length = 0;
      const response = await fetch(`${rig.origin}/api/tasks`, { headers: { authorization } });
      const body = await response.text();
      assert.deepEqual([response.status, JSON.parse(body).code, JSON.parse(body).data], [500, 'internal', null]);
      assert.doesNotMatch(body, /secret|home/);
      assert.deepEqual([complaints.length, rig.complaints.length], [1, 0]);
      assert.match(complaints[0]!, /GET \/api\/tasks .*secret/);
    }
  });
});
