import { AppError } from '../core/appError.ts';
import type { StoreNames } from './names.ts';
import { jitter } from './role.ts';
import type { Shield } from './shield.ts';
import { raiseShield } from './shield.ts';

/** A native program may look into the database for a moment before it counts as holding it, in milliseconds. */
const foreignPatience = 1000;

/** Puts the shield up, or throws `store.foreignLock` and says who is in the way. */
export async function takeShield(names: StoreNames): Promise<Shield> {
  const began = performance.now();
  for (;;) {
    const attempt = raiseShield(names);
    if (attempt.kind === 'taken') return attempt.shield;
    if (attempt.kind === 'foreignOwner') {
      const { host, pid } = attempt.owner;
      throw new AppError(
        'store.foreignLock',
        `ClaudeTask on ${host} (process ${pid}) holds the task database of this folder. It is shown read-only until that one is closed.`,
        { reason: 'owner', host, pid },
      );
    }
    if (performance.now() - began > foreignPatience) {
      throw new AppError(
        'store.foreignLock',
        `Another program has ${names.database} open. Tasks are shown read-only until it is closed. If none runs, one has crashed: delete ${names.shield}.`,
        { reason: 'program', file: names.shield },
      );
    }
    await jitter(20, 60);
  }
}
