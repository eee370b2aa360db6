import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiContracts } from '../../../src/protocol/api.ts';
import { fromCursor, toCursor } from '../../../src/server/rest/cursor.ts';
import { isKnown, precondition, tagOfCurrent } from '../../../src/server/rest/preconditions.ts';
import { fieldValue, queryFields } from '../../../src/server/rest/queryFields.ts';
import type { FieldKind } from '../../../src/server/rest/queryFields.ts';
import { Refusal } from '../../../src/server/rest/refusal.ts';
import { allRoutes } from '../../../src/server/rest/routes.ts';
import { createRouting } from '../../../src/server/rest/routing.ts';

const routes = allRoutes('1.0.0');
const refusedWith = (status: number, field?: string) => (error: unknown) =>
  error instanceof Refusal && error.failure.status === status && (field === undefined || error.failure.details?.['field'] === field);

describe('the table of routes', () => {
  test('has every operation that programs may call', () => {
    const served = new Set(routes.map(({ operation }) => operation));
    assert.deepEqual(
      Object.keys(apiContracts).filter((name) => !served.has(name as keyof typeof apiContracts)),
      [],
    );
  });

  test('names each route differently, and has no path and method twice', () => {
    for (const key of [(route: (typeof routes)[number]) => route.id, (route: (typeof routes)[number]) => `${route.method} ${route.path}`]) {
      assert.equal(new Set(routes.map(key)).size, routes.length);
    }
  });

  test('takes each part of a path as a field of the operation', () => {
    const unknown = routes.flatMap(({ path, fields }) => [...path.matchAll(/\{(\w+)\}/g)].filter(([, name = '']) => !(name in fields)));
    assert.deepEqual(unknown, []);
  });

  test('has a route of its own for what the product names', () => {
    const paths = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    const wanted = [
      'GET /api/tasks',
      'POST /api/tasks',
      'GET /api/tasks/{id}',
      'PUT /api/tasks/{id}',
      'DELETE /api/tasks/{id}',
      'PUT /api/tasks/{id}/status',
      'POST /api/tasks/{id}/analyze',
      'GET /api/project/settings',
      'PUT /api/project/settings',
      'POST /api/project/validate-path',
      'GET /api/claude/config',
      'PUT /api/claude/config',
      'GET /api/agents',
      'POST /api/agents',
      'PUT /api/agents/{id}',
      'DELETE /api/agents/{id}',
      'GET /api/health',
    ];
    assert.deepEqual(
      wanted.filter((one) => !paths.has(one)),
      [],
    );
  });
});

describe('finding a route', () => {
  const find = createRouting(routes);

  test('prefers a name to a parameter', () => {
    assert.equal(find('GET', '/api/tasks/ready').served.route.operation, 'task.ready');
    assert.equal(find('GET', '/api/tasks/7').served.route.operation, 'task.get');
  });

  test('finds each route by its own path', () => {
    const wrong = routes.filter((route) => find(route.method, route.path.replaceAll(/\{\w+\}/g, '1')).served.route !== route);
    assert.deepEqual(wrong, []);
  });

  test('reads numbers from the path, and leaves what is none for the operation to refuse', () => {
    assert.deepEqual(find('DELETE', '/api/tasks/7/dependencies/12').fields, { id: 7, dependsOnId: 12 });
    assert.deepEqual(find('GET', '/api/tasks/7x').fields, { id: '7x' });
  });

  test('decodes a part of the path once, slashes too', () => {
    assert.deepEqual(find('GET', '/api/jobs/a%2Fb%2520c/collections').fields, { job: 'a/b%20c' });
    assert.throws(() => find('GET', '/api/jobs/%ff/collections'), refusedWith(400, 'job'));
  });

  test('serves HEAD as GET', () => assert.equal(find('HEAD', '/api/tasks/7').served.route.operation, 'task.get'));

  test('says 404 for a path that is unknown, and 405 with what is allowed for a method', () => {
    assert.throws(() => find('GET', '/api/nothing'), refusedWith(404));
    assert.throws(() => find('GET', '/api/tasks/'), refusedWith(404));
    assert.throws(
      () => find('PATCH', '/api/tasks/7'),
      (error) => refusedWith(405)(error) && (error as Refusal).failure.headers['Allow'] === 'GET, HEAD, PUT, DELETE',
    );
    assert.throws(
      () => find('OPTIONS', '/api/tasks/claim'),
      (error) => refusedWith(405)(error) && /POST/.test((error as Refusal).failure.headers['Allow'] ?? ''),
    );
  });
});

