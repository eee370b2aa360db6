import type { Disposable } from './disposable.ts';

/** Subscribes a listener; the shape is VS Code's, so that the host can pass it on. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** A list of listeners. One that throws does not keep the others from hearing: its error is thrown afterwards. */
export class Emitter<T> implements Disposable {
  #listeners = new Set<(value: T) => void>();

  readonly event: Event<T> = (listener) => {
    // A wrapper per subscription, so that one function may listen twice.
    const own = (value: T) => listener(value);
    this.#listeners.add(own);
    return { dispose: () => void this.#listeners.delete(own) };
  };

  fire(value: T): void {
    const errors: unknown[] = [];
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, 'several listeners failed');
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
