/** Which calls of tools are under way, so that a cancellation finds its call although each comes in a request of its own. */
export interface RunningCalls {
  /** `id`: what the client calls its request. */
  begin(client: string, id: string | number): { signal: AbortSignal; end(): void };
  /** Two sessions of one client count their requests alike: where more than one call is meant none is cancelled. */
  cancel(client: string, id: string | number): void;
}

export function createRunningCalls(): RunningCalls {
  const running = new Map<string, Set<AbortController>>();
  const keyOf = (client: string, id: string | number) => JSON.stringify([client, id]);
  return {
    begin(client, id) {
      const key = keyOf(client, id);
      const controller = new AbortController();
      const same = running.get(key) ?? new Set();
      running.set(key, same.add(controller));
      return {
        signal: controller.signal,
        end() {
          same.delete(controller);
          if (same.size === 0 && running.get(key) === same) running.delete(key);
        },
      };
    },
    cancel(client, id) {
      const meant = running.get(keyOf(client, id));
      if (meant?.size === 1) for (const controller of meant) controller.abort();
    },
  };
}
