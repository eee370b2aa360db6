// Real VS Code windows for the benches that need one: a private server with the packaged extension, and a workspace with tasks.
import fs from 'node:fs';
import path from 'node:path';
import { launchBrowser } from '../rig/browser.ts';
import { CodeServer, type CodeServerOptions } from '../rig/codeServer.ts';
import { Probe } from '../rig/probe.ts';
import { tempWorkspace } from '../rig/tempWorkspace.ts';
import { Workbench } from '../rig/workbench.ts';
import { benchPlaces } from './report.ts';
import { productDatabase } from './productData.ts';

export interface BenchWindow extends AsyncDisposable {
  server: CodeServer;
  window: Workbench;
  probe: Probe;
  folder: string;
}

export interface BenchWindowOptions {
  /** Tasks in the workspace's database; none: the folder is empty. */
  tasks: number;
  /** Whether our extension is installed. */
  ours: boolean;
  /** Runs in every frame before its own scripts. */
  initScript?: string;
  server?: CodeServerOptions;
}

export async function benchWindow(options: BenchWindowOptions): Promise<BenchWindow> {
  const { root } = benchPlaces();
  await using stack = new AsyncDisposableStack();
  const workspace = stack.use(await tempWorkspace({ 'README.md': '# Bench\n' }));
  if (options.tasks > 0) {
    const to = path.join(workspace.folder, '.claudetask');
    fs.mkdirSync(to);
    fs.copyFileSync(await productDatabase(options.tasks, 0), path.join(to, 'claudetask.db'));
  }
  const vsix = options.ours ? [path.join(root, 'out', 'claudetask.vsix')] : [];
  const server = stack.use(await CodeServer.start({ ...options.server, probe: true, vsix }));
  const browser = stack.use(await launchBrowser());
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  if (options.initScript !== undefined) await context.addInitScript({ content: options.initScript });
  const window = stack.use(new Workbench(await context.newPage()));
  await window.goto(server.url(workspace.folder));
  const owned = stack.move();
  return { server, window, probe: new Probe(server), folder: workspace.folder, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
