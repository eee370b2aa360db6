import type * as z from 'zod';
import { AppError } from '../../core/appError.ts';
import { canBecome, isOver } from '../../core/jobs/run.ts';
import type { RunState } from '../../core/jobs/run.ts';
import type { JobRun, jobInputs } from '../../protocol/jobs/runs.ts';
import type { OperationOutput } from '../../protocol/operations.ts';
import { bodyOf } from '../auditLog.ts';
import type { LeaseKeeping, Reading } from '../operation.ts';
import type { Work } from '../work.ts';
import type { Done, JobRunStore, SealedJob, StoredRun } from './jobStorePorts.ts';

type Input = { [N in keyof typeof jobInputs]: z.output<(typeof jobInputs)[N]> };

const defaults = { runs: 100, log: 500 } as const;

export function shownRun({ claimedBy: _claimedBy, seq: _seq, ...run }: StoredRun): JobRun {
  return run;
}

export function knownRun(runs: JobRunStore, id: number): StoredRun {
  const run = runs.get(id);
  if (run === undefined) throw new AppError('job.notFound', `There is no run ${id}. It may have been forgotten.`, { run: id });
  return run;
}

const stateWords: Readonly<Record<RunState, string>> = {
  queued: 'is queued',
  waiting: 'waits',
  running: 'is running',
  done: 'is done',
  failed: 'has failed',
  cancelled: 'was cancelled',
  lost: 'was lost',
};

function stateError(run: JobRun, to: RunState, why: string): AppError {
  return new AppError('job.state', `Run ${run.id} of ${run.name} ${stateWords[run.state]}. ${why}`, { run: run.id, from: run.state, to });
}

/** Whether somebody works on it: until its time, a lease keeps all others away. */
const isLeased = (run: JobRun, now: number) => run.worker !== null && run.leaseUntil !== null && run.leaseUntil > now;

function assertNoOther(runs: JobRunStore, job: string, name: string, except?: number): void {
  const run = runs.active(job);
  if (run === undefined || run === except) return;
  throw new AppError('job.active', `${name} is under way already, as run ${run}. Wait for it, or cancel it.`, { run });
}

const later = (runs: JobRunStore, run: JobRun) => runs.begunAfter(run.job, run.id);
const isResumable = (runs: JobRunStore, run: JobRun) =>
  canBecome(run.state, 'queued') &&
  run.state !== 'waiting' &&
  later(runs, run) === undefined &&
  (runs.active(run.job) ?? run.id) === run.id;

/** Keeps a run as it is now, and what is sealed of it. */
function keep(work: Work, run: StoredRun, done: Done = {}): SealedJob {
  const { jobRuns } = work.stores;
  jobRuns.update(run);
  const log = jobRuns.sealDone(run.id, work.revision, done);
  return note(work, { job: run.job, run: run.id, log, ...sealOf(jobRuns, run.id) });
}

function sealOf(runs: JobRunStore, id: number): Pick<SealedJob, 'seal'> {
  const seal = runs.seal(id);
  return seal === undefined ? {} : { seal };
}

/** What the audit row seals; a change that notes nothing leaves no trace. */
function note(work: Work, sealed: SealedJob): SealedJob {
  work.job = sealed;
  return sealed;
}

/** Nobody works on it any more. */
const free = { worker: null, leaseUntil: null } as const;
const runText = (run: JobRun) => `run ${run.id} of ${run.name}`;

export function enqueue(work: Work, input: Input['enqueue']): SealedJob {
  const { job, name = job, file, definition, inputs, trigger, fromStep = null, notBefore = null, task = null } = input;
  if (definition.trim() === '') {
    throw new AppError('input.invalid', 'definition is empty: there is nothing to run.', { field: 'definition' });
  }
  const { jobRuns } = work.stores;
  assertNoOther(jobRuns, job, name);
  const id = jobRuns.insert(
    { job, name, file, trigger, actor: work.actor, task, createdAt: work.now, notBefore },
    { definition, inputs, fromStep },
  );
  work.summary = `Queue run ${id} of ${name}`;
  return keep(work, knownRun(jobRuns, id));
}

