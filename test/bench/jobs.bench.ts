// A list of 50 pages × 25 rows read by the runner, against a raw playwright-core script and a raw CDP loop; and a host that limits spikes.
import assert from 'node:assert/strict';
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { findChromium } from '../rig/ensurePrograms.mjs';
import { eventually } from '../rig/eventually.ts';
import { RunnerRig } from '../rig/jobRunner.ts';
import { goldenRows } from '../rig/sites/rfis.ts';
import { startSite, type Site } from '../rig/sites/site.ts';
import { tempWorkspace, type TempWorkspace } from '../rig/tempWorkspace.ts';
import { hostLoop } from './jobsHost.ts';
import { benchArgs, benchPlaces, median, Report } from './report.ts';
import type { RawResult, RawTask } from './jobs.process.ts';

const args = benchArgs();
const report = new Report('jobs');
const runs = args.runs ?? (args.quick ? 3 : 7);
const pages = 50;
const total = pages * 25;
const ours = 'runner';
const script = 'playwright-core script';
const loop = 'CDP loop';
const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
];
const wanted = (part: string): boolean => args.only?.includes(part) ?? true;

/** Reads the list by the real process: what a user's job file says, records committed and acknowledged. */
async function runner(rig: RunnerRig, site: Site): Promise<{ firstWord: number; start: number; read: number }> {
  const begun = performance.now();
  const run = rig.start({
    hosts: [site.host],
    limits: { pagesPerMinute: 'unlimited' },
    steps: [
      { goto: `${site.origin}/rfis?page=1` },
      {
        id: 'rfis',
        forEachPage: { next: { role: 'link', name: 'Next' } },
        extract: {
          rows: 'table tbody tr',
          fields: {
            number: { cell: 1 },
            subject: { cell: 2 },
            status: { cell: 3 },
            assignee: { cell: 4 },
            due: { cell: 5, as: 'date' },
            cost: { cell: 6, as: 'money' },
          },
          key: 'number',
        },
      },
    ],
  });
  let firstWord = 0;
  let start = 0;
  const receive = run.receive.bind(run);
  run.receive = (message) => {
    firstWord ||= performance.now() - begun;
    receive(message);
  };
  // The site sees the first step as soon as it is done; what the runner says of it may be held back.
  const before = site.requests.length;
  const seen = eventually('the first page is asked for', () => site.requests.length > before, 30_000, 2).then(
    () => (start = performance.now() - begun),
  );
  const end = await run.ended;
  const all = performance.now() - begun;
  await seen;
  assert.equal(end.outcome, 'done', JSON.stringify(end.failure));
  assert.deepEqual(
    [...run.rows('rfis').values()].map((row) => row.data),
    goldenRows(total),
  );
  return { firstWord, start, read: all - start };
}

async function raw(child: ChildProcess, task: RawTask): Promise<RawResult> {
  child.send(task);
  const answers = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => assert.fail(`${task.subject} ended`))]);
  const result = answers[0] as RawResult;
  assert.equal(result.rows.length, total);
  assert.equal(result.pages, pages);
  return result;
}

async function table(site: Site, workspace: TempWorkspace, executable: string): Promise<void> {
  await using rig = new RunnerRig(workspace);
  const child = fork(path.join(benchPlaces().build, 'jobs.process.cjs'), [], { stdio: 'inherit', execArgv: [] });
  try {
    // The first time each: cold code, a new profile.
    for (let run = -1; run < runs; run++) {
      const add = (what: string, subject: string, unit: string, value: number): void =>
        report.add(run, { case: run < 0 ? `${what}, first time` : what, n: total, subject, unit, value });
      const subjects = [ours, script, loop];
      // No subject is always the one that runs after the same other.
      const order = [...subjects.slice((run + 1) % 3), ...subjects.slice(0, (run + 1) % 3)];
      for (const subject of order) {
        if (subject === ours) {
          const { firstWord, start, read } = await runner(rig, site);
          add('per page', ours, 'ms', read / pages);
          add('start to first step', ours, 'ms', start);
          add('start to first progress', ours, 'ms', firstWord);
        } else {
          const result = await raw(child, {
            subject: subject === script ? script : loop,
            url: `${site.origin}/rfis?page=1`,
            executable,
            args: browserArguments,
          });
          add('per page', subject, 'ms', result.read / pages);
          add('start to first step', subject, 'ms', result.start);
        }
      }
      process.stderr.write(`bench: ${run + 2} of ${runs + 1}\n`);
    }
  } finally {
    child.kill();
  }
  report.compare('per page', [script, loop]);
  report.compare('start to first step', [script]);
  report.bar({ text: 'per page, times the raw script', got: median(report.ratios('per page', total, ours, script)), limit: 1.25 });
  report.bar({
    text: 'start to first step, warm, more than the raw script',
    got: median(report.differences('start to first step', total, ours, script)),
    limit: 600,
    unit: 'ms',
  });
  report.bar({ text: 'start to first progress', got: report.value('start to first progress', total, ours), limit: 150, unit: 'ms' });
}

