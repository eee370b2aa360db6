import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../rig/browser.ts';
import { builtPageFile, coverPage } from '../rig/pageCoverage.ts';
import { themeCss, themes, type ThemeId } from '../rig/themes.ts';

/** The other end of a page's line. */
export interface ScriptedEnd {
  receive(message: unknown): Promise<void>;
  page: Page | undefined;
}

export interface JobPageOptions {
  theme?: ThemeId;
  width?: number;
  height?: number;
  saved?: unknown;
  /** What the page starts with. */
  data?: unknown;
}

export interface OpenJobPage extends AsyncDisposable {
  page: Page;
  status(): Promise<string>;
  saved(): Promise<unknown>;
  /** What axe finds. */
  violations(): Promise<string[]>;
}

const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };
/** A picture of one pixel, for whatever ends with .png. */
const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const browser = { launched: undefined as ReturnType<typeof launchBrowser> | undefined };

/** One browser for all tests of a file; end it with `closeJobBrowser`. */
export async function closeJobBrowser(): Promise<void> {
  await (await browser.launched)?.close();
  browser.launched = undefined;
}

function pageHtml(name: string, theme: (typeof themes)[ThemeId], data: unknown): string {
  const nonce = 'abc123';
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; font-src 'self'; img-src 'self'`;
  const embedded = JSON.stringify(data ?? null).replaceAll('<', '\\u003c');
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${name}</title><meta http-equiv="Content-Security-Policy" content="${policy}">
<style nonce="${nonce}">${themeCss(theme)}</style><link rel="stylesheet" href="/codicon.css"><link rel="stylesheet" href="/${name}.css"></head>
<body class="${theme.kind}" data-vscode-theme-kind="${theme.kind}"><div id="root"></div>
<script type="application/json" id="initial-data" nonce="${nonce}">${embedded}</script><script nonce="${nonce}" src="/${name}.js"></script></body></html>`;
}

/** Serves the built page as the host does, with the same policy, and opens it with a scripted host behind it. */
export async function openJobPage(name: 'run' | 'records', end: ScriptedEnd, options: JobPageOptions = {}): Promise<OpenJobPage> {
  browser.launched ??= launchBrowser();
  const html = pageHtml(name, themes[options.theme ?? 'dark'], options.data);
  const server = http.createServer((request, response) => {
    const file = path.basename(request.url ?? '/');
    const built = builtPageFile(file);
    if (file === '') response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
    else if (file.endsWith('.png')) response.setHeader('content-type', 'image/png').end(picture);
    else if (file === 'favicon.ico') response.writeHead(204).end();
    else if (!fs.existsSync(built)) response.writeHead(404).end();
    else response.setHeader('content-type', types[path.extname(file)] ?? 'text/plain').end(fs.readFileSync(built));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const viewport = { width: options.width ?? 1280, height: options.height ?? 800 };
  const context = await (await browser.launched).newContext({ viewport, timezoneId: 'UTC' });
  const page = await context.newPage();
  const endCoverage = await coverPage(page);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error.stack ?? error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('favicon')) problems.push(message.text());
  });
  end.page = page;
  await page.exposeFunction('toHost', (message: unknown) => end.receive(message));
  await page.addInitScript((saved) => {
    Reflect.set(globalThis, 'savedState', saved);
    Reflect.set(globalThis, 'acquireVsCodeApi', () => ({
      getState: () => Reflect.get(globalThis, 'savedState'),
      setState: (state: unknown) => Reflect.set(globalThis, 'savedState', state),
      postMessage: (message: unknown) => Reflect.get(globalThis, 'toHost')(message),
    }));
  }, options.saved);
  await page.goto(`http://127.0.0.1:${address.port}/`);
  await page.locator('main').waitFor();
  return {
    page,
    status: () => page.locator('[role=status]').innerText(),
    saved: () => page.evaluate(() => Reflect.get(globalThis, 'savedState') as unknown),
    violations: async () => {
      await page.evaluate(axe.source);
      const result = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
      return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.html} ${n.failureSummary ?? ''}`).join('\n')}`);
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
