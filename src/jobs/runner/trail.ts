import type { LogEntry } from '../../protocol/jobs/runs.ts';

interface Answer {
  at: number;
  method: string;
  where: string;
  status: number;
}

const most = 500;

/**
 * The last things that happened, for whoever looks into a failure. Playwright's own trace is not used: it holds cookies, headers, typed texts and whole
 * pages. https://github.com/microsoft/playwright/issues/19992
 */
export class Trail {
  readonly #events: object[] = [];

  /** An action, as the log keeps it. */
  action(entry: LogEntry): void {
    this.#add(entry);
  }

  answer(answer: Answer): void {
    this.#add(answer);
  }

  #add(event: object): void {
    this.#events.push(event);
    if (this.#events.length > 2 * most) this.#events.splice(0, most);
  }

  /** A line of JSON for each. */
  text(): string {
    return this.#events
      .slice(-most)
      .map((event) => `${JSON.stringify(event)}\n`)
      .join('');
  }
}
