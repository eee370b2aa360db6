/** Work goes through it until it is held; then it waits before it. */
export class Gate {
  #inside = 0;
  #held: { promise: Promise<void>; open: () => void } | undefined;
  #empty: (() => void) | undefined;

  async pass<T>(work: () => Promise<T>): Promise<T> {
    while (this.#held !== undefined) await this.#held.promise;
    this.#inside++;
    try {
      return await work();
    } finally {
      if (--this.#inside === 0) this.#empty?.();
    }
  }

  /** Settles when all that went in is done. */
  async hold(): Promise<void> {
    let open = (): void => {};
    const promise = new Promise<void>((resolve) => (open = resolve));
    this.#held = { promise, open };
    if (this.#inside > 0) await new Promise<void>((resolve) => (this.#empty = resolve));
    this.#empty = undefined;
  }

  release(): void {
    const held = this.#held;
    this.#held = undefined;
    held?.open();
  }
}
