import assert from 'node:assert/strict';
import * as http from 'node:http';
import * as net from 'node:net';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { AppError } from '../../../src/core/appError.ts';
import { bodyLimit } from '../../../src/server/limits.ts';
import type { NodeHandler } from '../../../src/server/nodeHandler.ts';
import { createRateLimit } from '../../../src/server/rateLimit.ts';
import { readBody } from '../../../src/server/readBody.ts';
import { createRequestLog } from '../../../src/server/requestLog.ts';
import { localServer } from '../../rig/localServer.ts';
import type { LocalServerRig } from '../../rig/localServer.ts';
import { requestText, sendRaw, timeUntilDropped } from '../../rig/rawHttp.ts';

/** Answers how long the body was. */
const measure: NodeHandler = async (request, response) => {
  const { length } = await readBody(request);
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ length }));
};
const hang: NodeHandler = () => new Promise(() => {});

const authorization = async (rig: LocalServerRig) => `Authorization: Bearer ${await rig.token(['read'])}`;
const json = 'Content-Type: application/json';

interface FailureBody {
  code: string;
  data: Record<string, unknown>;
  message: string;
}

describe('slow and large requests', { concurrency: true }, () => {
  test('150 connections whose headers never end are all dropped within 14 s', async () => {
    await using rig = await localServer();
    function* headers() {
      yield `GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:${rig.port}\r\n`;
      for (let i = 0; ; i++) yield `X-Slow-${i}: ${i}\r\n`;
    }
    const times = await Promise.all(Array.from({ length: 150 }, () => timeUntilDropped(rig.port, headers(), 900)));
    assert.ok(Math.max(...times) < 14_000, `${Math.max(...times)} ms`);
  });

  test('a connection that says nothing is dropped', async () => {
    await using rig = await localServer();
    assert.ok((await timeUntilDropped(rig.port, [], 1_000)) < 14_000);
  });

  test('a body that trickles is dropped, and the one who reads it is told', async () => {
    let tell: ((failure: unknown) => void) | undefined;
    const told = new Promise<unknown>((resolve) => (tell = resolve));
    await using rig = await localServer({
      rest: async (request, response) => {
        await readBody(request).catch((error: unknown) => tell?.(error));
        response.end();
      },
    });
    const head = requestText('POST /api/tasks', [`Host: 127.0.0.1:${rig.port}`, await authorization(rig), json, 'Content-Length: 1000']);
    function* body() {
      yield head;
      for (;;) yield ' ';
    }
    assert.ok((await timeUntilDropped(rig.port, body(), 500)) < 14_000);
    assert.ok(AppError.is(await told, 'cancelled'));
  });

  test('headers above 16 kB are answered with 431', async () => {
    await using rig = await localServer();
    const host = `Host: 127.0.0.1:${rig.port}`;
    const large = await sendRaw(rig.port, requestText('GET /api/health', [host, `X-Large: ${'a'.repeat(17_000)}`]));
    assert.equal(large.status, 431);
    assert.deepEqual(large.headers.get('x-content-type-options'), ['nosniff']);
    assert.equal((JSON.parse(large.body) as FailureBody).code, 'api.refused');
    const many = Array.from({ length: 3_000 }, (_, i) => `X-${i}: a`);
    assert.equal((await sendRaw(rig.port, requestText('GET /api/health', [host, ...many]))).status, 431);
    const fits = await sendRaw(rig.port, requestText('GET /api/health', [host, await authorization(rig), `X-Fits: ${'a'.repeat(12_000)}`]));
    assert.equal(fits.status, 200);
  });

  test('bytes of a body are counted while they come, whatever it says of its length', async () => {
    await using rig = await localServer({ rest: measure });
    const headers = { authorization: (await authorization(rig)).slice(15), 'content-type': 'application/json' };
    const post = (body: BodyInit) => fetch(`${rig.origin}/api/tasks`, { method: 'POST', headers, body, ...{ duplex: 'half' } });
    const most = await post('x'.repeat(bodyLimit));
    assert.deepEqual([most.status, await most.json()], [200, { length: bodyLimit }]);
    const declared = await post('x'.repeat(bodyLimit + 1));
    assert.deepEqual([declared.status, ((await declared.json()) as FailureBody).code], [413, 'file.tooLarge']);
    const chunk = new TextEncoder().encode('x'.repeat(100_000));
    const chunked = await post(
      new ReadableStream({
        start(controller) {
          for (let i = 0; i < 25; i++) controller.enqueue(chunk);
          controller.close();
        },
      }),
    );
    assert.equal(chunked.status, 413);
    assert.equal(chunked.headers.get('cache-control'), 'no-store');
  });

  test('a connection whose answer came before its body can be used again, and one that goes on sending is ended', async () => {
    await using rig = await localServer();
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const post = (path: string, bearer: string, size: number) =>
      new Promise<{ status: number | undefined; port: number | undefined }>((resolve, reject) => {
        const headers = { authorization: bearer, 'content-type': 'application/json', 'content-length': size };
        const request = http.request(`${rig.origin}${path}`, { agent, method: 'POST', headers }, (response) => {
          const port = response.socket.localPort;
          response.resume().on('end', () => resolve({ status: response.statusCode, port }));
        });
        request.on('error', reject).end('x'.repeat(size));
      });
    const good = (await authorization(rig)).slice(15);
    const first = await post('/api/tasks', 'Bearer nobody', 500_000);
    const second = await post('/api/tasks', good, 10);
    assert.deepEqual([first.status, second.status], [401, 200]);
    assert.equal(second.port, first.port);
    agent.destroy();

    const ended = await new Promise<number>((resolve) => {
      let sent = 0;
      const socket = net.connect(rig.port, '127.0.0.1');
      const chunk = Buffer.alloc(65_536, 'x');
      const pour = () => {
        do sent += chunk.length;
        while (socket.write(chunk));
      };
      socket.on('connect', () => {
        socket.write(requestText('POST /api/tasks', [`Host: 127.0.0.1:${rig.port}`, json, 'Content-Length: 9000000000']));
        pour();
      });
      socket.on('drain', pour);
      socket.on('data', () => {});
      socket.on('error', () => {});
      socket.on('close', () => resolve(sent));
    });
    assert.ok(ended < 50_000_000, `${ended} bytes were taken`);
  });

  test('no more than 100 connections are kept', async () => {
    await using rig = await localServer();
    const sockets = Array.from({ length: 130 }, () => net.connect(rig.port, '127.0.0.1').on('error', () => {}));
    const dropped = new Promise<void>((resolve) => {
      let count = 0;
      for (const socket of sockets) socket.once('close', () => ++count === 30 && resolve());
    });
    await dropped;
    for (const socket of sockets) socket.destroy();
  });
});

