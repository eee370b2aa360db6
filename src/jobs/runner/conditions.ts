import { addressMatches } from '../../core/jobs/allowed.ts';
import { holds } from '../../core/jobs/compare.ts';
import type { Condition } from '../../protocol/jobs/condition.ts';
import type { LiveRun } from './liveRun.ts';
import { isThere } from './resolveTarget.ts';
import { monotonic, sleep } from './waits.ts';

/** Whether it holds now. @throws AppError `job.template`. */
async function holdsNow(run: LiveRun, condition: Condition): Promise<boolean> {
  if ('exists' in condition) return isThere(run, condition.exists, false);
  if ('visible' in condition) return isThere(run, condition.visible, true);
  if ('url' in condition) return addressMatches(run.render(condition.url), run.page.url());
  if ('not' in condition) return !(await holdsNow(run, condition.not));
  if ('all' in condition) {
    for (const one of condition.all) if (!(await holdsNow(run, one))) return false;
    return true;
  }
  if ('any' in condition) {
    for (const one of condition.any) if (await holdsNow(run, one)) return true;
    return false;
  }
  if ('empty' in condition) return holds({ empty: run.render(condition.empty) });
  const two = ([first, second]: readonly [string, string]): [string, string] => [run.render(first), run.render(second)];
  if ('equals' in condition) return holds({ equals: two(condition.equals) });
  if ('contains' in condition) return holds({ contains: two(condition.contains) });
  // A regular expression is taken as it is written: its braces are its own.
  if ('matches' in condition) return holds({ matches: [run.render(condition.matches[0]), condition.matches[1]] });
  return 'greater' in condition ? holds({ greater: two(condition.greater) }) : holds({ less: two(condition.less) });
}

function looksAtPage(condition: Condition): boolean {
  if ('not' in condition) return looksAtPage(condition.not);
  if ('all' in condition) return condition.all.some(looksAtPage);
  if ('any' in condition) return condition.any.some(looksAtPage);
  return 'exists' in condition || 'visible' in condition || 'url' in condition;
}

/** Whether it holds, or comes to hold within the time: a page that was just opened is not complete yet. */
export async function holdsWithin(run: LiveRun, condition: Condition, timeout: number): Promise<boolean> {
  const end = monotonic() + timeout;
  for (;;) {
    if (await holdsNow(run, condition)) return true;
    const left = end - monotonic();
    if (left <= 0 || !looksAtPage(condition)) return false;
    await sleep(Math.min(100, left), run.signal);
  }
}
