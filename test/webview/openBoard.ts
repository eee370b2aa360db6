import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { statuses, type Status, type TaskRow } from '../../src/core/task.ts';
import type { JobRun } from '../../src/protocol/jobs/runs.ts';
import type { BoardConfig, BoardMessage, BoardViewState } from '../../src/protocol/boardMessages.ts';
import { launchBrowser } from '../rig/browser.ts';
import { builtPageFile, coverPage } from '../rig/pageCoverage.ts';
import { themeCss, themes, type ThemeId } from '../rig/themes.ts';
import { taskRow } from '../rig/taskRow.ts';
import { installScriptedHost } from './scriptedHost.ts';

export interface BoardOptions {
  rows?: TaskRow[];
  /** Jobs that work for tasks. */
  runs?: JobRun[];
  config?: Partial<BoardConfig>;
  theme?: ThemeId;
  width?: number;
  height?: number;
  saved?: BoardViewState;
  /** The first cards come with the page; else the page asks for them. */
  embedded?: boolean;
  reducedMotion?: boolean;
}

export interface OpenBoard extends AsyncDisposable {
  page: Page;
  card(id: number): Locator;
  column(status: Status): Locator;
  /** Ids of the mounted cards of a column, in order. */
  ids(status: Status): Promise<number[]>;
  status(): Promise<string>;
  focusedId(): Promise<number | null>;
  dragTo(id: number, to: Status, position: 'top' | 'bottom' | { before: number }): Promise<void>;
}

const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };
const browser = { launched: undefined as ReturnType<typeof launchBrowser> | undefined };

/** One browser for all tests of a file; end it with `closeBrowser`. */
export async function closeBrowser(): Promise<void> {
  await (await browser.launched)?.close();
  browser.launched = undefined;
}

let nextRank = 0;
export function row(id: number, status: Status, title: string, more: Partial<TaskRow> = {}): TaskRow {
  return taskRow({ id, title, status, rank: `a${String(nextRank++).padStart(6, '0')}1`, ...more });
}

/** Serves the built page as the host does, with the same policy, and opens it with a scripted host behind it. */
export async function openBoard(options: BoardOptions = {}): Promise<OpenBoard> {
  browser.launched ??= launchBrowser();
  const rows = options.rows ?? [];
  const config: BoardConfig = {
    folderName: 'My repo',
    density: 'comfortable',
    wipLimits: {},
    allowedMoves: {},
    locale: 'en',
    strings: {},
    ...options.config,
  };
  const init: BoardMessage = {
    kind: 'init',
    revision: 100,
    complete: true,
    runs: options.runs ?? [],
    config,
    state: { role: 'owner' },
    columns: statuses.map((status) => {
      const tasks = rows.filter((task) => task.status === status);
      return { status, total: tasks.length, tasks };
    }),
  };
  const theme = themes[options.theme ?? 'dark'];
  const nonce = 'abc123';
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; font-src 'self'`;
  const embedded =
    options.embedded === false
      ? ''
      : `<script type="application/json" id="initial-data" nonce="${nonce}">${JSON.stringify(init).replaceAll('<', '\\u003c')}</script>`;
  const html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Board</title><meta http-equiv="Content-Security-Policy" content="${policy}">
<style nonce="${nonce}">${themeCss(theme)}</style><link rel="stylesheet" href="/codicon.css"><link rel="stylesheet" href="/board.css"></head>
<body class="${theme.kind}" data-vscode-theme-kind="${theme.kind}"><div id="root"></div>${embedded}<script nonce="${nonce}" src="/board.js"></script></body></html>`;

  const server = http.createServer((request, response) => {
    const name = path.basename(request.url ?? '/');
    if (name === '') {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
      return;
    }
    const file = builtPageFile(name);
    if (!fs.existsSync(file)) response.writeHead(404).end();
    else response.setHeader('content-type', types[path.extname(name)] ?? 'text/plain').end(fs.readFileSync(file));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');

  const context = await (
    await browser.launched
  ).newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
  });
  const page = await context.newPage();
  const endCoverage = await coverPage(page);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error.stack ?? error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('favicon')) problems.push(message.text());
  });
  await page.addInitScript(installScriptedHost, { init, rows, saved: options.saved, answerReady: options.embedded === false });
  await page.goto(`http://127.0.0.1:${address.port}/`);
  await page.locator('.board').waitFor();

  const card = (id: number) => page.locator(`[data-id="${id}"]`);
  const column = (status: Status) => page.locator(`section[data-status="${status}"]`);
  return {
    page,
    card,
    column,
    ids: (status) =>
      column(status)
        .locator('li')
        .evaluateAll((items) => items.map((item) => Number(item.getAttribute('data-id')))),
    status: () => page.locator('[role=status]').innerText(),
    focusedId: () => page.evaluate(() => Number(document.activeElement?.getAttribute('data-id') ?? 0) || null),
    dragTo: async (id, to, position) => {
      const from = await card(id).boundingBox();
      const target = typeof position === 'object' ? card(position.before) : column(to).locator('> .scroller, > button').last();
      const box = await target.boundingBox();
      if (from === null || box === null) throw new Error('nothing to drag, or nowhere to');
      const y = position === 'bottom' ? box.y + box.height - 20 : box.y + 3;
      await page.mouse.move(from.x + 40, from.y + 12);
      await page.mouse.down();
      await page.mouse.move(from.x + 46, from.y + 18, { steps: 2 });
      await page.mouse.move(box.x + box.width / 2, y, { steps: 6 });
      await page.mouse.move(box.x + box.width / 2 + 1, y, { steps: 2 });
    },
    [Symbol.asyncDispose]: async () => {
      await endCoverage();
      await context.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (problems.length > 0) throw new Error(`the page reported problems:\n${problems.join('\n')}`);
    },
  };
}
