import type { FileView } from '../app/filePorts.ts';

/** Milliseconds for which a file counts as written by others after they last did. */
const memory = 60_000;
const most = 1000;

/** Which files other programs are writing too: there the guarded exchange is used. */
export class Rivals {
  readonly #ours = new Map<string, string>();
  readonly #theirs = new Map<string, number>();

  wrote(target: string, hash: string): void {
    remember(this.#ours, target, hash);
  }

  met(target: string): void {
    remember(this.#theirs, target, Date.now());
  }

  isContended(target: string, file: FileView): boolean {
    const since = Date.now() - memory;
    if (file.modifiedAt > since && this.#ours.get(target) !== file.hash) this.met(target);
    return (this.#theirs.get(target) ?? 0) > since;
  }
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
