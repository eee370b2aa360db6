import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import * as net from 'node:net';
import * as os from 'node:os';
import { after, before, describe, test } from 'node:test';
import { localServer } from '../../rig/localServer.ts';
import type { LocalServerRig } from '../../rig/localServer.ts';
import { requestText, sendRaw } from '../../rig/rawHttp.ts';
import type { RawAnswer } from '../../rig/rawHttp.ts';

const dashboard = 'http://127.0.0.1:8080';
const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];

/** One of each kind of route. */
const routes: readonly { line: string; headers: readonly string[]; served: number }[] = [
  { line: 'GET /api/health', headers: [], served: 200 },
  { line: 'POST /api/tasks', headers: [], served: 200 },
  { line: 'DELETE /api/tasks/1', headers: [], served: 200 },
  { line: 'OPTIONS /api/tasks', headers: [], served: 200 },
  { line: 'POST /mcp', headers: [], served: 200 },
  { line: 'GET /nothing/here', headers: [], served: 404 },
  { line: 'GET /api/events', headers: upgrade, served: 101 },
];

const wantedHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

/** The failure in an answer; its headers are looked at on the way. */
function failureIn(answer: RawAnswer): { status: number; code: string; data: Record<string, unknown> | null; message: string } {
  for (const [name, value] of Object.entries(wantedHeaders))
    assert.deepEqual(answer.headers.get(name), [value], `${answer.status} ${name}`);
  const body = JSON.parse(answer.body) as { code: string; data: Record<string, unknown> | null; message: string };
  assert.deepEqual(Object.keys(body), ['code', 'data', 'message']);
  assert.doesNotMatch(answer.body, /node_modules|\.ts\b|\n/);
  return { status: answer.status, ...body };
}

const base64 = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token put together by hand. */
function forged(header: object, claims: object, sign: (text: string) => Buffer): string {
  const text = `${base64(header)}.${base64(claims)}`;
  return `${text}.${sign(text).toString('base64url')}`;
}

