/** Milliseconds that only grow: the laptop's sleep and changes of the clock do not make a span longer or shorter. */
export const monotonic = (): number => performance.now();

const reasonOf = (signal: AbortSignal): unknown => signal.reason;

/** Resolves after the time, or rejects with the signal's reason as soon as it is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(reasonOf(signal));
    const stop = () => {
      clearTimeout(timer);
      reject(reasonOf(signal));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** The promise, or the signal's reason if that is first. What becomes of the promise later is nobody's business any more. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    promise.catch(() => undefined);
    if (signal.aborted) return reject(reasonOf(signal));
    const stop = () => reject(reasonOf(signal));
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** A limit for time that is worked, not for time that is waited for a person. */
export class WorkingTime {
  #left: number;
  #since: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #over: () => void;

  constructor(limit: number, over: () => void) {
    this.#left = limit;
    this.#over = over;
  }

  start(): void {
    if (this.#since !== null) return;
    this.#since = monotonic();
    // Longer timers run at once: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args
    this.#timer = setTimeout(this.#over, Math.min(this.#left, 2 ** 31 - 1));
  }

  stop(): void {
    if (this.#since === null) return;
    this.#left = Math.max(0, this.#left - (monotonic() - this.#since));
    this.#since = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
