import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { importsOf, metafile, readText, root, sourceFiles } from './sources.ts';

/** What each layer may import of ours, and of packages. `docs/architecture.md` explains it. */
const layers: Readonly<Record<string, { ours: readonly string[]; packages: readonly RegExp[] }>> = {
  util: { ours: [], packages: [/^node:/] },
  core: { ours: ['util'], packages: [/^(fractional-indexing|yaml|jsonc-parser|picomatch|ignore|mdast-util-from-markdown)$/] },
  protocol: { ours: ['core', 'util'], packages: [/^zod$/] },
  app: { ours: ['core', 'protocol', 'util'], packages: [/^zod$/] },
  storage: { ours: ['app', 'core', 'protocol', 'util'], packages: [/^node:/, /^zod$/, /^sql\.js/] },
  files: { ours: ['app', 'core', 'protocol', 'util'], packages: [/^node:/, /^ignore$/] },
  jobs: { ours: ['app', 'core', 'protocol', 'util'], packages: [/^node:/, /^zod$/, /^playwright-core$/] },
  server: {
    ours: ['app', 'core', 'protocol', 'util'],
    packages: [/^node:/, /^zod$/, /^(hono|jose|ws)(\/|$)/, /^@hono\//, /^@modelcontextprotocol\/(server|node)(\/|$)/],
  },
  host: { ours: ['app', 'core', 'protocol', 'util'], packages: [/^node:/, /^vscode$/, /^zod$/] },
  webview: {
    ours: ['core', 'util', 'protocol'],
    packages: [/^preact/, /^@tanstack\/virtual-core$/, /^@atlaskit\/pragmatic-drag-and-drop/],
  },
  'compose.ts': {
    ours: [
      ...['app', 'core', 'files', 'host', 'protocol', 'storage', 'util'],
      ...['composeClaude.ts', 'composeJobs.ts', 'composeServer.ts', 'composeWebhooks.ts'],
    ],
    packages: [/^node:/, /^vscode$/],
  },
  'composeClaude.ts': { ours: ['app', 'core', 'files', 'host'], packages: [] },
  'composeJobs.ts': { ours: ['app', 'files', 'host', 'jobs', 'util'], packages: [/^node:/] },
  'composeServer.ts': { ours: ['app', 'core', 'files', 'host', 'server'], packages: [/^vscode$/] },
  'composeStdio.ts': {
    ours: ['app', 'core', 'files', 'server', 'storage', 'util'],
    packages: [/^node:/, /^@modelcontextprotocol\/server\//],
  },
  'composeWebhooks.ts': { ours: ['app', 'host', 'server', 'util'], packages: [/^node:/] },
  'extension.ts': { ours: ['compose.ts'], packages: [/^vscode$/] },
};

/** Layers that run where there is no Node. */
const withoutNode = ['core', 'protocol', 'app', 'webview'];

const layerOf = (file: string) => file.split('/')[1]!;
const modules = sourceFiles('src').filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
const target = (file: string, specifier: string) => path.posix.join(path.posix.dirname(file), specifier);

describe('the layers', () => {
  test('are all known', () => {
    assert.deepEqual(
      [...new Set(modules.map(layerOf))].filter((layer) => !(layer in layers)),
      [],
    );
  });

  test('import only what the table allows, types included', () => {
    const wrong: string[] = [];
    for (const file of modules) {
      const layer = layerOf(file);
      for (const specifier of importsOf(file)) {
        const allowed = specifier.startsWith('.')
          ? layerOf(target(file, specifier)) === layer || layers[layer]!.ours.includes(layerOf(target(file, specifier)))
          : layers[layer]!.packages.some((pattern) => pattern.test(specifier));
        if (!allowed) wrong.push(`${file} imports ${specifier}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  test('that run without Node reach no module that needs it', () => {
    const reach = (file: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(file) || !modules.includes(file)) return seen;
      seen.add(file);
      for (const specifier of importsOf(file)) if (specifier.startsWith('.')) reach(target(file, specifier), seen);
      return seen;
    };
    const needsNode = (file: string) => importsOf(file).some((specifier) => specifier.startsWith('node:'));
    const wrong = modules
      .filter((file) => withoutNode.includes(layerOf(file)))
      .flatMap((file) => [...reach(file)].filter(needsNode).map((needed) => `${file} reaches ${needed}`));
    assert.deepEqual(wrong, []);
  });
});

describe('the bundles', () => {
  test('hold no circle of imports', () => {
    const { inputs } = metafile();
    const state = new Map<string, 'open' | 'done'>();
    const circles: string[] = [];
    const visit = (file: string, trail: readonly string[]) => {
      if (state.get(file) === 'done' || !file.startsWith('src/')) return;
      if (state.get(file) === 'open') return void circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
      state.set(file, 'open');
      for (const one of inputs[file]?.imports ?? []) if (one.external !== true) visit(one.path, [...trail, file]);
      state.set(file, 'done');
    };
    for (const file of Object.keys(inputs)) visit(file, []);
    assert.deepEqual(circles, []);
  });

  test('hold every module that has code: nothing is dead', () => {
    const { inputs } = metafile();
    const runs = (file: string) => /^(export )?(async )?(const|let|function|class)\b/m.test(readText(file));
    assert.deepEqual(
      modules.filter((file) => !(file in inputs) && runs(file)),
      [],
    );
  });

  test('of a page know protocol as types only, and neither zod nor Node', () => {
    for (const name of ['dist/board.js', 'dist/agent.js', 'dist/run.js', 'dist/records.js']) {
      const page = metafile().outputs[name];
      assert.ok(page, `${name} was built`);
      assert.deepEqual(
        Object.keys(page.inputs).filter((file) => /^src\/(protocol|app|host|storage)\/|node_modules\/(zod|yaml)\//.test(file)),
        [],
      );
    }
  });

  test('load sql.js as the file it is', () => {
    assert.deepEqual(
      Object.keys(metafile().inputs).filter((file) => file.includes('node_modules/sql.js/')),
      [],
    );
    for (const file of ['sql-wasm.js', 'sql-wasm.wasm']) {
      assert.ok(
        fs.readFileSync(path.join(root, 'dist', file)).equals(fs.readFileSync(path.join(root, 'node_modules/sql.js/dist', file))),
        file,
      );
    }
  });

  test('keep the board within 45 kB, compressed', () => {
    const size = gzipSync(fs.readFileSync(path.join(root, 'dist/board.js')), { level: 9 }).length;
    assert.ok(size <= 45_000, `dist/board.js has ${size} bytes`);
  });

  test('keep the form of an agent within 40 kB, compressed', () => {
    const size = gzipSync(fs.readFileSync(path.join(root, 'dist/agent.js')), { level: 9 }).length;
    assert.ok(size <= 40_000, `dist/agent.js has ${size} bytes`);
  });

  for (const name of ['run', 'records']) {
    test(`keep the page of ${name === 'run' ? 'a run' : 'records'} within 20 kB, compressed`, () => {
      const size = gzipSync(fs.readFileSync(path.join(root, `dist/${name}.js`)), { level: 9 }).length;
      assert.ok(size <= 20_000, `dist/${name}.js has ${size} bytes`);
    });
  }
});

describe('the files', () => {
  test('are at most 400 lines long', () => {
    const long = [...sourceFiles('src'), ...sourceFiles('test')].filter((file) => !file.includes('.generated.'));
    assert.deepEqual(
      long.filter((file) => readText(file).split('\n').length > 401),
      [],
    );
  });

  test('have names that say what they hold', () => {
    const vague = [...sourceFiles('src'), ...sourceFiles('test')].filter((file) =>
      /^(utils?|helpers?|common|misc|index)\.[a-z]+$/.test(path.posix.basename(file)),
    );
    assert.deepEqual(vague, []);
  });

  test('of tests leave none out', () => {
    const marks = /\b(?:test|it|describe|suite)\.(?:only|skip|todo)\b|\b(?:only|skip|todo): true/;
    assert.deepEqual(
      sourceFiles('test').filter(
        (file) => file.endsWith('.test.ts') && !file.endsWith('architecture.test.ts') && marks.test(readText(file)),
      ),
      [],
    );
  });
});
