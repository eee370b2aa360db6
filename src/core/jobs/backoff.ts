export interface Backoff {
  /** Upper bound of the first wait, in milliseconds; it doubles with each attempt. */
  base: number;
  cap: number;
}

/**
 * "Full jitter": anything between nothing and the doubled bound. Many clients that failed together do not come back together.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param attempt from 1.
 * @param random from 0 to 1.
 */
export function fullJitter(attempt: number, { base, cap }: Backoff, random: number): number {
  return Math.round(random * Math.min(cap, base * 2 ** Math.min(attempt - 1, 30)));
}
