/** Milliseconds of work after which others get their turn. */
const longest = 8;

/** Cuts long work on the event loop's thread into slices. */
export class Slices {
  #start = performance.now();

  /** To be awaited between two pieces of work: lets others have their turn when this slice is over. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#start < longest) return;
    await new Promise<void>((resolve) => void setTimeout(resolve));
    this.#start = performance.now();
  }

  /** A slice begins: what came before was waiting. */
  restart(): void {
    this.#start = performance.now();
  }
}
