import type { SaveReason } from './claudeCatalog.ts';
import type { Clock } from './ports.ts';

/** Milliseconds for which a save is expected, and saves of one file. */
const patience = 60_000;
const most = 20;

interface Expected {
  hash: string;
  reason: SaveReason;
  until: number;
}

/** Which contents are about to appear on the disk, and why. */
export class ExpectedSaves {
  readonly #clock: Clock;
  readonly #byPath = new Map<string, Expected[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(path: string, hash: string, reason: SaveReason): void {
    const now = this.#clock.now();
    const waiting = (this.#byPath.get(path) ?? []).filter(({ until }) => until > now).slice(1 - most);
    this.#byPath.set(path, [...waiting, { hash, reason, until: now + patience }]);
  }

  /** Why a content is there; a stranger's doing when nobody has announced it. */
  reasonOf(path: string, hash: string): SaveReason {
    const now = this.#clock.now();
    return this.#byPath.get(path)?.find((one) => one.hash === hash && one.until > now)?.reason ?? { cause: 'outside' };
  }
}
