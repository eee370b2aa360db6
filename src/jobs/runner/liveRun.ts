import type { Page } from 'playwright-core';
import { AppError } from '../../core/appError.ts';
import { plainLine, plainText } from '../../core/jobs/plainText.ts';
import { hostAndPath, redactText } from '../../core/jobs/redact.ts';
import { renderTemplate, templateValue } from '../../core/jobs/template.ts';
import { dayOf } from '../../core/day.ts';
import type { JobDefinition } from '../../protocol/jobs/jobFile.ts';
import type { Candidate, Target } from '../../protocol/jobs/locator.ts';
import type { FromRunner, Surroundings, ToRunner } from '../../protocol/jobs/runnerMessages.ts';
import type { LogEntry, RecordDraft } from '../../protocol/jobs/runs.ts';
import type { Step, StepKind } from '../../protocol/jobs/steps.ts';
import type { Asks } from './asks.ts';
import type { Commits } from './commits.ts';
import type { Checkpoint, Level, Collected } from './position.ts';
import { checkpointOf } from './position.ts';
import type { Gate } from './routing.ts';
import type { Session } from './sessions.ts';
import type { Trail } from './trail.ts';
import { isSignInAddress, wallOn } from './walls.ts';
import type { Wall } from './walls.ts';

export type StartMessage = Extract<ToRunner, { kind: 'start' }>;

/** A step that is being done. */
export interface StepAt {
  /** Path in the job: `3.steps.1`. */
  path: string;
  step: Step;
  kind: StepKind;
  /** In words: `Click button "Next"`. */
  what: string;
  /** Milliseconds for the whole of it. */
  timeout: number;
  /** Counts from 1. */
  attempt: number;
  /** Its element was found by another candidate than the first. */
  healed: boolean;
  /** Where it stands in loops, the same in every run: `3` on the third page, `2.14` in loops. */
  position: string;
}

export interface LiveRunDeps {
  start: StartMessage;
  job: JobDefinition;
  session: Session;
  gate: Gate;
  commits: Commits;
  asks: Asks;
  trail: Trail;
  signal: AbortSignal;
  send(message: FromRunner): void;
}

/** What a reading step adds to the log entry: all optional. */
export type Outcome = Partial<Pick<LogEntry, 'count' | 'sha256' | 'message'>>;

/** A run as its steps see it: the page, values, and everything that is to be told. */
export class LiveRun {
  readonly id: number;
  readonly signal: AbortSignal;
  readonly session: Session;
  readonly gate: Gate;
  readonly asks: Asks;
  readonly commits: Commits;
  readonly trail: Trail;
  readonly surroundings: Surroundings;
  readonly jobs: Readonly<Record<string, unknown>>;
  readonly fromStep: string | null;
  /** The job whose steps are done: another one inside `runJob`. */
  job: JobDefinition;
  stepwise: boolean;
  pages = 0;
  pagesTotal: number | null = null;
  records = 0;
  vars: Record<string, unknown> = {};
  /** Rows by the id of their step, for `{{steps.id}}`: only of those that a template names. */
  results: Record<string, Record<string, unknown>[]> = {};
  /** Steps whose rows are in no checkpoint. */
  readonly dropped = new Set<string>();
  readonly collected = new Map<string, Collected>();
  /** Elements whose typed text is secret: hidden in pictures. */
  readonly secretTargets: Target[] = [];
  /** What led to an element in this run, so that a healed target is not looked for in vain each time. */
  readonly taken = new WeakMap<Target, Candidate>();
  /** The newest answer to a navigation of the page. */
  lastAnswer: { url: string; status: number; headers: Record<string, string> } | null = null;
  /** Path of a step that changes something, and was begun and perhaps not done before the run was interrupted. */
  begun: string | null = null;
  /** The address the last step was done on, to come back to after a sign-in. */
  lastPlace: string | null = null;
  /** Requests for pages that are on their way. */
  asking = 0;
  /** Values that the user has typed: in memory only. */
  readonly typed = new Set<string>();
  #inputs: Record<string, unknown>;
  #items: Record<string, unknown>[] = [];
  readonly #stack: Page[] = [];
  readonly #send: (message: FromRunner) => void;
  readonly #secrets: readonly string[];
  readonly #name: string;
  readonly #number: number;

  constructor(deps: LiveRunDeps) {
    const { start, job } = deps;
    this.id = start.run;
    this.#number = start.number ?? start.run;
    this.job = job;
    this.#name = job.name;
    this.session = deps.session;
    this.gate = deps.gate;
    this.commits = deps.commits;
    this.asks = deps.asks;
    this.trail = deps.trail;
    this.signal = deps.signal;
    this.surroundings = start.surroundings;
    this.jobs = start.jobs;
    this.fromStep = start.fromStep;
    this.stepwise = start.stepwise;
    this.#send = deps.send;
    this.#inputs = { ...start.inputs, ...start.secrets };
    this.#secrets = [...Object.values(start.secrets), ...(start.token === null ? [] : [start.token])].filter((secret) => secret !== '');
  }

  // ---- pages

