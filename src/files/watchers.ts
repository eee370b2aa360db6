import type { Watch, WatchTarget } from '../app/filePorts.ts';
import type { Log } from '../app/ports.ts';
import { Burst } from '../util/burst.ts';
import { FolderWatch } from './folderWatch.ts';

const burstTimes = { quiet: 100, longest: 1000 } as const;

interface Shared {
  watch: FolderWatch;
  listeners: Set<(path: string) => void>;
}

/** One watcher per target, however many windows' folders and features ask for it. */
export class Watchers {
  readonly #shared = new Map<string, Shared>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  watch(targets: readonly WatchTarget[], onChanged: (paths: readonly string[]) => void): Watch {
    const burst = new Burst<string>(burstTimes, onChanged);
    const hear = (path: string) => burst.add([path]);
    const joined = targets.map(({ path, recursive }) => {
      const key = `${recursive ? 'tree' : 'folder'} ${path}`;
      const shared = this.#shared.get(key) ?? this.#begin(key, path, recursive);
      shared.listeners.add(hear);
      return { key, ready: shared.watch.ready };
    });
    return {
      ready: Promise.all(joined.map(({ ready }) => ready)).then(() => {}),
      dispose: () => {
        burst.dispose();
        for (const { key } of joined) this.#leave(key, hear);
      },
    };
  }

  #begin(key: string, path: string, recursive: boolean): Shared {
    const listeners: Shared['listeners'] = new Set();
    const onChanged = (changed: string) => {
      for (const listener of listeners) listener(changed);
    };
    const shared = { listeners, watch: new FolderWatch(path, recursive, { log: this.#log, onChanged }) };
    this.#shared.set(key, shared);
    return shared;
  }

  #leave(key: string, listener: (path: string) => void): void {
    const shared = this.#shared.get(key);
    if (shared === undefined || !shared.listeners.delete(listener) || shared.listeners.size > 0) return;
    shared.watch.dispose();
    this.#shared.delete(key);
  }

  dispose(): void {
    for (const { watch } of this.#shared.values()) watch.dispose();
    this.#shared.clear();
  }
}
