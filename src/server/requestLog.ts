import { Emitter } from '../util/emitter.ts';
import type { Event } from '../util/emitter.ts';
import type { LoggedRequest } from './ports.ts';

/** The newest requests, kept in memory only. */
export interface RequestLog {
  /** Oldest first. */
  lines(): readonly LoggedRequest[];
  /** Told of each, however many there are. */
  readonly onDidAdd: Event<LoggedRequest>;
  add(line: LoggedRequest): void;
}

const kept = 1_000;

export function createRequestLog(): RequestLog {
  const ring: LoggedRequest[] = [];
  let next = 0;
  const added = new Emitter<LoggedRequest>();
  return {
    lines: () => [...ring.slice(next), ...ring.slice(0, next)],
    onDidAdd: added.event,
    add(line) {
      ring[next] = line;
      next = (next + 1) % kept;
      added.fire(line);
    },
  };
}
