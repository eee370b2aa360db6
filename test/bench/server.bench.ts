// The local server over 10,000 tasks: requests a second against fastify over better-sqlite3, how soon an event comes, search for the like, MCP.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { HttpClient } from './httpClient.ts';
import { productDatabase } from './productData.ts';
import { benchArgs, benchPlaces, median, quantile, Report } from './report.ts';
import type { Heard, HistoryLine, LoadCommand, LoadResult, McpTimes, Opened, ServerCommand, TimedWrite } from './serverSubject.ts';
import { SubjectProcess } from './subject.ts';

const args = benchArgs();
const places = benchPlaces();
const report = new Report('server');
const tasks = 10_000;
const connections = 8;
const runs = args.runs ?? (args.quick ? 3 : 5);
const names = { ours: 'ours', peer: 'fastify + better-sqlite3' };
const wanted = (part: string): boolean => args.only?.includes(part) ?? true;

interface Server extends Opened {
  kind: 'ours' | 'peer';
  child: SubjectProcess<ServerCommand>;
}
type Load = SubjectProcess<LoadCommand>;

async function start(kind: Server['kind'], worker = 'productWorker.cjs'): Promise<Server> {
  const dir = path.join(places.dir, 'run', `server-${kind}-${path.parse(worker).name}`);
  fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(dir, { recursive: true });
  const seed = path.join(dir, 'seed.db');
  fs.copyFileSync(await productDatabase(tasks, 0), seed);
  // What was written while seeding must not be flushed by the kernel in the middle of a measurement.
  const fd = fs.openSync(seed, 'r+');
  fs.fsyncSync(fd);
  fs.closeSync(fd);
  const child = new SubjectProcess<ServerCommand>(names[kind], path.join(places.build, 'server.process.cjs'));
  return { kind, child, ...(await child.send<Opened>({ do: 'open', subject: kind, dir, worker })) };
}

async function answer(server: Server, method: string, url: string, body?: object): Promise<{ etag: string | undefined; data: object }> {
  using client = new HttpClient(server.origin, server.token, 1);
  const { etag, text } = await client.ask(method, url, body === undefined ? undefined : JSON.stringify(body));
  return { etag, data: (JSON.parse(text) as { data: object }).data };
}

/** A peer that did less would be faster for that: both must answer the same, and write the same history and audit. */
async function assertSameWork(ours: Server, peer: Server): Promise<void> {
  for (const id of [1, 77, tasks / 2, tasks]) {
    const url = `/api/tasks/${id}`;
    assert.deepEqual(await answer(peer, 'GET', url), await answer(ours, 'GET', url));
    const body = { estimate: id + 0.5, assignee: `@same${id}` };
    const untimed = async (server: Server) =>
      JSON.parse(
        JSON.stringify(await answer(server, 'PUT', url, body), (name, value: unknown) => (name === 'updatedAt' ? 0 : value)),
      ) as object;
    assert.deepEqual(await untimed(peer), await untimed(ours));
    const lines = (server: Server) => server.child.send<HistoryLine[]>({ do: 'history', id });
    const written = await lines(ours);
    assert.equal(written[0]?.operation, 'task.update');
    assert.deepEqual((await lines(peer))[0], written[0]);
  }
}

/** Whoever is measured alternates, so that a slow second of the machine hits both. */
async function requests(load: Load, servers: Server[], kind: 'GET' | 'PUT', run: number): Promise<void> {
  const blocks = args.quick || kind === 'PUT' ? 2 : 4;
  // Long enough for changes that our log is moved into the main file under way, as the peer does now and then, and not in the pause after it.
  const ms = run < 0 ? 700 : kind === 'PUT' ? 3000 : 1000;
  const sums = new Map(servers.map(({ child }) => [child.name, { count: 0, ms: 0, cpu: 0, asking: 0, times: [] as number[] }]));
  for (let block = 0; block < blocks; block++) {
    for (const { child, origin, token } of block % 2 === 0 ? servers : servers.toReversed()) {
      const before = await child.send<number>({ do: 'cpu' });
      const seed = run * 100 + block;
      const done = await load.send<LoadResult>({ do: 'load', kind, server: { origin, token }, connections, ms, seed, tasks });
      const sum = sums.get(child.name);
      if (sum === undefined) continue;
      sum.cpu += (await child.send<number>({ do: 'cpu' })) - before;
      sum.count += done.count;
      sum.ms += done.ms;
      sum.asking += done.cpu;
      sum.times.push(...done.times);
      await child.send({ do: 'idle' });
    }
  }
  if (run < 0) return;
  for (const [subject, { count, ms: elapsed, cpu, asking, times }] of sums) {
    const add = (what: string, unit: string, value: number): void =>
      report.add(run, { case: `${kind} one task, ${what}`, n: tasks, subject, unit, value });
    add('8 connections', 'req/s', (count * 1000) / elapsed);
    add('time of the processor in the server', 'µs', cpu / count);
    add('time of the processor in the load generator', 'µs', asking / count);
    add('p50', 'ms', quantile(times, 0.5));
    add('p99', 'ms', quantile(times, 0.99));
  }
}

