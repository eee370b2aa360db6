/** Longest address of a webhook, in characters. */
export const longestUrl = 2000;

const isLoopback = (hostname: string) => hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);

/**
 * The address as it is requested, or undefined when nothing may be sent there: https, or http to this machine only, without a name and
 * password. `URL` has normalized the host, so that `127.1` is told from a name that only looks like it.
 */
export function webhookUrl(text: string): URL | undefined {
  if (text.length > longestUrl || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return undefined;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) return undefined;
  url.hash = '';
  return url;
}

/** `*`, `task.*` or the name of an operation. */
export const eventPattern = /^(?:\*|[a-z]+\.(?:\*|[A-Za-z]+))$/;

export function matchesEvent(patterns: readonly string[], name: string): boolean {
  return patterns.some(
    (pattern) => pattern === '*' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))),
  );
}

/** Times that one event is tried before the queue behind it goes on without it. */
export const mostAttempts = 12;
const firstWait = 1000;
const longestWait = 600_000;
const longestRetryAfter = 3_600_000;

/**
 * Milliseconds until the next attempt, after this many. Full jitter: receivers that come back are not met by all who waited at the same time.
 * `random`: in [0, 1). `retryAfter`: what the receiver asked for.
 */
export function retryWait(attempts: number, random: number, retryAfter = 0): number {
  const wait = random * Math.min(longestWait, firstWait * 2 ** (attempts - 1));
  return Math.ceil(Math.max(wait, Math.min(retryAfter, longestRetryAfter)));
}

/** Milliseconds that a `Retry-After` header names: seconds, or a date. 0 for one that says neither. */
export function retryAfterOf(header: string | null, now: number): number {
  if (header === null) return 0;
  const seconds = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
}
