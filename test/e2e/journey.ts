import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Frame, Locator } from 'playwright-core';
import { launchBrowser } from '../rig/browser.ts';
import { CodeServer, type CodeServerOptions } from '../rig/codeServer.ts';
import { eventually } from '../rig/eventually.ts';
import { tempWorkspace, type TempWorkspace } from '../rig/tempWorkspace.ts';
import { Workbench } from '../rig/workbench.ts';

const vsix = path.join(process.cwd(), 'out', 'claudetask.vsix');

/** A user's start: the packaged extension in a real VS Code, on a folder of its own. */
export interface Journey {
  readonly workspace: TempWorkspace;
  readonly server: CodeServer;
  /** Opens a window on the folder, or on what is given; null opens nothing. */
  open(target?: string | null): Promise<Workbench>;
}

export interface JourneyOptions extends CodeServerOptions {
  /** What the folder holds at the start. */
  files?: Readonly<Record<string, string>>;
}

/** A test that is a journey. When it fails, pictures of its windows and the logs are left in `out/e2e`. */
export function journey(
  name: string,
  options: JourneyOptions | (() => Promise<JourneyOptions>),
  body: (journey: Journey) => Promise<void>,
): void {
  test(name, async () => {
    const { files = { 'README.md': '# Sample\n' }, ...host } = typeof options === 'function' ? await options() : options;
    await using workspace = await tempWorkspace(files);
    await using server = await CodeServer.start({ ...host, vsix: [vsix] });
    await using browser = await launchBrowser();
    const windows: Workbench[] = [];
    try {
      await body({
        workspace,
        server,
        open: async (target = workspace.folder) => {
          const window = await Workbench.open(browser, server.url(target ?? undefined));
          windows.push(window);
          return window;
        },
      });
    } catch (error) {
      await keepEvidence(name, server, windows);
      throw error;
    }
    // Its profile goes away: what an orderly end would still write there costs two seconds and is read by nobody.
    await server.kill();
  });
}

async function keepEvidence(name: string, server: CodeServer, windows: Workbench[]): Promise<void> {
  const folder = path.join(process.cwd(), 'out', 'e2e', name.replace(/\W+/g, '-').slice(0, 60));
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'server.log'), server.log);
  fs.writeFileSync(path.join(folder, 'ClaudeTask.log'), server.outputChannel('ClaudeTask'));
  for (const [index, window] of windows.entries()) {
    fs.writeFileSync(path.join(folder, `console-${index}.log`), window.errors.join('\n'));
    // A window that was closed, or that hangs, has no picture.
    await window.page.screenshot({ path: path.join(folder, `window-${index}.png`), timeout: 5000 }).catch(() => {});
  }
}

/** The board of a window, opened from the palette. */
export async function openBoard(window: Workbench): Promise<Board> {
  await window.run('ClaudeTask: Open Board');
  return findBoard(window);
}

/** The board that a window shows. */
export async function findBoard(window: Workbench): Promise<Board> {
  return new Board(window, await window.webview('[data-status] .cards'));
}

/** The board as a user knows it: columns by their names, cards by their titles. */
export class Board {
  readonly window: Workbench;
  readonly frame: Frame;

  constructor(window: Workbench, frame: Frame) {
    this.window = window;
    this.frame = frame;
  }

  column(name: string): Locator {
    return this.frame.getByRole('region', { name: new RegExp(`^${name}\\b`) });
  }

  card(title: string): Locator {
    return this.frame.locator('.card').filter({ has: this.frame.locator('.card-title', { hasText: new RegExp(`^${title}$`) }) });
  }

  titles(column: string): Promise<string[]> {
    return this.column(column).locator('.card .card-title').allTextContents();
  }

  /** Waits until a card stands in a column. */
  async shows(title: string, column: string, timeout = 10_000): Promise<void> {
    await eventually(`"${title}" in ${column}`, async () => (await this.titles(column)).includes(title), timeout);
  }

  /** Adds a task by the box at the top of a column. */
  async quickAdd(column: string, title: string): Promise<void> {
    await this.column(column)
      .getByRole('button', { name: `Add task to ${column}` })
      .click();
    const box = this.column(column).getByRole('textbox');
    await box.fill(title);
    await box.press('Enter');
    await this.shows(title, column);
    await box.press('Escape');
  }

  async drag(title: string, column: string): Promise<void> {
    await this.window.drag(this.card(title), this.column(column).locator('.scroller'));
  }

  /** What the page last said to a screen reader. */
  async said(): Promise<string> {
    return (await this.frame.getByRole('status').textContent()) ?? '';
  }

  async focus(title: string): Promise<void> {
    await this.card(title).focus();
  }
}

/** Adds a task from the palette. */
export async function addFromPalette(window: Workbench, title: string): Promise<void> {
  await window.run('ClaudeTask: Add Task...');
  await window.answer('Add Task', title);
}
