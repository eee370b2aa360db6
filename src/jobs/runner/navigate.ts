import type { Response } from 'playwright-core';
import { AppError } from '../../core/appError.ts';
import { hostAndPath } from '../../core/jobs/redact.ts';
import { faultOf, isLeftover } from './faults.ts';
import type { LiveRun, StepAt } from './liveRun.ts';
import { enter, paceOf } from './pacing.ts';
import { mayAsk } from './routing.ts';
import { isSignInAddress, WallError } from './walls.ts';
import { orAborted } from './waits.ts';

/** A host that says "later" is asked again this often before the step fails. */
const mostRefusals = 5;

/** The run has seen as many pages as the job wants. It ends, and what it has read is kept. */
export class EnoughPages extends Error {}

/**
 * Opens an address in the job's page, at the pace its host allows, until the document is there.
 * @param isList whether rows are read of it next.
 * @throws AppError `job.blocked`, `job.http`, `job.network`, `timeout`; WallError when somebody has to sign in.
 */
export async function openAddress(run: LiveRun, at: StepAt, url: string, isList = false): Promise<void> {
  if (!/^https?:/.test(url) || !mayAsk(run.gate, 'GET', url)) throw notAllowed(url);
  countPage(run);
  const { page, gate } = run;
  gate.refused = null;
  const load = () => page.goto(url, { waitUntil: 'domcontentloaded', timeout: at.timeout, signal: run.signal });
  const response = await askPolitely(run, at, url, load).catch((error: unknown) => {
    // On its way to the sign-in of the company, which stands on another host and is let through only while its user signs in.
    if (gate.refused !== null && isSignInAddress(gate.refused)) throw new WallError('signIn', url);
    throw gate.refused === null ? error : notAllowed(gate.refused);
  });
  const status = response?.status() ?? null;
  if (!mayAsk(gate, 'GET', page.url())) throw isSignInAddress(page.url()) ? new WallError('signIn', url) : notAllowed(page.url());
  // A page of a list that is where it should be is about to be looked at anyway: `readPage` notices a wall in place of its rows.
  if (isList && status === 200 && page.url() === url) return;
  const wall = await run.wall(url, status);
  if (wall !== null) throw new WallError(wall, url);
  if (status !== null && status >= 400) throw answered(status, url);
}

/** Does what makes the page load another document, such as a click, at the pace of its host; loads it again when the host says "later". */
export async function paced<T>(run: LiveRun, at: StepAt, act: () => Promise<T>): Promise<T> {
  countPage(run);
  const url = run.page.url();
  run.lastAnswer = null;
  const leave = await enterHost(run, at, url);
  let result: T;
  try {
    result = await act();
  } finally {
    const answer = newestAnswer(run);
    leave(answer?.status ?? 'unsent', answer?.headers);
  }
  await reloadRefused(run, at);
  return result;
}

const newestAnswer = (run: LiveRun) => run.lastAnswer;

/**
 * When the newest page is a "later" of its host, waits and loads it again. Answers whether it did.
 * @throws AppError `job.http` when the host says so too often.
 */
export async function reloadRefused(run: LiveRun, at: StepAt): Promise<boolean> {
  const answer = newestAnswer(run);
  if (answer === null || !isRefusal(answer.status) || answer.url !== run.page.url().replace(/#.*$/, '')) return false;
  await askPolitely(run, at, answer.url, () => run.page.reload({ waitUntil: 'domcontentloaded', timeout: at.timeout }));
  return true;
}

/** Counts a page that is about to be loaded. */
export function countPage(run: LiveRun): void {
  if (run.pages >= (run.job.limits?.maxPages ?? 10_000)) throw new EnoughPages();
  run.pages++;
}

async function askPolitely(run: LiveRun, at: StepAt, url: string, ask: () => Promise<Response | null>): Promise<Response | null> {
  for (let turn = 1; ; turn++) {
    const leave = await enterHost(run, at, url);
    let response: Response | null;
    try {
      response = await orAborted(
        ask().catch((error: unknown) => (isLeftover(error) ? ask() : Promise.reject(error))),
        run.signal,
      );
    } catch (error) {
      const fault = faultOf(error, at.what, url);
      leave(fault.code === 'job.network' || fault.code === 'timeout' ? null : 'unsent');
      throw fault;
    }
    const [status, headers] = [response?.status() ?? 200, response?.headers() ?? {}];
    leave(status, headers);
    if (!isRefusal(status)) return response;
    if (turn === mostRefusals) throw answered(status, url);
    run.log(at, 'retried', Date.now(), { message: `The host answered ${status}: it is asked again later.` });
  }
}

const isRefusal = (status: number) => status === 429 || status === 503;

/** Tells the governor what came of a request. */
type Leave = (status: number | null | 'unsent', headers?: Record<string, string>) => void;

/** Waits until the host of an address may be asked. What it gives is called with what came of it. */
export function enterHost(run: LiveRun, at: StepAt, url: string, pace = paceOf(run.job.limits?.pagesPerMinute)): Promise<Leave> {
  return enter(url, pace, run.signal, (until) => {
    const host = URL.canParse(url) ? new URL(url).host : 'the host';
    if (until !== null) run.say(`${host} wants to be left alone until ${new Date(until).toLocaleTimeString('en-GB')}.`, 'warning');
    run.progress(at.path, until === null ? at.what : `Waiting for ${host}`, until);
  }).then((leave) => {
    run.asking++;
    return (status, headers = {}) => {
      run.asking--;
      leave(status, headers);
    };
  });
}

const notAllowed = (url: string) => {
  const host = URL.canParse(url) ? new URL(url).host : url;
  return new AppError(
    'job.blocked',
    `The job file does not allow ${hostAndPath(url) ?? 'this address'}. Add "${host}" to its \`hosts\` if that is right.`,
    { host },
  );
};

const answered = (status: number, url: string) =>
  new AppError(
    'job.http',
    `${hostAndPath(url) ?? 'The page'} answered with the status ${status}${status === 404 ? ': there is no such page' : ''}.`,
    { status },
  );
