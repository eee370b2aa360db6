// How fast and how steady is a durable commit, against better-sqlite3 and everything else one could store tasks with?
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { productDatabase } from './productData.ts';
import { benchArgs, benchPlaces, median, quantile, Report } from './report.ts';
import { SubjectProcess, type ConcurrentResult } from './subject.ts';
import { plainTask, random, schema, sql } from './workload.ts';

const args = benchArgs();
const places = benchPlaces();
const report = new Report('store');
const runs = args.runs ?? 5;
const native = 'better-sqlite3';

/** The better ones are sampled often; a whole-file rewrite takes up to a second per commit and gets few. */
const all = [
  'engine',
  native,
  'worker',
  'node:sqlite',
  'floor',
  'node-sqlite3-wasm',
  'product-move',
  'product-move-native',
  'product-update',
  'product-update-native',
];
const quickSubjects = all.filter((s) => args.subjects === undefined || args.subjects.includes(s));
const slowSubjects = ['markdown', 'image', 'json'];
const title: Record<string, string> = {
  engine: 'ours, in-thread',
  worker: 'ours, through the worker',
  'product-update': 'ours, task.update through the store',
  'product-update-native': 'task.update over better-sqlite3',
  'product-move': 'ours, task.move through the store',
  'product-move-native': 'task.move over better-sqlite3',
  image: 'sql.js whole-image export',
  json: 'one JSON file rewritten',
  markdown: 'one Markdown file per task',
  floor: 'raw write + fdatasync',
};
const name = (subject: string): string => title[subject] ?? subject;
const wanted = (part: string): boolean => args.only === undefined || args.only.includes(part);

