// How long the extension host's event loop stands still while a job of 50 pages runs in a real window, against the same window at rest.
import fs from 'node:fs';
import path from 'node:path';
import { eventually } from '../rig/eventually.ts';
import type { Site } from '../rig/sites/site.ts';
import type { Report } from './report.ts';
import { benchWindow, type BenchWindow } from './window.ts';

const running = 'while a job runs';
const resting = 'at rest';
const longest = 'extension host: longest pause of the event loop';
const longestOfOurs = 'extension host: longest pause, processor time of its thread';
const p99 = 'extension host: p99 of the event loop’s delay';

interface Pauses {
  /** Milliseconds by the clock: also while another process has the core. */
  longest: number;
  p99: number;
  /** Milliseconds of the thread's own processor time between two turns of the loop. */
  busiest: number;
}

/** Starts to watch. A short timer notes what the thread used since it came last: a turn that took long shows whole. */
const watch = `
  const { monitorEventLoopDelay } = require('node:perf_hooks');
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const watched = { delay, busiest: 0, timer: undefined };
  let last = process.threadCpuUsage();
  const look = () => {
    const now = process.threadCpuUsage();
    watched.busiest = Math.max(watched.busiest, (now.user - last.user + now.system - last.system) / 1000);
    last = now;
    watched.timer = setTimeout(look, 1);
  };
  look();
  delay.enable();
  globalThis.benchWatched = watched;`;
const read = `
  const { delay, busiest, timer } = globalThis.benchWatched;
  clearTimeout(timer);
  delay.disable();
  return { longest: delay.max / 1e6, p99: delay.percentile(99) / 1e6, busiest };`;

const job = (site: Site): string => `name: Open RFIs
version: 1
hosts: ["${site.host}"]
limits: { pagesPerMinute: unlimited }
steps:
  - goto: ${site.origin}/rfis
  - id: rfis
    forEachPage: { next: { role: link, name: Next } }
    extract:
      rows: table tbody tr
      key: number
      fields: { number: { cell: 1 }, subject: { cell: 2 }, status: { cell: 3 }, assignee: { cell: 4 }, due: { cell: 5, as: date } }
`;

/** Runs the job that is offered, and answers once its records are there. */
async function runJob({ window }: BenchWindow, site: Site, { records, pages }: List): Promise<void> {
  const before = site.requests.length;
  const description = async () => (await window.treeRows('Jobs')).find((row) => row.label === 'Open RFIs')?.description ?? '';
  await window.pick('Open RFIs');
  await eventually('the job has begun', async () => {
    if ((await window.dialogs()).length > 0) await window.clickDialog('Run');
    return site.requests.length > before;
  });
  // Before it was begun the row says what the run before it has read.
  await eventually('the last page is asked for', () => site.requests.length >= before + pages, 60_000);
  await eventually('the job is done', async () => (await description()).startsWith(`${records.toLocaleString('en-US')} records`), 60_000);
}

/** How much the site's list holds. */
interface List {
  records: number;
  pages: number;
}

/** Adds what was measured in `runs` runs of the job, and of the first one, which loads what jobs need. */
export async function hostLoop(report: Report, site: Site, list: List, runs: number, executable: string): Promise<void> {
  const { records } = list;
  await using at = await benchWindow({
    tasks: 0,
    ours: true,
    server: {
      // VS Code's own port scan in a remote window, and git, would be measured with us.
      settings: { 'remote.autoForwardPorts': false, 'git.enabled': false },
      machineSettings: {
        'claudetask.jobs.browserPath': executable,
        'claudetask.jobs.browserArguments': ['--no-sandbox', '--disable-gpu', '--headless=new'],
      },
    },
  });
  fs.mkdirSync(path.join(at.folder, '.claudetask', 'jobs'), { recursive: true });
  fs.writeFileSync(path.join(at.folder, '.claudetask', 'jobs', 'rfis.job.yaml'), job(site));
  await at.window.openContainer('ClaudeTask');
  await eventually('the job shows', async () => (await at.window.treeRows('Jobs')).some((row) => row.label === 'Open RFIs'));
  for (let run = -1; run < runs; run++) {
    await at.window.run('ClaudeTask: Run Job...');
    await eventually('the job is offered', async () => (await at.window.quickLabels()).includes('Open RFIs'));
    const begun = Date.now();
    await at.probe.run(watch);
    await runJob(at, site, list);
    const during = await at.probe.run<Pauses>(read);
    const took = Date.now() - begun;
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await at.probe.run(watch);
    await new Promise((resolve) => setTimeout(resolve, took));
    const after = await at.probe.run<Pauses>(read);
    for (const [subject, pauses] of [
      [running, during],
      [resting, after],
    ] as const) {
      const of = (what: string) => (run < 0 ? `${what}, first run` : what);
      report.add(run, { case: of(longest), n: records, subject, unit: 'ms', value: pauses.longest });
      report.add(run, { case: of(longestOfOurs), n: records, subject, unit: 'ms', value: pauses.busiest });
      report.add(run, { case: of(p99), n: records, subject, unit: 'ms', value: pauses.p99 });
    }
    process.stderr.write(
      `bench: window ${run + 2} of ${runs + 1}: longest ${during.longest.toFixed(1)} ms, at rest ${after.longest.toFixed(1)} ms\n`,
    );
  }
  report.compare(longest, [resting]);
  report.bar({ text: longest, got: report.value(longest, records, running), limit: 20, unit: 'ms' });
  report.bar({ text: longestOfOurs, got: report.value(longestOfOurs, records, running), limit: 20, unit: 'ms' });
}
