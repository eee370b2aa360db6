import type { FromRunner, ToRunner } from '../../protocol/jobs/runnerMessages.ts';
import type { Disposable } from '../../util/disposable.ts';
import { DisposableStore } from '../../util/disposable.ts';
import type { JobRunner } from './ports.ts';

export interface Visitor {
  receive(message: FromRunner): void;
  /** The process is gone, and what it did for this visitor with it. */
  gone(reason: string): void;
}

/** One piece of work that the runner's process does for somebody. */
export interface Ticket extends Disposable {
  /** What the runner calls it: a number of this window. Runs of two folders may have the same number in their databases. */
  readonly number: number;
  send(message: ToRunner): Promise<void>;
}

/** Brings what the runner's process says to whom it concerns. One for all folders of a window. */
export class RunnerDesk implements Disposable {
  readonly #runner: JobRunner;
  readonly #visitors = new Map<number, Visitor>();
  readonly #subscriptions = new DisposableStore();
  #last = 0;

  constructor(runner: JobRunner) {
    this.#runner = runner;
    this.#subscriptions.add(
      runner.onDidReceive((message) => {
        if (message.kind === 'ready') return;
        // What is said to those who have left, such as a cancelled run, is of no use to anybody.
        this.#visitors.get('run' in message ? message.run : message.id)?.receive(message);
      }),
    );
    this.#subscriptions.add(
      runner.onDidExit(({ reason }) => {
        const all = [...this.#visitors.values()];
        this.#visitors.clear();
        for (const visitor of all) visitor.gone(reason);
      }),
    );
  }

  open(visitor: Visitor): Ticket {
    const number = ++this.#last;
    this.#visitors.set(number, visitor);
    return { number, send: (message) => this.#runner.send(message), dispose: () => void this.#visitors.delete(number) };
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#visitors.clear();
  }
}