/** 100 requests of five runs at once to a host that takes 25 a second. */
async function spike(site: Site, workspace: TempWorkspace, executable: string): Promise<void> {
  const profile = workspace.file('own browser');
  const browser = spawn(
    executable,
    ['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`, ...browserArguments, 'about:blank'],
    { stdio: 'ignore' },
  );
  try {
    const portFile = path.join(profile, 'DevToolsActivePort');
    const port = await eventually('the port', () => fs.existsSync(portFile) && fs.readFileSync(portFile, 'utf8').split('\n')[0]);
    for (let run = 0; run < (args.quick ? 1 : 3); run++) {
      await using rig = new RunnerRig(workspace);
      const before = site.requests.length;
      site.set({ spike: { limit: 25, windowMs: 1000 } });
      const workers = Array.from({ length: 5 }, (_, i) =>
        rig.run({
          hosts: [site.host],
          session: { attach: `http://127.0.0.1:${port}` },
          limits: { pagesPerMinute: 'unlimited' },
          // All begin together: connecting takes a moment.
          steps: [
            { waitFor: { time: '1s' } },
            {
              forEach: { in: Array.from({ length: 20 }, (_one, n) => i * 20 + n) },
              steps: [{ request: `${site.origin}/limited/{{item}}` }],
            },
          ],
        }),
      );
      for (const worker of await Promise.all(workers))
        assert.equal((await worker.ended).outcome, 'done', JSON.stringify((await worker.ended).failure));
      site.set({ spike: null });
      const asked = site.requests.slice(before).filter((one) => one.path.startsWith('/limited/'));
      const began = asked[0]?.at ?? 0;
      const took = (asked.at(-1)?.at ?? 0) - began;
      // The host counts by the clock's seconds: what is left of the first one and two more, and then the last 25 at once.
      const least = 3000 - (began % 1000);
      const add = (what: string, unit: string, value: number): void => report.add(run, { case: what, n: 100, subject: ours, unit, value });
      add('spike limit of 25/s: 100 requests of five runs', 'ms', took);
      add('spike limit of 25/s: times the least time there can be', '', took / least);
      add('spike limit of 25/s: answers 429', '', asked.filter((one) => one.status === 429).length);
    }
  } finally {
    browser.kill();
    await once(browser, 'exit');
  }
  report.bar({ text: 'spike limit: answers 429', got: report.value('spike limit of 25/s: answers 429', 100, ours), limit: 0 });
  report.bar({
    text: 'spike limit: times the least time there can be',
    got: report.value('spike limit of 25/s: times the least time there can be', 100, ours),
    limit: 1.4,
  });
}

async function main(): Promise<void> {
  const executable = findChromium();
  if (executable === undefined) throw new Error('There is no Chromium. Run "npm test" once, or name one in the CHROMIUM variable.');
  await using site = await startSite({ total });
  await using workspace = await tempWorkspace();
  if (wanted('table')) await table(site, workspace, executable);
  if (wanted('window')) await hostLoop(report, site, { records: total, pages }, args.quick ? 2 : 5, executable);
  if (wanted('spike')) await spike(site, workspace, executable);
  process.exitCode = report.finish(args.json) ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
