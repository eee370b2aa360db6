import type { Disposable } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';
import type { RunProgress } from './jobEngine.ts';
import type { Timers } from './ports.ts';

/** Milliseconds between two tidings of a run: more is no use to an eye. */
const pace = 50;

interface Followed {
  latest: RunProgress;
  /** Set while nothing may be told; at its end the latest is, if there was one since. */
  pause: Disposable | undefined;
  isTold: boolean;
}

/** What runs are doing, at a pace that one can follow. The last word always arrives. */
export class ProgressFeed {
  readonly #timers: Timers;
  readonly #followed = new Map<number, Followed>();
  readonly #told = new Emitter<RunProgress>();
  readonly onDidTell = this.#told.event;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  get(run: number): RunProgress | undefined {
    return this.#followed.get(run)?.latest;
  }

  set(latest: RunProgress): void {
    const followed = this.#followed.get(latest.run) ?? { latest, pause: undefined, isTold: false };
    this.#followed.set(latest.run, followed);
    followed.latest = latest;
    followed.isTold = false;
    if (followed.pause === undefined) this.#tell(followed);
  }

  #tell(followed: Followed): void {
    followed.isTold = true;
    followed.pause = this.#timers.after(pace, () => {
      followed.pause = undefined;
      if (!followed.isTold) this.#tell(followed);
    });
    this.#told.fire(followed.latest);
  }

  /** The run is over here. What was not told yet is told now. */
  end(run: number): void {
    const followed = this.#followed.get(run);
    if (followed === undefined) return;
    this.#followed.delete(run);
    followed.pause?.dispose();
    if (!followed.isTold) this.#told.fire(followed.latest);
  }

  dispose(): void {
    for (const { pause } of this.#followed.values()) pause?.dispose();
    this.#followed.clear();
    this.#told.dispose();
  }
}
