import type { Disposable } from '../../util/disposable.ts';
import type { Event } from '../../util/emitter.ts';
import type { Timers } from './ports.ts';

export interface Patience {
  timers: Timers;
  signal: AbortSignal;
  /** Milliseconds before the second attempt, and at most between two. Doubled each time, with a quarter of it at random. */
  first: number;
  longest: number;
  /** Something that makes an attempt worth while at once. */
  wake?: Event<unknown>;
}

/** Tries until there is an answer. Fails with what an attempt throws, or with the signal's reason. */
export async function patiently<T>(patience: Patience, attempt: () => Promise<T | undefined>): Promise<T> {
  for (let pause = patience.first; ; pause = Math.min(pause * 2, patience.longest)) {
    patience.signal.throwIfAborted();
    const answer = await attempt();
    if (answer !== undefined) return answer;
    await rest(patience, pause * (1 + (Math.random() - 0.5) / 4));
  }
}

/** Waits so long, or until woken. Fails with the signal's reason. */
export function rest({ timers, signal, wake }: Pick<Patience, 'timers' | 'signal' | 'wake'>, milliseconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const parts: Disposable[] = [];
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', aborted);
      for (const part of parts) part.dispose();
      settle();
    };
    const aborted = () => end(() => reject(reasonOf(signal)));
    if (signal.aborted) return reject(reasonOf(signal));
    signal.addEventListener('abort', aborted, { once: true });
    parts.push(timers.after(milliseconds, () => end(resolve)));
    if (wake !== undefined) parts.push(wake(() => end(resolve)));
  });
}

const reasonOf = (signal: AbortSignal): Error => (signal.reason instanceof Error ? signal.reason : new Error('aborted'));
