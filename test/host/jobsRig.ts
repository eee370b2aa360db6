import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { createJobEngine } from '../../src/app/jobs/folderEngine.ts';
import type { JobRunner } from '../../src/app/jobs/ports.ts';
import { RunnerDesk } from '../../src/app/jobs/runnerDesk.ts';
import { RunSlots } from '../../src/app/jobs/runSlots.ts';
import type { Actor } from '../../src/core/actor.ts';
import { withSlashes } from '../../src/core/filePath.ts';
import { createFiles } from '../../src/files/diskFiles.ts';
import { createJobDisk } from '../../src/files/jobDisk.ts';
import type { JobCommandDeps } from '../../src/host/commands/jobsDeps.ts';
import { settingIds } from '../../src/host/contributions.generated.ts';
import { FolderTasks } from '../../src/host/folderTasks.ts';
import type { FolderJobs } from '../../src/host/jobs/folderJobs.ts';
import { JobActivity } from '../../src/host/jobs/jobActivity.ts';
import { JobFolders } from '../../src/host/jobs/jobFolders.ts';
import { JobMemory } from '../../src/host/jobs/jobMemory.ts';
import { JobTexts } from '../../src/host/jobs/jobTexts.ts';
import { JobTokens } from '../../src/host/jobs/jobTokens.ts';
import { createSettings } from '../../src/host/settings.ts';
import type { WorkspaceStores } from '../../src/host/workspaceStores.ts';
import type { FromRunner, ToRunner } from '../../src/protocol/jobs/runnerMessages.ts';
import { openStore } from '../../src/storage/storeClient.ts';
import { Emitter } from '../../src/util/emitter.ts';
import { eventually } from '../rig/eventually.ts';
import { tempWorkspace } from '../rig/tempWorkspace.ts';

type Start = Extract<ToRunner, { kind: 'start' }>;

/** What a scripted runner can do for a run: the real messages, answered by the real engine. */
export interface Play {
  readonly start: Start;
  say(message: FromRunner): void;
  /** Waits until a message of this kind has come for the run. */
  heard<K extends ToRunner['kind']>(kind: K): Promise<Extract<ToRunner, { kind: K }>>;
}
export type Script = (play: Play) => Promise<void>;

/** A runner without a browser: each run does what the script says. */
function scriptedRunner(script: () => Script): JobRunner {
  const received = new Emitter<FromRunner>();
  const sent: ToRunner[] = [];
  const ofRun = (message: ToRunner, run: number) => 'run' in message && message.run === run;
  return {
    onDidReceive: received.event,
    onDidExit: new Emitter<{ reason: string }>().event,
    send: (message) => {
      sent.push(message);
      if (message.kind === 'start') {
        const { run } = message;
        void script()({
          start: message,
          say: (said) => received.fire(said),
          heard: (kind) =>
            eventually(
              kind,
              () => sent.find((one): one is Extract<ToRunner, { kind: typeof kind }> => one.kind === kind && ofRun(one, run)),
              10_000,
              5,
            ),
        });
      }
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
    dispose: () => undefined,
  };
}

/** Reads some rows, says how far it is, and ends. */
export const readsRows =
  (rows: number): Script =>
  async ({ start: { run }, say, heard }) => {
    const data = Array.from({ length: rows }, (_, row) => ({
      key: `r${row}`,
      data: { number: row, subject: `Subject ${row}` },
      url: 'app.example.com/rfis',
      page: 1,
      row,
    }));
    say({ kind: 'running', run });
    say({ kind: 'progress', run, step: '0', what: 'Page 1 of 1', pages: 1, pagesTotal: 1, records: rows, waitingUntil: null });
    say({
      kind: 'commit',
      run,
      seq: 1,
      checkpoint: { v: 1 },
      entries: [entry('Read rows', rows)],
      records: [{ collection: 'rfis', rows: data, fields: ['number', 'subject'], keyed: true }],
      files: undefined,
      healed: undefined,
      step: 'Page 1 of 1',
    });
    await heard('committed');
    say({ kind: 'end', run, seq: 2, outcome: 'done', failure: undefined, entries: [], files: undefined, complete: ['rfis'] });
  };

export const entry = (what: string, count: number | null = null) => ({
  step: '0',
  kind: 'extract',
  what,
  where: 'app.example.com/rfis',
  result: 'ok' as const,
  at: Date.now(),
  ms: 5,
  count,
  sha256: null,
  message: null,
});

export interface JobsRig extends AsyncDisposable {
  readonly deps: JobCommandDeps;
  readonly folders: JobFolders;
  readonly jobs: FolderJobs;
  readonly tasks: FolderTasks;
  /** How many runs were said to wait for the person, the last time. */
  readonly waiting: () => number;
  readonly contexts: ReadonlyMap<string, boolean>;
  /** What was shown of runs and records, in order. */
  readonly shown: string[];
  /** What was written to the outputs of jobs. */
  readonly lines: readonly string[];
  play(script: Script): void;
  /** How many finished runs of a job are kept. */
  keepRuns(count: number): void;
  uri(name: string): vscode.Uri;
}

export const jobText = (name: string, more = ''): string => `name: ${name}
version: 1
hosts: [app.example.com]
${more}steps:
  - goto: https://app.example.com/rfis
  - id: rfis
    extract:
      rows: tr
      fields:
        number: { cell: 1 }
      key: number
`;

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
export const user: Actor = { kind: 'user', name: 'ana' };

function memento(): vscode.Memento {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: (key: string, fallback?: unknown) => (kept.has(key) ? kept.get(key) : fallback),
    update: (key, value: unknown) => {
      if (value === undefined) kept.delete(key);
      else kept.set(key, value);
      return Promise.resolve();
    },
  } as vscode.Memento;
}

