import type { RunWait } from '../../core/jobs/run.ts';
import { plainLine, plainText } from '../../core/jobs/plainText.ts';
import type { FromRunner, ToRunner } from '../../protocol/jobs/runnerMessages.ts';
import { orAborted } from './waits.ts';

type About = Extract<FromRunner, { kind: 'ask' }>['about'];
export type Answer = Extract<ToRunner, { kind: 'answer' }>['answer'];

export interface Question {
  about: About;
  message: string;
  choices?: string[];
  screenshot?: string | null;
}

export interface AskDeps {
  run: number;
  send(message: FromRunner): void;
  signal: AbortSignal;
  /** The time in which a person thinks is not the run's. */
  onWaiting(waits: boolean): void;
}

const waitFor: Readonly<Partial<Record<About, RunWait>>> = { signIn: 'signIn', twoFactor: 'signIn', captcha: 'signIn' };

/** Questions to the user. One at a time per run. */
export class Asks {
  readonly #deps: AskDeps;
  readonly #open = new Map<number, (answer: Answer) => void>();
  #last = 0;

  constructor(deps: AskDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves with the answer, or with what `otherwise` brings: the question was answered by what happened on the page, and is taken back.
   * `otherwise` is given a signal that ends with the question.
   */
  async ask<T = never>(question: Question, otherwise?: (signal: AbortSignal) => Promise<T>): Promise<Answer | T> {
    const { run, send, signal } = this.#deps;
    const ask = ++this.#last;
    const over = new AbortController();
    const message = plainText(question.message, 4000);
    send({ kind: 'waiting', run, for: waitFor[question.about] ?? 'user', reason: plainLine(message, 500) });
    send({
      kind: 'ask',
      run,
      ask,
      about: question.about,
      message,
      screenshot: question.screenshot ?? null,
      choices: question.choices ?? [],
    });
    this.#deps.onWaiting(true);
    try {
      let answered = false;
      const answer = new Promise<Answer>((resolve) => {
        this.#open.set(ask, (value) => {
          answered = true;
          resolve(value);
        });
      });
      const result = await orAborted(
        otherwise === undefined ? answer : Promise.race([answer, otherwise(AbortSignal.any([over.signal, signal]))]),
        signal,
      );
      if (!answered) send({ kind: 'askDone', run, ask });
      send({ kind: 'running', run });
      return result;
    } finally {
      this.#deps.onWaiting(false);
      this.#open.delete(ask);
      over.abort();
    }
  }

  answer(ask: number, answer: Answer): void {
    this.#open.get(ask)?.(answer);
  }
}
