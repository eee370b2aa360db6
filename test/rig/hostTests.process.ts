// node out/test/rig/hostTests.process.cjs RESULTS: runs test/host in real extension hosts and writes TAP to RESULTS.
// A file directly in test/host runs in a trusted window with one folder; those in a folder below it, in a window of that kind.
import fs from 'node:fs';
import path from 'node:path';
import { allowDevelopment, launchBrowser } from './browser.ts';
import { CodeServer } from './codeServer.ts';
import { tempWorkspace } from './tempWorkspace.ts';

interface Kind {
  /** Folder below test/host. */
  name: string;
  /** Makes what the window opens; undefined opens nothing. */
  open(folder: string): string | undefined;
}

const kinds: readonly Kind[] = [
  { name: '.', open: (folder) => folder },
  { name: 'noFolder', open: () => undefined },
  {
    name: 'multiRoot',
    open: (folder) => {
      for (const name of ['one', 'two']) fs.mkdirSync(path.join(folder, name));
      fs.writeFileSync(path.join(folder, 'two.code-workspace'), JSON.stringify({ folders: [{ path: 'one' }, { path: 'two' }] }));
      return path.join(folder, 'two.code-workspace');
    },
  },
];

const root = process.cwd();
const built = path.join(root, 'out', 'test', 'host');

async function runKind(kind: Kind, files: string[], results: string): Promise<boolean> {
  await using workspace = await tempWorkspace({
    'README.md': '# Sample\n\nA folder for tests.\n',
    'src/example.ts': 'export const answer = 42;\n',
  });
  await using server = await CodeServer.start();
  await using browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const consoleLines: string[] = [];
  page.on('console', (message) => consoleLines.push(message.text()));
  const ended = new Promise<number>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`The tests did not end within 5 minutes.\n${consoleLines.slice(-30).join('\n')}`)),
      300_000,
    );
    // VS Code calls this when the test module's promise settles.
    context
      .exposeFunction('codeAutomationExit', (code: number) => {
        clearTimeout(timer);
        resolve(code);
      })
      .catch(reject);
  });
  const env: Record<string, string> = { CLAUDETASK_HOST_TESTS: JSON.stringify({ files, results }) };
  if (process.env['NODE_V8_COVERAGE']) env['NODE_V8_COVERAGE'] = process.env['NODE_V8_COVERAGE'];
  await allowDevelopment(page);
  await page.goto(
    server.url(kind.open(workspace.folder), [
      ['extensionDevelopmentPath', server.remoteUri(root)],
      ['extensionTestsPath', server.remoteUri(path.join(root, 'out', 'test', 'rig', 'hostSuite.cjs'))],
      ['extensionEnvironment', JSON.stringify(env)],
    ]),
  );
  const code = await ended;
  const report = `${results}.txt`;
  if (fs.existsSync(report)) process.stdout.write(fs.readFileSync(report, 'utf8'));
  else process.stdout.write(`The extension host reported no results.\n${consoleLines.slice(-30).join('\n')}\n`);
  await context.close();
  return code === 0;
}

async function main(results: string): Promise<void> {
  fs.mkdirSync(path.dirname(results), { recursive: true });
  let failed = false;
  let combined = '';
  for (const kind of kinds) {
    const folder = path.join(built, kind.name);
    const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.test.cjs')) : [];
    if (files.length === 0) continue;
    const part = `${results}-${kind.name === '.' ? 'folder' : kind.name}`;
    for (const ending of ['tap', 'txt']) fs.rmSync(`${part}.${ending}`, { force: true });
    const passed = await runKind(
      kind,
      files.map((name) => path.join(folder, name)),
      part,
    );
    if (!passed) failed = true;
    // A host that died before it could report counts as one failed test.
    combined += fs.existsSync(`${part}.tap`) ? fs.readFileSync(`${part}.tap`, 'utf8') : '# pass 0\n# fail 1\n';
  }
  fs.writeFileSync(results, combined);
  process.exitCode = failed ? 1 : 0;
}

main(path.resolve(process.argv[2] ?? path.join('out', 'results', 'host.tap'))).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