/** Jobs by name with their texts, a real database, the real engine, and a runner that does what a script says. */
export async function jobsRig(jobs: Readonly<Record<string, string>>, inWindow?: vscode.WorkspaceFolder): Promise<JobsRig> {
  const workspace = await tempWorkspace();
  const root = inWindow?.uri.fsPath ?? workspace.folder;
  for (const [name, text] of Object.entries(jobs)) {
    const file = path.join(root, '.claudetask', 'jobs', `${name}.job.yaml`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  const extension = vscode.extensions.getExtension('claudetask.claudetask');
  if (!extension) throw new Error('The extension is not there.');
  const dist = path.join(extension.extensionPath, 'dist');
  const tasks = new FolderTasks(inWindow ?? { uri: vscode.Uri.file(root), name: 'app', index: 0 }, () =>
    Promise.resolve(openStore({ directory: root, workerFile: path.join(dist, 'storage.js'), assets: dist, actor: user, log: quiet })),
  );
  const stores = {
    all: [tasks],
    isReady: true,
    started: Promise.resolve(),
    get: (key: string) => (key === tasks.key ? tasks : undefined),
    onDidChangeFolders: new Emitter<void>().event,
    onDidChangeState: new Emitter<unknown>().event,
  } as unknown as WorkspaceStores;

  let script: Script = readsRows(2);
  const desk = new RunnerDesk(scriptedRunner(() => script));
  const files = createFiles(quiet);
  const memory = new JobMemory(memento());
  const engine = createJobEngine({
    desk,
    files,
    stores: tasks,
    folder: withSlashes(root),
    slots: new RunSlots(() => 2),
    disk: createJobDisk(),
    network: { reaches: () => Promise.resolve(true) },
    surroundings: {
      profiles: workspace.file('profiles'),
      executable: () => null,
      browserArguments: () => [],
      token: () => Promise.resolve(null),
    },
    clock: { now: () => Date.now() },
    timers: {
      after: (milliseconds, run) => {
        const timer = setTimeout(run, milliseconds);
        return { dispose: () => clearTimeout(timer) };
      },
    },
    log: quiet,
    trusted: () => true,
    newHash: () => {
      const hash = createHash('sha256');
      return { add: (text) => void hash.update(text), end: () => hash.digest('hex') };
    },
    worker: randomUUID(),
    leaseMs: 30_000,
    schedules: memory.schedules(tasks.key),
    agreed: () => true,
  });

  let waiting = 0;
  let kept = 50;
  const contexts = new Map<string, boolean>();
  const lines: string[] = [];
  const activity = new JobActivity({
    outputs: { write: (_, { level, text }) => lines.push(`${level}: ${text}`), show: () => undefined, dispose: () => undefined },
    setContext: (key, value) => contexts.set(key, value),
    setWaiting: (count) => (waiting = count),
    keptRuns: () => kept,
  });
  const folders = new JobFolders({
    stores,
    log: quiet,
    openEngine: () => Promise.resolve(engine),
    follow: (of) => Promise.resolve(activity.follow(of)),
  });
  const opened = await folders.open(tasks);
  await opened.load();
  const shown: string[] = [];
  const texts = new JobTexts();
  return {
    folders,
    jobs: opened,
    tasks,
    contexts,
    shown,
    lines,
    waiting: () => waiting,
    play: (next) => (script = next),
    keepRuns: (count) => (kept = count),
    uri: (name) => vscode.Uri.file(path.join(root, name)),
    deps: {
      stores,
      folders,
      memory,
      tokens: new JobTokens({} as vscode.SecretStorage),
      settings: createSettings(settingIds),
      log: { ...quiet, show: () => undefined, dispose: () => undefined },
      view: { find: () => undefined, showMore: () => Promise.resolve(), setBadge: () => undefined, dispose: () => undefined },
      pages: {
        showRun: (_, run) => Promise.resolve(void shown.push(`run ${run}`)),
        showRecords: (_, job, collection) => Promise.resolve(void shown.push(`records ${job} ${collection ?? ''}`)),
      },
      activity: () => Promise.resolve(activity),
      texts: () => texts,
    },
    async [Symbol.asyncDispose]() {
      await folders.close();
      activity.dispose();
      texts.dispose();
      await files.close();
      await tasks.close();
      desk.dispose();
      await workspace[Symbol.asyncDispose]();
      if (inWindow) await fs.promises.rm(path.join(root, '.claudetask'), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
