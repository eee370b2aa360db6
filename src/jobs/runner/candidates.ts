import type { FrameLocator, Locator, Page } from 'playwright-core';
import type { Candidate, Fingerprint } from '../../protocol/jobs/locator.ts';
import { firstLine, normalName } from './snapshotLine.ts';

/** Where an element is looked for. */
export type Place = Page | FrameLocator;

type Role = Parameters<Page['getByRole']>[0];
const isRole = (role: string): role is Role => /^[a-z]+$/.test(role);

/** A candidate as Playwright looks for it. Reaches into open shadow roots, except by xpath. */
export function locate(place: Place, one: Candidate): Locator {
  const exact = one.exact ?? false;
  if (one.testId !== undefined) return place.getByTestId(one.testId);
  if (one.role !== undefined) {
    const role = one.role.toLowerCase();
    if (!isRole(role)) return place.locator('css=:not(*)');
    return place.getByRole(role, one.name === undefined ? {} : { name: one.name, exact });
  }
  if (one.label !== undefined) return place.getByLabel(one.label, { exact });
  if (one.placeholder !== undefined) return place.getByPlaceholder(one.placeholder, { exact });
  if (one.text !== undefined) return place.getByText(one.text, { exact });
  if (one.title !== undefined) return place.getByTitle(one.title, { exact });
  if (one.alt !== undefined) return place.getByAltText(one.alt, { exact });
  if (one.css !== undefined) return place.locator(`css=${one.css}`);
  return place.locator(`xpath=${one.xpath ?? ''}`);
}

/** Whether a candidate names what the element is for its user, so that it may be believed without knowing more. */
export const bearsIdentity = (one: Candidate): boolean =>
  one.testId !== undefined ||
  (one.role !== undefined && one.name !== undefined) ||
  one.label !== undefined ||
  (one.text !== undefined && one.exact === true);

/** What an element is: as Playwright's own accessibility tree says. */
export async function describe(locator: Locator, timeout: number): Promise<{ role: string | null; name: string | null; tag: string }> {
  const [snapshot, tag] = await Promise.all([
    locator.ariaSnapshot({ timeout }),
    locator.evaluate((element) => element.tagName.toLowerCase(), undefined, { timeout }),
  ]);
  return { ...firstLine(snapshot), tag };
}

/** Whether the element still is what it was when it was recorded. */
export async function agrees(locator: Locator, { role, name, tag }: Fingerprint, timeout: number): Promise<boolean> {
  const now = await describe(locator, timeout);
  if (tag !== undefined && tag.toLowerCase() !== now.tag) return false;
  if (role !== undefined && role.toLowerCase() !== now.role) return false;
  return name === undefined || normalName(name) === normalName(now.name ?? '');
}