export function claim(work: Work, { run: id, worker, leaseMs }: Input['claim']): SealedJob {
  const run = knownRun(work.stores.jobRuns, id);
  if (isOver(run.state) || run.state === 'lost') throw stateError(run, 'running', 'Resume it to go on with it.');
  if (isLeased(run, work.now) && run.worker !== worker) {
    throw new AppError('job.leased', `Another window works on ${runText(run)}.`, { run: id, until: run.leaseUntil });
  }
  if (run.notBefore !== null && run.notBefore > work.now) throw stateError(run, 'running', 'Its time has not come yet.');
  work.summary = `Begin ${runText(run)}`;
  return keep(work, {
    ...run,
    state: 'running',
    waitingFor: null,
    reason: null,
    startedAt: run.startedAt ?? work.now,
    attempts: run.attempts + 1,
    worker,
    leaseUntil: work.now + leaseMs,
    claimedBy: worker,
    seq: 0,
  });
}

/** A lease that ran out is still held while nobody else has taken the run: a machine that slept goes on where it was. */
export function renew({ stores, now }: LeaseKeeping, { worker, runs, leaseMs }: Input['renew']): OperationOutput<'job.renew'> {
  return { held: stores.jobRuns.renew(worker, runs, now + leaseMs) };
}

function stateAfter(run: StoredRun, input: Input['advance'], now: number): Partial<StoredRun> {
  const { state, failure } = input;
  if (state === undefined) return {};
  const { to, waitingFor = null, reason = null } = state;
  const same = to === run.state && (to === 'waiting' || to === 'running');
  if (!same && !canBecome(run.state, to)) throw stateError(run, to, `It cannot become ${to}.`);
  if ((to === 'waiting') !== (waitingFor !== null)) {
    throw new AppError('input.invalid', 'state.waitingFor says what a run waits for, and only while it waits.', { field: 'state' });
  }
  return {
    state: to,
    waitingFor,
    reason,
    failure: to === 'failed' || to === 'lost' ? (failure ?? null) : null,
    ...(isOver(to) ? { endedAt: now } : {}),
    ...(isOver(to) || to === 'lost' || to === 'queued' ? free : {}),
  };
}

const withoutEmpty = ({ entries = [], files = [], healed = [] }: Input['advance']): Done => ({
  ...(entries.length > 0 ? { entries } : {}),
  ...(files.length > 0 ? { files } : {}),
  ...(healed.length > 0 ? { healed } : {}),
});

function advanceText(run: JobRun, { state, records = [] }: Input['advance']): string {
  const text = `Run ${run.id} of ${run.name}`;
  if (state !== undefined && state.to !== run.state) return `${text} ${stateWords[state.to]}`;
  const read = records.reduce((sum, { rows }) => sum + rows.length, 0);
  return read === 0 ? `${text} goes on` : `${text} reads ${read === 1 ? 'a record' : `${read} records`}`;
}

export function advance(work: Work, input: Input['advance']): SealedJob {
  const { run: id, worker, seq, records = [], checkpoint, step, pages = 0 } = input;
  const { jobRuns, jobRecords } = work.stores;
  const run = knownRun(jobRuns, id);
  if (run.claimedBy === worker && seq <= run.seq) return { job: run.job, run: id };
  if (run.worker !== worker) {
    throw new AppError('job.leased', `This window does not work on ${runText(run)} any more. Stop it here.`, { run: id });
  }
  if (seq !== run.seq + 1) {
    throw new AppError('input.invalid', `seq is ${seq}, but ${run.seq + 1} was expected: something of the run got lost.`, { field: 'seq' });
  }
  const state = stateAfter(run, input, work.now);
  const read = records.map((batch) => jobRecords.put({ job: run.job, run: id, at: work.now, revision: work.revision }, batch));
  if (checkpoint !== undefined) jobRuns.setCheckpoint(id, JSON.stringify(checkpoint));
  work.summary = advanceText(run, input);
  const largestPage = records.reduce((most, { rows }) => rows.reduce((of, row) => Math.max(of, row.page), most), 0);
  const sealed = keep(
    work,
    {
      ...run,
      ...state,
      seq,
      step: step ?? run.step,
      pages: Math.max(run.pages, pages, largestPage),
      records: run.records + read.reduce((sum, { added }) => sum + added, 0),
      actions: run.actions + (input.entries?.length ?? 0),
    },
    withoutEmpty(input),
  );
  return read.length === 0 ? sealed : note(work, { ...sealed, records: read.map((one) => one.sealed) });
}

export function cancel(work: Work, { run: id }: Input['cancel']): SealedJob {
  const run = knownRun(work.stores.jobRuns, id);
  if (run.state === 'cancelled' || (run.cancelRequested && isLeased(run, work.now))) return { job: run.job, run: id };
  if (isLeased(run, work.now)) {
    work.summary = `Ask ${runText(run)} to stop`;
    return keep(work, { ...run, cancelRequested: true });
  }
  if (!canBecome(run.state, 'cancelled')) throw stateError(run, 'cancelled', 'There is nothing to cancel.');
  work.summary = `Cancel ${runText(run)}`;
  return keep(work, { ...run, ...free, state: 'cancelled', waitingFor: null, reason: null, cancelRequested: true, endedAt: work.now });
}

