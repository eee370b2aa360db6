import { AppError } from '../../core/appError.ts';
import { Emitter } from '../../util/emitter.ts';
import type { Answer, OpenAsk } from './jobEngine.ts';

interface Kept {
  open: OpenAsk;
  answer(answer: Answer): Promise<void> | void;
}

/** The questions of a folder's runs that nobody has answered yet. */
export class Asks {
  readonly #kept = new Map<string, Kept>();
  readonly #changed = new Emitter<readonly OpenAsk[]>();
  readonly onDidChange = this.#changed.event;

  all(): readonly OpenAsk[] {
    return [...this.#kept.values()].map(({ open }) => open).sort((a, b) => a.askedAt - b.askedAt);
  }

  add(open: OpenAsk, answer: Kept['answer']): void {
    this.#kept.set(keyOf(open.run, open.ask), { open, answer });
    this.#tell();
  }

  /** The question has come to nothing, or was answered by what happened on the page. */
  remove(run: number, ask: number): void {
    if (this.#kept.delete(keyOf(run, ask))) this.#tell();
  }

  removeAll(run: number): void {
    const all = this.all().filter((open) => open.run === run);
    for (const { ask } of all) this.#kept.delete(keyOf(run, ask));
    if (all.length > 0) this.#tell();
  }

  async answer(run: number, ask: number, answer: Answer): Promise<void> {
    const kept = this.#kept.get(keyOf(run, ask));
    if (kept === undefined) {
      throw new AppError('job.notFound', `Run ${run} does not wait for this answer any more.`, { run });
    }
    this.#kept.delete(keyOf(run, ask));
    this.#tell();
    try {
      await kept.answer(answer);
    } catch (error) {
      // It is a question still.
      this.add(kept.open, kept.answer);
      throw error;
    }
  }

  #tell(): void {
    this.#changed.fire(this.all());
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

const keyOf = (run: number, ask: number) => `${run}/${ask}`;