const addOurs = (run: number, what: string, times: ArrayLike<number>): void => {
  for (const [part, q] of [['p50', 0.5] as const, ['p95', 0.95] as const])
    report.add(run, { case: `${what}, ${part}`, n: tasks, subject: names.ours, unit: 'ms', value: quantile(times, q) });
};

async function events(load: Load, { child }: Server, run: number): Promise<void> {
  const writes = await child.send<TimedWrite[]>({ do: 'writes', count: args.quick ? 200 : 400, pauseMs: 4 });
  const heard = new Map(await load.send<Heard>({ do: 'heard', until: writes.at(-1)?.revision ?? 0 }));
  if (run < 0) return;
  const after = (mark: 'asked' | 'flushed') => writes.map((write) => ((heard.get(write.revision) ?? Number.NaN) - write[mark]) / 1000);
  const flushed = after('flushed');
  assert.ok(
    writes.every(({ asked, flushed: at, answered }) => asked < at && at < answered),
    'every write was flushed between question and answer',
  );
  assert.ok(!flushed.some(Number.isNaN), 'every event came');
  addOurs(run, 'event at a WebSocket, after the disk had it', flushed);
  addOurs(run, 'event at a WebSocket, after the change was asked for', after('asked'));
}

async function mcp(load: Load, { origin, token }: Server, run: number): Promise<void> {
  const times = await load.send<McpTimes>({
    do: 'mcp',
    server: { origin, token },
    count: args.quick ? 100 : 200,
    seed: run + 20,
    tasks,
  });
  if (run < 0) return;
  const add = (subject: string, list: Float64Array): void =>
    report.add(run, { case: 'MCP over HTTP, median', n: tasks, subject, unit: 'ms', value: median(list) });
  add('get_task', times.getTask);
  add('ping', times.ping);
}

function bars(): void {
  for (const kind of ['GET', 'PUT'] as const) {
    if (!wanted(kind.toLowerCase())) continue;
    const what = `${kind} one task, 8 connections`;
    report.bar({
      text: `${kind} one task: requests a second to fastify + better-sqlite3`,
      got: median(report.ratios(what, tasks, names.ours, names.peer)),
      limit: 0.7,
      atLeast: true,
    });
  }
  const bar = (text: string, limit: number): void => report.bar({ text, got: report.value(text, tasks, names.ours), limit, unit: 'ms' });
  if (wanted('events')) bar('event at a WebSocket, after the disk had it, p95', 5);
  if (wanted('similar')) bar('find_similar_tasks through the store, p95', 10);
  if (wanted('mcp'))
    report.bar({
      text: 'MCP over HTTP: get_task more than a ping, median',
      got: median(report.differences('MCP over HTTP, median', tasks, 'get_task', 'ping')),
      limit: 15,
      unit: 'ms',
    });
}

async function main(): Promise<void> {
  for (const kind of ['GET', 'PUT']) {
    for (const what of ['8 connections', 'time of the processor in the server', 'p50', 'p99'])
      report.compare(`${kind} one task, ${what}`, [names.peer]);
  }
  const children: { end(): Promise<void> }[] = [];
  try {
    const load = new SubjectProcess<LoadCommand>('load', path.join(places.build, 'serverLoad.process.cjs'));
    children.push(load);
    const ours = await start('ours');
    children.push(ours.child);
    const peer = await start('peer');
    children.push(peer.child);
    // Another, for the marks in its storage thread cost time.
    const marked = await start('ours', 'markedWorker.cjs');
    children.push(marked.child);
    await assertSameWork(ours, peer);
    await load.send({ do: 'follow', server: { origin: marked.origin, token: marked.token } });
    // The first round warms up.
    for (let run = -1; run < runs; run++) {
      const both = run % 2 === 0 ? [ours, peer] : [peer, ours];
      if (wanted('get')) await requests(load, both, 'GET', run);
      if (wanted('put')) await requests(load, both, 'PUT', run);
      if (wanted('events')) await events(load, marked, run);
      if (wanted('similar')) {
        const times = await marked.child.send<Float64Array>({ do: 'similar', count: args.quick ? 100 : 300, seed: run + 50 });
        if (run >= 0) addOurs(run, 'find_similar_tasks through the store', times);
      }
      if (wanted('mcp')) await mcp(load, marked, run);
      process.stderr.write(`bench: server, run ${run + 2} of ${runs + 1}\n`);
    }
  } finally {
    // The load first: it keeps connections that the servers would wait for.
    for (const child of children) await child.end().catch((error: unknown) => console.error(error));
    for (const name of fs.readdirSync(path.join(places.dir, 'run')))
      if (name.startsWith('server-')) fs.rmSync(path.join(places.dir, 'run', name), { recursive: true, force: true });
  }
  bars();
  process.exitCode = report.finish(args.json) ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
