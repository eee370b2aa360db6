import { Governor } from '../../core/jobs/governor.ts';
import type { Headers, Ticket } from '../../core/jobs/governor.ts';
import { monotonic, sleep } from './waits.ts';

/** For all runs of the process: a host does not care which of them asks. */
export const governor = new Governor({ monotonic, wall: Date.now, random: Math.random });

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : '');

/** Milliseconds between two pages of a host, as the job wants it. */
export const paceOf = (pagesPerMinute: number | 'unlimited' | undefined): number =>
  pagesPerMinute === 'unlimited' ? 0 : 60_000 / (pagesPerMinute ?? 60);

/**
 * Waits until the host may be asked.
 * @param say called with the moment, in milliseconds since 1970, for which the host asked us to wait; null when it is over.
 */
export async function enter(
  url: string,
  pace: number,
  signal: AbortSignal,
  say: (until: number | null) => void,
): Promise<(status: number | null | 'unsent', headers: Headers) => void> {
  const host = hostOf(url);
  let said = false;
  for (;;) {
    const answer: Ticket | number = governor.begin(host, pace);
    if (typeof answer !== 'number') {
      if (said) say(null);
      return (status, headers) => governor.end(answer, status, headers);
    }
    const until = governor.pausedUntil(host);
    if (until !== null && !said) {
      said = true;
      say(until);
    }
    // Not in one go: another run may have learnt something, and a laptop may have slept meanwhile.
    await sleep(Math.min(answer, 30_000), signal);
  }
}

/** An answer to what a page asked for by itself. */
export const observe = (url: string, status: number, headers: Headers): void => governor.observe(hostOf(url), status, headers);
