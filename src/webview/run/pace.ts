const span = 60_000;
/** Fewer seconds than these say little about the speed. */
const leastSpan = 5000;

interface Sample {
  at: number;
  pages: number;
}

/** How fast pages are read, over the last minute. Times are milliseconds. */
export interface Pace {
  add(at: number, pages: number): void;
  /** Pages per minute; null while too little is known. */
  perMinute(now: number): number | null;
  /** Milliseconds until all pages are read; null when nobody knows. */
  timeLeft(now: number, pages: number, pagesTotal: number | null): number | null;
}

export function createPace(): Pace {
  let samples: Sample[] = [];
  const perMinute = (now: number): number | null => {
    const first = samples.find(({ at }) => at >= now - span);
    const last = samples.at(-1);
    if (first === undefined || last === undefined || now - first.at < leastSpan || last.pages <= first.pages) return null;
    return ((last.pages - first.pages) / (now - first.at)) * 60_000;
  };
  return {
    add: (at, pages) => {
      // A run that was taken up again counts from its checkpoint.
      if ((samples.at(-1)?.pages ?? 0) > pages) samples = [];
      if (samples.at(-1)?.pages === pages) return;
      samples = [...samples.filter((sample) => sample.at >= at - span), { at, pages }];
    },
    perMinute,
    timeLeft: (now, pages, pagesTotal) => {
      const speed = perMinute(now);
      if (speed === null || pagesTotal === null || pagesTotal <= pages) return null;
      return ((pagesTotal - pages) / speed) * 60_000;
    },
  };
}
