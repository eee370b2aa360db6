import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Governor, type Headers, type Ticket } from '../../../src/core/jobs/governor.ts';

/** A clock that is set by hand, and waits that pass at once. */
class Clock {
  now = 0;
  random = () => 0.5;
  readonly #waiting: { at: number; go: () => void }[] = [];
  readonly deps = { monotonic: () => this.now, wall: () => 1_700_000_000_000 + this.now, random: () => this.random() };

  wait(ms: number): Promise<void> {
    return new Promise((go) => void this.#waiting.push({ at: this.now + ms, go }));
  }

  /** Lets time pass until all work is done. */
  async run(work: Promise<unknown>): Promise<void> {
    let done = false;
    const end = work.finally(() => (done = true));
    while (!done) {
      for (let i = 0; i < 20; i++) await Promise.resolve();
      const next = this.#waiting.sort((a, b) => a.at - b.at).shift();
      if (next === undefined) continue;
      this.now = Math.max(this.now, next.at);
      next.go();
    }
    await end;
  }
}

const ticket = (answer: Ticket | number): Ticket => {
  assert.notEqual(typeof answer, 'number', `has to wait ${JSON.stringify(answer)}`);
  return answer as Ticket;
};
const waits = (answer: Ticket | number): number => {
  assert.equal(typeof answer, 'number');
  return answer as number;
};

/** A site that grants a number of requests per second, and answers in 20 ms. */
class SpikeSite {
  readonly #clock: Clock;
  readonly #limit: number;
  #window = -Infinity;
  #count = 0;
  refused = 0;

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  async ask(): Promise<{ status: number; headers: Headers }> {
    await this.#clock.wait(10);
    if (this.#clock.now - this.#window >= 1000) {
      this.#window = this.#clock.now;
      this.#count = 0;
    }
    this.#count++;
    const headers = {
      'x-rate-limit-limit': String(this.#limit),
      'x-rate-limit-remaining': String(Math.max(0, this.#limit - this.#count)),
      'x-rate-limit-reset': String((1_700_000_000_000 + this.#window + 1000) / 1000),
    };
    const status = this.#count > this.#limit ? 429 : 200;
    if (status === 429) this.refused++;
    await this.#clock.wait(10);
    return { status, headers };
  }
}

describe('the governor', () => {
  test('keeps a spike limit of 25 a second without a single 429, within 1.4 times what is possible', async () => {
    const clock = new Clock();
    const governor = new Governor(clock.deps);
    const site = new SpikeSite(clock, 25);
    let left = 100;
    const worker = async () => {
      while (left > 0) {
        const answer = governor.begin('a.example', 0);
        if (typeof answer === 'number') {
          await clock.wait(answer);
          continue;
        }
        left--;
        const { status, headers } = await site.ask();
        governor.end(answer, status, headers);
        if (status === 429) left++;
      }
    };
    await clock.run(Promise.all([1, 2, 3, 4, 5].map(worker)));
    assert.equal(site.refused, 0);
    // Three full seconds must pass between four windows of 25.
    assert.ok(clock.now <= 1.4 * 3000, `${clock.now} ms`);
  });

  test('waits as long as Retry-After says, in seconds or as a date', () => {
    for (const value of ['7', new Date(1_700_000_007_000).toUTCString()]) {
      const clock = new Clock();
      clock.random = () => 0;
      const governor = new Governor(clock.deps);
      governor.end(ticket(governor.begin('a.example', 0)), 429, { 'retry-after': value });
      assert.equal(waits(governor.begin('a.example', 0)), 7000);
      assert.equal(governor.pausedUntil('a.example'), 1_700_000_007_000);
      clock.now = 7000;
      ticket(governor.begin('a.example', 0));
      assert.equal(governor.pausedUntil('a.example'), null);
    }
  });

  test('reads the limits under all their names', () => {
    const spellings: Headers[] = [
      { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1700000004' },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4' },
      { 'ratelimit-remaining': '0', 'ratelimit-reset': '4' },
      { ratelimit: '"default";r=0;t=4' },
      { ratelimit: 'limit=100, remaining=0, reset=4' },
    ];
    for (const headers of spellings) {
      const governor = new Governor(new Clock().deps);
      governor.end(ticket(governor.begin('a.example', 0)), 200, headers);
      assert.equal(waits(governor.begin('a.example', 0)), 4000, JSON.stringify(headers));
    }
  });

  test('backs off from 429 and 503 without a hint, longer each time and never over a minute', () => {
    const clock = new Clock();
    clock.random = () => 1;
    const governor = new Governor(clock.deps);
    const spans: number[] = [];
    for (let i = 0; i < 4; i++) {
      governor.end(ticket(governor.begin('a.example', 0)), i % 2 === 0 ? 429 : 503);
      spans.push(waits(governor.begin('a.example', 0)));
      clock.now += spans.at(-1)!;
    }
    assert.deepEqual(spans, [1000, 2000, 4000, 8000]);
  });

  test('leaves a host alone for a minute after five failures, then sends one request to see', () => {
    const clock = new Clock();
    const governor = new Governor(clock.deps);
    for (let i = 0; i < 5; i++) governor.end(ticket(governor.begin('a.example', 0)), i === 2 ? null : 500);
    assert.equal(waits(governor.begin('a.example', 0)), 60_000);
    ticket(governor.begin('b.example', 0));
    clock.now = 60_000;
    const probe = ticket(governor.begin('a.example', 0));
    assert.ok(waits(governor.begin('a.example', 0)) > 0);
    governor.end(probe, 500);
    assert.equal(waits(governor.begin('a.example', 0)), 60_000);
    clock.now = 120_000;
    governor.end(ticket(governor.begin('a.example', 0)), 200);
    ticket(governor.begin('a.example', 0));
    ticket(governor.begin('a.example', 0));
  });

  test('keeps the pace of a job for pages, with some jitter, and lets other requests through', () => {
    const clock = new Clock();
    clock.random = () => 0;
    const governor = new Governor(clock.deps);
    ticket(governor.begin('a.example', 1000));
    assert.equal(waits(governor.begin('a.example', 1000)), 800);
    ticket(governor.begin('a.example', 0));
    clock.now = 800;
    ticket(governor.begin('a.example', 1000));
  });

  test('hears what pages ask for by themselves only when it slows down', () => {
    const clock = new Clock();
    clock.random = () => 0;
    const governor = new Governor(clock.deps);
    governor.observe('a.example', 200, { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '9' });
    ticket(governor.begin('a.example', 0));
    governor.observe('a.example', 429, { 'retry-after': '3' });
    assert.equal(waits(governor.begin('a.example', 0)), 3000);
  });

  test('never believes a host that wants to be left alone for hours', () => {
    const governor = new Governor(new Clock().deps);
    governor.end(ticket(governor.begin('a.example', 0)), 503, { 'retry-after': '86400' });
    assert.equal(waits(governor.begin('a.example', 0)), 15 * 60_000);
  });

  test('is not misled by a clock that is set back while it waits', () => {
    const clock = new Clock();
    let wall = 1_700_000_000_000;
    const governor = new Governor({ ...clock.deps, wall: () => wall });
    governor.end(ticket(governor.begin('a.example', 0)), 429, { 'retry-after': '5' });
    wall -= 3_600_000;
    clock.now = 5000;
    ticket(governor.begin('a.example', 0));
  });
});
