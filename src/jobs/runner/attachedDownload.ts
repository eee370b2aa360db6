import fs from 'node:fs';
import type { CDPSession, Page } from 'playwright-core';
import * as z from 'zod';
import { AppError } from '../../core/appError.ts';
import type { LiveRun } from './liveRun.ts';
import { orAborted, sleep } from './waits.ts';

const begin = z.object({ frameId: z.string(), guid: z.string() });
const progress = z.object({ guid: z.string(), state: z.enum(['inProgress', 'completed', 'canceled']), filePath: z.string().optional() });

/**
 * A download in the user's own browser goes where the user's downloads go, as if they had clicked; a copy of it is taken. Nothing of the browser's
 * settings is changed: only that it tells about downloads, and only meanwhile.
 * @throws AppError `job.download`.
 */
export async function downloadInUsersBrowser(run: LiveRun, act: () => Promise<void>, file: string, timeout: number): Promise<void> {
  const browser = run.session.context.browser();
  if (browser === null) throw new AppError('job.browserLost', 'The connection to the browser is gone.');
  const session = await browser.newBrowserCDPSession();
  try {
    const ours = await framesOf(run.page);
    const finished = downloadOf(session, ours);
    finished.catch(() => undefined);
    await session.send('Browser.setDownloadBehavior', { behavior: 'default', eventsEnabled: true });
    await act();
    const late = new AbortController();
    const signal = AbortSignal.any([late.signal, run.signal]);
    try {
      const path = await orAborted(Promise.race([finished, sleep(timeout, signal).then(() => tooLate())]), run.signal);
      await fs.promises.copyFile(path, file);
    } finally {
      late.abort();
    }
  } finally {
    await session.send('Browser.setDownloadBehavior', { behavior: 'default', eventsEnabled: false }).catch(() => undefined);
    await session.detach().catch(() => undefined);
  }
}

function tooLate(): never {
  throw new AppError('job.download', 'No download came to its end in time. Nothing was saved.');
}

async function framesOf(page: Page): Promise<Set<string>> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  await session.detach();
  const ids = new Set<string>();
  const visit = (tree: typeof frameTree) => {
    ids.add(tree.frame.id);
    for (const child of tree.childFrames ?? []) visit(child);
  };
  visit(frameTree);
  return ids;
}

function downloadOf(session: CDPSession, frames: ReadonlySet<string>): Promise<string> {
  return new Promise((resolve, reject) => {
    let guid: string | null = null;
    session.on('Browser.downloadWillBegin', (event: unknown) => {
      const parsed = begin.safeParse(event);
      if (parsed.success && guid === null && frames.has(parsed.data.frameId)) guid = parsed.data.guid;
    });
    session.on('Browser.downloadProgress', (event: unknown) => {
      const parsed = progress.safeParse(event);
      if (!parsed.success || parsed.data.guid !== guid || parsed.data.state === 'inProgress') return;
      if (parsed.data.state === 'completed' && parsed.data.filePath !== undefined) resolve(parsed.data.filePath);
      else
        reject(
          new AppError(
            'job.download',
            parsed.data.state === 'canceled'
              ? 'The download did not come to its end. Nothing was saved.'
              : 'This browser does not say where it has put the download. Use a newer one, or `download: { url }`.',
          ),
        );
    });
  });
}
