import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { AgentFormViewState } from '../../src/protocol/agentFormMessages.ts';
import { launchBrowser } from '../rig/browser.ts';
import { builtPageFile, coverPage } from '../rig/pageCoverage.ts';
import { themeCss, themes, type ThemeId } from '../rig/themes.ts';
import { ScriptedFile } from './agentFormHost.ts';

export interface FormOptions {
  theme?: ThemeId;
  width?: number;
  height?: number;
  saved?: AgentFormViewState;
  readOnly?: boolean;
  /** The host's answer to a page that has started gets lost on the way, once. */
  answerLost?: boolean;
}

export interface OpenForm extends AsyncDisposable {
  page: Page;
  file: ScriptedFile;
  /** The control of a field. */
  box(key: string): Locator;
  chips(key: string): Promise<string[]>;
  status(): Promise<string>;
  saved(): Promise<AgentFormViewState | undefined>;
}

const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };
const browser = { launched: undefined as ReturnType<typeof launchBrowser> | undefined };

/** One browser for all tests of a file; end it with `closeFormBrowser`. */
export async function closeFormBrowser(): Promise<void> {
  await (await browser.launched)?.close();
  browser.launched = undefined;
}

function pageHtml(theme: (typeof themes)[ThemeId]): string {
  const nonce = 'abc123';
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; font-src 'self'`;
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Agent form</title><meta http-equiv="Content-Security-Policy" content="${policy}">
<style nonce="${nonce}">${themeCss(theme)}</style><link rel="stylesheet" href="/codicon.css"><link rel="stylesheet" href="/agent.css"></head>
<body class="${theme.kind}" data-vscode-theme-kind="${theme.kind}"><div id="root"></div><script nonce="${nonce}" src="/agent.js"></script></body></html>`;
}

/** Serves the built page as the host does, with the same policy, over a file of that text. */
export async function openForm(text: string, options: FormOptions = {}): Promise<OpenForm> {
  browser.launched ??= launchBrowser();
  const html = pageHtml(themes[options.theme ?? 'dark']);
  const server = http.createServer((request, response) => {
    const name = path.basename(request.url ?? '/');
    const file = builtPageFile(name);
    if (name === '') response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
    else if (!fs.existsSync(file)) response.writeHead(404).end();
    else response.setHeader('content-type', types[path.extname(name)] ?? 'text/plain').end(fs.readFileSync(file));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const context = await (await browser.launched).newContext({ viewport: { width: options.width ?? 1280, height: options.height ?? 800 } });
  const page = await context.newPage();
  const endCoverage = await coverPage(page);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error.stack ?? error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('favicon')) problems.push(message.text());
  });
  const file = new ScriptedFile(page, text);
  file.isReadOnly = options.readOnly === true;
  file.losesAnswer = options.answerLost === true;
  await page.exposeFunction('toHost', (message: unknown) => file.receive(message));
  await page.addInitScript((saved) => {
    Reflect.set(globalThis, 'savedState', saved);
    Reflect.set(globalThis, 'acquireVsCodeApi', () => ({
      getState: () => Reflect.get(globalThis, 'savedState'),
      setState: (state: unknown) => Reflect.set(globalThis, 'savedState', state),
      postMessage: (message: unknown) => Reflect.get(globalThis, 'toHost')(message),
    }));
  }, options.saved);
  await page.goto(`http://127.0.0.1:${address.port}/`);
  await page.locator('.form:not(.skeleton)').waitFor();
  return {
    page,
    file,
    box: (key) => page.locator(`[data-box="${key}"]`),
    chips: (key) => page.locator(`.field:has([data-box="${key}"]) .chip-text`).allInnerTexts(),
    status: () => page.locator('[role=status]').innerText(),
    saved: () => page.evaluate(() => Reflect.get(globalThis, 'savedState') as AgentFormViewState | undefined),
    [Symbol.asyncDispose]: async () => {
      await endCoverage();
      await context.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (problems.length > 0) throw new Error(`the page reported problems:\n${problems.join('\n')}`);
    },
  };
}