  get page(): Page {
    for (let page = this.#stack.at(-1); page !== undefined; page = this.#stack.at(-1)) {
      if (!page.isClosed() || this.#stack.length === 1) return page;
      // The window that a click had opened is closed: the job goes on where it was opened from.
      this.#stack.pop();
    }
    throw new AppError('job.browserLost', 'The browser has no page left. Resume the run to go on.');
  }

  enterPage(page: Page): void {
    this.#stack.push(page);
  }

  replacePages(page: Page): void {
    this.#stack.splice(0, this.#stack.length, page);
  }

  /** What stands in the way on the page. A job that types passwords stands before their fields on purpose. */
  async wall(asked: string | null, status: number | null): Promise<Wall | null> {
    const { refused } = this.gate;
    const wall = refused !== null && isSignInAddress(refused) ? 'signIn' : await wallOn(this.page, asked, status);
    return wall !== 'captcha' && typesPasswords(this.job) ? null : wall;
  }

  // ---- values

  scope(): Record<string, unknown> {
    const now = Date.now();
    return Object.assign(
      {
        inputs: this.#inputs,
        vars: this.vars,
        steps: this.results,
        date: dayOf(now),
        now: localTime(now),
        job: this.#name,
        run: this.#number,
      },
      ...this.#items,
    );
  }

  render(template: string): string {
    return template.includes('{{') ? renderTemplate(template, this.scope()) : template;
  }

  value(template: string): unknown {
    return templateValue(template, this.scope());
  }

  async withItem<T>(item: Record<string, unknown>, body: () => Promise<T>): Promise<T> {
    this.#items.push(item);
    try {
      return await body();
    } finally {
      this.#items.pop();
    }
  }

  /** Another job's values stand in place of this one's while its steps are done. */
  async withJob<T>(job: JobDefinition, inputs: Record<string, unknown>, body: () => Promise<T>): Promise<T> {
    const before = { job: this.job, inputs: this.#inputs, items: this.#items, vars: this.vars, results: this.results };
    Object.assign(this, { job, vars: {}, results: {} });
    this.#inputs = inputs;
    this.#items = [];
    try {
      return await body();
    } finally {
      Object.assign(this, { job: before.job, vars: before.vars, results: before.results });
      this.#inputs = before.inputs;
      this.#items = before.items;
    }
  }

  isSecret(text: string): boolean {
    return this.#secrets.some((secret) => text.includes(secret));
  }

  redact(text: string): string {
    return redactText(text, this.#secrets);
  }

  get secrets(): readonly string[] {
    return this.#secrets;
  }

  // ---- what is told

  /** Host and path of the page. */
  where(): string | null {
    const page = this.#stack.at(-1);
    return page === undefined ? null : hostAndPath(page.url());
  }

  log(
    at: Pick<StepAt, 'path' | 'kind'> & { what: string },
    result: LogEntry['result'],
    since: number,
    more: Outcome & { where?: string | null } = {},
  ): void {
    const entry: LogEntry = {
      step: at.path,
      kind: at.kind,
      what: plainLine(this.redact(at.what), 500),
      where: more.where === undefined ? this.where() : more.where,
      result,
      at: since,
      ms: Math.max(0, Math.round(Date.now() - since)),
      count: more.count ?? null,
      sha256: more.sha256 ?? null,
      message: typeof more.message === 'string' ? plainLine(this.redact(more.message), 2000) : null,
    };
    this.commits.log(entry);
    this.trail.action(entry);
  }

  say(message: string, level: 'info' | 'warning' | 'error' = 'info'): void {
    this.#send({ kind: 'log', run: this.id, level, message: plainText(this.redact(message), 4000) });
  }

  progress(step: string, what: string, waitingUntil: number | null = null): void {
    const { id: run, pages, pagesTotal, records } = this;
    this.#send({ kind: 'progress', run, step, what: plainLine(this.redact(what), 500), pages, pagesTotal, records, waitingUntil });
  }

  // ---- what is kept

  /** Makes durable what was done, with where to go on after it. */
  save(levels: readonly Level[], words: string, begun: string | null = null): Promise<void> {
    return this.commits.save({ ...this.checkpoint(levels, begun) }, words);
  }

  checkpoint(levels: readonly Level[], begun: string | null): Checkpoint {
    const { vars, results, dropped, collected, pages, records } = this;
    const kept = Object.fromEntries(Object.entries(vars).filter(([name, value]) => !this.typed.has(name) && !this.isSecret(String(value))));
    return checkpointOf({ levels, begun, vars: kept, results, dropped, collected, pages, records });
  }

  /** Takes rows of a collection. @throws AppError `job.limit` when there are more than the job allows. */
  async take(collection: string, fields: string[], keyed: boolean, rows: RecordDraft[]): Promise<void> {
    this.records += rows.length;
    const limit = this.job.limits?.maxRecords ?? 1_000_000;
    if (this.records > limit) {
      throw new AppError(
        'job.limit',
        `The job has read more than ${limit.toLocaleString('en')} records. Raise \`limits.maxRecords\` if that is right.`,
        { limit: 'records' },
      );
    }
    await this.commits.take({ collection, fields, keyed }, rows);
  }

  /** Notes whether all there is was read into a collection. Once not, it stays so. */
  collect(collection: string, complete: boolean): void {
    if (this.collected.get(collection) !== 'partial') this.collected.set(collection, complete ? 'complete' : 'partial');
  }
}

const typesPasswords = (job: JobDefinition) => Object.values(job.inputs ?? {}).some((input) => input.secret === true);

function localTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${dayOf(milliseconds)}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
