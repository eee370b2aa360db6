import type { Clock, Log, Store } from '../ports.ts';
import type { Agreed } from './agreement.ts';
import type { Asks } from './asks.ts';
import type { RunLine } from './jobEngine.ts';
import type { JobDisk, JobSurroundings, NetworkProbe, Timers } from './ports.ts';
import type { ProgressFeed } from './progressFeed.ts';
import type { RunnerDesk } from './runnerDesk.ts';
import type { RunSlots } from './runSlots.ts';

/** What the runs of a folder work with. */
export interface RunDeps {
  store: Store;
  /** Of this window, made anew at each start. */
  worker: string;
  /** Milliseconds for which a run is this window's without a sign of life from it. */
  leaseMs: number;
  /** The workspace folder, absolute, with `/`. */
  folder: string;
  desk: RunnerDesk;
  slots: RunSlots;
  asks: Asks;
  progress: ProgressFeed;
  disk: JobDisk;
  network: NetworkProbe;
  surroundings: JobSurroundings;
  /** Asked each time: the user may have agreed to more since. */
  agreed: Agreed;
  clock: Clock;
  timers: Timers;
  log: Log;
  tell(line: RunLine): void;
  /** Folder of what a run makes, absolute. */
  folderOf(run: number): string;
}
