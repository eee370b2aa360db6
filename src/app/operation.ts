import type * as z from 'zod';
import type { DocumentChange } from '../core/document.ts';
import { operationContracts } from '../protocol/operations.ts';
import type { OperationContract } from '../protocol/operations.ts';
import type { Hash } from './auditLog.ts';
import { parseInput } from './input.ts';
import type { SealedJob } from './jobs/jobStorePorts.ts';
import type { DatabaseMaintenance } from './ports.ts';
import type { Stores } from './storePorts.ts';
import type { UndoStacks } from './undoStacks.ts';
import type { Work } from './work.ts';

/** What a query may use. */
export interface Reading {
  stores: Stores;
  revision: number;
  /** `YYYY-MM-DD`, where the database is. */
  today: string;
}

/** What work on the database as a whole may use. */
export interface Upkeep {
  stores: Stores;
  maintenance: DatabaseMaintenance;
  hash: Hash;
  revision(): number;
}

/** What the keeping of a lease may use. */
export interface LeaseKeeping {
  stores: Stores;
  now: number;
}

/** What the answer to a change of jobs is made of, now or when it is asked for again. `tasks`: those that were made. */
type AnswerJob<O> = (reading: Pick<Reading, 'stores' | 'revision'>, sealed: SealedJob, tasks: readonly number[]) => O;

type AnswerWebhook<O> = (reading: Pick<Reading, 'stores' | 'revision'>, webhook: number) => O;

/** An operation with its input bound to its handler: what comes in is parsed before anything else. */
export type Operation = { contract: OperationContract } & (
  | { kind: 'query'; query(reading: Reading, input: unknown): unknown }
  /** Answers the label of `taskOutput.undone`, for undo and redo. */
  | { kind: 'mutation'; mutate(work: Work, stacks: UndoStacks, input: unknown): string | undefined }
  /** Keeps versions of files: `record` answers for the case that all of them were known, `answer` from what was recorded. */
  | { kind: 'recording'; record(work: Work, input: unknown): unknown; answer(revision: number, documents: DocumentChange[]): unknown }
  /** Works on runs of jobs and their records. `change` answers what is sealed, or what would be: it leaves `work.job` alone when nothing changed. */
  | { kind: 'job'; change(work: Work, input: unknown): SealedJob; answer: AnswerJob<unknown> }
  /** Works on a webhook and answers its id. It leaves `work.webhook` alone when nothing changed. */
  | { kind: 'webhook'; change(work: Work, input: unknown): number; answer: AnswerWebhook<unknown> }
  /** Keeps a lease: durable, but no change that anybody is told of or that is audited. */
  | { kind: 'lease'; keep(keeping: LeaseKeeping, input: unknown): unknown }
  | { kind: 'upkeep'; maintain(upkeep: Upkeep, input: unknown): Promise<unknown> }
);

interface Contract<I extends z.ZodType, O extends z.ZodType> extends OperationContract {
  input: I;
  output: O;
}

// The whole table is known here; a name is looked up once, for messages.
const names = new Map<OperationContract, string>(Object.entries(operationContracts).map(([name, contract]) => [contract, name]));
const parse = <I extends z.ZodType>(contract: Contract<I, z.ZodType>, input: unknown) =>
  parseInput(names.get(contract) ?? '', contract.input, input);

export function query<I extends z.ZodType, O extends z.ZodType>(
  contract: Contract<I, O>,
  run: (reading: Reading, input: z.output<I>) => z.output<O>,
): Operation {
  return { contract, kind: 'query', query: (reading, input) => run(reading, parse(contract, input)) };
}

export function mutation<I extends z.ZodType, O extends z.ZodType>(
  contract: Contract<I, O>,
  run: (work: Work, input: z.output<I>) => void,
): Operation {
  return {
    contract,
    kind: 'mutation',
    mutate(work, _stacks, input) {
      run(work, parse(contract, input));
      return undefined;
    },
  };
}

export function stepBack<I extends z.ZodType, O extends z.ZodType>(
  contract: Contract<I, O>,
  run: (work: Work, stacks: UndoStacks) => string,
): Operation {
  return {
    contract,
    kind: 'mutation',
    mutate(work, stacks, input) {
      parse(contract, input);
      return run(work, stacks);
    },
  };
}

export function recording<I extends z.ZodType, O extends z.ZodType>(
  contract: Contract<I, O>,
  record: (work: Work, input: z.output<I>) => z.output<O>,
  answer: (revision: number, documents: DocumentChange[]) => z.output<O>,
): Operation {
  return { contract, kind: 'recording', record: (work, input) => record(work, parse(contract, input)), answer };
}

export function jobChange<I extends z.ZodType, O extends z.ZodType>(
  contract: Contract<I, O>,
  change: (work: Work, input: z.output<I>) => SealedJob,
  answer: AnswerJob<z.output<O>>,
): Operation {
  return { contract, kind: 'job', change: (work, input) => change(work, parse(contract, input)), answer };
}

export function webhookChange<I extends z.ZodType, O extends z.ZodType>(
  contract: Contract<I, O>,
  change: (work: Work, input: z.output<I>) => number,
  answer: AnswerWebhook<z.output<O>>,
): Operation {
  return { contract, kind: 'webhook', change: (work, input) => change(work, parse(contract, input)), answer };
}

export function lease<I extends z.ZodType, O extends z.ZodType>(
  contract: Contract<I, O>,
  keep: (keeping: LeaseKeeping, input: z.output<I>) => z.output<O>,
): Operation {
  return { contract, kind: 'lease', keep: (keeping, input) => keep(keeping, parse(contract, input)) };
}

export function upkeep<I extends z.ZodType, O extends z.ZodType>(
  contract: Contract<I, O>,
  run: (upkeep: Upkeep, input: z.output<I>) => Promise<z.output<O>>,
): Operation {
  return { contract, kind: 'upkeep', maintain: (deps, input) => run(deps, parse(contract, input)) };
}