/** The same bytes for every SQL subject: an engine must not profit from how its own file happened to be laid out. */
function seedFile(tasks: number): string {
  const file = path.join(places.dir, 'seed', `store-${tasks}.db`);
  if (fs.existsSync(file)) return file;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.rmSync(`${file}.part`, { force: true });
  const { DatabaseSync } = createRequire(__filename)('node:sqlite') as {
    DatabaseSync: new (f: string) => { exec(s: string): void; prepare(s: string): { run(...p: unknown[]): void }; close(): void };
  };
  const db = new DatabaseSync(`${file}.part`);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; ${schema} BEGIN`);
  const insert = db.prepare(sql.insertTask);
  const audit = db.prepare(sql.insertAudit);
  const next = random(tasks);
  for (let id = 1; id <= tasks; id++) {
    const t = plainTask(id, next);
    insert.run(t.id, t.title, t.status, t.rank, t.priority, t.description, t.updated_at);
    audit.run(t.updated_at, 'user', 'task.create', id, '{}');
  }
  db.exec('COMMIT');
  db.close();
  fs.renameSync(`${file}.part`, file);
  return file;
}

async function start(subject: string, tasks: number): Promise<SubjectProcess> {
  const dir = path.join(places.dir, 'run', `${subject.replace(/\W/g, '-')}-${tasks}`);
  fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(dir, { recursive: true });
  fs.copyFileSync(subject.startsWith('product') ? await productDatabase(tasks, 0) : seedFile(tasks), path.join(dir, 'seed.db'));
  const child = new SubjectProcess(subject, path.join(places.build, 'store.process.cjs'));
  await child.send({ do: 'open', subject, options: { dir, tasks } });
  return child;
}

async function withSubjects(names: string[], tasks: number, body: (children: SubjectProcess[]) => Promise<void>): Promise<void> {
  const children: SubjectProcess[] = [];
  try {
    for (const n of names) children.push(await start(n, tasks));
    // What was written while seeding must not be flushed by the kernel in the middle of a measurement.
    fs.closeSync(syncAll());
    await body(children);
  } finally {
    await Promise.allSettled(children.map((c) => c.end()));
    for (const n of names) fs.rmSync(path.join(places.dir, 'run', `${n.replace(/\W/g, '-')}-${tasks}`), { recursive: true, force: true });
  }
}

function syncAll(): number {
  for (const entry of fs.readdirSync(path.join(places.dir, 'run'), { recursive: true, encoding: 'utf8' })) {
    const file = path.join(places.dir, 'run', entry);
    if (!entry.endsWith('.db')) continue;
    const fd = fs.openSync(file, 'r+');
    fs.fsyncSync(fd);
    fs.closeSync(fd);
  }
  return fs.openSync(path.join(places.dir, 'run'), 'r');
}

/** Subjects take turns in small blocks, forwards and backwards, so that a slow second of the machine hits all of them. */
async function commits(what: string, children: SubjectProcess[], tasks: number, chunks: number, chunk: number): Promise<void> {
  for (const child of children) {
    await child.send({ do: 'commits', count: chunk, budgetMs: 700, seed: 1 });
    await child.send({ do: 'idle' });
  }
  for (let run = 0; run < runs; run++) {
    const samples = new Map<string, number[]>(children.map((c) => [c.name, []]));
    for (let i = 0; i < chunks; i++) {
      for (const child of i % 2 === 0 ? children : children.toReversed()) {
        const times = await child.send<Float64Array>({ do: 'commits', count: chunk, budgetMs: 250, seed: run * 1000 + i + 2 });
        samples.get(child.name)?.push(...times);
        await child.send({ do: 'idle' });
      }
    }
    for (const [subject, list] of samples) {
      const kind = /^product-(move|update)/.exec(subject);
      const add = (part: string, q: number): void =>
        report.add(run, {
          case: `${kind === null ? what : `task.${kind[1]}`} ${part}`,
          n: tasks,
          subject: name(subject),
          unit: 'µs',
          value: quantile(list, q),
        });
      add('p50', 0.5);
      if (list.length >= 100) add('p99', 0.99);
      if (list.length >= 1000) add('p99.9', 0.999);
    }
    process.stderr.write(`bench: commits, ${tasks} tasks, run ${run + 1} of ${runs}\n`);
  }
}

async function reads(children: SubjectProcess[], tasks: number): Promise<void> {
  const blocks = args.quick ? 4 : 10;
  for (const child of children) await child.send({ do: 'reads', count: 5000, seed: 1 });
  for (let run = 0; run < runs; run++) {
    const points = new Map<string, number[]>(children.map((c) => [c.name, []]));
    const lists = new Map<string, number[]>(children.map((c) => [c.name, []]));
    for (let i = 0; i < blocks; i++) {
      for (const child of i % 2 === 0 ? children : children.toReversed()) {
        points.get(child.name)?.push(await child.send<number>({ do: 'reads', count: 2000, seed: run * 100 + i + 2 }));
        lists.get(child.name)?.push(await child.send<number>({ do: 'lists', count: 100, seed: run * 100 + i + 2 }));
      }
    }
    for (const [subject, list] of points)
      report.add(run, { case: 'point read', n: tasks, subject: name(subject), unit: 'µs', value: median(list) });
    for (const [subject, list] of lists)
      report.add(run, { case: 'list 100', n: tasks, subject: name(subject), unit: 'µs', value: median(list) });
  }
}

async function throughput(children: SubjectProcess[], tasks: number): Promise<void> {
  const ms = args.quick ? 500 : 1500;
  for (const callers of [1, 16, 64]) {
    const each = callers === 64 ? ms : ms / 3;
    for (let run = -1; run < runs; run++) {
      for (const child of run % 2 === 0 ? children : children.toReversed()) {
        const r = await child.send<ConcurrentResult>({ do: 'concurrent', callers, ms: each, seed: run + 7 });
        await child.send({ do: 'idle' });
        // The first round warms up.
        if (run < 0) continue;
        const row = { n: tasks, subject: name(child.name) };
        report.add(run, { ...row, case: `${callers} callers, durable tx/s`, unit: 'tx/s', value: r.perSecond });
        report.add(run, { ...row, case: `${callers} callers, event-loop delay p99`, unit: 'ms', value: r.delayP99 });
        if (callers === 64) report.add(run, { ...row, case: 'event-loop delay p99 with nothing to do', unit: 'ms', value: r.delayIdleP99 });
      }
    }
    process.stderr.write(`bench: ${callers} callers done\n`);
  }
}

function bars(sizes: number[]): void {
  const ours = name('engine');
  const worker = name('worker');
  for (const n of sizes) {
    const ratio = (subject: string, peer = native): number => median(report.ratios('commit p50', n, subject, peer));
    const at = `at ${n.toLocaleString('en')} tasks`;
    if (wanted('commits')) {
      report.bar({ text: `in-thread commit p50 to better-sqlite3 ${at}`, got: ratio(ours), limit: 1.05 });
      report.bar({ text: `commit p50 through the worker to better-sqlite3 ${at}`, got: ratio(worker), limit: 1.7 });
      for (const s of [ours, worker]) report.bar({ text: `${s}: commit p99.9 to its p50 ${at}`, got: tail(s, n), limit: 5 });
    }
    if (wanted('reads')) {
      for (const what of ['point read', 'list 100']) {
        report.bar({ text: `${what} to better-sqlite3 ${at}`, got: median(report.ratios(what, n, ours, native)), limit: 1.3 });
      }
    }
  }
  const [small, big] = [sizes[0] ?? 0, sizes.at(-1) ?? 0];
  if (wanted('commits') && small !== big) {
    // Both sizes never run in the same second, so the machine's mood is divided out by the floor measured beside each.
    const scaled = (s: string, n: number): number => median(report.ratios('commit p50', n, s, name('floor')));
    for (const s of [ours, worker]) {
      report.bar({
        text: `${s}: commit p50 at ${big.toLocaleString('en')} to its own at ${small.toLocaleString('en')} (over the floor)`,
        got: scaled(s, big) / scaled(s, small),
        limit: 1.2,
      });
    }
  }
  if (wanted('callers')) {
    report.bar({
      text: '64 callers: durable tx/s to better-sqlite3',
      got: median(report.ratios('64 callers, durable tx/s', 10_000, worker, native)),
      limit: 5,
      atLeast: true,
    });
    report.bar({
      text: '64 callers: event-loop delay p99',
      got: report.value('64 callers, event-loop delay p99', 10_000, worker),
      limit: 2,
      unit: 'ms',
    });
  }
}

function tail(subject: string, n: number): number {
  return report.value('commit p99.9', n, subject) / report.value('commit p50', n, subject);
}

async function main(): Promise<void> {
  const sizes = args.quick ? [1000, 10_000] : [1000, 10_000, 100_000];
  for (const what of ['p99', 'p99.9']) report.compare(`commit ${what}`, [native, name('floor')]);
  report.compare('commit p50', [native, name('floor')]);
  for (const what of ['move', 'update']) report.compare(`task.${what} p50`, [name(`product-${what}-native`)]);
  report.compare('commit, whole-file designs, p50', [native]);
  for (const what of ['point read', 'list 100', '1 callers, durable tx/s', '16 callers, durable tx/s', '64 callers, durable tx/s'])
    report.compare(what, [native]);
  for (const n of sizes) {
    process.stderr.write(`bench: preparing ${n.toLocaleString('en')} tasks\n`);
    if (wanted('commits')) await withSubjects(quickSubjects, n, (c) => commits('commit', c, n, args.quick ? 5 : 20, 200));
    if (wanted('slow'))
      await withSubjects([...slowSubjects, native], n, (c) => commits('commit, whole-file designs,', c, n, args.quick ? 1 : 2, 20));
    if (wanted('reads')) await withSubjects(['engine', native, 'node:sqlite', 'node-sqlite3-wasm'], n, (c) => reads(c, n));
  }
  if (wanted('callers')) await withSubjects(['worker', native], 10_000, (c) => throughput(c, 10_000));
  bars(sizes);
  process.exitCode = report.finish(args.json) ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
