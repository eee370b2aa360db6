import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { JobEngine } from '../../src/app/jobs/jobEngine.ts';
import type { Store } from '../../src/app/ports.ts';
import { createJobRunner } from '../../src/jobs/runnerProcess.ts';
import { build, open, workspace } from '../adapter/store/rig.ts';
import { browserArguments, putJob, rigEngine } from '../adapter/jobs/engineRig.ts';
import { assertNoSecrets } from './canaries.ts';
import { findChromium } from './ensurePrograms.mjs';
import { eventually } from './eventually.ts';
import { goldenRows, listSteps } from './sites/rfis.ts';
import { startSite, type Site } from './sites/site.ts';

const pages = 40;
const perPage = 25;
const total = pages * perPage;

/** The job that is killed: all pages of the list, as fast as it can. */
const job = (site: Site) => `name: Open RFIs
version: 1
session: { profile: kills }
hosts: ["${site.host}"]
limits: { pagesPerMinute: unlimited }
steps:
${listSteps(site.origin)}`;

export interface Kills {
  kills: number;
  /** Runs that it took, each of which was done in the end. */
  runs: number;
  /** Pages that were read again after a kill. */
  pagesAgain: number;
  seconds: number;
}

/** A moment to kill at: soon after the start, or after some messages of the run. */
const moment = () =>
  Math.random() < 0.25 ? { ms: Math.random() * 2500, steps: 0 } : { ms: Math.random() * 60, steps: 1 + Math.floor(Math.random() * 15) };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Built once for both kinds of kills. */
const bundles = () => build({ jobHost: path.join(process.cwd(), 'test/rig/jobHost.process.ts') });

/** Exactly the rows of the site, each once, none changed by having been read in several goes; an audit log that holds; and no secret in any file. */
async function check(store: Store, folder: string, run: number, runs: number): Promise<void> {
  const { records, counts } = await store.call('job.records', { job: 'rfis', collection: 'rfis', limit: 5000 });
  const inOrder = records.map(({ data }) => data).sort((a, b) => String(a['number']).localeCompare(String(b['number'])));
  assert.deepEqual(inOrder, goldenRows(total));
  assert.deepEqual(counts, { new: 0, changed: 0, same: 0, gone: 0, [runs === 1 ? 'new' : 'same']: total });
  assert.ok(
    records.every((record) => record.run === run),
    'every record was seen by this run',
  );
  assert.deepEqual((await store.call('audit.verify', {})).problems, []);
  assertNoSecrets(folder, '.profiles');
}

async function isOver(store: Store, run: number): Promise<boolean> {
  const { state, failure } = (await store.call('job.run', { run })).run;
  if (state === 'failed' || state === 'cancelled') assert.fail(`run ${run} ${state}: ${failure?.code} ${failure?.message}`);
  return state === 'done';
}

/** Whoever looks at a run that was left alone for having been lost too often resumes it. */
async function resumeWhenLeft(engine: JobEngine, store: Store, run: number): Promise<false> {
  const { state } = (await store.call('job.run', { run })).run;
  if (state === 'lost') await engine.resume(run).catch(() => {});
  return false;
}

/** Kills the process that drives the browser, again and again. The window lives on. */
export async function killRunners(wanted: number): Promise<Kills> {
  const began = Date.now();
  await bundles();
  using place = workspace();
  await using site = await startSite({ total, perPage });
  await using rigged = await open(place.directory);
  const { store } = rigged;
  let pid: number | undefined;
  const runner = createJobRunner({ file: path.join(process.cwd(), 'dist/jobRunner.js'), log: quiet });
  runner.onDidReceive((message) => (pid = message.kind === 'ready' ? message.pid : pid));
  runner.onDidExit(() => (pid = undefined));
  await using here = rigEngine({ runner, store, folder: place.directory, browserArguments, executable: findChromium() ?? '' });
  putJob(place.directory, 'rfis', job(site));
  let kills = 0;
  let runs = 0;
  let steps = 0;
  here.engine.onDidChangeRuns(() => steps++);
  while (kills < wanted) {
    runs++;
    const { id } = await here.engine.start({ job: 'rfis' });
    for (;;) {
      await eventually(
        'a runner',
        async () => pid !== undefined || (await isOver(store, id)) || (await resumeWhenLeft(here.engine, store, id)),
        60_000,
      );
      const { ms, steps: some } = moment();
      const from = steps;
      await eventually('some steps', async () => steps >= from + some || pid === undefined || (await isOver(store, id)), 60_000, 5);
      await pause(ms);
      if (await isOver(store, id)) break;
      const victim = pid;
      if (kills < wanted && victim !== undefined) {
        process.kill(victim, 'SIGKILL');
        kills++;
        await eventually('the runner is gone', () => pid !== victim);
      }
    }
    await check(store, place.directory, id, runs);
  }
  await here.engine.close();
  await runner.close();
  runner.dispose();
  return { kills, runs, pagesAgain: site.requests.length - runs * pages, seconds: (Date.now() - began) / 1000 };
}

/** Kills the whole window: engine, database thread and all. The next window goes on when the lease has run out. */
export async function killHosts(wanted: number): Promise<Kills> {
  const began = Date.now();
  using place = workspace();
  await using site = await startSite({ total, perPage });
  const built = await bundles();
  putJob(place.directory, 'rfis', job(site));
  let steps = 0;
  let states: string[] = [];
  const begin = (): ChildProcess => {
    const child = fork(path.join(built.folder, 'jobHost.js'), [place.directory, built.workerFile, built.assets], { execArgv: [] });
    child.on('message', (message: { state?: string }) => {
      steps++;
      if (message.state !== undefined) states.push(message.state);
    });
    return child;
  };
  let kills = 0;
  let runs = 0;
  while (kills < wanted) {
    runs++;
    states = [];
    let host = begin();
    host.send(runs);
    while (!states.includes('done')) {
      const { ms, steps: some } = moment();
      const from = steps;
      await eventually('some steps', () => steps >= from + some || states.includes('done'), 60_000, 5);
      await pause(ms);
      if (states.includes('done') || kills >= wanted) {
        await eventually('the run is done', () => states.includes('done'), 120_000);
        break;
      }
      host.kill('SIGKILL');
      await once(host, 'exit');
      kills++;
      host = begin();
      host.send(runs);
    }
    host.send('close');
    await once(host, 'exit');
    await using rigged = await open(place.directory);
    const [last] = (await rigged.store.call('job.runs', { limit: 1 })).runs;
    assert.equal(last?.state, 'done', `${last?.state} ${last?.reason ?? ''} ${last?.failure?.message ?? ''}`);
    await check(rigged.store, place.directory, last.id, runs);
  }
  return { kills, runs, pagesAgain: site.requests.length - runs * pages, seconds: (Date.now() - began) / 1000 };
}

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
