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

async function main(): Promise<void> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ct-timers-'));
  const hook = path.join(benchPlaces().root, 'test', 'bench', 'timers.cjs');
  const env = { NODE_OPTIONS: `--require ${hook}`, BENCH_TIMERS_DIR: dir };
  await using first = await benchWindow({ tasks, ours: true, server: { env } });
  await using second = await benchWindow({ tasks, ours: false, server: { env } });
  const active = () => first.probe.run<boolean>('return vscode.extensions.getExtension("claudetask.claudetask")?.isActive ?? false');
  await eventually('ClaudeTask is active', active, 30_000);
  // Both windows have shown what they show: the work after opening is not idleness.
  await first.window.run('ClaudeTask: Open Board');
  await first.window.webview('li.card');
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  // That it is above zero shows that the hook sees us at all.
  const before = shortTimers(dir, 0).length;
  if (before === 0) throw new Error('The hook saw no timer of ours while the window opened: it does not work.');
  report.add(0, { case: 'timers under 1 s, started while opening', n: tasks, subject: withUs, unit: '', value: before });
  let short = 0;
  for (let run = 0; run < runs; run++) {
    const start = Date.now();
    const [ours, bare] = await Promise.all([share(first), share(second)]);
    const timers = shortTimers(dir, start);
    for (const t of timers.slice(0, 5)) process.stderr.write(`bench: a timer of ${t.delay} ms ${t.frame}\n`);
    short += timers.length;
    report.add(run, { case: 'CPU of the extension host', n: tasks, subject: withUs, unit: '%', value: ours });
    report.add(run, { case: 'CPU of the extension host', n: tasks, subject: without, unit: '%', value: bare });
    report.add(run, { case: 'timers under 1 s, started while idle', n: tasks, subject: withUs, unit: '', value: timers.length });
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
  report.bar({ text: 'timers under 1 s started while idle', got: short, limit: 0 });
  fs.rmSync(dir, { recursive: true, force: true });
  process.exitCode = report.finish(args.json) ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