describe('how many requests there may be', () => {
  test('a client above its rate is told when to come back, and another is not concerned', async () => {
    await using rig = await localServer({ traffic: { requestsPerSecond: 20 } });
    const [one, other] = [await rig.token(['read']), await rig.token(['read'])];
    const get = (token: string) => fetch(`${rig.origin}/api/health`, { headers: { authorization: `Bearer ${token}` } });
    const answers = await Promise.all(Array.from({ length: 60 }, () => get(one)));
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length >= 20 && refused.length <= 40, `${refused.length} of 60`);
    assert.equal(refused[0]?.headers.get('retry-after'), '1');
    assert.equal(refused[0]?.headers.get('x-content-type-options'), 'nosniff');
    const body = (await refused[0]?.json()) as FailureBody;
    assert.deepEqual([body.code, body.data], ['api.rateLimited', { retryAfter: 1 }]);
    assert.equal((await get(other)).status, 200);
  });

  test('who guesses tokens is told to wait, and a client with a good one is served all the same', async () => {
    await using rig = await localServer({ traffic: { strangersPerSecond: 1 } });
    const get = (token: string) => fetch(`${rig.origin}/api/health`, { headers: { authorization: `Bearer ${token}` } });
    const statuses: number[] = [];
    for (let i = 0; i < 50; i++) statuses.push((await get(`guess${i}`)).status);
    assert.deepEqual([statuses[0], statuses.at(-1)], [401, 429]);
    assert.equal((await get(await rig.token(['read']))).status, 200);
    assert.equal((await get('guess')).status, 429);
  });

  test('a bucket gives its burst at once, then what time brings, and never more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.nat(500), { maxLength: 200 }),
        (perSecond, burst, pauses) => {
          const limit = createRateLimit({ perSecond, burst });
          let now = 0;
          let taken = 0;
          for (const pause of pauses) {
            now += pause;
            const wait = limit.take('a', now);
            if (wait === 0) taken++;
            else assert.ok(wait <= 1000 / perSecond + 1e-6, 'it need not wait for more than one');
            assert.ok(taken <= burst + (now / 1000) * perSecond + 1e-6);
          }
          const wait = limit.take('a', now);
          if (wait > 0) assert.equal(limit.take('a', now + wait + 1e-3), 0, 'after the time that it said there is one');
        },
      ),
    );
  });

  test('a bucket does not fill when the clock goes back', () => {
    const limit = createRateLimit({ perSecond: 1, burst: 1 });
    assert.equal(limit.take('a', 10_000), 0);
    assert.ok(limit.take('a', 5_000) > 0);
  });

  test('the buckets of many keys are forgotten', () => {
    const limit = createRateLimit({ perSecond: 1, burst: 1 });
    assert.equal(limit.take('first', 0), 0);
    for (let i = 0; i < 1_000; i++) limit.take(`key ${i}`, 0);
    assert.equal(limit.take('first', 0), 0);
    assert.ok(limit.take('key 999', 0) > 0);
  });
});

