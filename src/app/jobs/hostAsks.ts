import { AppError } from '../../core/appError.ts';
import type { Clock } from '../ports.ts';
import type { Asks } from './asks.ts';
import type { Answer, OpenAsk } from './jobEngine.ts';

export interface HostAskDeps {
  run: number;
  job: string;
  asks: Asks;
  clock: Clock;
  signal: AbortSignal;
}

const goOn = 'Go on';
const cancelRun = 'Cancel the run';

/** Numbers of our own questions are below those of the runner's. */
const replayAsk = -1;
const secretsAsk = -2;

const refusal = () => new AppError('cancelled', 'The run was cancelled.');

/** Questions about a run that come before the runner gets it. They fail with `cancelled` when the user does not want to go on. */
export function askHere({ run, job, asks, clock, signal }: HostAskDeps) {
  function ask<T>(question: Pick<OpenAsk, 'ask' | 'about' | 'message' | 'choices' | 'inputs'>, read: (answer: Answer) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const aborted = () => {
        asks.remove(run, question.ask);
        reject(signal.reason instanceof Error ? signal.reason : refusal());
      };
      if (signal.aborted) return aborted();
      signal.addEventListener('abort', aborted, { once: true });
      asks.add({ run, job, screenshot: null, askedAt: clock.now(), ...question }, (answer) => {
        if (answer === null || answer === false || answer === cancelRun) {
          signal.removeEventListener('abort', aborted);
          return reject(refusal());
        }
        const value = read(answer);
        signal.removeEventListener('abort', aborted);
        resolve(value);
      });
    });
  }

  return {
    /** Whether a run that was interrupted may go on. */
    replay: (name: string) =>
      ask(
        {
          ask: replayAsk,
          about: 'replay',
          message: `${name} was interrupted. It may change things on the website: look there how far it got before it goes on.`,
          choices: [goOn, cancelRun],
          inputs: [],
        },
        () => undefined,
      ),
    /** Values of inputs that are kept nowhere. */
    secrets: (inputs: readonly string[]) =>
      ask({ ask: secretsAsk, about: 'secrets', message: `The run needs ${inputs.join(', ')}.`, choices: [], inputs }, (answer) => {
        const given: Record<string, string> = {};
        for (const name of inputs) {
          const value = typeof answer === 'object' && answer !== null ? answer[name] : undefined;
          if (value === undefined) throw new AppError('input.invalid', `The input ${name} is missing.`, { field: name });
          given[name] = value;
        }
        return given;
      }),
  };
}
