import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readZip } from '../rig/zip.ts';
import { metafile, noticesScript, readJson, readText, root } from './sources.ts';

interface Manifest {
  name: string;
  publisher: string;
  displayName: string;
  main: string;
  icon: string;
  l10n: string;
  categories: string[];
  keywords: string[];
  activationEvents: string[];
  engines: { vscode: string };
  enabledApiProposals?: string[];
  devDependencies: Record<string, string>;
  contributes: { walkthroughs: { steps: { media: { image?: string | Record<string, string>; svg?: string; markdown?: string } }[] }[] };
}

/** VS Code's own list; the marketplace drops what is not on it, without a word. */
const categories = [
  'AI',
  'Azure',
  'Chat',
  'Data Science',
  'Debuggers',
  'Education',
  'Extension Packs',
  'Formatters',
  'Keymaps',
  'Language Packs',
  'Linters',
  'Machine Learning',
  'Notebooks',
  'Other',
  'Programming Languages',
  'SCM Providers',
  'Snippets',
  'Testing',
  'Themes',
  'Visualization',
];

/** Everything that users get. A new file is added here on purpose. */
const packaged = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/LICENSE.txt',
  'extension/changelog.md',
  'extension/dist/THIRD-PARTY-NOTICES.txt',
  'extension/dist/agent.css',
  'extension/dist/agent.js',
  'extension/dist/board.css',
  'extension/dist/board.js',
  'extension/dist/codicon.css',
  'extension/dist/codicon.ttf',
  'extension/dist/extension.js',
  'extension/dist/jobRunner.js',
  'extension/dist/mcpStdio.js',
  'extension/dist/playwright/LICENSE',
  'extension/dist/playwright/NOTICE',
  'extension/dist/playwright/ThirdPartyNotices.txt',
  'extension/dist/playwright/browsers.json',
  'extension/dist/playwright/index.js',
  'extension/dist/playwright/lib/bootstrap.js',
  'extension/dist/playwright/lib/coreBundle.js',
  'extension/dist/playwright/lib/utilsBundle.js',
  'extension/dist/playwright/lib/utilsBundle.js.LICENSE',
  'extension/dist/playwright/package.json',
  'extension/dist/records.css',
  'extension/dist/records.js',
  'extension/dist/run.css',
  'extension/dist/run.js',
  'extension/dist/sql-wasm.js',
  'extension/dist/sql-wasm.wasm',
  'extension/dist/storage.js',
  'extension/l10n/bundle.l10n.json',
  'extension/media/activitybar.svg',
  'extension/media/board-dark.svg',
  'extension/media/board-light.svg',
  'extension/media/board.png',
  'extension/media/icon.png',
  'extension/media/walkthrough/add.svg',
  'extension/media/walkthrough/board.svg',
  'extension/media/walkthrough/tree.svg',
  'extension/package.json',
  'extension/package.nls.json',
  'extension/readme.md',
];

const manifest = readJson<Manifest>('package.json');
const vsix = path.join(root, 'out/claudetask.vsix');
const inside = (file: string) => `extension/${path.posix.normalize(file)}`;

describe('the package', () => {
  const files = readZip(vsix);

  test('holds these files and no others', () => {
    // The pieces of the host are named after their content.
    const pieces = [...files.keys()].filter((name) => /^extension\/dist\/host-[A-Z0-9]{8}\.cjs$/.test(name));
    assert.ok(pieces.length > 0 && pieces.length < 120, `${pieces.length} pieces`);
    assert.deepEqual([...files.keys()].filter((name) => !pieces.includes(name)).sort(), [...packaged].sort());
  });

  // The local server brought 425 kB, 225 kB of them `mcpStdio.js`: it runs without VS Code, so it has the SDK of MCP and zod for itself.
  test('is smaller than 3,250 kB', () => {
    const { size } = fs.statSync(vsix);
    assert.ok(size < 3_250_000, `${size} bytes`);
  });

  test('has the entry point, the icon and the texts where the manifest says', () => {
    for (const file of [manifest.main, manifest.icon, `${manifest.l10n}/bundle.l10n.json`]) assert.ok(files.has(inside(file)), file);
  });

  test('has the pictures of the walkthrough under their very names', () => {
    const media = manifest.contributes.walkthroughs.flatMap((one) =>
      one.steps.flatMap(({ media: { image, svg, markdown } }) => [image, svg, markdown]),
    );
    const named = media.flatMap((one) => (typeof one === 'object' ? Object.values(one) : (one ?? [])));
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((file) => !files.has(inside(file))),
      [],
    );
  });

  test('has every picture that the README shows', () => {
    const pictures = [...readText('README.md').matchAll(/!\[[^\]]*\]\((?!https:)([^)]+)\)/g)].map((match) => match[1]!);
    assert.deepEqual(
      pictures.filter((file) => !files.has(inside(file))),
      [],
    );
  });

  test('holds nothing of this machine: no source maps, no absolute paths', () => {
    for (const [name, content] of files) {
      if (!name.endsWith('.js') || name.endsWith('sql-wasm.js') || name.includes('/playwright/')) continue;
      const text = content.toString('utf8');
      assert.ok(!text.includes('sourceMappingURL='), name);
      assert.ok(!text.includes(root), name);
    }
  });

  test('names the licences of everything it bundles', async () => {
    const { noticesText } = await noticesScript();
    // Not `equal`: the texts are long, and their difference says nothing.
    assert.ok(files.get('extension/dist/THIRD-PARTY-NOTICES.txt')?.toString('utf8') === noticesText(metafile()), 'run "npm run package"');
    for (const name of [
      'sql.js',
      'SQLite',
      'Emscripten',
      '@vscode/codicons',
      'preact',
      'zod',
      'playwright-core',
      'hono',
      'jose',
      'ws',
      '@modelcontextprotocol/server',
    ])
      assert.ok(noticesText(metafile()).includes(name), name);
  });
});

describe('the manifest', () => {
  test('has the published identity', () => {
    assert.deepEqual([manifest.publisher, manifest.name, manifest.displayName], ['claudetask', 'claudetask', 'ClaudeTask']);
  });

  test('has an icon of 128 pixels', () => {
    const png = fs.readFileSync(path.join(root, manifest.icon));
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [128, 128]);
  });

  test('names categories that VS Code knows, and at most 30 keywords', () => {
    assert.deepEqual(
      manifest.categories.filter((one) => !categories.includes(one)),
      [],
    );
    assert.ok(manifest.keywords.length <= 30);
  });

  test('uses no proposed API and is not active always', () => {
    assert.equal(manifest.enabledApiProposals, undefined);
    assert.deepEqual(
      manifest.activationEvents.filter((event) => event === '*' || event === 'onStartupFinished'),
      [],
    );
  });

  test('asks for the VS Code whose API it is compiled against', () => {
    assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode']}`);
  });

  test('pins every dependency to one version', () => {
    const all = Object.entries({
      ...readJson<{ dependencies: Record<string, string> }>('package.json').dependencies,
      ...manifest.devDependencies,
    });
    assert.deepEqual(
      all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
      [],
    );
  });

  test('is locked for every platform: npm leaves out what a registry does not serve, and then refuses the lock', () => {
    const { packages } = readJson<{ packages: Record<string, { optionalDependencies?: Record<string, string> }> }>('package-lock.json');
    const wanted = Object.values(packages).flatMap((one) => Object.keys(one.optionalDependencies ?? {}));
    assert.deepEqual(
      wanted.filter((name) => !Object.keys(packages).some((key) => key.endsWith(`node_modules/${name}`))),
      [],
    );
  });
});
