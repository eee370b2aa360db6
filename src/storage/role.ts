import type { StoreEvent, StoreNotice, StoreState } from '../protocol/wire.ts';
import type { CallTaker } from './caller.ts';

/** What this process is to the database for a while: its owner, a client of the owner, or a reader of a copy. */
export interface Role extends CallTaker {
  readonly state: StoreState;
  /** Fulfilled when the role has ended and has let go of everything; calls it did not answer go to the next one. */
  readonly over: Promise<void>;
  close(): Promise<void>;
}

/** Where a role tells what happens. */
export interface Audience {
  event(json: string): void;
  reset(): void;
  state(state: StoreState): void;
  notice(notice: StoreNotice): void;
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void;
}

/** The line that carries an event, written once for everyone. */
export const eventMessage = (event: StoreEvent): string => JSON.stringify({ kind: 'event', event });

/** A promise with its key outside. */
export function openPromise(): { promise: Promise<void>; keep: () => void } {
  let keep = () => {};
  const promise = new Promise<void>((resolve) => (keep = resolve));
  return { promise, keep };
}

/** Waits between `from` and `to` milliseconds, so that several windows do not try in step. */
export const jitter = (from: number, to: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, from + Math.random() * (to - from)));
