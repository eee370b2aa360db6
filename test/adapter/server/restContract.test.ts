import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as fc from 'fast-check';
import * as z from 'zod';
import { allRoutes } from '../../../src/server/rest/routes.ts';
import type { Route } from '../../../src/server/rest/route.ts';
import { restServer } from './restRig.ts';
import type { RestRig } from './restRig.ts';
import { valuesOf } from './schemaArbitrary.ts';
import type { Schema } from './schemaArbitrary.ts';

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: Schema;
}
interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
  responses: Record<string, unknown>;
}
interface Sent {
  path: Record<string, unknown>;
  query: Record<string, unknown>;
  header: Record<string, unknown>;
  body: unknown;
}

/** Calls of each of the routes, which are more than 70. */
const callsEach = 20;
const failure = z.strictObject({ code: z.string().min(1), data: z.record(z.string(), z.unknown()).nullable(), message: z.string().min(1) });
const routes = allRoutes('1.2.3');

describe('what is sent by the OpenAPI document', () => {
  let rest: RestRig;
  let paths: Record<string, Record<string, Operation>>;
  const seen = new Map<number, number>();

  before(async () => {
    rest = await restServer();
    paths = JSON.parse(await (await rest.fetch('/api/openapi.json')).text()).paths;
    for (const title of ['One', 'Two', 'Three', 'Four', 'Five'])
      await rest.call('POST', '/api/tasks', { title, status: 'Ready', checklist: ['a'] });
    await rest.call('POST', '/api/agents', { scope: 'project', file: 'tester.md', content: '---\nname: tester\n---\nTests.\n' });
  });
  after(() => rest[Symbol.asyncDispose]());

  for (const route of routes) {
    test(`to ${route.method} ${route.path} is answered as it says`, async () => {
      const operation = paths[route.path]?.[route.method.toLowerCase()];
      assert.ok(operation);
      assert.equal(operation.operationId, route.id);
      await fc.assert(
        fc.asyncProperty(sendings(operation), (sent) => judge(route, operation, sent)),
        { numRuns: callsEach, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
      );
    });
  }

  test('came to success and to failure', () => {
    assert.ok((seen.get(200) ?? 0) > 100, JSON.stringify([...seen]));
    assert.ok((seen.get(400) ?? 0) > 100, JSON.stringify([...seen]));
    assert.ok([...seen.values()].reduce((sum, n) => sum + n, 0) >= callsEach * routes.length);
    assert.deepEqual(rest.rig.complaints, []);
  });

  async function judge(route: Route, operation: Operation, sent: Sent): Promise<void> {
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => encodeURIComponent(wellFormed(sent.path[name])));
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(sent.header)) headers[name] = String(value);
    const answer = await rest.call(route.method, `${path || '/'}${queryOf(sent.query)}`, sent.body, headers);
    seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
    const said = `${answer.status} ${answer.code} ${answer.message}`;
    // A path whose parameter is empty is another path.
    if (/\/(\/|$)/.test(path)) return;
    assert.ok(String(answer.status) in operation.responses, `is not in the document: ${said}`);
    assert.ok(answer.status < 500 || answer.status === 501, said);
    if (answer.status === 304) return;
    const { code, data, message } = answer;
    const schema = answer.status < 300 ? z.strictObject({ code: z.literal('ok'), data: route.data, message: z.literal('') }) : failure;
    const judged = schema.safeParse({ code, data, message });
    assert.ok(judged.success, `${said}: ${judged.error?.message}`);
    assert.deepEqual(judged.data, { code, data, message }, 'nothing is answered that the schema does not have');
  }
});

/** Half a surrogate pair cannot be sent in a URL. */
const wellFormed = (value: unknown): string => Buffer.from(String(value)).toString();

function queryOf(query: Record<string, unknown>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => [name, wellFormed(one)]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

/** What is sent by the schemas, now and then with something that is not by them. */
function sendings({ parameters = [], requestBody }: Operation): fc.Arbitrary<Sent> {
  const place = (where: Parameter['in']) => {
    const here = parameters.filter((one) => one.in === where);
    const values = Object.fromEntries(
      here.map(({ name, schema }) => [
        name,
        often(where === 'header' ? tags : isAgent(name, schema) ? agents : valuesOf(schema), strange(where)),
      ]),
    );
    const needed = here.filter(({ required }) => required && where !== 'header').map(({ name }) => name);
    return fc
      .subarray(Object.keys(values), { maxLength: Math.min(3, here.length) })
      .chain((some) =>
        fc.record(Object.fromEntries(Object.entries(values).filter(([name]) => needed.includes(name) || some.includes(name)))),
      );
  };
  const schema = requestBody?.content['application/json'].schema;
  const body =
    schema === undefined ? fc.constant(undefined) : often(often(valuesOf(schema), spoiled(schema)), fc.jsonValue({ maxDepth: 4 }));
  return fc.record({ path: place('path'), query: place('query'), header: place('header'), body });
}

const isAgent = (name: string, { type }: Schema) => name === 'id' && type === 'string';
const agents = fc.constantFrom('tester', 'nobody').map((name) => Buffer.from(`.claude/agents/${name}.md`).toString('base64url'));

const often = (usual: fc.Arbitrary<unknown>, seldom: fc.Arbitrary<unknown>) =>
  fc.oneof({ arbitrary: usual, weight: 9 }, { arbitrary: seldom, weight: 1 });
const tags = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map((version) => `"v${version}"`),
  fc.constantFrom('*', `"${'0'.repeat(64)}"`),
);

const strange = (where: Parameter['in']): fc.Arbitrary<unknown> =>
  where === 'header'
    ? fc.stringMatching(/^[!-~]{1,40}$/)
    : fc.oneof(
        fc.string({ maxLength: where === 'path' ? 200 : 2000, size: 'max', unit: 'grapheme-ascii' }),
        fc.constantFrom('-1', '0', '1e9', 'null', '../..', '\u0000', '🙂'),
      );

/** With one field of another kind, or one that is unknown. */
function spoiled(schema: Schema): fc.Arbitrary<unknown> {
  const names = [...Object.keys(schema.properties ?? {}), 'unknown', 'constructor'];
  return fc
    .tuple(valuesOf(schema), fc.constantFrom(...names), fc.jsonValue({ maxDepth: 2 }))
    .map(([value, name, wrong]) => ({ ...Object(value), [name]: wrong }));
}