export function resume(work: Work, { run: id, inputs }: Input['resume']): SealedJob {
  const { jobRuns } = work.stores;
  const run = knownRun(jobRuns, id);
  if (!canBecome(run.state, 'queued') || run.state === 'waiting') throw stateError(run, 'queued', 'There is nothing to resume.');
  // It would take what the later run has read for gone.
  const other = later(jobRuns, run);
  if (other !== undefined) throw stateError(run, 'queued', `Run ${other} has begun since. Start the job anew.`);
  assertNoOther(jobRuns, run.job, run.name, id);
  if (inputs !== undefined) jobRuns.setInputs(id, inputs);
  work.summary = `Resume ${runText(run)}`;
  const again = { state: 'queued', waitingFor: null, reason: null, failure: null, endedAt: null, notBefore: null } as const;
  return keep(work, { ...knownRun(jobRuns, id), ...free, ...again, cancelRequested: false });
}

export function prune(work: Work, { before, keepPerJob }: Input['prune']): SealedJob {
  const { jobRuns } = work.stores;
  const pruned = jobRuns.ended(before, keepPerJob);
  const sealed = { pruned };
  if (pruned.length === 0) return sealed;
  jobRuns.forget(pruned);
  work.summary = `Forget ${pruned.length === 1 ? `run ${pruned[0]}` : `${pruned.length} runs`}`;
  return note(work, sealed);
}

type Answering = Pick<Reading, 'stores' | 'revision'>;
const runOf = ({ stores }: Answering, sealed: SealedJob) => knownRun(stores.jobRuns, sealed.run ?? 0);

export function changedRun(reading: Answering, sealed: SealedJob): OperationOutput<'job.advance'> {
  return { revision: reading.revision, run: shownRun(runOf(reading, sealed)) };
}

export function claimedRun(reading: Answering, sealed: SealedJob): OperationOutput<'job.claim'> {
  const { jobRuns } = reading.stores;
  const run = runOf(reading, sealed);
  return { revision: reading.revision, run: shownRun(run), ...jobRuns.definition(run.id), checkpoint: checkpointOf(jobRuns, run.id) };
}

export const prunedRuns = ({ revision }: Answering, { pruned = [] }: SealedJob): OperationOutput<'job.prune'> => ({
  revision,
  runs: pruned,
});

function checkpointOf(runs: JobRunStore, id: number): OperationOutput<'job.claim'>['checkpoint'] {
  const text = runs.checkpoint(id);
  const found: unknown = text === null ? null : JSON.parse(text);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? Object.fromEntries(Object.entries(found)) : null;
}

export function listRuns({ stores, revision }: Reading, input: Input['runs']): OperationOutput<'job.runs'> {
  return { revision, runs: stores.jobRuns.list({ ...input, limit: input.limit ?? defaults.runs }).map(shownRun) };
}

export function getRun({ stores: { jobRuns } }: Reading, { run: id }: Input['run']): OperationOutput<'job.run'> {
  const run = knownRun(jobRuns, id);
  const { definition, inputs } = jobRuns.definition(id);
  return { run: shownRun(run), definition, inputs, ...jobRuns.files(id), resumable: isResumable(jobRuns, run) };
}

export function runLog(
  { stores: { jobRuns } }: Reading,
  { run, after = 0, limit = defaults.log }: Input['log'],
): OperationOutput<'job.log'> {
  knownRun(jobRuns, run);
  return { entries: jobRuns.log(run, after, limit) };
}

export function auditTrail({ stores }: Reading, { run, from = 0, limit = 200 }: Input['auditTrail']): OperationOutput<'job.auditTrail'> {
  const { audit, history, jobRuns } = stores;
  const found =
    run === undefined
      ? audit.page(from, limit + 1)
      : jobRuns.revisions(run, from, limit + 1).flatMap((revision) => audit.get(revision) ?? []);
  const newest = audit.newest();
  return {
    rows: found.slice(0, limit).map((row) => ({ ...row, history: history.sealed(row.revision, bodyOf(row).tasks) })),
    next: found[limit]?.revision ?? null,
    head: newest === undefined ? null : { revision: newest.revision, hash: newest.hash },
  };
}
