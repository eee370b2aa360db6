// One cold process of the open bench. What it does is its first argument; what it found is one line of JSON.
import path from 'node:path';
import { domainParts } from '../../src/storage/domainParts.ts';
import { openLive, type LiveDatabase } from '../../src/storage/liveDatabase.ts';
import { storeNames } from '../../src/storage/names.ts';
import { buildFolder } from './assets.ts';
import { noMaintenance, request, text, word } from './productData.ts';
import { random } from './workload.ts';

const [what, folder = '', size = '100000'] = process.argv.slice(2);
const tasks = Number(size);
/** When the compilers in the background are done and garbage is gone. */
async function rss(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return process.memoryUsage.rss() / 2 ** 20;
}
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
/** Without closing: the files stay as they were for the next run. */
const die = (): void => void process.kill(process.pid, 'SIGKILL');

/** As the storage thread opens it: engine, file, schema check, operations; then the first answer. */
async function open(): Promise<LiveDatabase> {
  const live = await openLive({
    names: storeNames(folder),
    assets: buildFolder(),
    domain: domainParts,
    shielded: false,
    maintenance: () => noMaintenance,
    latestBackup: () => null,
    backupBefore: () => Promise.resolve(),
    notice: (n) => process.stderr.write(`${n.message}\n`),
    now: () => Date.now(),
  });
  live.dispatcher.dispatch(request('task.get', { id: tasks / 2 }));
  return live;
}

function searches(live: LiveDatabase, count: number, from: number, to: number): number[] {
  const next = random(11);
  const pick = (): string => word(from + Math.floor(next() * (to - from)));
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const input = { text: `${pick()} ${pick()}`, limit: 20 };
    const start = performance.now();
    live.dispatcher.dispatch(request('task.search', input));
    times.push(performance.now() - start);
  }
  return times;
}

const next = random(12);
let written = 0;
function updates(live: LiveDatabase, count: number): void {
  for (let i = 0; i < count; i++) {
    // Another text each time: what changes nothing writes nothing.
    const description = `${word(written++)} ${text(next, 900)}`;
    live.dispatcher.dispatch(request('task.update', { id: 1 + Math.floor(next() * tasks), patch: { description } }));
    live.database.flush();
  }
}

async function main(): Promise<void> {
  switch (what) {
    case 'memory': {
      const loaded = await rss();
      const live = await open();
      const opened = await rss();
      updates(live, 1000);
      say({ loaded, opened, worked: await rss() });
      live.database.close();
      return;
    }
    case 'time': {
      const start = performance.now();
      await open();
      process.stdout.write(`${JSON.stringify({ ms: performance.now() - start })}\n`);
      return die();
    }
    case 'search': {
      const live = await open();
      searches(live, 20, 500, 3000);
      say({ pair: searches(live, 300, 500, 3000), common: searches(live, 60, 20, 100) });
      return die();
    }
    case 'crash': {
      const live = await open();
      while (live.database.walSize < 26 * 2 ** 20) updates(live, 20);
      say({ wal: live.database.walSize, path: path.basename(folder) });
      return die();
    }
    default:
      throw new Error(`Unknown: ${what}`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
