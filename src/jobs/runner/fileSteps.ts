import fs from 'node:fs';
import { AppError } from '../../core/appError.ts';
import type { PlainStepOf } from '../../protocol/jobs/plainSteps.ts';
import { workspacePath } from '../../protocol/jobs/values.ts';
import { downloadInUsersBrowser } from './attachedDownload.ts';
import { elementOf, timeLeft } from './element.ts';
import type { LiveRun, Outcome, StepAt } from './liveRun.ts';
import { enterHost } from './navigate.ts';
import { masks } from './pictures.ts';
import { mayAsk } from './routing.ts';
import { fileName, inRunFolder, keep, measure } from './runFiles.ts';
import { WallError } from './walls.ts';
import { monotonic } from './waits.ts';

/** A path of the workspace after its templates are filled: they may have brought `..`. @throws AppError `file.outside`. */
function destination(run: LiveRun, template: string): string {
  const rendered = run.render(template);
  const parsed = workspacePath.safeParse(rendered);
  if (parsed.success) return parsed.data;
  throw new AppError('file.outside', `${rendered} ${parsed.error.issues[0]?.message ?? 'is not a file of the workspace'}.`, {
    path: rendered,
  });
}

const broken = (reason: string, cause?: unknown) =>
  new AppError('job.download', `The download did not come to its end (${reason}). Nothing was saved.`, {}, cause);

/** @throws AppError `job.download`, `job.blocked`, `job.http`. */
export async function download(run: LiveRun, at: StepAt, step: PlainStepOf<'download'>): Promise<Outcome> {
  const to = destination(run, step.saveAs);
  const name = fileName(at.path, String(Date.now()), to.split('/').at(-1) ?? 'file');
  const file = await inRunFolder(run, name);
  if ('url' in step.download) await fetchFile(run, at, run.render(step.download.url), file);
  else await clickFile(run, at, step.download.click, file);
  const { bytes, sha256 } = await measure(file);
  await run.commits.publish(name, to, step.ifExists ?? 'replace');
  return { count: bytes, sha256 };
}

async function clickFile(
  run: LiveRun,
  at: StepAt,
  target: Extract<PlainStepOf<'download'>['download'], { click: unknown }>['click'],
  file: string,
): Promise<void> {
  const began = monotonic();
  const locator = await elementOf(run, at, target);
  const act = () => locator.click({ timeout: timeLeft(at, began), signal: run.signal });
  if (run.session.attached) return downloadInUsersBrowser(run, act, file, timeLeft(at, began));
  const [begun] = await Promise.all([run.page.waitForEvent('download', { timeout: timeLeft(at, began), signal: run.signal }), act()]);
  const failure = await begun.failure();
  if (failure !== null) throw broken(failure);
  try {
    await begun.saveAs(file);
  } catch (error) {
    throw broken('the file could not be taken over', error);
  }
}

const mostRedirects = 10;

/** With the cookies of the session, and without a page. Redirects are followed one by one: each must be allowed. */
async function fetchFile(run: LiveRun, at: StepAt, address: string, file: string): Promise<void> {
  let url = address;
  for (let turn = 0; turn <= mostRedirects; turn++) {
    if (!mayAsk(run.gate, 'GET', url)) {
      const host = URL.canParse(url) ? new URL(url).host : url;
      throw new AppError('job.blocked', `The job file does not allow downloads from ${host}. Add it to \`hosts\` if that is right.`, {
        host,
      });
    }
    const leave = await enterHost(run, at, url);
    const response = await run.session.context.request
      .get(url, { maxRedirects: 0, timeout: at.timeout, signal: run.signal })
      .catch((error: unknown) => {
        leave(null);
        throw broken('the connection broke', error);
      });
    const status = response.status();
    leave(status, response.headers());
    const location = response.headers()['location'];
    if (status >= 300 && status < 400 && location !== undefined) {
      url = new URL(location, url).href;
      continue;
    }
    if (status === 401) throw new WallError('signIn', new URL(url).origin);
    if (!response.ok()) throw new AppError('job.http', `The download was answered with the status ${status}.`, { status });
    const body = await response.body().catch((error: unknown) => {
      throw broken('the connection broke', error);
    });
    await fs.promises.writeFile(file, body, { mode: 0o600 });
    return;
  }
  throw broken('too many redirects');
}

export async function screenshot(run: LiveRun, at: StepAt, step: PlainStepOf<'screenshot'>): Promise<Outcome> {
  const to = step.screenshot === true ? null : destination(run, step.screenshot);
  const png = to !== null && /\.png$/i.test(to);
  const options = {
    mask: masks(run, run.page),
    timeout: at.timeout,
    signal: run.signal,
    ...(png ? ({ type: 'png' } as const) : ({ type: 'jpeg', quality: 80 } as const)),
  };
  const content =
    step.of === undefined
      ? await run.page.screenshot({ ...options, fullPage: step.fullPage ?? false })
      : await (await elementOf(run, at, step.of)).screenshot(options);
  const name = fileName(at.path, `${String(Date.now())}.${png ? 'png' : 'jpg'}`);
  const { bytes, sha256 } = await keep(run, 'screenshot', name, content);
  if (to !== null) await run.commits.publish(name, to, 'replace');
  return { count: bytes, sha256 };
}
