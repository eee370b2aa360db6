import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CatalogChange, ClaudeCatalog } from '../../src/app/claudeCatalog.ts';
import type { FileEntry } from '../../src/app/filePorts.ts';
import { InstructionModel } from '../../src/app/instructionModel.ts';
import { SourceSnapshot } from '../../src/app/sourceSnapshot.ts';
import { classify } from '../../src/core/claudePlaces.ts';
import { instructionFiles } from '../../src/core/instructions/loadOrder.ts';
import { mergeInstructions, renderPreview } from '../../src/core/instructions/mergedPreview.ts';
import { Emitter } from '../../src/util/emitter.ts';
import { snapshot } from './instructions/snapshot.ts';

const places = {
  folder: '/work/app',
  repositoryRoot: '/work/app',
  home: '/home/ann',
  claudeHome: '/home/ann/.claude',
  managed: '/etc/claude-code',
  plugins: [],
};

function entryOf(path: string): FileEntry | undefined {
  const what = classify(path, places);
  return what && { path, ...what, size: 1, modifiedAt: 1, stamp: '1', isSymlink: false };
}

/** A folder whose files are in memory; what Claude Code looks for among them is in the catalog. */
function folder(contents: Record<string, string>) {
  const catalogChanged = new Emitter<CatalogChange>();
  const sourcesChanged = new Emitter<readonly string[]>();
  const followed = new Set<string>();
  const entries = () => Object.keys(contents).flatMap((path) => entryOf(path) ?? []);
  const catalog = {
    places,
    onDidChange: catalogChanged.event,
    ready: () => Promise.resolve(),
    files: (kind?: string) => entries().filter((entry) => kind === undefined || entry.kind === kind),
    texts: (some: readonly FileEntry[]) => Promise.resolve(some.map((entry) => ({ entry, text: contents[entry.path] ?? '', hash: '' }))),
  } satisfies Partial<ClaudeCatalog>;
  const files = () => snapshot(contents);
  const disk = {
    look: (path: string) => {
      const kind = files().exists(path);
      return Promise.resolve(kind && { kind, bytes: Buffer.byteLength(contents[path] ?? ''), stamp: contents[path] ?? '', realPath: path });
    },
    read: (path: string) => {
      const content = contents[path];
      return Promise.resolve(content === undefined ? undefined : Buffer.from(content));
    },
    list: (path: string) => Promise.resolve(files().list(path)),
    edited: () => undefined,
  };
  const model = new InstructionModel({
    catalog: catalog as unknown as ClaudeCatalog,
    sources: {
      snapshot: new SourceSnapshot(disk),
      onDidChange: sourcesChanged.event,
      follow: (paths) => paths.forEach((path) => followed.add(path)),
    },
  });
  let outdated = 0;
  model.onDidChange(() => outdated++);
  return {
    model,
    contents,
    followed,
    get outdated() {
      return outdated;
    },
    /** Changes a file as the workspace's watcher tells it. */
    write(path: string, content: string) {
      contents[path] = content;
      sourcesChanged.fire([path]);
    },
    tellFolder: (path: string) => sourcesChanged.fire([path]),
    /** As the catalog tells it. */
    found(path: string, content: string) {
      contents[path] = content;
      const entry = entryOf(path);
      assert.ok(entry);
      catalogChanged.fire({ changed: [entry], removed: [] });
    },
  };
}

const lines = (count: number, word: string) => `${word}\n`.repeat(count);