describe('the gates', () => {
  let rig: LocalServerRig;
  let token: string;
  let host: string;
  const authorized = () => `Authorization: Bearer ${token}`;
  const send = (line: string, headers: readonly string[], body?: string) => sendRaw(rig.port, requestText(line, headers, body));

  before(async () => {
    // `null` and `*` are no origins, whatever the setting says.
    rig = await localServer({ allowedOrigins: [dashboard, 'null', '*'], traffic: { strangersPerSecond: 10_000 } });
    token = await rig.token(['read']);
    host = `Host: 127.0.0.1:${rig.port}`;
  });
  after(() => rig[Symbol.asyncDispose]());

  test('rule 1: the server listens on 127.0.0.1 alone', async () => {
    const others = Object.values(os.networkInterfaces())
      .flat()
      .flatMap((one) =>
        one === undefined || one.internal ? [] : [one.address.includes(':') && one.scopeid ? `${one.address}%${one.scopeid}` : one.address],
      );
    for (const address of [...others, '::1']) {
      const outcome = await new Promise<string>((resolve) => {
        const socket = net.connect(rig.port, address);
        socket.once('connect', () => resolve('connected'));
        socket.once('error', () => resolve('refused'));
        socket.once('close', () => socket.destroy());
      });
      assert.equal(outcome, 'refused', address);
    }
  });

  test('who brings everything is served, and the answer has the security headers', async () => {
    for (const { line, headers, served } of routes) {
      const answer = await send(line, [host, authorized(), ...headers]);
      assert.equal(answer.status, served, line);
      if (served !== 101)
        for (const [name, value] of Object.entries(wantedHeaders)) assert.deepEqual(answer.headers.get(name), [value], line);
      assert.equal(answer.headers.has('access-control-allow-origin'), false);
    }
    const localhost = await send('GET /api/health', [`Host: LocalHost:${rig.port}`, authorized()]);
    assert.equal(localhost.status, 200);
  });

  test('rule 2: without a token that is known every route is refused', async () => {
    const now = Math.floor(Date.now() / 1000);
    const client = await rig.client(['admin']);
    const good = { iss: 'claudetask', aud: rig.key, sub: client.id, iat: now };
    const hs = (algorithm: string, key: Uint8Array) => (text: string) => createHmac(algorithm, key).update(text).digest();
    const { key } = rig.vault;
    const header = { alg: 'HS256', typ: 'JWT' };
    // What is signed well is let in, so that the others fail for the reason they are made for.
    const control = await send('GET /api/health', [host, `Authorization: Bearer ${forged(header, good, hs('sha256', key))}`]);
    assert.equal(control.status, 200);

    const expired = await rig.token(['read'], { expiresAt: Date.now() - 5_000 });
    const revoked = await rig.client(['read']);
    const revokedToken = await rig.server.issue(revoked);
    await rig.vault.remove(revoked.id);
    const elsewhere = await rig.token(['read'], { folder: 'folder-other' });
    const bearers: Readonly<Record<string, string>> = {
      'of no form': 'abc',
      'none signed': forged({ alg: 'none', typ: 'JWT' }, good, () => Buffer.alloc(0)),
      'without alg': forged({ typ: 'JWT' }, good, hs('sha256', key)),
      'of another HMAC': forged({ alg: 'HS512', typ: 'JWT' }, good, hs('sha512', key)),
      'of RS256 with our key': forged({ alg: 'RS256', typ: 'JWT' }, good, hs('sha256', key)),
      'signed with another key': forged(header, good, hs('sha256', new Uint8Array(32))),
      'of another issuer': forged(header, { ...good, iss: 'other' }, hs('sha256', key)),
      'for another audience': forged(header, { ...good, aud: 'folder-other' }, hs('sha256', key)),
      'for two audiences': forged(header, { ...good, aud: [rig.key, 'folder-other'] }, hs('sha256', key)),
      'of nobody': forged(header, { ...good, sub: 'nobody' }, hs('sha256', key)),
      'without subject': forged(header, { ...good, sub: undefined }, hs('sha256', key)),
      'not valid yet': forged(header, { ...good, nbf: now + 60 }, hs('sha256', key)),
      'with a claim changed': token.replace(/\.[^.]+\./, `.${base64({ ...good, scopes: ['admin'] })}.`),
      'with a critical header': forged({ ...header, crit: ['b64'], b64: false }, good, hs('sha256', key)),
      expired,
      revoked: revokedToken,
      'of a folder that is not open': elsewhere,
      'far too long': 'a'.repeat(5_000),
    };
    const wrong: readonly [string, readonly string[]][] = [
      ['absent', []],
      ['empty', ['Authorization:']],
      ['of another scheme', [`Authorization: Basic ${token}`]],
      ['without scheme', [`Authorization: ${token}`]],
      ['twice', [authorized(), authorized()]],
      ...Object.entries(bearers).map(([what, bearer]): [string, string[]] => [what, [`Authorization: Bearer ${bearer}`]]),
    ];
    for (const { line, headers } of routes)
      for (const [what, authorization] of wrong) {
        const told = failureIn(await send(line, [host, ...authorization, ...headers]));
        assert.deepEqual([told.status, told.code], [401, 'api.unauthorized'], `${line}: ${what}`);
      }
    const told = await send('GET /api/health', [host]);
    assert.deepEqual(told.headers.get('www-authenticate'), ['Bearer realm="claudetask"']);
  });

  test('rule 2: a token in the address counts for nothing', async () => {
    for (const name of ['token', 'access_token', 'authorization', 'Authorization'])
      for (const { line, headers } of routes)
        assert.equal(failureIn(await send(`${line}?${name}=${token}`, [host, ...headers])).status, 401, `${line} ${name}`);
    const cookie = await send('GET /api/health', [host, `Cookie: token=${token}`, `Proxy-Authorization: Bearer ${token}`]);
    assert.equal(cookie.status, 401);
  });

  test('rule 2: the request log has neither query nor token', async () => {
    await send(`GET /api/health?token=${token}`, [host, authorized()]);
    const text = JSON.stringify(rig.server.requests.lines());
    assert.equal(text.includes(token), false);
    assert.equal(text.includes('?'), false);
  });

  test('rule 3: a Host that is not exactly this server is refused on every route, token or not', async () => {
    const { port } = rig;
    const wrong: readonly (readonly string[])[] = [
      [],
      ['Host:'],
      ['Host: 127.0.0.1'],
      [`Host: 127.0.0.1:${port + 1}`],
      [`Host: localhost.:${port}`],
      [`Host: example.com:${port}`],
      [`Host: 127.0.0.1:${port}.example.com`],
      [`Host: evil@127.0.0.1:${port}`],
      [`Host: [::1]:${port}`],
      [`Host: 0.0.0.0:${port}`],
      [`Host: 127.1:${port}`],
      [`Host: 127.0.0.1:${port}, example.com`],
      [host, host],
      [host, 'Host: example.com'],
      ['Host: example.com', host],
      ['Host: example.com', `X-Forwarded-Host: 127.0.0.1:${port}`],
    ];
    for (const { line, headers } of routes)
      for (const hosts of wrong)
        for (const authorization of [[authorized()], []]) {
          const told = failureIn(await send(line, [...hosts, ...authorization, ...headers]));
          assert.deepEqual([told.status, told.code, told.data?.['rule']], [403, 'api.refused', 'host'], `${line} ${hosts.join(' & ')}`);
        }
  });

  test('rule 3: HTTP/1.0 without Host is refused', async () => {
    for (const { line, headers } of routes) {
      const text = requestText(line, [authorized(), ...headers]).replace('HTTP/1.1', 'HTTP/1.0');
      assert.equal(failureIn(await sendRaw(rig.port, text)).status, 403, line);
    }
  });

  test('rule 4: an Origin that is not allowed is refused on every route, the preflight included', async () => {
    const wrong: readonly (readonly string[])[] = [
      ['Origin: null'],
      ['Origin: *'],
      ['Origin:'],
      ['Origin: http://127.0.0.1:8081'],
      ['Origin: http://127.0.0.1'],
      ['Origin: https://127.0.0.1:8080'],
      ['Origin: http://localhost:8080'],
      ['Origin: http://127.0.0.1:8080/'],
      ['Origin: http://127.0.0.1:8080.example.com'],
      [`Origin: http://127.0.0.1:${rig.port}`],
      [`Origin: ${dashboard}`, 'Origin: http://example.com'],
      [`Origin: ${dashboard}`, `Origin: ${dashboard}`],
    ];
    const preflight = { line: 'OPTIONS /api/tasks', headers: ['Access-Control-Request-Method: POST'] };
    for (const { line, headers } of [...routes, preflight])
      for (const origins of wrong) {
        const answer = await send(line, [host, authorized(), ...origins, ...headers]);
        const told = failureIn(answer);
        assert.deepEqual([told.status, told.data?.['rule']], [403, 'origin'], `${line} ${origins.join(' & ')}`);
        for (const name of answer.headers.keys()) assert.doesNotMatch(name, /^access-control/);
      }
  });

  test('rule 4: an allowed origin is answered exactly, and nothing about credentials', async () => {
    const answer = await send('GET /api/health', [host, authorized(), `Origin: ${dashboard}`]);
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.headers.get('access-control-allow-origin'), [dashboard]);
    assert.deepEqual(answer.headers.get('vary'), ['Origin']);
    assert.equal(answer.headers.has('access-control-allow-credentials'), false);
    const stranger = await send('GET /api/health', [host, `Origin: ${dashboard}`]);
    assert.equal(stranger.status, 401, 'an origin is no token');
    assert.deepEqual(stranger.headers.get('access-control-allow-origin'), [dashboard]);
  });

  test('rule 4: the preflight of an allowed origin is answered without a token', async () => {
    const answer = await send('OPTIONS /api/tasks', [host, `Origin: ${dashboard}`, 'Access-Control-Request-Method: PUT']);
    assert.equal(answer.status, 204);
    assert.equal(answer.body, '');
    assert.deepEqual(answer.headers.get('access-control-allow-origin'), [dashboard]);
    assert.deepEqual(answer.headers.get('access-control-allow-methods'), ['GET, POST, PUT, DELETE']);
    assert.match(answer.headers.get('access-control-allow-headers')?.[0] ?? '', /Authorization, Content-Type, If-Match/);
    assert.deepEqual(answer.headers.get('vary'), ['Origin']);
    for (const [name, value] of Object.entries(wantedHeaders)) assert.deepEqual(answer.headers.get(name), [value]);
    for (const [name, values] of answer.headers) if (name.startsWith('access-control')) assert.equal(values.includes('*'), false, name);
    assert.equal(answer.headers.has('access-control-allow-credentials'), false);
    const rebound = await send('OPTIONS /api/tasks', ['Host: example.com', `Origin: ${dashboard}`, 'Access-Control-Request-Method: PUT']);
    assert.equal(rebound.status, 403);
  });

  test('rule 9: a body that is not declared as JSON is refused', async () => {
    const body = '{"title":"x"}';
    const sized = `Content-Length: ${body.length}`;
    const wrong: readonly (readonly string[])[] = [
      [],
      ['Content-Type:'],
      ['Content-Type: text/plain'],
      ['Content-Type: application/x-www-form-urlencoded'],
      ['Content-Type: multipart/form-data; boundary=x'],
      ['Content-Type: application/jsonp'],
      ['Content-Type: application/json; charset=utf-16'],
      ['Content-Type: text/plain; application/json'],
      ['Content-Type: application/json', 'Content-Type: text/plain'],
      ['Content-Type: application/json', 'Content-Encoding: gzip'],
    ];
    for (const line of ['POST /api/tasks', 'POST /mcp', 'PUT /api/tasks/1', 'DELETE /api/tasks/1'])
      for (const types of wrong) {
        const told = failureIn(await send(line, [host, authorized(), ...types, sized], body));
        assert.deepEqual([told.status, told.code], [415, 'api.refused'], `${line} ${types.join(' & ')}`);
      }
    const chunked = await send('POST /api/tasks', [host, authorized(), 'Transfer-Encoding: chunked'], '0\r\n\r\n');
    assert.equal(chunked.status, 415);
    for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])
      assert.equal((await send('POST /api/tasks', [host, authorized(), `Content-Type: ${type}`, sized], body)).status, 200, type);
  });

  test('rule 10: paths that programs read in ways of their own are refused', async () => {
    const { port } = rig;
    for (const path of [
      `http://127.0.0.1:${port}/api/health`,
      'http://example.com/api/health',
      '//example.com/api/health',
      '*',
      '/api/../mcp',
      '/api/./health',
      '/api/%2e%2E/mcp',
      '/api/..',
      '/api\\..\\mcp',
      '/api/health#x',
    ]) {
      const told = failureIn(await send(`GET ${path}`, [host, authorized()]));
      assert.equal(told.status, 400, path);
    }
    assert.equal(failureIn(await send(`GET /api/${'a'.repeat(2_000)}`, [host, authorized()])).status, 414);
    assert.equal((await send(`GET /api/tasks?text=${'a'.repeat(2_500)}`, [host, authorized()])).status, 200, 'a query may be longer');
  });

  test('rule 11: a scope that a token claims is worth nothing beside what the vault says', async () => {
    const client = await rig.client(['jobs']);
    const claims = { iss: 'claudetask', aud: rig.key, sub: client.id, iat: Math.floor(Date.now() / 1000), scopes: ['admin', 'read'] };
    const bearer = forged({ alg: 'HS256' }, claims, (text) => createHmac('sha256', rig.vault.key).update(text).digest());
    const told = failureIn(await send('GET /api/events', [host, `Authorization: Bearer ${bearer}`, ...upgrade]));
    assert.deepEqual([told.status, told.code], [403, 'operation.forbidden']);
  });

  test('what is no HTTP, or smuggles, is answered with the same headers and ends the connection', async () => {
    const json = 'Content-Type: application/json';
    const broken = [
      'nonsense\r\n\r\n',
      'GET /api/health HTTP/9.9\r\n\r\n',
      requestText('GET /api/health', [host, authorized(), 'Bad Header: x']),
      requestText('POST /api/tasks', [host, authorized(), json, 'Content-Length: 5', 'Content-Length: 6'], 'abcdef'),
      requestText('POST /api/tasks', [host, authorized(), json, 'Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n'),
      requestText('POST /api/tasks', [host, authorized(), json, 'Content-Length: -1']),
    ];
    for (const text of broken) {
      const answer = await sendRaw(rig.port, text);
      assert.equal(failureIn(answer).status, 400, text.split('\r\n')[0]);
      assert.deepEqual(answer.headers.get('connection'), ['close']);
    }
    assert.deepEqual(rig.complaints, []);
  });

  test('an Upgrade that is no WebSocket, or elsewhere, is refused', async () => {
    const at = (line: string, headers: readonly string[]) => send(line, [host, authorized(), ...headers]);
    assert.equal(failureIn(await at('GET /api/tasks', upgrade)).status, 404);
    assert.equal(failureIn(await at('GET /mcp', upgrade)).status, 404);
    assert.equal(failureIn(await at('GET /api/events', ['Connection: Upgrade', 'Upgrade: h2c'])).status, 400);
    assert.equal(failureIn(await at('POST /api/events', upgrade)).status, 400);
    assert.equal(
      failureIn(
        await at(
          'GET /api/events',
          upgrade.map((line) => line.replace('13', '7')),
        ),
      ).status,
      400,
    );
  });

  test('Expect: 100-continue is answered only to who was let in', async () => {
    const headers = [host, 'Content-Type: application/json', 'Content-Length: 2', 'Expect: 100-continue'];
    assert.equal((await send('POST /api/tasks', headers)).status, 401);
    assert.equal((await send('POST /api/tasks', [...headers, authorized()])).status, 100);
  });
});
