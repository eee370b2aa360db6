// What the extension host costs while nothing happens: two windows side by side, one with us and 10,000 tasks, one without us.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { eventually } from '../rig/eventually.ts';
import { benchArgs, benchPlaces, median, Report } from './report.ts';
import { benchWindow, type BenchWindow } from './window.ts';

const args = benchArgs();
const report = new Report('idle');
const tasks = 10_000;
const runs = args.runs ?? (args.quick ? 2 : 5);
const seconds = args.quick ? 4 : 10;
/** VS Code's own port scan reads every process of the machine each two seconds: ten times what we look for. */
const stillness = { 'remote.autoForwardPorts': false, 'git.enabled': false };
const withUs = 'with ClaudeTask';
const without = 'without';

/** Share of one core that the extension host used, in percent, over `seconds`. */
async function share(at: BenchWindow): Promise<number> {
  const read = () =>
    at.probe.run<{ cpu: number; at: number }>(
      'const c = process.cpuUsage(); return { cpu: c.user + c.system, at: performance.now() * 1000 };',
    );
  const before = await read();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const after = await read();
  return (100 * (after.cpu - before.cpu)) / (after.at - before.at);
}

/** Short timers that our code started since `from`: one line each. */
function shortTimers(dir: string, from: number): { at: number; delay: number; frame: string }[] {
  return fs
    .readdirSync(dir)
    .flatMap((f) => fs.readFileSync(path.join(dir, f), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { at: number; delay: number; frame: string })
    .filter((t) => t.at >= from);
}

/** How often the storage thread woke up so far; undefined where the system does not say. */
function storageWakeups(pid: number): number | undefined {
  const threads = `/proc/${pid}/task`;
  if (!fs.existsSync(threads)) return undefined;
  const counts = fs.readdirSync(threads).flatMap((task) => {
    const status = fs.readFileSync(path.join(threads, task, 'status'), 'utf8');
    return status.startsWith('Name:\tclaudetask') ? [Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1])] : [];
  });
  return counts.length === 0 ? undefined : counts.reduce((sum, n) => sum + n);
}

/** Milliseconds of CPU that the storage thread used so far. */
function storageCpu(pid: number): number {
  const threads = `/proc/${pid}/task`;
  if (!fs.existsSync(threads)) return Number.NaN;
  return fs.readdirSync(threads).reduce((sum, task) => {
    const stat = fs.readFileSync(path.join(threads, task, 'stat'), 'utf8');
    if (!stat.includes('(claudetask')) return sum;
    // After the name in brackets: state is field 3, user and system time are 14 and 15, in hundredths of a second.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + 10 * (Number(fields[11]) + Number(fields[12]));
  }, 0);
}

/** Percent of a core that frames of our code, and what they call, took in the extension host's main thread. */
const profiled = `
  const { Session } = require('node:inspector/promises');
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  await new Promise((resolve) => setTimeout(resolve, args.ms));
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const mine = new Set();
  const mark = (node, ours) => {
    const here = ours || node.callFrame.url.includes('claudetask.claudetask-');
    if (here) mine.add(node.id);
    for (const child of node.children ?? []) mark(nodes.get(child), here);
  };
  mark(profile.nodes[0], false);
  let us = 0;
  profile.samples.forEach((id, i) => { if (mine.has(id)) us += profile.timeDeltas[i]; });
  return us / 10 / args.ms;`;

/** Puts the hook into the extension host, and a timer that says it came from us, to see that it is seen. */
async function watchTimers(at: BenchWindow, dir: string): Promise<void> {
  const hook = path.join(benchPlaces().root, 'test', 'bench', 'timers.cjs');
  await at.probe.run('process.env.BENCH_TIMERS_DIR = args.dir; require(args.hook);', { dir, hook });
  await at.probe.run('(0, eval)("setTimeout(() => 0, 1); //# sourceURL=/claudetask.claudetask-control/control.js")');
  await eventually('the hook sees a timer', () => shortTimers(dir, 0).length > 0);
}

async function main(): Promise<void> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ct-timers-'));
  await using first = await benchWindow({ tasks, ours: true, server: { settings: stillness } });
  await using second = await benchWindow({ tasks, ours: false, server: { settings: stillness } });
  const active = () => first.probe.run<boolean>('return vscode.extensions.getExtension("claudetask.claudetask")?.isActive ?? false');
  await eventually('ClaudeTask is active', active, 30_000);
  // Both windows have shown what they show: the work after opening is not idleness.
  await first.window.run('ClaudeTask: Open Board');
  await first.window.webview('li.card');
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  await watchTimers(first, dir);
  let short = 0;
  const wakeups: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = Date.now();
    const woken = storageWakeups(first.probe.pid);
    const [ours, bare] = await Promise.all([share(first), share(second)]);
    const wokenNow = storageWakeups(first.probe.pid);
    const timers = shortTimers(dir, start);
    for (const t of timers.slice(0, 5)) process.stderr.write(`bench: a timer of ${t.delay} ms ${t.frame}\n`);
    short += timers.length;
    report.add(run, { case: 'CPU of the extension host', n: tasks, subject: withUs, unit: '%', value: ours });
    report.add(run, { case: 'CPU of the extension host', n: tasks, subject: without, unit: '%', value: bare });
    report.add(run, { case: 'timers under 1 s, started while idle', n: tasks, subject: withUs, unit: '', value: timers.length });
    if (woken !== undefined && wokenNow !== undefined) {
      wakeups.push((wokenNow - woken) / seconds);
      report.add(run, { case: 'the storage thread wakes up', n: tasks, subject: withUs, unit: '/s', value: (wokenNow - woken) / seconds });
    }
    const thread = storageCpu(first.probe.pid);
    const frames = await first.probe.run<number>(profiled, { ms: seconds * 1000 });
    const exact = frames + (storageCpu(first.probe.pid) - thread) / 10 / seconds;
    report.add(run, { case: 'CPU of our own frames and thread', n: tasks, subject: withUs, unit: '%', value: exact });
    process.stderr.write(
      `bench: idle for ${seconds} s, run ${run + 1} of ${runs}: ${ours.toFixed(2)} % with us, ${bare.toFixed(2)} % without\n`,
    );
  }
  const extra = report.differences('CPU of the extension host', tasks, withUs, without);
  report.bar({
    text: `CPU over ${seconds} s with 10,000 tasks, more than without us`,
    got: Math.max(0, median(extra)),
    limit: 0.5,
    unit: '% of a core',
  });
  const exact = report.value('CPU of our own frames and thread', tasks, withUs);
  report.bar({ text: `CPU of our own frames and thread over ${seconds} s`, got: exact, limit: 0.5, unit: '% of a core' });
  report.bar({ text: 'timers under 1 s started in the extension host while idle', got: short, limit: 0 });
  if (wakeups.length > 0) report.bar({ text: 'the storage thread wakes up, per second', got: median(wakeups), limit: 1 });
  fs.rmSync(dir, { recursive: true, force: true });
  process.exitCode = report.finish(args.json) ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