describe('a query', () => {
  const kinds = new Map<string, FieldKind>([
    ['limit', 'number'],
    ['blocked', 'boolean'],
    ['status', 'list'],
    ['text', 'text'],
  ]);

  test('is read by the kinds of its fields; lists are repeated', () => {
    assert.deepEqual(queryFields('limit=5&blocked=false&status=Ready&status=In+Progress&text=a%26b', kinds), {
      limit: 5,
      blocked: false,
      status: ['Ready', 'In Progress'],
      text: 'a&b',
    });
  });

  test('is refused for a name that is unknown or given twice', () => {
    assert.throws(() => queryFields('limits=5', kinds), refusedWith(400, 'limits'));
    assert.throws(() => queryFields('__proto__=5', kinds), refusedWith(400, '__proto__'));
    assert.throws(() => queryFields('limit=5&limit=6', kinds), refusedWith(400, 'limit'));
  });

  test('keeps as text what is no whole number and no truth', () => {
    for (const text of ['', '1.5', '1e3', '0x10', ' 5', '99999999999999999999']) assert.equal(fieldValue(text, 'number'), text);
    assert.equal(fieldValue('TRUE', 'boolean'), 'TRUE');
    assert.equal(fieldValue('-3', 'number'), -3);
  });
});

describe('a cursor', () => {
  test('leads back to where it was made', () => {
    for (const mark of [0, 100, '~/.claude/CLAUDE.md']) {
      assert.equal(fromCursor(toCursor(mark), typeof mark as 'number' | 'string'), mark);
    }
  });

  test('is refused when it is of another list, or of nobody', () => {
    const of = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const cursor of ['', 'x', of(-1), of(1.5), of(null), of([1]), of(Number.MAX_VALUE), of('a'), 7, undefined, 'A'.repeat(5000)]) {
      assert.throws(() => fromCursor(cursor, 'number'), refusedWith(400, 'cursor'), String(cursor));
    }
    assert.throws(() => fromCursor(of(5), 'string'), refusedWith(400, 'cursor'));
  });
});

describe('a precondition', () => {
  const hash = 'ab'.repeat(32);

  test('of a task is the version in its tag', () => {
    assert.deepEqual(precondition('version', { 'if-match': ' "v12" ' }, {}), { fields: { version: 12 }, given: true });
    assert.deepEqual(precondition('version', {}, { version: 3 }), { fields: {}, given: false });
    for (const tag of ['v12', '"v0"', '"12"', 'W/"v12"', '*', '"v1", "v2"', `"${hash}"`]) {
      assert.throws(() => precondition('version', { 'if-match': tag }, {}), refusedWith(400, 'If-Match'), tag);
    }
  });

  test('is refused when the body says another version', () => {
    assert.throws(() => precondition('version', { 'if-match': '"v2"' }, { version: 3 }), refusedWith(400, 'version'));
    assert.deepEqual(precondition('version', { 'if-match': '"v3"' }, { version: 3 }), { fields: { version: 3 }, given: true });
  });

  test('of a file is its hash, and must be given', () => {
    assert.deepEqual(precondition('hash', { 'if-match': `"${hash}"` }, {}), { fields: { expectedHash: hash }, given: true });
    assert.throws(() => precondition('hash', {}, {}), refusedWith(428, 'If-Match'));
    assert.throws(() => precondition('hash', { 'if-none-match': '*' }, {}), refusedWith(400, 'If-None-Match'));
    assert.throws(() => precondition('hash', { 'if-match': '"v3"' }, {}), refusedWith(400, 'If-Match'));
  });

  test('of a file that may be new is that there is none', () => {
    assert.deepEqual(precondition('hashOrNew', { 'if-none-match': '*' }, {}), { fields: { expectedHash: null }, given: true });
    assert.deepEqual(precondition('hashOrNew', {}, {}), { fields: { expectedHash: null }, given: false });
    assert.throws(() => precondition('hashOrNew', { 'if-none-match': '*', 'if-match': `"${hash}"` }, {}), refusedWith(400));
  });

  test('is not passed over where nothing can heed it', () => {
    assert.throws(() => precondition(undefined, { 'if-match': '"v3"' }, {}), refusedWith(400, 'If-Match'));
    assert.throws(() => precondition('version', { 'if-none-match': '"v3"' }, {}), refusedWith(400, 'If-None-Match'));
  });

  test('of a reading is met by the same tag, a weak one too', () => {
    assert.equal(isKnown('"v3"', undefined), false);
    assert.equal(isKnown('"v3"', '"v2"'), false);
    for (const tags of ['"v3"', 'W/"v3"', '"v1", "v3"', '*']) assert.equal(isKnown('"v3"', tags), true, tags);
  });

  test('that failed is told with the tag of what there is', () => {
    assert.equal(tagOfCurrent({ current: { id: 1, version: 4 } }), '"v4"');
    assert.equal(tagOfCurrent({ currentHash: hash }), `"${hash}"`);
    assert.equal(tagOfCurrent({ currentHash: null }), undefined);
    assert.equal(tagOfCurrent({}), undefined);
  });
});
