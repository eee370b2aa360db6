import type { Page } from 'playwright-core';
import type { ErrorBody } from '../../src/core/appError.ts';
import {
  runRequest,
  type RunAction,
  type RunAsk,
  type RunDetails,
  type RunMessage,
  type RunProgress,
  type RunRequest,
  type ShownEntry,
  type StepLine,
} from '../../src/protocol/jobs/pageMessages.ts';
import type { JobRun } from '../../src/protocol/jobs/runs.ts';
import type { ScriptedEnd } from './openJobPage.ts';

export const startedAt = Date.UTC(2026, 10, 21, 12, 3, 0);

export function jobRun(more: Partial<JobRun> = {}): JobRun {
  return {
    id: 12,
    job: 'procore/rfis',
    name: 'Open RFIs',
    file: '.claudetask/jobs/procore/rfis.job.yaml',
    state: 'running',
    waitingFor: null,
    reason: null,
    trigger: 'user',
    actor: { kind: 'user', name: 'Ada' },
    task: null,
    step: 'Page 3 of 12',
    pages: 3,
    records: 75,
    actions: 3,
    createdAt: startedAt,
    startedAt,
    endedAt: null,
    notBefore: null,
    attempts: 1,
    cancelRequested: false,
    worker: null,
    leaseUntil: null,
    failure: null,
    ...more,
  };
}

export const jobSteps: StepLine[] = [
  { path: '0', depth: 0, words: 'Open app.example.com/rfis', isDisabled: false },
  { path: '1', depth: 0, words: 'Make sure that the user is signed in', isDisabled: false },
  { path: '2', depth: 0, words: 'On each page, by link "Next"', isDisabled: false },
  { path: '2.steps.0', depth: 1, words: 'Click button "Expand"', isDisabled: false },
  { path: '3', depth: 0, words: 'Save rfis to data/rfis.csv', isDisabled: false },
  { path: '4', depth: 0, words: 'Take a picture', isDisabled: true },
];

export function logEntry(n: number, more: Partial<ShownEntry> = {}): ShownEntry {
  return {
    n,
    step: '2',
    kind: 'extract',
    what: `Read page ${n}`,
    where: 'app.example.com/rfis',
    result: 'ok',
    at: startedAt + n * 1000,
    ms: 120,
    count: 25,
    sha256: null,
    message: null,
    ...more,
  };
}

/** A run that goes as the test says. */
export class ScriptedRun implements ScriptedEnd {
  page: Page | undefined;
  details: RunDetails;
  steps = jobSteps;
  entries: ShownEntry[] = [];
  asks: RunAsk[] = [];
  progress: RunProgress | null = null;
  snapshot = '- heading "RFIs"\n- button "Next"';
  /** The next action is refused with it. */
  refuse: ErrorBody | undefined;
  /** `ready` is answered with it. */
  problem: ErrorBody | undefined;
  readonly requests: RunRequest[] = [];

  constructor(details: Partial<RunDetails> = {}) {
    this.details = { run: jobRun(), files: [], healed: [], resumable: false, ...details };
  }

  get actions(): RunAction[] {
    return this.requests.flatMap((request) => (request.kind === 'act' ? [request.action] : []));
  }

  async receive(message: unknown): Promise<void> {
    const request = runRequest.parse(message);
    this.requests.push(request);
    switch (request.kind) {
      case 'ready': {
        const { steps, details, asks, progress } = this;
        if (this.problem !== undefined) await this.send({ kind: 'problem', error: this.problem });
        else await this.send({ kind: 'init', steps, details, asks, progress, locale: 'en', strings: {} });
        break;
      }
      case 'log': {
        const first = this.entries.findIndex(({ n }) => n > request.after);
        const entries = first < 0 ? [] : this.entries.slice(first, first + 1000);
        await this.send({ kind: 'reply', id: request.id, reply: { ok: true, value: { entries } } });
        break;
      }
      case 'snapshot':
        await this.send({ kind: 'reply', id: request.id, reply: { ok: true, value: { text: this.snapshot } } });
        break;
      case 'act': {
        const error = this.refuse;
        this.refuse = undefined;
        await this.send({ kind: 'reply', id: request.id, reply: error === undefined ? { ok: true, value: null } : { ok: false, error } });
        break;
      }
    }
  }

  async change(run: Partial<JobRun>, more: Partial<RunDetails> = {}): Promise<void> {
    this.details = { ...this.details, ...more, run: { ...this.details.run, ...run } };
    await this.send({ kind: 'details', details: this.details });
  }

  async ask(...asks: RunAsk[]): Promise<void> {
    this.asks = asks;
    await this.send({ kind: 'asks', asks });
  }

  async send(message: RunMessage): Promise<void> {
    await this.page?.evaluate((sent) => window.postMessage(sent, '*'), message);
  }
}
