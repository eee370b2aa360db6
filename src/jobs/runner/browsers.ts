import fs from 'node:fs';
import path from 'node:path';
import type { BrowserContext, BrowserType, LaunchOptions } from 'playwright-core';
import { AppError } from '../../core/appError.ts';
import { isGone } from './faults.ts';

/** Loading it takes a third of a second and 70 MB: only when a browser is wanted. */
export const chromium = async (): Promise<BrowserType> => (await import('playwright-core')).default.chromium;

/** Playwright knows where Chrome and Edge are. Its `chromium` is one that it has downloaded itself; ours is the one of the system. */
const order = ['chrome', 'msedge', 'chromium'] as const;
const ofTheSystem = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...(process.env['LOCALAPPDATA'] === undefined ? [] : [path.join(process.env['LOCALAPPDATA'], 'Chromium/Application/chrome.exe')]),
];

const notInstalled = (error: unknown) =>
  error instanceof Error &&
  /is not found at|Executable doesn't exist|executable doesn't exist|not supported on|Unsupported .* channel|ENOENT/i.test(error.message);

/**
 * Starts the wanted browser, or the first that is installed: Chrome, Edge, Chromium. Never downloads one.
 * @throws AppError `job.browserMissing`.
 */
export async function launchInstalled<T>(
  wanted: { browser: string | null; executable: string | null },
  launch: (how: LaunchOptions) => Promise<T>,
): Promise<T> {
  if (wanted.executable !== null) {
    if (!fs.existsSync(wanted.executable))
      throw missing(wanted.browser ?? wanted.executable, `There is no program ${wanted.executable}. Correct the path in the settings.`);
    return launch({ executablePath: wanted.executable });
  }
  for (const channel of wanted.browser === null ? order : [wanted.browser]) {
    const executablePath = channel === 'chromium' ? ofTheSystem.find((file) => fs.existsSync(file)) : undefined;
    if (channel === 'chromium' && executablePath === undefined) continue;
    try {
      return await launch(executablePath === undefined ? { channel } : { executablePath });
    } catch (error) {
      if (!notInstalled(error)) throw error;
    }
  }
  const what = wanted.browser === null ? 'Neither Chrome nor Edge nor Chromium is' : `The browser "${wanted.browser}" is not`;
  throw missing(
    wanted.browser ?? '',
    `${what} installed where it usually is. Install it, or name its program in the settings of ClaudeTask.`,
  );
}

const missing = (browser: string, message: string) => new AppError('job.browserMissing', message, { browser });

/** Lets a browser end by itself, so that it writes its cookies: those are lost when it is killed. */
export async function closeGracefully(context: BrowserContext): Promise<void> {
  try {
    await context.close();
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
