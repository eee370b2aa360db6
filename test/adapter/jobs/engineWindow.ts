import { AppError } from '../../../src/core/appError.ts';
import { ScriptedRunner } from '../../rig/scriptedRunner.ts';
import type { PlayedRun } from '../../rig/scriptedRunner.ts';
import { open, workspace } from '../store/rig.ts';
import { batch, draft, putJob, readingJob, rigEngine } from './engineRig.ts';
import type { RigOptions } from './engineRig.ts';

export const writingJob = readingJob('mode: write');
export const entry = (step: string) =>
  ({
    step,
    kind: 'extract',
    what: 'Read number, subject into rfis',
    where: '127.0.0.1/rfis',
    result: 'ok',
    at: 1000,
    ms: 5,
    count: 1,
    sha256: null,
    message: null,
  }) as const;

/** Reads numbers from the checkpoint on, one commit each. */
export const reads =
  (last: number, before: (number: number, run: PlayedRun) => Promise<unknown> | void = () => {}) =>
  async (run: PlayedRun) => {
    for (let number = Number(run.start.checkpoint?.['next'] ?? 1); number <= last; number++) {
      await before(number, run);
      if (run.isCancelled) return run.end('cancelled');
      await run.commit({
        checkpoint: { next: number + 1 },
        records: batch([draft(number)]),
        entries: [entry('1')],
        step: `Number ${number}`,
      });
    }
    run.end('done', { complete: ['rfis'] });
  };

/** A script that stays where it is until it is cancelled. */
export const waits = async (run: PlayedRun) => {
  run.say({ kind: 'progress', step: '0', what: 'Open 127.0.0.1/rfis', pages: 1, pagesTotal: null, records: 0, waitingUntil: null });
  await run.cancelled;
  run.end('cancelled');
};

/** A window with an engine over a real database, and a runner that plays a script. There is a job `rfis`. */
export async function openWindow(play: (run: PlayedRun) => Promise<void>, more: Partial<RigOptions> = {}) {
  const place = workspace();
  const { store, ...rest } = await open(place.directory);
  const runner = new ScriptedRunner(play);
  const rigged = rigEngine({ runner, store, folder: place.directory, ...more });
  putJob(place.directory, 'rfis', readingJob());
  return {
    ...rigged,
    runner,
    store,
    folder: place.directory,
    async [Symbol.asyncDispose]() {
      await rigged[Symbol.asyncDispose]();
      await rest[Symbol.asyncDispose]();
      place[Symbol.dispose]();
    },
  };
}

export const code = (expected: string) => (error: unknown) => AppError.is(error) && error.code === expected;
