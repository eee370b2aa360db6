export interface RateLimit {
  /** Takes one from the bucket of `key`. Answers 0 when there was one, else the milliseconds until there will be. `now` in milliseconds. */
  take(key: string, now: number): number;
}

interface Bucket {
  left: number;
  at: number;
}

const most = 1_000;

/** A token bucket for each key: `burst` at once, and `perSecond` over time. The oldest of 1,000 keys is forgotten, which fills its bucket. */
export function createRateLimit({ perSecond, burst }: { perSecond: number; burst: number }): RateLimit {
  const buckets = new Map<string, Bucket>();
  return {
    take(key, now) {
      let bucket = buckets.get(key);
      if (bucket === undefined) {
        const [oldest] = buckets.keys();
        if (oldest !== undefined && buckets.size >= most) buckets.delete(oldest);
        bucket = { left: burst, at: now };
        buckets.set(key, bucket);
      }
      bucket.left = Math.min(burst, bucket.left + (Math.max(0, now - bucket.at) / 1000) * perSecond);
      bucket.at = now;
      if (bucket.left < 1) return ((1 - bucket.left) / perSecond) * 1000;
      bucket.left -= 1;
      return 0;
    },
  };
}
