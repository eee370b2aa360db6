import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createJobEngine } from '../../../src/app/jobs/folderEngine.ts';
import type { JobEngine, RunLine } from '../../../src/app/jobs/jobEngine.ts';
import type { JobRunner, ScheduleMemory, Timers } from '../../../src/app/jobs/ports.ts';
import { RunnerDesk } from '../../../src/app/jobs/runnerDesk.ts';
import { RunSlots } from '../../../src/app/jobs/runSlots.ts';
import type { Log, Store } from '../../../src/app/ports.ts';
import type { RunState } from '../../../src/core/jobs/run.ts';
import { createFiles } from '../../../src/files/diskFiles.ts';
import { createJobDisk } from '../../../src/files/jobDisk.ts';
import type { JobRun, RecordDraft } from '../../../src/protocol/jobs/runs.ts';
import { Emitter } from '../../../src/util/emitter.ts';
import { timers } from '../../../src/util/timers.ts';
import { eventually } from '../../rig/eventually.ts';

/** For a Chromium of a test: as root it has no sandbox. */
export const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
];

/** A job that reads. */
export const readingJob = (more = '') => `name: Open RFIs
version: 1
hosts: [ "127.0.0.1" ]
${more}
steps:
  - goto: http://127.0.0.1/rfis
  - id: rfis
    extract:
      rows: tr
      key: number
      fields: { number: { cell: 1 }, subject: { cell: 2 } }
`;

export function runningHash() {
  const hash = createHash('sha256');
  return { add: (text: string) => void hash.update(text), end: () => hash.digest('hex') };
}

export interface RigOptions {
  runner: JobRunner;
  store: Store;
  folder: string;
  timers?: Timers;
  now?: () => number;
  slots?: RunSlots;
  leaseMs?: number;
  trusted?: () => boolean;
  reaches?: (host: string) => boolean;
  schedules?: Map<string, number>;
  /** Everything unless told. */
  agreed?: (what: string) => boolean;
  tokens?: Record<string, string>;
  browserArguments?: string[];
  executable?: string;
  profiles?: string;
}

export interface RiggedEngine extends AsyncDisposable {
  engine: JobEngine;
  lines: RunLine[];
  log: string[];
  slots: RunSlots;
  /** Waits until a run is in one of these states. */
  until(run: number, ...states: RunState[]): Promise<JobRun>;
}

/** An engine as a window has it, over a store that may be shared with others. */
export function rigEngine(options: RigOptions): RiggedEngine {
  const { runner, store, folder, schedules = new Map<string, number>(), slots = new RunSlots(() => 2) } = options;
  const log: string[] = [];
  const say = (level: string) => (message: string, cause?: unknown) =>
    void log.push(`${level} ${message}${cause instanceof Error ? ` ${cause.stack}` : ''}`);
  const logger: Log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  const files = createFiles(logger);
  const desk = new RunnerDesk(runner);
  const memory: ScheduleMemory = {
    all: () => schedules,
    set: async (job, since) => void (since === undefined ? schedules.delete(job) : schedules.set(job, since)),
  };
  const engine = createJobEngine({
    folder,
    stores: { store, open: () => Promise.resolve(store), onDidOpen: new Emitter<Store>().event },
    desk,
    slots,
    files,
    disk: createJobDisk(),
    network: { reaches: (host) => Promise.resolve(options.reaches?.(host) ?? true) },
    surroundings: {
      profiles: options.profiles ?? `${folder}/.profiles`,
      executable: () => options.executable ?? null,
      browserArguments: () => options.browserArguments ?? [],
      token: (name) => Promise.resolve(options.tokens?.[name] ?? null),
    },
    schedules: memory,
    agreed: options.agreed ?? (() => true),
    clock: { now: options.now ?? (() => Date.now()) },
    timers: options.timers ?? timers,
    log: logger,
    trusted: options.trusted ?? (() => true),
    newHash: runningHash,
    worker: randomUUID(),
    leaseMs: options.leaseMs ?? 30_000,
  });
  const lines: RunLine[] = [];
  engine.onDidLog((line) => lines.push(line));
  return {
    engine,
    lines,
    log,
    slots,
    until: (run, ...states) =>
      eventually(
        `run ${run} is ${states.join(' or ')}`,
        async () => {
          const found = (await store.call('job.run', { run })).run;
          return states.includes(found.state) ? found : undefined;
        },
        20_000,
        10,
      ),
    async [Symbol.asyncDispose]() {
      await engine.close();
      await files.close();
      desk.dispose();
    },
  };
}

/** Writes a job file. */
export function putJob(folder: string, name: string, text: string): void {
  const file = path.join(folder, '.claudetask/jobs', `${name}.job.yaml`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

export const draft = (number: number, subject = `Subject ${number}`): RecordDraft => ({
  key: String(number),
  data: { number: String(number), subject },
  url: 'http://127.0.0.1/rfis',
  page: 1 + Math.floor(number / 25),
  row: number % 25,
});

/** Rows as a commit carries them. */
export const batch = (rows: RecordDraft[]) => [{ collection: 'rfis', rows, fields: ['number', 'subject'], keyed: true }];

export async function numbersIn(store: Store, job: string): Promise<string[]> {
  const { records } = await store.call('job.records', { job, collection: 'rfis', limit: 5000 });
  return records.map(({ key }) => key);
}
