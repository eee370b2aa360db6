// 10,000 cards in a real VS Code window, against the emptiest webview panel that the same window can open.
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Frame } from 'playwright-core';
import { eventually } from '../rig/eventually.ts';
import { firstPaint, keyToPaint, pageClock, scrollFrames } from './pageClock.ts';
import { benchArgs, benchPlaces, median, quantile, Report } from './report.ts';
import { benchWindow, type BenchWindow } from './window.ts';

const args = benchArgs();
const report = new Report('board');
const tasks = 10_000;
const runs = args.runs ?? (args.quick ? 3 : 5);
const card = 'li.card';
const empty = '#bench-empty';
const ours = 'board';
const bare = 'empty webview panel';

/** The fixture: a command of another extension that opens a panel with one paragraph. */
const registerEmpty = `
  const nonce = require('node:crypto').randomBytes(16).toString('hex');
  const html = '<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><meta http-equiv="Content-Security-Policy" content="default-src \\'none\\'; script-src \\'nonce-' + nonce + '\\'"><title>Empty</title></head>' +
    '<body><script nonce="' + nonce + '">const p = document.createElement("p"); p.id = "bench-empty"; p.textContent = "Nothing"; document.body.append(p);</script></body></html>';
  vscode.commands.registerCommand('bench.openEmpty', () => {
    const panel = vscode.window.createWebviewPanel('benchEmpty', 'Empty', vscode.ViewColumn.Active, { enableScripts: true });
    panel.webview.html = html;
  });`;

/** Runs a command in the extension host and gives the milliseconds until `selector` was on the screen. */
async function open(at: BenchWindow, command: string, selector: string): Promise<{ ms: number; frame: Frame }> {
  await at.probe.run('await vscode.commands.executeCommand("workbench.action.closeAllEditors")');
  await eventually('no webview is left', async () => (await at.window.page.locator('iframe.webview').count()) === 0);
  const start = await at.probe.run<number>('const start = Date.now(); await vscode.commands.executeCommand(args); return start;', command);
  const frame = await at.window.webview(selector);
  const painted = await eventually(`${selector} is painted`, () => firstPaint(frame, selector));
  return { ms: painted - start, frame };
}

async function opening(at: BenchWindow): Promise<Frame> {
  await at.probe.run(registerEmpty);
  let frame: Frame | undefined;
  // The first time each: scripts are not compiled yet, the service worker of webviews starts.
  for (let run = -1; run < runs; run++) {
    const measure = async (name: string, command: string, selector: string): Promise<void> => {
      const opened = await open(at, command, selector);
      frame = opened.frame;
      report.add(run, {
        case: run < 0 ? 'command to first paint, first time' : 'command to first paint',
        n: tasks,
        subject: name,
        unit: 'ms',
        value: opened.ms,
      });
    };
    if (run % 2 === 0) await measure(ours, 'claudetask.board.open', card);
    await measure(bare, 'bench.openEmpty', empty);
    if (run % 2 !== 0) await measure(ours, 'claudetask.board.open', card);
    process.stderr.write(`bench: opened ${run + 2} of ${runs + 1} times\n`);
  }
  if (frame === undefined) throw new Error('nothing was opened');
  return (await open(at, 'claudetask.board.open', card)).frame;
}

async function inPage(at: BenchWindow, frame: Frame): Promise<void> {
  const nodes = () => frame.evaluate(() => document.querySelectorAll('*').length);
  let most = 0;
  const add = (run: number, what: string, unit: string, value: number): void =>
    report.add(run, { case: what, n: tasks, subject: ours, unit, value });
  const filter = frame.locator('#filter');
  for (let run = 0; run < runs; run++) {
    most = Math.max(most, await nodes());
    await filter.fill('');
    await filter.focus();
    const keys: number[] = [];
    const settled: number[] = [];
    for (const key of 'parser'.split('')) {
      const times = await keyToPaint(frame, () => at.window.press(key), '.cards, body', 250);
      keys.push(times.first);
      settled.push(times.last);
    }
    add(run, 'filter: key to paint, median', 'ms', median(keys));
    add(run, 'filter: key to paint, worst', 'ms', Math.max(...keys));
    add(run, 'filter: key to the last change, median', 'ms', median(settled));
    await filter.fill('');
    await eventually('all cards are back', async () => (await nodes()) > 100);
    const frames = await scrollFrames(frame, '.column .scroller', args.quick ? 90 : 180, 120);
    add(run, 'scrolling: frame p95', 'ms', quantile(frames, 0.95));
    add(run, 'scrolling: frame median', 'ms', median(frames));
    most = Math.max(most, await nodes());
    add(run, 'DOM nodes, most', '', most);
  }
}

async function main(): Promise<void> {
  await using at = await benchWindow({ tasks, ours: true, initScript: pageClock([card, empty]) });
  const frame = await opening(at);
  await inPage(at, frame);
  const bundle = gzipSync(fs.readFileSync(path.join(benchPlaces().root, 'dist', 'board.js')), { level: 9 }).length;
  report.add(0, { case: 'board.js, gzip', n: tasks, subject: ours, unit: 'kB', value: bundle / 1000 });

  report.compare('command to first paint', [bare]);
  report.compare('command to first paint, first time', [bare]);
  const value = (what: string, subject = ours): number => report.value(what, tasks, subject);
  const extra = report.differences('command to first paint', tasks, ours, bare);
  report.bar({ text: 'command to first cards, more than an empty panel', got: median(extra), limit: 400, unit: 'ms' });
  report.bar({ text: 'DOM nodes', got: value('DOM nodes, most'), limit: 1500 });
  report.bar({ text: 'filter: key to paint', got: value('filter: key to paint, median'), limit: 50, unit: 'ms' });
  report.bar({ text: 'scrolling: frame p95', got: value('scrolling: frame p95'), limit: 20, unit: 'ms' });
  report.bar({ text: 'board.js, gzip', got: bundle / 1000, limit: 45, unit: 'kB' });
  process.exitCode = report.finish(args.json) ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
