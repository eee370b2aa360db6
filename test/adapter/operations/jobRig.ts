import { randomUUID } from 'node:crypto';
import type { JobRun, LogEntry, RecordDraft } from '../../../src/protocol/jobs/runs.ts';
import type { OperationInput, OperationOutput } from '../../../src/protocol/operations.ts';
import type { As, Bench } from './rig.ts';

export const robot = { kind: 'job', name: 'rfis' } as const;
export const leaseMs = 30_000;

type Advance = Omit<OperationInput<'job.advance'>, 'run' | 'worker' | 'seq'>;
type Batch = NonNullable<Advance['records']>[number];

export const definition = 'name: RFIs\nversion: 1\n';

export const entry = (step: string, more: Partial<LogEntry> = {}): LogEntry => ({
  step,
  kind: 'click',
  what: `Click button "${step}"`,
  where: 'app.example.com/rfis',
  result: 'ok',
  at: 1_790_000_000_000,
  ms: 12,
  count: null,
  sha256: null,
  message: null,
  ...more,
});

export const record = (key: string, data: RecordDraft['data'] = {}, more: Partial<RecordDraft> = {}): RecordDraft => ({
  key,
  data: { id: key, ...data },
  url: 'https://app.example.com/rfis',
  page: 1,
  row: 1,
  ...more,
});

export const batch = (rows: RecordDraft[], more: Partial<Batch> = {}): Batch => ({
  collection: 'rfis',
  rows,
  fields: [...new Set(rows.flatMap(({ data }) => Object.keys(data)))],
  keyed: true,
  ...more,
});

/** A window that works on runs. */
export interface Hand {
  readonly worker: string;
  claim(run: number): OperationOutput<'job.claim'>;
  /** With the next number unless told. */
  advance(run: number, what: Advance, seq?: number, as?: As): JobRun;
  renew(runs: number[]): number[];
}

export function handOn(bench: Bench): Hand {
  const worker = randomUUID();
  const seqs = new Map<number, number>();
  return {
    worker,
    claim(run) {
      const claimed = bench.call('job.claim', { run, worker, leaseMs });
      seqs.set(run, 0);
      return claimed;
    },
    advance(run, what, seq = (seqs.get(run) ?? 0) + 1, as = {}) {
      const answer = bench.call('job.advance', { run, worker, seq, ...what }, { actor: robot, ...as });
      seqs.set(run, Math.max(seq, seqs.get(run) ?? 0));
      return answer.run;
    },
    renew: (runs) => bench.call('job.renew', { worker, runs, leaseMs }).held,
  };
}

export const queue = (bench: Bench, more: Partial<OperationInput<'job.enqueue'>> = {}, as?: As): JobRun =>
  bench.call('job.enqueue', { job: 'rfis', file: '.claudetask/jobs/rfis.job.yaml', definition, inputs: {}, trigger: 'user', ...more }, as)
    .run;

/** A run that reads these and is done. */
export function runThrough(bench: Bench, rows: RecordDraft[], more: Partial<Batch> = {}): JobRun {
  const hand = handOn(bench);
  const { id } = queue(bench);
  hand.claim(id);
  hand.advance(id, { records: [batch(rows, { complete: true, ...more })] });
  return hand.advance(id, { state: { to: 'done' } });
}

export const recordsOf = (bench: Bench, more: Partial<OperationInput<'job.records'>> = {}) =>
  bench.call('job.records', { job: 'rfis', collection: 'rfis', ...more });
