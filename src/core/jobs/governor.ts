import { fullJitter } from './backoff.ts';

/** What a website says about how fast it wants to be asked, in lower-case header names. */
export type Headers = Readonly<Record<string, string>>;

export interface GovernorClock {
  /** Milliseconds that only grow: spans are measured with it. */
  monotonic(): number;
  /** Milliseconds since 1970: what websites call a date is compared with it. */
  wall(): number;
  /** From 0 to 1. */
  random(): number;
}

interface HostState {
  /** On the monotonic clock. */
  pauseUntil: number;
  /** When the next page may begin, for the job's own pace. */
  paceUntil: number;
  /** Requests the website still grants until `resetAt`; null when it never said. */
  remaining: number | null;
  limit: number | null;
  resetAt: number;
  inflight: number;
  failures: number;
  /** Set while the breaker is open: then one request is let through, to see. */
  open: boolean;
  probing: boolean;
}

/** One request that was let through: to be ended with what came of it. */
export interface Ticket {
  host: string;
  at: number;
}

const breakAfter = 5;
const breakMs = 60_000;
const backoff = { base: 1000, cap: 60_000 };
/** No website is believed that wants to be left alone for longer: the run is then better cancelled by a person. */
const longestPause = 15 * 60_000;

/**
 * How fast each host may be asked, for all runs of the process together. It obeys Retry-After, X-Rate-Limit-* and RateLimit-*, backs off from 429 and
 * 503, and leaves a host alone for a minute after five failures in a row. Pure: it says how long to wait, and waits for nothing.
 */
export class Governor {
  readonly #clock: GovernorClock;
  readonly #hosts = new Map<string, HostState>();

  constructor(clock: GovernorClock) {
    this.#clock = clock;
  }

  /**
   * Asks to begin a request. Answers a ticket, or how long to wait before asking again, in milliseconds.
   * @param pace smallest distance of two pages, in milliseconds; 0 for requests that are no pages and for no pace.
   */
  begin(host: string, pace: number): Ticket | number {
    const state = this.#state(host);
    const now = this.#clock.monotonic();
    if (state.open) {
      if (now < state.pauseUntil) return Math.ceil(state.pauseUntil - now);
      if (state.probing) return 250;
      state.probing = true;
    }
    if (state.remaining !== null && now >= state.resetAt) state.remaining = state.limit;
    const until = Math.max(
      state.pauseUntil,
      pace > 0 ? state.paceUntil : 0,
      // The last grant is never used up: other clients of the user count too.
      state.remaining !== null && state.remaining <= state.inflight ? state.resetAt : 0,
    );
    if (now < until) return Math.max(1, Math.ceil(until - now));
    // A pace of exactly one second looks like a machine, and falls into step with other machines.
    if (pace > 0) state.paceUntil = now + pace * (0.8 + 0.4 * this.#clock.random());
    state.inflight++;
    return { host, at: now };
  }

  /** The request is over. `status` null: the host did not answer; `unsent`: that says nothing about the host. */
  end(ticket: Ticket, status: number | null | 'unsent', headers: Headers = {}): void {
    const state = this.#state(ticket.host);
    state.inflight = Math.max(0, state.inflight - 1);
    state.probing = false;
    if (status !== 'unsent') this.#hear(state, status, headers);
  }

  /** An answer to a request that nobody asked for here, such as one the page made by itself. Only what slows down is heard. */
  observe(host: string, status: number, headers: Headers): void {
    if (status === 429 || status === 503) this.#hear(this.#state(host), status, headers);
  }

  /** The moment, in milliseconds since 1970, until which the host asked to be left alone; null when it did not. */
  pausedUntil(host: string): number | null {
    const left = this.#state(host).pauseUntil - this.#clock.monotonic();
    return left > 0 ? Math.round(this.#clock.wall() + left) : null;
  }

  #state(host: string): HostState {
    let state = this.#hosts.get(host);
    if (state === undefined) {
      state = {
        pauseUntil: 0,
        paceUntil: 0,
        remaining: null,
        limit: null,
        resetAt: 0,
        inflight: 0,
        failures: 0,
        open: false,
        probing: false,
      };
      this.#hosts.set(host, state);
    }
    return state;
  }

  #hear(state: HostState, status: number | null, headers: Headers): void {
    const now = this.#clock.monotonic();
    this.#readLimits(state, headers, now);
    const refused = status === 429 || status === 503;
    if (!refused && status !== null && status < 500) {
      state.failures = 0;
      state.open = false;
      return;
    }
    state.failures++;
    if (refused) {
      const hint = Math.min(longestPause, retryAfter(headers, this.#clock.wall()) ?? this.#untilReset(state, status, now));
      const wait = Math.max(hint, fullJitter(state.failures, backoff, this.#clock.random()));
      state.pauseUntil = Math.max(state.pauseUntil, now + wait);
    }
    if (state.failures >= breakAfter) {
      state.open = true;
      state.pauseUntil = Math.max(state.pauseUntil, now + breakMs);
    }
  }

  #untilReset(state: HostState, status: number | null, now: number): number {
    return status === 429 && state.resetAt > now ? state.resetAt - now : 0;
  }

  #readLimits(state: HostState, headers: Headers, now: number): void {
    const limits = rateLimits(headers, this.#clock.wall());
    if (limits === null) return;
    const resetAt = now + Math.min(longestPause, limits.resetIn);
    // Answers overtake one another: within one window the smaller number is the newer one.
    const sameWindow = state.remaining !== null && Math.abs(resetAt - state.resetAt) < 1500 && now < state.resetAt;
    state.remaining = sameWindow ? Math.min(state.remaining ?? limits.remaining, limits.remaining) : limits.remaining;
    if (!sameWindow || resetAt > state.resetAt) state.resetAt = resetAt;
    state.limit = limits.limit ?? state.limit;
  }
}

/** Retry-After as milliseconds from now: seconds or an HTTP date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function retryAfter(headers: Headers, wall: number): number | null {
  const text = headers['retry-after']?.trim();
  if (text === undefined || text === '') return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - wall);
}

/**
 * X-Rate-Limit-*, X-RateLimit-* and RateLimit-*. `reset` is a moment in seconds since 1970 (Procore), or seconds from now (the IETF draft);
 * `RateLimit: "default";r=50;t=30` is the draft's newer spelling.
 */
function rateLimits(headers: Headers, wall: number): { limit: number | null; remaining: number; resetIn: number } | null {
  const number = (name: string) => {
    const text = headers[`x-rate-limit-${name}`] ?? headers[`x-ratelimit-${name}`] ?? headers[`ratelimit-${name}`];
    const value = text === undefined ? NaN : Number.parseFloat(text);
    return Number.isFinite(value) ? value : null;
  };
  const combined = headers['ratelimit'] ?? '';
  const remaining = number('remaining') ?? numberAfter(combined, 'r') ?? numberAfter(combined, 'remaining');
  const reset = number('reset') ?? numberAfter(combined, 't') ?? numberAfter(combined, 'reset');
  if (remaining === null || reset === null) return null;
  const resetIn = reset > 1e12 ? reset - wall : reset > 1e9 ? reset * 1000 - wall : reset * 1000;
  return { limit: number('limit'), remaining, resetIn: Math.max(0, resetIn) };
}

function numberAfter(text: string, name: string): number | null {
  const found = new RegExp(`(?:^|[;,\\s])${name}=(\\d+)`).exec(text)?.[1];
  return found === undefined ? null : Number(found);
}
