import type { Locator, Page } from 'playwright-core';
import * as z from 'zod';
import { AppError } from '../../core/appError.ts';
import { hostAndPath } from '../../core/jobs/redact.ts';
import type { Target } from '../../protocol/jobs/locator.ts';
import type { ForEachPageStep } from '../../protocol/jobs/steps.ts';
import { lookForNextCode, untilChangedCode, untilStillCode, type ChangeRequest, type LookRequest } from './lookForNext.ts';
import type { PageCode } from './pageCode.ts';
import { monotonic, orAborted } from './waits.ts';

/** The pages a loop has been on, to notice when it goes round in circles. After a restart it begins anew. */
export interface PageTrail {
  readonly seen: Set<string>;
  /** Whether the addresses of links lead on, which is tried with the first. When they do not, a script does the work, and links are clicked. */
  links: 'untried' | 'lead' | 'mislead';
}
export const newPageTrail = (): PageTrail => ({ seen: new Set(), links: 'untried' });

export interface PagingScope {
  /** The one element to click, or null when there is none on this page now. Asked only when the fast way did not find it. */
  resolve(target: Target): Promise<Locator | null>;
  /** Fills templates in candidates. */
  render(template: string): string;
  /** Opens an address as the step `goto` does: allowed hosts, governor, login wall; until `domcontentloaded`. */
  goto(url: string): Promise<void>;
  /** Does what loads a page otherwise, at the pace the host allows. */
  paced<T>(act: () => Promise<T>): Promise<T>;
  /** CSS of the rows, when known: the page has changed when they have. */
  rows: string | null;
  timeout: number;
  signal: AbortSignal;
}

export type NextPage =
  | { kind: 'moved'; by: 'link' | 'click'; url: string }
  /** `sure`: there is no further page. Otherwise the list may not be complete, and `why` belongs into the log as a warning. */
  | { kind: 'end'; sure: boolean; why: string };

const look = z.object({
  address: z.string(),
  content: z.string(),
  rows: z.int(),
  still: z.boolean(),
  next: z.object({ count: z.int(), disabled: z.boolean(), link: z.string().nullable() }).nullable(),
});
type Look = z.output<typeof look>;
const change = z.object({ changed: z.boolean(), rows: z.int() });

/** How long a click may show no effect before it is taken for one that has none. */
const effectMs = 10_000;
const end = (sure: boolean, why: string): NextPage => ({ kind: 'end', sure, why });

/**
 * Goes to the next page of a list and waits until it is there. Called when a page has been read. A plain link of the same origin is opened by
 * its address, which is three times as fast as a click; everything else is clicked.
 *
 * @throws AppError `timeout` when the next page shows no row in time, and what `goto` and `resolve` throw.
 */
export async function nextPage(
  page: Page,
  { next }: ForEachPageStep['forEachPage'],
  trail: PageTrail,
  scope: PagingScope,
): Promise<NextPage> {
  const request = lookRequest(next, scope);
  const here = look.parse(await inPage(page, lookForNextCode, request, scope));
  if (trail.seen.has(here.content)) return end(false, 'This page shows what an earlier one showed: the list goes round in circles.');
  trail.seen.add(here.content);
  if (here.next?.disabled === true) return end(true, 'Next is disabled.');
  const link = here.next?.count === 1 ? here.next.link : null;
  if (link !== null && trail.links !== 'mislead') {
    await scope.goto(link);
    if (trail.links === 'lead') return { kind: 'moved', by: 'link', url: link };
    const there = look.parse(await inPage(page, lookForNextCode, { ...request, wait: Math.min(scope.timeout, effectMs) }, scope));
    trail.links = there.content === here.content ? 'mislead' : 'lead';
    if (trail.links === 'lead') return { kind: 'moved', by: 'link', url: link };
    await scope.goto(here.address);
  }
  const target = (await scope.resolve(next)) ?? (await later(page, next, here, scope));
  if (target === null) return end(true, 'There is no Next.');
  if (await orAborted(isOff(target), scope.signal)) return end(true, 'Next is disabled.');
  return click(page, target, here, scope);
}

/** What Playwright does better, such as labels and positions, is left to it; so are frames. */
function lookRequest(next: Target, scope: PagingScope): LookRequest {
  const rendered = next.candidates.map(({ css, testId, role, name, text, exact }) => ({
    ...(css === undefined ? {} : { css: scope.render(css) }),
    ...(testId === undefined ? {} : { testId: scope.render(testId) }),
    ...(role === undefined ? {} : { role: scope.render(role).toLowerCase() }),
    ...(name === undefined ? {} : { name: scope.render(name) }),
    ...(text === undefined ? {} : { text: scope.render(text) }),
    ...(exact === undefined ? {} : { exact }),
  }));
  // Only the first: whether a later one is to be believed is for `resolve` to say.
  return { candidates: next.frame.length > 0 ? [] : rendered.slice(0, 1), rows: scope.rows, wait: 0 };
}

/** A pager may be drawn after the rows. Where a script is, the end of the list is believed only when the page has come to rest. */
async function later(page: Page, next: Target, here: Look, scope: PagingScope): Promise<Locator | null> {
  if (here.still) return null;
  await inPage(page, untilStillCode, { still: 300, timeout: 3000 }, scope);
  return scope.resolve(next);
}

const isOff = (target: Locator): Promise<boolean> =>
  target.evaluate((element) => {
    const near = [element, element.parentElement];
    return (
      element.matches(':disabled') ||
      element.closest('[aria-disabled=true]') !== null ||
      near.some((one) => one !== null && /(^|[\s_-])disabled($|\s)/i.test(one.getAttribute('class') ?? ''))
    );
  });

async function click(page: Page, target: Locator, here: Look, scope: PagingScope): Promise<NextPage> {
  let documents = 0;
  const count = (): void => void documents++;
  page.on('domcontentloaded', count);
  try {
    return await scope.paced(async () => {
      await orAborted(target.click({ timeout: scope.timeout }), scope.signal);
      const deadline = monotonic() + Math.min(scope.timeout, effectMs);
      for (;;) {
        const before = documents;
        const request: ChangeRequest = { rows: scope.rows, content: here.content, timeout: Math.max(100, deadline - monotonic()) };
        // A document that was loaded anew and shows the same will not change any more, so it is not waited for as long.
        if (before > 0) request.timeout = Math.min(request.timeout, 1000);
        const result = change.safeParse(await inPage(page, untilChangedCode, request, scope));
        if (result.success && result.data.changed) return { kind: 'moved', by: 'click', url: page.url() };
        if (documents > before && monotonic() < deadline) continue;
        if (scope.rows !== null && result.data?.rows === 0) {
          throw new AppError(
            'timeout',
            `After Next, ${hostAndPath(page.url()) ?? 'the page'} showed no row in time. Give the step a longer \`timeout\`.`,
          );
        }
        return end(false, 'Next changes nothing: the page stays as it is.');
      }
    });
  } finally {
    page.off('domcontentloaded', count);
  }
}

/** Asks again in the next document when the page goes there meanwhile. */
async function inPage(page: Page, code: PageCode, request: object, scope: PagingScope): Promise<unknown> {
  for (const deadline = monotonic() + scope.timeout; ;) {
    try {
      return await orAborted(page.evaluate(code, request), scope.signal);
    } catch (error) {
      const moved = error instanceof Error && /Execution context was destroyed|navigation/i.test(error.message);
      if (!moved || monotonic() > deadline) throw error;
      await orAborted(page.waitForLoadState('domcontentloaded', { timeout: scope.timeout }), scope.signal);
    }
  }
}
