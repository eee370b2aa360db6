import { AppError } from '../../core/appError.ts';
import type { FromRunner, ToRunner } from '../../protocol/jobs/runnerMessages.ts';
import { faultOf } from './faults.ts';
import { startRecording } from './recorder/recorder.ts';
import { profiles } from './sessions.ts';

type Wanted = Extract<ToRunner, { kind: 'openProfile' | 'record' }>;

/** A browser window of a profile that is the user's for a while: to sign in, to record, or to pick an element. Ends when it is closed or stopped. */
export class UserWindow {
  readonly #wanted: Wanted;
  readonly #send: (message: FromRunner) => void;
  readonly #stopping = new AbortController();
  #stop: () => void = () => undefined;

  constructor(wanted: Wanted, send: (message: FromRunner) => void) {
    this.#wanted = wanted;
    this.#send = send;
  }

  stop(): void {
    this.#stopping.abort(new AppError('cancelled', 'The window was closed.'));
    this.#stop();
  }

  /** Never rejects: whatever happens is told by `closed`. */
  async drive(): Promise<void> {
    const { id } = this.#wanted;
    try {
      await this.#show();
      this.#send({ kind: 'closed', id, error: null });
    } catch (error) {
      const fault = faultOf(error, 'The window could not be opened', '');
      this.#send({ kind: 'closed', id, error: fault.code === 'cancelled' ? null : { code: fault.code, message: fault.message } });
    }
  }

  async #show(): Promise<void> {
    const { id, profile, browser, url, surroundings } = this.#wanted;
    // Where no window can be shown, tests still drive a recording.
    const window = !surroundings.browserArguments.includes('--headless');
    const opened = await profiles.open({ profile, browser, window, surroundings }, this.#stopping.signal);
    const { context } = opened;
    try {
      const over = new Promise<void>((resolve) => {
        this.#stop = resolve;
        context.once('close', () => resolve());
        const leave = () => {
          if (context.pages().length === 0) resolve();
        };
        for (const page of context.pages()) page.once('close', leave);
        context.on('page', (page) => page.once('close', leave));
      });
      const page = context.pages()[0] ?? (await context.newPage());
      const recording =
        this.#wanted.kind === 'record'
          ? await startRecording(context, { pick: this.#wanted.pick, onStep: (step) => this.#send({ kind: 'recorded', id, step }) })
          : null;
      if (url !== null) await page.goto(url, { waitUntil: 'domcontentloaded' }).catch(() => undefined);
      this.#send({ kind: 'opened', id });
      await (recording === null ? over : Promise.race([over, recording.ended]));
      if (recording !== null) await recording.stop();
    } finally {
      await opened.release('close');
    }
  }
}
