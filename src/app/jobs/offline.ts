import type { Event } from '../../util/emitter.ts';
import { patiently } from './patience.ts';
import type { NetworkProbe, Timers } from './ports.ts';

export interface OfflineDeps {
  network: NetworkProbe;
  timers: Timers;
  /** The user wants it tried now. */
  retryNow?: Event<unknown>;
}

const shortestPause = 5000;
const longestPause = 120_000;

/** Resolves once the job's own host can be reached: asked after five seconds, and then ever more rarely, never any other host. */
export async function untilReachable(host: string, { network, timers, retryNow }: OfflineDeps, signal: AbortSignal): Promise<void> {
  await patiently(
    { timers, signal, first: shortestPause, longest: longestPause, ...(retryNow === undefined ? {} : { wake: retryNow }) },
    async () => (await network.reaches(host, signal)) || undefined,
  );
}