describe('the instruction files of a folder', () => {
  test('come in load order with what they import, also from files that no search finds', async () => {
    const { model, followed } = folder({
      '/work/app/CLAUDE.md': '@docs/a.md\n',
      '/work/app/docs/a.md': '@b.md @gone.md\n',
      '/work/app/docs/b.md': 'b\n',
      '/home/ann/.claude/CLAUDE.md': 'mine\n',
      '/work/app/ui/CLAUDE.md': 'ui\n',
      '/work/app/AGENTS.md': 'other tools\n',
    });
    const picture = await model.picture();
    assert.deepEqual(
      picture.files.map(({ path, when }) => `${when.kind} ${path}`),
      ['always /home/ann/.claude/CLAUDE.md', 'always /work/app/CLAUDE.md', 'inFolder /work/app/ui/CLAUDE.md', 'never /work/app/AGENTS.md'],
    );
    const [first] = picture.imports.get('/work/app/CLAUDE.md') ?? [];
    assert.deepEqual(
      [first, ...(first?.imports ?? [])].map((node) => `${node?.path} ${node?.state}`),
      ['/work/app/docs/a.md loaded', '/work/app/docs/b.md loaded', '/work/app/docs/gone.md missing'],
    );
    assert.ok(followed.has('/work/app/docs/b.md'));
  });

  test('add up to what is loaded at the start, imports once each and nothing that waits', async () => {
    const { model } = folder({
      '/work/app/CLAUDE.md': '@a.md @a.md\n',
      '/work/app/a.md': lines(100, 'abcdefgh'),
      '/work/app/ui/CLAUDE.md': lines(1000, 'abcdefgh'),
    });
    const { tokensAtStart } = await model.picture();
    // 100 lines of nine characters, at 3.6 to a token, and the line that imports.
    assert.ok(tokensAtStart > 250 && tokensAtStart < 260, String(tokensAtStart));
  });

  test('that settings exclude are not read', async () => {
    const { model } = folder({
      '/work/app/CLAUDE.md': 'x',
      '/work/app/ui/CLAUDE.md': 'x',
      '/work/app/.claude/settings.local.json': '{ "claudeMdExcludes": ["**/ui/CLAUDE.md"] }',
      '/home/ann/.claude/settings.json': '{ not JSON',
      '/work/app/ui/.claude/settings.json': '{ "claudeMdExcludes": ["**/CLAUDE.md"] }',
    });
    const { files } = await model.picture();
    assert.deepEqual(
      files.map(({ path, when }) => [path, when]),
      [
        ['/work/app/CLAUDE.md', { kind: 'always' }],
        ['/work/app/ui/CLAUDE.md', { kind: 'never', reason: 'excluded' }],
      ],
    );
  });

  test('are drawn anew when a file changes that one of them imports, and stay for others', async () => {
    const rig = folder({ '/work/app/CLAUDE.md': '@docs/a.md', '/work/app/docs/a.md': 'short', '/work/app/other.md': 'x' });
    const before = await rig.model.picture();
    rig.write('/work/app/other.md', 'y');
    assert.equal(rig.outdated, 0);
    assert.equal(await rig.model.picture(), before);
    rig.write('/work/app/docs/a.md', lines(50, 'longer'));
    assert.equal(rig.outdated, 1);
    assert.ok((await rig.model.picture()).tokensAtStart > before.tokensAtStart);
  });

  test('are drawn anew when an import appears that was missing', async () => {
    const rig = folder({ '/work/app/CLAUDE.md': '@docs/a.md' });
    const stateOf = async () => (await rig.model.picture()).imports.get('/work/app/CLAUDE.md')?.[0]?.state;
    assert.equal(await stateOf(), 'missing');
    rig.contents['/work/app/docs/a.md'] = 'x';
    // All that is told is the folder that has come with it.
    rig.tellFolder('/work/app/docs');
    assert.equal(await stateOf(), 'loaded');
  });

  test('import from outside only what was allowed, which is looked up with each picture; the user may import anything', async () => {
    const rig = folder({
      '/work/app/CLAUDE.md': '@../out.md',
      '/work/out.md': lines(50, 'out'),
      '/home/ann/.claude/CLAUDE.md': '@../mine.md',
      '/home/ann/mine.md': 'mine',
    });
    const states = async () => {
      const { imports } = await rig.model.picture();
      return ['/work/app/CLAUDE.md', '/home/ann/.claude/CLAUDE.md'].map((path) => imports.get(path)?.[0]?.state);
    };
    const answer = (isAllowed: boolean) =>
      JSON.stringify({ projects: { '/work/app': { hasClaudeMdExternalIncludesApproved: isAllowed } } });
    assert.deepEqual(await states(), ['unapproved', 'loaded']);
    const { tokensAtStart } = await rig.model.picture();
    rig.contents['/home/ann/.claude.json'] = answer(true);
    assert.deepEqual(await states(), ['loaded', 'loaded']);
    assert.ok((await rig.model.picture()).tokensAtStart > tokensAtStart);
    assert.ok((await rig.model.preview()).some(({ source }) => source === '/work/out.md'));
    rig.contents['/home/ann/.claude.json'] = answer(false);
    assert.ok((await rig.model.preview()).every(({ source }) => source !== '/work/out.md'));
    assert.deepEqual(await states(), ['unapproved', 'loaded']);
  });

  test('are drawn anew when the catalog finds one more', async () => {
    const rig = folder({ '/work/app/CLAUDE.md': 'x' });
    assert.equal((await rig.model.picture()).files.length, 1);
    rig.found('/work/app/.claude/rules/style.md', '---\npaths: src/**\n---\nx');
    assert.equal(rig.outdated, 1);
    assert.deepEqual(
      (await rig.model.picture()).files.map(({ role }) => role),
      ['project', 'rule'],
    );
  });
});

describe('the merged preview of a folder', () => {
  const contents = {
    '/work/app/CLAUDE.md': '# App\n<!-- a note -->\n@docs/a.md\n',
    '/work/app/docs/a.md': 'imported\n',
    '/work/app/ui/CLAUDE.md': 'of the ui\n',
    '/work/app/.claude/rules/ts.md': '---\npaths: "**/*.ts"\n---\nfor ts\n',
  };

  test('is exactly what the load order and the imports give', async () => {
    const { model } = folder({ ...contents });
    const files = snapshot(contents);
    const order = instructionFiles({ places, files, found: Object.keys(contents) });
    for (const forFile of [undefined, '/work/app/ui/x.ts', '/work/app/x.css']) {
      const expected = mergeInstructions(
        order,
        { files, home: places.home, workspace: places.folder },
        forFile === undefined ? {} : { forFile },
      );
      const blocks = await model.preview(forFile);
      assert.deepEqual(blocks, expected);
      assert.equal(renderPreview(blocks).text, renderPreview(expected).text);
    }
  });

  test('follows each change of a source, with 200 files of 100 lines', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_, at) => [
        `/work/app/docs/${at}.md`,
        `${lines(99, 'Use the words of the domain, and test what you change.')}end\n`,
      ]),
    );
    const rig = folder({
      ...many,
      '/work/app/CLAUDE.md': Object.keys(many)
        .map((path) => `- @docs/${path.split('/').at(-1)}`)
        .join('\n'),
    });
    await rig.model.preview();
    for (let round = 0; round < 5; round++) {
      rig.write('/work/app/docs/7.md', `changed ${round}\n`);
      const { text } = renderPreview(await rig.model.preview());
      assert.ok(text.includes(`changed ${round}\n`));
    }
  });
});