describe('the request log', () => {
  test('keeps the newest 1,000 in their order', () => {
    const log = createRequestLog();
    const told: number[] = [];
    log.onDidAdd(({ at }) => told.push(at));
    const line = (at: number) => ({ at, client: null, method: 'GET', path: '/', status: 200, ms: 1 });
    for (let i = 0; i < 3; i++) log.add(line(i));
    assert.deepEqual(
      log.lines().map(({ at }) => at),
      [0, 1, 2],
    );
    for (let i = 3; i < 2_345; i++) log.add(line(i));
    assert.deepEqual(
      log.lines().map(({ at }) => at),
      Array.from({ length: 1_000 }, (_, i) => 1_345 + i),
    );
    assert.equal(told.length, 2_345);
  });

  test('has a line for what was served, what was refused and what was not waited for', async () => {
    await using rig = await localServer({ mcp: hang });
    const lines = rig.server.requests.lines;
    const token = await rig.token(['read'], { name: 'ci' });
    const headers = { authorization: `Bearer ${token}` };
    await (await fetch(`${rig.origin}/api/tasks?x=1`, { headers })).arrayBuffer();
    await (await fetch(`${rig.origin}/api/tasks`)).arrayBuffer();
    const abandoned = new Promise<void>((resolve) => void rig.server.requests.onDidAdd(({ status }) => status === 499 && resolve()));
    const socket = net.connect(rig.port, '127.0.0.1');
    const begun = new Promise((resolve) => socket.once('connect', resolve));
    await begun;
    socket.end(requestText('GET /mcp', [`Host: 127.0.0.1:${rig.port}`, `Authorization: Bearer ${token}`]), () => socket.destroy());
    await abandoned;
    assert.deepEqual(
      lines().map(({ client, method, path, status }) => [client, method, path, status]),
      [
        ['ci', 'GET', '/api/tasks', 200],
        [null, 'GET', '/api/tasks', 401],
        ['ci', 'GET', '/mcp', 499],
      ],
    );
    assert.ok(lines().every(({ ms, at }) => ms >= 0 && at > 0));
  });
});

