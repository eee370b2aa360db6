/** Lets work on one path wait for earlier work on it. */
export class PathQueue {
  readonly #ends = new Map<string, Promise<void>>();

  async run<T>(paths: readonly string[], work: () => Promise<T>): Promise<T> {
    // Names that a file system may take for one are one.
    const keys = [...new Set(paths.map((path) => path.toLowerCase()))];
    const before = keys.map((key) => this.#ends.get(key) ?? Promise.resolve());
    let done = () => {};
    const end = new Promise<void>((resolve) => (done = resolve));
    for (const key of keys) this.#ends.set(key, end);
    try {
      await Promise.all(before);
      return await work();
    } finally {
      done();
      for (const key of keys) if (this.#ends.get(key) === end) this.#ends.delete(key);
    }
  }
}
