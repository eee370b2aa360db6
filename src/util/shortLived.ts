/**
 * Things kept under a number for a short time, in great numbers, such as calls until they are answered.
 *
 * Not a `Map`: V8 moves a Map that lives on growth and deletion alone to ever new tables, each of which knows its successor. Once one of
 * them has grown old, it keeps all the later ones with everything that was ever in them, until the next full collection; each small
 * collection then copies megabytes of answered calls, and pauses for ten milliseconds instead of one.
 */
export class ShortLived<T> {
  #items: Record<number, T> = Object.create(null);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number must not be in use. */
  add(key: number, item: T): void {
    this.#items[key] = item;
    this.#size++;
  }

  get(key: number): T | undefined {
    return this.#items[key];
  }

  /** Removes and answers it. */
  take(key: number): T | undefined {
    const item = this.#items[key];
    if (item === undefined) return undefined;
    delete this.#items[key];
    this.#size--;
    return item;
  }

  keys(): number[] {
    return Object.keys(this.#items).map(Number);
  }

  /** In the order of their numbers. */
  values(): T[] {
    return Object.values(this.#items);
  }

  clear(): void {
    this.#items = Object.create(null);
    this.#size = 0;
  }
}