test('a view that fails to show a request does not keep it from being answered', async () => {
  await using rig = await localServer();
  rig.server.requests.onDidAdd(() => {
    throw new Error('no view');
  });
  const logged = new Promise<void>((resolve) => void rig.server.requests.onDidAdd(() => resolve()));
  assert.equal((await fetch(`${rig.origin}/api/health`)).status, 401);
  await logged;
  assert.equal((await fetch(`${rig.origin}/api/health`)).status, 401);
  assert.match(rig.complaints[0] ?? '', /no view/);
});

describe('the life of the server', () => {
  test('nothing listens before it is started and after it was stopped, and it starts again', async () => {
    await using rig = await localServer();
    const { server, port } = rig;
    const isOpen = () =>
      new Promise<boolean>((resolve) => {
        const socket = net.connect(port, '127.0.0.1');
        socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
        socket.once('connect', () => socket.destroy());
      });
    const changes: (string | null)[] = [];
    server.onDidChange(() => changes.push(server.origin));
    assert.equal(await server.start(), rig.origin, 'a second start changes nothing');
    assert.equal(await isOpen(), true);
    await Promise.all([server.stop(), server.stop()]);
    assert.equal(server.origin, null);
    assert.equal(await isOpen(), false);
    const again = await server.start();
    assert.equal((await fetch(`${again}/api/health`)).status, 401);
    assert.deepEqual(changes, [null, again]);
  });

  test('a port that is taken is told, with what to do', async () => {
    await using rig = await localServer();
    await assert.rejects(
      () => localServer({ port: rig.port }).then((other) => other[Symbol.asyncDispose]()),
      (error) =>
        AppError.is(error, 'api.portTaken') && error.details['port'] === rig.port && /claudetask\.server\.port/.test(error.message),
    );
  });

  test('it stops within 2 s while requests hang and clients hold connections', async () => {
    await using rig = await localServer({ rest: hang });
    const headers = { authorization: (await authorization(rig)).slice(15) };
    const hanging = fetch(`${rig.origin}/api/tasks`, { headers }).then(
      () => 'answered',
      () => 'broken off',
    );
    const idle = net.connect(rig.port, '127.0.0.1').on('error', () => {});
    await new Promise((resolve) => idle.once('connect', resolve));
    const began = performance.now();
    await rig.server.stop();
    assert.ok(performance.now() - began < 2_000, `${performance.now() - began} ms`);
    assert.equal(await hanging, 'broken off');
    idle.destroy();
  });

  test('a request under way is answered before it stops', async () => {
    let go: (() => void) | undefined;
    await using rig = await localServer({
      rest: async (_request, response) => {
        await new Promise<void>((resolve) => (go = resolve));
        response.writeHead(200).end('{}');
      },
    });
    const headers = { authorization: (await authorization(rig)).slice(15) };
    const answer = fetch(`${rig.origin}/api/tasks`, { headers });
    while (go === undefined) await new Promise((resolve) => setImmediate(resolve));
    const stopped = rig.server.stop();
    go();
    assert.equal((await answer).status, 200);
    await stopped;
  });

  test('a bug is answered without its words, and logged once', async () => {
    await using rig = await localServer({
      rest: () => Promise.reject(new Error('secret /home/ann/x.ts')),
      mcp: () => Promise.reject(new AppError('task.notFound', 'There is no task 7.', { ids: [7] })),
    });
    const headers = { authorization: (await authorization(rig)).slice(15) };
    const bug = await fetch(`${rig.origin}/api/tasks?x=1`, { headers });
    const text = await bug.text();
    assert.equal(bug.status, 500);
    assert.equal((JSON.parse(text) as FailureBody).code, 'internal');
    assert.doesNotMatch(text, /secret|home/);
    assert.equal(rig.complaints.length, 1);
    const foreseen = await fetch(`${rig.origin}/mcp`, { headers });
    assert.equal(foreseen.status, 404);
    assert.deepEqual(await foreseen.json(), { code: 'task.notFound', data: { ids: [7] }, message: 'There is no task 7.' });
    assert.equal(rig.complaints.length, 1);
  });
});
