import { randomUUID } from 'node:crypto';
import type { BrowserContext, Frame, Page } from 'playwright-core';
import * as z from 'zod';
import { resumableUrl } from '../../../core/jobs/redact.ts';
import { candidate, fingerprint } from '../../../protocol/jobs/locator.ts';
import type { Candidate } from '../../../protocol/jobs/locator.ts';
import type { RecordedStep } from '../../../protocol/jobs/runnerMessages.ts';
import { frameSelectorCode, pickInPageCode, watchPageCode, type WatchOptions } from './watchPage.ts';

export interface RecorderOptions {
  /** Only the element that is clicked next is reported, and the click does nothing on the page. */
  pick: boolean;
  onStep(step: RecordedStep): void;
}

export interface Recording {
  /** In pick mode: an element was picked. Otherwise: the last page was closed. */
  readonly ended: Promise<void>;
  /** Hands over what is half typed and takes the watching out of all pages. The browser stays open. */
  stop(): Promise<void>;
}

const pageReport = z.strictObject({
  kind: z.enum(['click', 'fill', 'select', 'check', 'press', 'upload']),
  candidates: z.array(candidate).max(12),
  fingerprint,
  value: z.string().max(20_000).nullable(),
  checked: z.boolean().nullable(),
  sensitive: z.enum(['password', 'code', 'email', 'phone']).nullable(),
  at: z.int(),
});

/** An address that follows a click this soon was not typed by the user. */
const causedMs = 5000;

/**
 * Watches what the user does in all pages of the context, those that open later too, until it is stopped. Steps come in the order in which
 * they were done; values of sensitive fields stay in the page.
 */
export async function startRecording(context: BrowserContext, { pick, onStep }: RecorderOptions): Promise<Recording> {
  // Not to be guessed by the page, and not the same in two recordings of one browser.
  const id = randomUUID().replaceAll('-', '');
  const names: WatchOptions = { report: `report${id}`, handle: `watch${id}` };
  const code = pick ? pickInPageCode : watchPageCode;
  let stopped = false;
  let lastAction = Number.NEGATIVE_INFINITY;
  let queue: Promise<void> = Promise.resolve();
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  /** Found out as soon as there is a frame: after the click that replaces it, it is too late. */
  const ways = new WeakMap<Frame, Promise<Candidate>>();
  const wayTo = (frame: Frame): Promise<Candidate> => {
    const way = ways.get(frame) ?? frameCandidate(frame);
    ways.set(frame, way);
    return way;
  };
  /** The address that the job is at, as far as it was told. */
  const told = new WeakMap<Page, string>();

  const goto = (page: Page): void => {
    const url = resumableUrl(page.url());
    if (url === null || pick) return;
    const caused = performance.now() - lastAction < causedMs;
    const known = told.get(page);
    told.set(page, page.url());
    if (caused || known === page.url()) return;
    onStep({
      kind: 'goto',
      url,
      candidates: [],
      fingerprint: null,
      frame: [],
      value: null,
      checked: null,
      sensitive: null,
      at: Date.now(),
    });
  };

  const take = async (frame: Frame, url: string, payload: string): Promise<void> => {
    const parsed = pageReport.safeParse(JSON.parse(payload));
    // A page that calls the function itself, with what is no report.
    if (!parsed.success) return;
    const path: Frame[] = [];
    for (let one = frame, around = frame.parentFrame(); around !== null; one = around, around = one.parentFrame()) path.unshift(one);
    onStep({ ...parsed.data, url, frame: await Promise.all(path.slice(0, 5).map(wayTo)) });
    if (pick) end();
  };

  const binding = await context.exposeBinding(names.report, ({ page, frame }, payload: unknown) => {
    if (stopped || typeof payload !== 'string' || payload.length > 100_000) return;
    if (!told.has(page)) goto(page);
    const url = resumableUrl(page.url()) ?? '';
    lastAction = performance.now();
    queue = queue.then(() => take(frame, url, payload)).catch(() => undefined);
  });
  const script = await context.addInitScript({ content: `(${String(code)})(${JSON.stringify(names)});` });

  const watch = (page: Page): void => {
    page.on('framenavigated', onNavigated);
    page.on('close', onClosed);
  };
  const onNavigated = (frame: Frame): void => {
    if (frame.parentFrame() !== null) return void wayTo(frame);
    // In the queue: it comes after the steps before it.
    queue = queue.then(() => void (stopped || goto(frame.page())));
  };
  const onClosed = (): void => {
    if (context.pages().length === 0) end();
  };
  context.on('page', watch);
  context.on('close', end);
  for (const page of context.pages()) {
    watch(page);
    await inFrames(page, (frame) => Promise.all([frame.evaluate(code, names), frame.parentFrame() !== null && wayTo(frame)]));
  }

  return {
    ended,
    stop: async () => {
      if (stopped) return;
      const handle = names.handle;
      const leave = (name: string): void => {
        const found: unknown = Reflect.get(window, name);
        if (typeof found !== 'object' || found === null) return;
        for (const method of ['flush', 'stop']) {
          const act: unknown = Reflect.get(found, method);
          if (typeof act === 'function') act.call(found);
        }
      };
      await Promise.all(context.pages().map((page) => inFrames(page, (frame) => frame.evaluate(leave, handle))));
      await queue;
      stopped = true;
      context.off('page', watch);
      context.off('close', end);
      for (const page of context.pages()) {
        page.off('framenavigated', onNavigated);
        page.off('close', onClosed);
      }
      await Promise.all([binding.dispose(), script.dispose()]).catch(() => undefined);
      end();
    },
  };
}

async function inFrames(page: Page, act: (frame: Frame) => Promise<unknown>): Promise<void> {
  // A frame that goes away meanwhile has nothing to tell.
  await Promise.all(page.frames().map((frame) => act(frame).catch(() => undefined)));
}

/** How to come to a frame from the one around it. Never fails. */
async function frameCandidate(frame: Frame): Promise<Candidate> {
  try {
    const element = await frame.frameElement();
    return candidate.parse(await element.evaluate(frameSelectorCode, {}));
  } catch {
    // It is gone already; its address is still known.
    const path = URL.canParse(frame.url()) ? new URL(frame.url()).pathname : '';
    return {
      css: frame.name() === '' ? `iframe[src*="${path.replaceAll('"', '')}"]` : `iframe[name="${frame.name().replaceAll('"', '')}"]`,
    };
  }
}
