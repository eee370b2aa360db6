import fs from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { AppError } from '../../core/appError.ts';
import { hostAllowed } from '../../core/jobs/allowed.ts';
import { hostAndPath } from '../../core/jobs/redact.ts';
import type { PlainStepOf } from '../../protocol/jobs/plainSteps.ts';
import { elementOf, timeLeft } from './element.ts';
import type { LiveRun, Outcome, StepAt } from './liveRun.ts';
import { monotonic } from './waits.ts';

/** Time and signal for a call into Playwright. */
const limits = (run: LiveRun, at: StepAt, began: number) => ({ timeout: timeLeft(at, began), signal: run.signal });

export async function click(run: LiveRun, at: StepAt, step: PlainStepOf<'click'>): Promise<Outcome> {
  const began = monotonic();
  const locator = await elementOf(run, at, step.click);
  const options = { button: step.button ?? 'left', clickCount: step.count ?? 1, ...limits(run, at, began) } as const;
  if (step.opens !== 'popup') {
    await locator.click(options);
    return {};
  }
  const [popup] = await Promise.all([run.page.waitForEvent('popup', limits(run, at, began)), locator.click(options)]);
  await popup.waitForLoadState('domcontentloaded', { timeout: timeLeft(at, began) }).catch(() => undefined);
  const url = popup.url();
  if (popup.isClosed() || !hostAllowed(run.gate.hosts, url)) {
    throw new AppError(
      'job.blocked',
      `The window that the click opened leads to ${hostAndPath(url) ?? 'an address'} which is not among the \`hosts\` of the job file.`,
      {
        host: URL.canParse(url) ? new URL(url).host : '',
      },
    );
  }
  run.enterPage(popup);
  return {};
}

export async function fill(run: LiveRun, at: StepAt, step: PlainStepOf<'fill'>): Promise<Outcome> {
  const began = monotonic();
  const value = run.render(step.with);
  const locator = await elementOf(run, at, step.fill);
  if (run.isSecret(value)) run.secretTargets.push(step.fill);
  await locator.fill(value, limits(run, at, began));
  return {};
}

export async function select(run: LiveRun, at: StepAt, step: PlainStepOf<'select'>): Promise<Outcome> {
  const began = monotonic();
  const options = [step.option].flat().map((option) => run.render(option));
  const chosen = await (await elementOf(run, at, step.select)).selectOption(options, limits(run, at, began));
  return { count: chosen.length };
}

export async function check(run: LiveRun, at: StepAt, step: PlainStepOf<'check'>): Promise<Outcome> {
  const began = monotonic();
  await (await elementOf(run, at, step.check)).setChecked(step.checked ?? true, limits(run, at, began));
  return {};
}

export async function press(run: LiveRun, at: StepAt, step: PlainStepOf<'press'>): Promise<Outcome> {
  const began = monotonic();
  if (step.on === undefined) await run.page.keyboard.press(step.press);
  else await (await elementOf(run, at, step.on)).press(step.press, limits(run, at, began));
  return {};
}

export async function hover(run: LiveRun, at: StepAt, step: PlainStepOf<'hover'>): Promise<Outcome> {
  const began = monotonic();
  await (await elementOf(run, at, step.hover)).hover(limits(run, at, began));
  return {};
}

export async function scroll(run: LiveRun, at: StepAt, step: PlainStepOf<'scroll'>): Promise<Outcome> {
  if (typeof step.scroll === 'string') {
    await run.page.evaluate((end) => window.scrollTo(0, end === 'top' ? 0 : document.documentElement.scrollHeight), step.scroll);
    return {};
  }
  const began = monotonic();
  await (await elementOf(run, at, step.scroll)).scrollIntoViewIfNeeded(limits(run, at, began));
  return {};
}

export async function upload(run: LiveRun, at: StepAt, step: PlainStepOf<'upload'>): Promise<Outcome> {
  const began = monotonic();
  const files = await Promise.all([step.files].flat().map((file) => workspaceFile(run, run.render(file))));
  const locator = await elementOf(run, at, step.upload, { hidden: true });
  if (await isFileInput(locator)) {
    await locator.setInputFiles(files, limits(run, at, began));
    return { count: files.length };
  }
  const [chooser] = await Promise.all([
    run.page.waitForEvent('filechooser', limits(run, at, began)),
    locator.click(limits(run, at, began)),
  ]);
  await chooser.setFiles(files, { timeout: timeLeft(at, began) });
  return { count: files.length };
}

const isFileInput = (locator: Locator) => locator.evaluate((element) => element instanceof HTMLInputElement && element.type === 'file');

/** A file to be sent away: of the workspace, also after all links have been followed. */
async function workspaceFile(run: LiveRun, relative: string): Promise<string> {
  const root = await fs.promises.realpath(run.surroundings.workspace);
  const file = await fs.promises.realpath(path.join(root, relative)).catch((error: unknown) => {
    throw new AppError('file.notFound', `There is no file ${relative} in the workspace.`, { path: relative }, error);
  });
  if (!file.startsWith(root + path.sep))
    throw new AppError('file.outside', `${relative} leads out of the workspace folder. Only files inside are uploaded.`, {
      path: relative,
    });
  return file;
}
