import { createHash, randomUUID } from 'node:crypto';
import type { Agreed } from './app/jobs/agreement.ts';
import { createJobEngine } from './app/jobs/folderEngine.ts';
import type { JobEngine } from './app/jobs/jobEngine.ts';
import type { JobSurroundings, ScheduleMemory } from './app/jobs/ports.ts';
import { RunnerDesk } from './app/jobs/runnerDesk.ts';
import { RunSlots } from './app/jobs/runSlots.ts';
import type { Log } from './app/ports.ts';
import { createFiles } from './files/diskFiles.ts';
import { createJobDisk } from './files/jobDisk.ts';
import { findPlaces } from './files/places.ts';
import type { FolderTasks } from './host/folderTasks.ts';
import { createNetworkProbe } from './jobs/networkProbe.ts';
import { createJobRunner } from './jobs/runnerProcess.ts';
import { timers } from './util/timers.ts';

export interface EnginesDeps extends JobSurroundings {
  /** The bundle of the runner. */
  runnerFile: string;
  /** Most runs at a time in this window; asked each time. */
  maxRuns(): number;
  trusted(): boolean;
  log: Log;
}

/** The jobs of a window: one process that drives browsers, and one engine per folder. */
export interface OpenEngines {
  open(tasks: FolderTasks, schedules: ScheduleMemory, agreed: Agreed): Promise<JobEngine>;
  /** After the engines were closed: ends browsers and the process. */
  close(): Promise<void>;
}

function newHash() {
  const hash = createHash('sha256');
  return { add: (text: string) => void hash.update(text), end: () => hash.digest('hex') };
}

/** The part of the composition root that is loaded when something first asks for jobs. */
export function openEngines(deps: EnginesDeps): OpenEngines {
  const { runnerFile, maxRuns, trusted, log } = deps;
  const runner = createJobRunner({ file: runnerFile, log });
  const desk = new RunnerDesk(runner);
  const files = createFiles(log);
  const parts = {
    desk,
    slots: new RunSlots(maxRuns),
    files,
    disk: createJobDisk(),
    network: createNetworkProbe(),
    surroundings: deps,
    clock: { now: () => Date.now() },
    timers,
    log,
    trusted,
    newHash,
    worker: randomUUID(),
    leaseMs: 30_000,
  };
  return {
    open: async (tasks, schedules, agreed) => {
      const { folder } = await findPlaces(tasks.folder.uri.fsPath);
      return createJobEngine({ ...parts, folder, stores: tasks, schedules, agreed });
    },
    close: async () => {
      try {
        await runner.close();
        await files.close();
      } finally {
        desk.dispose();
        runner.dispose();
      }
    },
  };
}
