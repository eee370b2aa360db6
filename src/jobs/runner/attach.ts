import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import * as z from 'zod';
import { AppError } from '../../core/appError.ts';
import { chromium } from './browsers.ts';

const leaveToUser = () => undefined;

/** The browser asks its user for consent. */
const consentMs = 90_000;

/** Pages of ours in a user's browser, by target id: should this process be killed, the next one closes them. */
const leftPages = z.record(z.string(), z.array(z.string()));

/**
 * Connections to browsers that the user has open: one for each, for all runs, for as long as the process lives, since each connection asks the user for
 * consent anew. The browser is never closed and none of its settings is changed.
 */
export class AttachedBrowsers {
  readonly #connections = new Map<string, Promise<Browser>>();

  /** @throws AppError `job.attachRefused`. */
  async connect(to: string, profiles: string): Promise<Browser> {
    const known = this.#connections.get(to);
    if (known !== undefined) return known;
    const connection = this.#connect(to, profiles);
    this.#connections.set(to, connection);
    try {
      const browser = await connection;
      browser.once('disconnected', () => this.#connections.delete(to));
      return browser;
    } catch (error) {
      this.#connections.delete(to);
      throw refused(to, error);
    }
  }

  async #connect(to: string, profiles: string): Promise<Browser> {
    // noDefaults: otherwise the user's own downloads would end in our temporary folder. https://github.com/microsoft/playwright/issues/40158
    const browser = await (await chromium()).connectOverCDP(to, { noDefaults: true, isLocal: true, timeout: consentMs });
    // Without a listener Playwright would answer the dialogs of the user's own tabs.
    for (const context of browser.contexts()) context.on('dialog', leaveToUser);
    await closeLeft(browser, to, profiles);
    return browser;
  }

  /** Lets go of all browsers; they stay open. */
  async closeAll(): Promise<void> {
    await Promise.allSettled([...this.#connections.values()].map(async (one) => (await one).close()));
  }
}

function refused(to: string, error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  const why = /403|Forbidden/i.test(message)
    ? 'its user did not allow it'
    : /Timeout/i.test(message)
      ? 'nobody answered its question in time'
      : /DevToolsActivePort/i.test(message)
        ? 'remote debugging is off'
        : 'it cannot be reached';
  const hint = /^(http|ws)/.test(to)
    ? `Start the browser with --remote-debugging-port and a --user-data-dir of its own, and check the port.`
    : `Open ${to === 'msedge' ? 'edge' : 'chrome'}://inspect/#remote-debugging in it, tick "Allow remote debugging", and answer its question with Allow.`;
  return new AppError('job.attachRefused', `The browser at ${to} does not let itself be attached to: ${why}. ${hint}`, { to }, error);
}

// ---- pages of ours

const memory = (profiles: string) => path.join(profiles, 'attached-pages.json');

async function readLeft(profiles: string): Promise<Record<string, string[]>> {
  try {
    return leftPages.parse(JSON.parse(await fs.promises.readFile(memory(profiles), 'utf8')));
  } catch {
    return {};
  }
}

async function writeLeft(profiles: string, pages: Record<string, string[]>): Promise<void> {
  await fs.promises.mkdir(profiles, { recursive: true, mode: 0o700 });
  await fs.promises.writeFile(memory(profiles), JSON.stringify(pages), { mode: 0o600 });
}

/** One at a time: the file is read, changed and written. */
let turn: Promise<unknown> = Promise.resolve();

function change(profiles: string, how: (pages: Record<string, string[]>) => void): Promise<void> {
  const next = turn.then(async () => {
    const pages = await readLeft(profiles);
    how(pages);
    await writeLeft(profiles, pages);
  });
  turn = next.catch(() => undefined);
  return next;
}

async function closeLeft(browser: Browser, to: string, profiles: string): Promise<void> {
  const left = (await readLeft(profiles))[to] ?? [];
  if (left.length === 0) return;
  const session = await browser.newBrowserCDPSession();
  try {
    const { targetInfos } = await session.send('Target.getTargets');
    const there = new Set(targetInfos.map((one) => one.targetId));
    for (const targetId of left) if (there.has(targetId)) await session.send('Target.closeTarget', { targetId });
    await change(profiles, (pages) => delete pages[to]);
  } finally {
    await session.detach();
  }
}

/** Remembers a page of ours until it is closed. Answers what forgets it. */
export async function remember(page: Page, to: string, profiles: string): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  const { targetInfo } = await session.send('Target.getTargetInfo');
  await session.detach();
  const id = targetInfo.targetId;
  await change(profiles, (pages) => (pages[to] = [...(pages[to] ?? []), id]));
  return () =>
    change(profiles, (pages) => {
      pages[to] = (pages[to] ?? []).filter((one) => one !== id);
    });
}
