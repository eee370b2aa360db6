// Child process of the store bench: holds one subject and runs what the parent asks.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ConcurrentResult, OpenSubject, Subject, SubjectCommand } from './subject.ts';
import { openBetterSqlite, openNodeSqlite, openWasmSqlite } from './subjects/native.ts';
import { openFloor, openImage, openJson, openMarkdown } from './subjects/files.ts';
import { openEngine } from './subjects/engine.ts';
import { openMove, openMoveNative, openUpdate, openUpdateNative, openWorker } from './subjects/worker.ts';
import { prose, random } from './workload.ts';

const subjects: Record<string, OpenSubject> = {
  engine: openEngine,
  worker: openWorker,
  'product-update': openUpdate,
  'product-update-native': openUpdateNative,
  'product-move': openMove,
  'product-move-native': openMoveNative,
  'better-sqlite3': openBetterSqlite,
  'node:sqlite': openNodeSqlite,
  'node-sqlite3-wasm': openWasmSqlite,
  image: openImage,
  json: openJson,
  markdown: openMarkdown,
  floor: openFloor,
};

let subject: Subject | undefined;
let tasks = 0;

function need(): Subject {
  if (subject === undefined) throw new Error('not open');
  return subject;
}

/** Latency of each commit in microseconds. Work for a commit is prepared before its clock starts. */
async function commits(count: number, budgetMs: number, seed: number): Promise<Float64Array> {
  const s = need();
  const next = random(seed);
  const times = new Float64Array(count);
  // Made before the clocks run: the garbage of making texts would be collected in the middle of somebody's commit.
  const ids = Array.from({ length: count }, () => 1 + Math.floor(next() * tasks));
  const texts = Array.from({ length: count }, () => prose(next));
  globalThis.gc?.();
  const end = performance.now() + budgetMs;
  let done = 0;
  while (done < count && (done === 0 || performance.now() < end)) {
    const id = ids[done] ?? 1;
    const text = texts[done] ?? '';
    const start = performance.now();
    const waiting = s.commit(id, text);
    // Awaiting what is no promise would charge a microtask turn to subjects that do not need it.
    if (waiting !== undefined) await waiting;
    times[done++] = (performance.now() - start) * 1000;
  }
  return times.subarray(0, done).slice();
}

/** Mean microseconds of one call over `count` calls. */
function repeat(count: number, seed: number, body: (id: number) => unknown): number {
  const next = random(seed);
  const ids = Array.from({ length: count }, () => 1 + Math.floor(next() * Math.max(1, tasks - 100)));
  let kept: unknown;
  const start = performance.now();
  for (const id of ids) kept = body(id);
  const us = ((performance.now() - start) * 1000) / count;
  if (kept === undefined) throw new Error('a read found nothing');
  return us;
}

async function delayP99(ms: number, body: () => Promise<void>): Promise<number> {
  const resolution = 1;
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  await Promise.all([body(), new Promise((resolve) => setTimeout(resolve, ms))]);
  histogram.disable();
  // The histogram holds the time between two ticks of its timer: the delay is what exceeds the timer's own millisecond.
  return Math.max(0, histogram.percentile(99) / 1e6 - resolution);
}

async function concurrent(callers: number, ms: number, seed: number): Promise<ConcurrentResult> {
  const s = need();
  const delayIdleP99 = await delayP99(300, () => Promise.resolve());
  const next = random(seed);
  const texts = Array.from({ length: 256 }, () => prose(next));
  const times: number[] = [];
  let elapsed = 0;
  const delay = await delayP99(ms, async () => {
    const start = performance.now();
    const end = start + ms;
    const caller = async (): Promise<void> => {
      while (performance.now() < end) {
        const id = 1 + Math.floor(next() * tasks);
        const text = texts[id & 255] ?? '';
        const at = performance.now();
        // A caller of a synchronous store comes in through the event loop: that is where its requests arrive.
        const waiting = s.commit(id, text);
        await (waiting ?? new Promise(setImmediate));
        times.push((performance.now() - at) * 1000);
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    elapsed = performance.now() - start;
  });
  times.sort((a, b) => a - b);
  return { perSecond: (times.length * 1000) / elapsed, p50: times[times.length >> 1] ?? 0, delayP99: delay, delayIdleP99 };
}

async function obey(command: SubjectCommand): Promise<unknown> {
  switch (command.do) {
    case 'open': {
      const open = subjects[command.subject];
      if (open === undefined) throw new Error(`no subject ${command.subject}`);
      tasks = command.options.tasks;
      subject = await open(command.options);
      return undefined;
    }
    case 'commits':
      return commits(command.count, command.budgetMs, command.seed);
    case 'reads':
      return repeat(command.count, command.seed, (id) => need().read?.(id));
    case 'lists':
      return repeat(command.count, command.seed, (id) => need().list?.(id));
    case 'concurrent':
      return concurrent(command.callers, command.ms, command.seed);
    case 'idle':
      await need().idle?.();
      await need().settle?.();
      return undefined;
    case 'close':
      await subject?.close();
      return undefined;
  }
}

process.on('message', (command: SubjectCommand) => {
  void obey(command).then(
    (value) => process.send?.({ ok: true, value }),
    (error: unknown) => process.send?.({ ok: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
