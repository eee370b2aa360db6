import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { admit, originHeaders, preflightHeaders } from '../../../src/server/gates.ts';
import type { Admission } from '../../../src/server/gates.ts';

const port = 4711;
const dashboard = 'http://127.0.0.1:8080';
const rules = { port, allowedOrigins: [dashboard] };

const text = fc.string({ size: 'max', maxLength: 3_000, unit: 'binary' });
const headerName = fc.oneof(
  fc.constantFrom(
    'Host',
    'HOST',
    'Origin',
    'origin',
    'Authorization',
    'Content-Type',
    'Content-Length',
    'Transfer-Encoding',
    'Content-Encoding',
  ),
  fc.constantFrom('Access-Control-Request-Method', 'X-Forwarded-Host', 'Forwarded', '__proto__', 'constructor'),
  text,
);
const headerValue = fc.oneof(
  fc.constantFrom(
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    '127.0.0.1',
    'example.com',
    dashboard,
    'null',
    '*',
    'application/json',
    '0',
    '12',
  ),
  fc.constantFrom('Bearer abc.def.ghi', 'bearer x', 'Basic x', 'chunked', 'gzip', 'text/plain'),
  text,
);
const knock = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'),
  target: fc.oneof(
    fc.constantFrom('/api/tasks', '/mcp', '/api/events?since=3', '//x', '*', 'http://127.0.0.1/'),
    fc.webPath({ size: 'large' }),
    text,
  ),
  rawHeaders: fc.array(fc.tuple(headerName, headerValue), { maxLength: 12, size: 'max' }).map((pairs) => pairs.flat()),
});
const goodHead = ['Host', `127.0.0.1:${port}`, 'Authorization', 'Bearer a.b.c'];

const valuesOf = (rawHeaders: readonly string[], name: string): string[] =>
  rawHeaders.flatMap((value, at) => (at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name ? [value] : []));

const pass = (admission: Admission): Extract<Admission, { kind: 'pass' }> => {
  if (admission.kind !== 'pass') assert.fail(`not let in: ${JSON.stringify(admission)}`);
  return admission;
};

describe('the gates, whatever comes', () => {
  test('decide, and let nothing in but what names this host once and comes from no page that is not allowed', () => {
    fc.assert(
      fc.property(knock, (one) => {
        const admission = admit(one, rules);
        if (admission.kind === 'refused') return;
        const hosts = valuesOf(one.rawHeaders, 'host');
        assert.equal(hosts.length, 1);
        assert.match(hosts[0] ?? '', /^(127\.0\.0\.1|localhost):4711$/i);
        const origins = valuesOf(one.rawHeaders, 'origin');
        assert.ok(origins.length === 0 || (origins.length === 1 && origins[0] === dashboard));
        if (admission.kind === 'preflight') return;
        assert.equal(admission.origin, origins[0] ?? null);
        assert.ok(admission.path.startsWith('/') && !admission.path.startsWith('//') && admission.path.length <= 2_000);
        assert.equal(
          one.target,
          admission.query === '' && !one.target.endsWith('?') ? admission.path : `${admission.path}?${admission.query}`,
        );
        // A URL parser comes to the same path: nobody behind the gates sees another route.
        if (/^[\w/.~%-]*$/.test(admission.path)) assert.equal(new URL(`http://h${admission.path}`).pathname, admission.path);
        const hasBody =
          valuesOf(one.rawHeaders, 'transfer-encoding').length > 0 ||
          valuesOf(one.rawHeaders, 'content-length').some((length) => length !== '0');
        if (hasBody) assert.match(valuesOf(one.rawHeaders, 'content-type').join(), /^application\/json/i);
      }),
      { numRuns: 2_000 },
    );
  });

  test('refuse a second Host wherever it stands', () => {
    fc.assert(
      fc.property(fc.nat(goodHead.length / 2), headerValue, fc.constantFrom('Host', 'host', 'hOST'), (at, value, name) => {
        const rawHeaders = goodHead.toSpliced(at * 2, 0, name, value);
        const admission = admit({ method: 'GET', target: '/api/tasks', rawHeaders }, rules);
        assert.deepEqual(admission.kind === 'refused' && [admission.status, admission.rule], [403, 'host']);
      }),
    );
  });

  test('refuse every Origin while none is allowed', () => {
    fc.assert(
      fc.property(fc.oneof(headerValue, fc.webUrl()), fc.constantFrom('GET', 'POST', 'OPTIONS'), (origin, method) => {
        const rawHeaders = [...goodHead, 'Origin', origin, 'Access-Control-Request-Method', 'POST'];
        const admission = admit({ method, target: '/api/tasks', rawHeaders }, { port, allowedOrigins: [] });
        assert.deepEqual(admission.kind === 'refused' && [admission.status, admission.rule], [403, 'origin']);
      }),
    );
  });

  test('take a token from one Authorization header alone', () => {
    fc.assert(
      fc.property(fc.array(headerValue, { maxLength: 3 }), (values) => {
        const rawHeaders = ['Host', `localhost:${port}`, ...values.flatMap((value) => ['Authorization', value])];
        const { token } = pass(admit({ method: 'GET', target: '/api/tasks?token=x', rawHeaders }, rules));
        if (token !== null) assert.ok(values.length === 1 && values[0]?.toLowerCase() === `bearer ${token.toLowerCase()}`);
        else assert.ok(values.length !== 1 || !/^bearer [\w.~+/=-]+$/i.test(values[0] ?? ''));
      }),
    );
  });

  test('take time in proportion to what comes', () => {
    for (const target of [`/${'./'.repeat(7_000)}`, `/${'%2e'.repeat(600)}`, `/${'a'.repeat(15_000)}`]) {
      const began = performance.now();
      for (const value of [' '.repeat(15_000), `application/json${' '.repeat(15_000)}x`, `Bearer ${'a'.repeat(15_000)}!`])
        admit(
          {
            method: 'POST',
            target,
            rawHeaders: ['Host', `localhost:${port}`, 'Content-Length', '1', 'Content-Type', value, 'Authorization', value],
          },
          rules,
        );
      assert.ok(performance.now() - began < 100);
    }
  });
});

test('answers to pages name their origin, never any, and never credentials', () => {
  for (const headers of [preflightHeaders(dashboard), originHeaders(dashboard)]) {
    assert.equal(headers['Access-Control-Allow-Origin'], dashboard);
    assert.equal(headers['Vary'], 'Origin');
    assert.equal('Access-Control-Allow-Credentials' in headers, false);
    assert.equal(
      Object.values(headers).some((value) => value.includes('*')),
      false,
    );
  }
});

test('on port 80 a Host without port is this server', () => {
  const at80 = (host: string) => admit({ method: 'GET', target: '/', rawHeaders: ['Host', host] }, { port: 80, allowedOrigins: [] }).kind;
  assert.deepEqual(['localhost', '127.0.0.1', '127.0.0.1:80', 'example.com'].map(at80), ['pass', 'pass', 'pass', 'refused']);
});
