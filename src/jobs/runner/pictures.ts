import type { Locator, Page } from 'playwright-core';
import { locate } from './candidates.ts';
import type { LiveRun } from './liveRun.ts';

/** Fields whose value nobody may see. */
const sensitive =
  'input[type=password], input[autocomplete=one-time-code], input[autocomplete^=cc-], input[name*=otp i], input[name*=pin i], input[name*=cvv i], input[name*=ssn i], input[name*=iban i], input[name*=passw i], input[name*=token i]';

/** What is painted over in pictures of the page. */
export function masks(run: LiveRun, page: Page): Locator[] {
  const typed = run.secretTargets.flatMap((target) => target.candidates.map((one) => locate(page, one)));
  return [
    page.locator(`css=${sensitive}`),
    ...page
      .frames()
      .slice(1)
      .map((frame) => frame.locator(`css=${sensitive}`)),
    ...typed,
  ];
}

/** A picture of what the page shows, as JPEG. */
export function picture(run: LiveRun, page: Page, timeout: number): Promise<Buffer> {
  return page.screenshot({ type: 'jpeg', quality: 70, mask: masks(run, page), animations: 'disabled', timeout });
}
