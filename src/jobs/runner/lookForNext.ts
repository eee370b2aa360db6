import type { Candidate } from '../../protocol/jobs/locator.ts';
import { deepAll, hashOf, pageCode, untilPage } from './pageCode.ts';
import { contentName, isDisabled, isShown, nameOf, roleOf, roleSelector } from './pageElements.ts';

export interface LookRequest {
  /** Ways to the element, in order. */
  candidates: Pick<Candidate, 'css' | 'testId' | 'role' | 'name' | 'text' | 'exact'>[];
  /** CSS of the rows; null compares the whole text of the page. */
  rows: string | null;
  /** Waits until there is a row, in milliseconds. */
  wait: number;
}

export interface Look {
  address: string;
  /** Tells pages of a list apart. */
  content: string;
  rows: number;
  /** Nothing will change here by itself: there is no script. */
  still: boolean;
  /** What the first candidate that leads anywhere leads to. */
  next: {
    count: number;
    disabled: boolean;
    /** Address of a link that does nothing but lead there; null for everything else. */
    link: string | null;
  } | null;
}

/** Looks at the page and at what leads to the next one, in one call. */
async function lookForNext(_root: Node, request: LookRequest): Promise<Look> {
  if (request.rows !== null && request.wait > 0) {
    const { rows } = request;
    await untilPage(() => deepAll(document, rows).length > 0, request.wait);
  }
  const rows = request.rows === null ? [] : deepAll(document, request.rows);
  const text = request.rows === null ? (document.body?.innerText ?? '') : rows.map((row) => row.textContent).join('\n');
  const look: Look = { address: location.href, content: hashOf(text), rows: rows.length, still: document.scripts.length === 0, next: null };
  for (const candidate of request.candidates) {
    const found = matches(candidate);
    if (found.length === 0) continue;
    const links = new Set(found.map(plainLink));
    const [first] = found;
    // Pagers above and below a list say the same.
    const same = links.size === 1 ? plainLink(first ?? document.documentElement) : null;
    look.next = { count: same === null ? found.length : 1, disabled: found.every(isDisabled), link: same };
    break;
  }
  return look;
}

/** The visible elements that a candidate means. A selector of Playwright's own is left to it. */
export function matches({ css, testId, role, name, text, exact }: LookRequest['candidates'][number]): Element[] {
  const tidy = (value: string): string => value.replace(/\s+/g, ' ').trim();
  const fits = (value: string, wanted: string): boolean =>
    exact === true ? tidy(value) === tidy(wanted) : tidy(value).toLowerCase().includes(tidy(wanted).toLowerCase());
  try {
    if (testId !== undefined) return deepAll(document, `[data-testid="${CSS.escape(testId)}"]`).filter(isShown);
    if (css !== undefined) return deepAll(document, css).filter(isShown);
    if (role !== undefined)
      return deepAll(document, roleSelector(role)).filter(
        (one) => roleOf(one) === role && (name === undefined || fits(nameOf(one), name)) && isShown(one),
      );
    if (text !== undefined)
      return deepAll(document, 'a[href],button,[role=link],[role=button]').filter(
        (one) => fits(contentName(one, null), text) && isShown(one),
      );
  } catch {
    // Not CSS that a browser knows.
  }
  return [];
}

function plainLink(element: Element): string | null {
  const link = element.closest('a[href]');
  if (!(link instanceof HTMLAnchorElement) || isDisabled(link)) return null;
  const target = link.target.toLowerCase();
  if ((target !== '' && target !== '_self') || link.hasAttribute('download') || link.hasAttribute('onclick')) return null;
  if (link.origin !== location.origin || !/^https?:$/.test(link.protocol)) return null;
  // A script may do the work where the address is only a place on the page, or the page itself.
  const bare = (address: string): string => address.replace(/#.*$/, '');
  if (link.hash !== '' || bare(link.href) === bare(location.href)) return null;
  return link.href;
}

export interface ChangeRequest {
  rows: string | null;
  /** What the page was before. */
  content: string;
  timeout: number;
}
export interface Change {
  changed: boolean;
  rows: number;
}

/** Waits until the page shows other rows, and no more come for a moment. */
async function untilChanged(_root: Node, request: ChangeRequest): Promise<Change> {
  const rowsNow = (): Element[] => (request.rows === null ? [] : deepAll(document, request.rows));
  const content = (): string =>
    hashOf(
      request.rows === null
        ? (document.body?.innerText ?? '')
        : rowsNow()
            .map((row) => row.textContent)
            .join('\n'),
    );
  const other = (): boolean => (request.rows === null || rowsNow().length > 0) && content() !== request.content;
  const end = performance.now() + request.timeout;
  await untilPage(other, request.timeout);
  for (let last = ''; last !== content() && performance.now() < end;) {
    last = content();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return { changed: other(), rows: rowsNow().length };
}

/** Waits until the page has not changed for a while: then what is missing is not about to come. */
async function untilStill(_root: Node, { still, timeout }: { still: number; timeout: number }): Promise<void> {
  const end = performance.now() + timeout;
  let last = performance.now();
  const observer = new MutationObserver(() => (last = performance.now()));
  observer.observe(document, { childList: true, subtree: true, attributes: true });
  while (performance.now() < end && (document.readyState !== 'complete' || performance.now() - last < still))
    await new Promise((resolve) => setTimeout(resolve, 30));
  observer.disconnect();
}

const looking = [matches, plainLink, roleOf, nameOf, contentName, isShown, isDisabled, roleSelector, deepAll, hashOf, untilPage];
export const lookForNextCode = pageCode(lookForNext, looking);
export const untilChangedCode = pageCode(untilChanged, [deepAll, hashOf, untilPage]);
export const untilStillCode = pageCode(untilStill, []);
