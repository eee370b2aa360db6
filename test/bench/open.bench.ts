// 100k tasks and 1M audit rows: how long a cold process takes to its first answer, what memory it needs, how quick a search is.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { productDatabase } from './productData.ts';
import { benchArgs, benchPlaces, median, quantile, Report } from './report.ts';

const args = benchArgs();
const places = benchPlaces();
const report = new Report('open');
const tasks = args.quick ? 10_000 : 100_000;
const audit = args.quick ? 50_000 : 1_000_000;
const runs = args.runs ?? (args.quick ? 5 : 11);
const ours = 'ours';

function child(what: string, folder = ''): unknown {
  const run = spawnSync(process.execPath, ['--expose-gc', path.join(places.build, 'open.process.cjs'), what, folder, String(tasks)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = run.stdout.trim();
  if (line === '') throw new Error(`open.process ${what} said nothing (${run.signal ?? run.status})`);
  return JSON.parse(line);
}

/** Node with nothing of ours in it, but with the parts of Node itself that we use: those are the extension host's already. */
function bareMemory(): number {
  const script =
    "const crypto = require('node:crypto'); crypto.createHash('sha256').update('').digest(); crypto.randomUUID(); require('node:fs'); require('node:os'); " +
    'gc(); setTimeout(() => { gc(); process.stdout.write(String(process.memoryUsage.rss() / 2 ** 20)); }, 300)';
  return Number(execFileSync(process.execPath, ['--expose-gc', '-e', script], { encoding: 'utf8' }));
}

async function workspace(name: string): Promise<string> {
  const folder = path.join(places.dir, 'run', name);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(path.join(folder, '.claudetask'), { recursive: true });
  const file = path.join(folder, '.claudetask', 'claudetask.db');
  fs.copyFileSync(await productDatabase(tasks, audit - tasks), file);
  const fd = fs.openSync(file, 'r+');
  fs.fsyncSync(fd);
  fs.closeSync(fd);
  return folder;
}

async function main(): Promise<void> {
  const clean = await workspace('open-clean');
  const killed = await workspace('open-killed');
  const worked = await workspace('open-memory');
  const { wal } = child('crash', killed) as { wal: number };
  process.stderr.write(`bench: killed a writer with ${(wal / 2 ** 20).toFixed(1)} MB in the log\n`);
  const add = (run: number, what: string, unit: string, value: number): void =>
    report.add(run, { case: what, n: tasks, subject: ours, unit, value });
  for (let run = 0; run < runs; run++) {
    add(run, 'cold process to the first answer', 'ms', (child('time', clean) as { ms: number }).ms);
    add(run, 'the same after kill -9 with a 26 MB log', 'ms', (child('time', killed) as { ms: number }).ms);
    if (run < 5) {
      const bare = bareMemory();
      const memory = child('memory', worked) as { loaded: number; opened: number; worked: number };
      add(run, 'memory over bare Node: our code loaded', 'MB', memory.loaded - bare);
      add(run, 'memory over bare Node: opened', 'MB', memory.opened - bare);
      add(run, 'memory over bare Node: after 1,000 updates', 'MB', memory.worked - bare);
      add(run, 'memory of the database: opened', 'MB', memory.opened - memory.loaded);
      add(run, 'memory of the database: after 1,000 updates', 'MB', memory.worked - memory.loaded);
    }
    if (run < 5) {
      const { pair, common } = child('search', clean) as { pair: number[]; common: number[] };
      add(run, 'search: two words, median', 'ms', median(pair));
      add(run, 'search: two words, p95', 'ms', quantile(pair, 0.95));
      add(run, 'search: two frequent words, median', 'ms', median(common));
    }
    process.stderr.write(`bench: open, run ${run + 1} of ${runs}\n`);
  }
  const value = (what: string): number => report.value(what, tasks, ours);
  report.bar({ text: 'cold process to the first answer', got: value('cold process to the first answer'), limit: 40, unit: 'ms' });
  report.bar({
    text: 'the same after kill -9 with a 26 MB log',
    got: value('the same after kill -9 with a 26 MB log'),
    limit: 80,
    unit: 'ms',
  });
  for (const what of ['memory over bare Node: opened', 'memory of the database: opened', 'memory of the database: after 1,000 updates']) {
    report.bar({ text: what, got: value(what), limit: 35, unit: 'MB' });
  }
  report.bar({ text: 'search: two words, median', got: value('search: two words, median'), limit: 1, unit: 'ms' });
  process.exitCode = report.finish(args.json) ? 0 : 1;
  for (const name of ['open-clean', 'open-killed', 'open-memory'])
    fs.rmSync(path.join(places.dir, 'run', name), { recursive: true, force: true });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
