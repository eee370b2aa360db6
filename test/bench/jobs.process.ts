// The same list read by scripts that do nothing else: the floor that the runner is measured against. Runs in a process of its own, as the runner does.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type * as Playwright from 'playwright-core';

export interface RawTask {
  subject: 'playwright-core script' | 'CDP loop';
  url: string;
  executable: string;
  args: string[];
}
export interface RawResult {
  /** Milliseconds until the first page could be opened, and of all pages. */
  start: number;
  pages: number;
  read: number;
  rows: string[][];
}

interface PageContent {
  rows: string[][];
  next: string | null;
}

// As text: names that a bundler keeps by a helper of its own are unknown in the page.
const readPage = `(() => ({
  rows: [...document.querySelectorAll('table tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent.trim())),
  next: document.querySelector('a[rel=next]')?.href ?? null,
}))()`;

async function loop(
  url: string,
  open: (address: string) => Promise<void>,
  read: () => Promise<PageContent>,
): Promise<Omit<RawResult, 'start'>> {
  const begun = performance.now();
  const rows: string[][] = [];
  let pages = 0;
  for (let next: string | null = url; next !== null; pages++) {
    await open(next);
    const content = await read();
    rows.push(...content.rows);
    next = content.next;
  }
  return { pages: pages, read: performance.now() - begun, rows };
}

async function script({ url, executable, args }: RawTask, folder: string): Promise<RawResult> {
  const { chromium } = createRequire(path.join(process.cwd(), 'package.json'))('playwright-core') as typeof Playwright;
  const begun = performance.now();
  const context = await chromium.launchPersistentContext(folder, { executablePath: executable, headless: true, args });
  const page = context.pages()[0] ?? (await context.newPage());
  const start = performance.now() - begun;
  const result = await loop(
    url,
    async (address) => void (await page.goto(address, { waitUntil: 'domcontentloaded' })),
    () => page.evaluate<PageContent>(readPage),
  );
  await context.close();
  return { start, ...result };
}

/** Chromium's own protocol over pipes, and nothing in between. */
class Pipe {
  readonly #to: Writable;
  readonly #answers = new Map<number, (result: never) => void>();
  readonly #events = new Map<string, () => void>();
  #last = 0;

  constructor(to: Writable, from: Readable) {
    this.#to = to;
    let rest = '';
    from.setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (rest + chunk).split('\0');
      rest = messages.pop() ?? '';
      for (const text of messages) {
        const message = JSON.parse(text) as { id?: number; method?: string; result?: never };
        if (message.id !== undefined) this.#answers.get(message.id)?.(message.result as never);
        else if (message.method !== undefined) this.#events.get(message.method)?.();
      }
    });
  }

  send<T>(method: string, params: object, sessionId?: string): Promise<T> {
    const id = ++this.#last;
    this.#to.write(`${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }

  event(name: string): Promise<void> {
    return new Promise((resolve) => this.#events.set(name, resolve));
  }
}

async function cdp({ url, executable, args }: RawTask, folder: string): Promise<RawResult> {
  const begun = performance.now();
  const browser = spawn(executable, ['--headless', '--remote-debugging-pipe', `--user-data-dir=${folder}`, ...args, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const pipe = new Pipe(browser.stdio[3] as Writable, browser.stdio[4] as Readable);
  const { targetId } = await pipe.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await pipe.send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
  await pipe.send('Page.enable', {}, sessionId);
  const start = performance.now() - begun;
  const result = await loop(
    url,
    async (address) => {
      const loaded = pipe.event('Page.domContentEventFired');
      await pipe.send('Page.navigate', { url: address }, sessionId);
      await loaded;
    },
    async () => {
      const answer = await pipe.send<{ result: { value: PageContent } }>(
        'Runtime.evaluate',
        { expression: readPage, returnByValue: true },
        sessionId,
      );
      return answer.result.value;
    },
  );
  const gone = new Promise((resolve) => browser.once('exit', resolve));
  await pipe.send('Browser.close', {});
  await gone;
  return { start, ...result };
}

process.on('message', (task: RawTask) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ct-raw-'));
  const run = task.subject === 'CDP loop' ? cdp(task, folder) : script(task, folder);
  run.then(
    (result) => process.send?.(result, () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
