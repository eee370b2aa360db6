import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { type ImportNode, isImportable, readImports } from '../../../src/core/instructions/importGraph.ts';
import { contextOf } from './snapshot.ts';

const root = '/work/app/CLAUDE.md';
const flat = (nodes: readonly ImportNode[]): string[] =>
  nodes.flatMap((node) => [`${node.depth} ${node.path} ${node.state}`, ...flat(node.imports)]);
const read = (contents: Parameters<typeof contextOf>[0], path = root) => readImports(path, contextOf(contents));

describe('imports', () => {
  test('are relative to the file that holds them, and come depth first', () => {
    const nodes = read({
      [root]: '@docs/a.md @b.md',
      '/work/app/docs/a.md': '@c.md',
      '/work/app/docs/c.md': 'x',
      '/work/app/b.md': '@docs/c.md',
    });
    assert.deepEqual(flat(nodes), [
      '1 /work/app/docs/a.md loaded',
      '2 /work/app/docs/c.md loaded',
      '1 /work/app/b.md loaded',
      '2 /work/app/docs/c.md duplicate',
    ]);
  });

  test('of the home folder and of other folders are outside', () => {
    const nodes = read({
      [root]: '@~/mine.md @../other.md @/work/app/in.md',
      '/home/ann/mine.md': '',
      '/work/other.md': '',
      '/work/app/in.md': '',
    });
    assert.deepEqual(
      nodes.map(({ path, state, outside }) => [path, state, outside]),
      [
        ['/home/ann/mine.md', 'loaded', true],
        ['/work/other.md', 'loaded', true],
        ['/work/app/in.md', 'loaded', false],
      ],
    );
  });

  test('of a file of the user are never outside: nobody is asked', () => {
    assert.deepEqual(
      read({ '/home/ann/.claude/CLAUDE.md': '@x.md', '/home/ann/.claude/x.md': '' }, '/home/ann/.claude/CLAUDE.md').map(
        (node) => node.outside,
      ),
      [false],
    );
  });

  test('in a circle name the circle', () => {
    const [a] = read({ [root]: '@a.md', '/work/app/a.md': '@b.md', '/work/app/b.md': '@a.md @CLAUDE.md @b.md' });
    assert.deepEqual(
      a?.imports[0]?.imports.map((node) => [node.state, node.cycle]),
      [
        ['circular', ['/work/app/a.md', '/work/app/b.md', '/work/app/a.md']],
        ['circular', [root, '/work/app/a.md', '/work/app/b.md', root]],
        ['circular', ['/work/app/b.md', '/work/app/b.md']],
      ],
    );
  });

  test('are followed over four hops and no further', () => {
    const chain = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`/work/app/${n}.md`, `@${n + 1}.md`]));
    assert.deepEqual(flat(read({ [root]: '@1.md', ...chain })), [
      '1 /work/app/1.md loaded',
      '2 /work/app/2.md loaded',
      '3 /work/app/3.md loaded',
      '4 /work/app/4.md loaded',
      '5 /work/app/5.md tooDeep',
    ]);
  });

  test('of what cannot be loaded say why', () => {
    const context = contextOf({
      [root]: '@no.md @docs @big.md @pic.png @locked.md',
      '/work/app/docs/x.md': '',
      '/work/app/big.md': { bytes: 5_000_000 },
      '/work/app/pic.png': 'x',
    });
    const { files } = context;
    const locked = { ...files, exists: (path: string) => (path.endsWith('/locked.md') ? ('file' as const) : files.exists(path)) };
    assert.deepEqual(
      readImports(root, { ...context, files: locked }).map((node) => node.state),
      ['missing', 'folder', 'tooLarge', 'binary', 'unreadable'],
    );
  });

  test('go by the end of the name', () => {
    const taken = ['a.md', 'a.TXT', 'a', '.env', '.a', 'x/LICENSE', 'a.b.ts', 'a.lock'];
    const refused = ['a.mdx', 'a.png', 'a.', 'a.md,', '..a', 'a.jsonc', 'a.env.local', 'a.ipynb'];
    assert.deepEqual([...taken, ...refused].filter(isImportable), taken);
  });

  test('from outside are not followed unless the user allows them, and links do not help', () => {
    const contents = {
      [root]: '@../a.md @link.md @../in/b.md @c.md',
      '/work/a.md': '@app/d.md',
      '/work/app/link.md': 'x',
      '/work/in/b.md': 'x',
    };
    const context = contextOf({ ...contents, '/work/app/c.md': 'x', '/work/app/d.md': 'x' });
    const real: Record<string, string> = { '/work/app/link.md': '/work/a.md', '/work/in/b.md': '/work/app/b.md' };
    const files = { ...context.files, realPath: (path: string) => real[path] ?? path };
    const states = (outsideApproved: boolean) => flat(readImports(root, { ...context, files, outsideApproved }));
    assert.deepEqual(states(false), [
      '1 /work/a.md unapproved',
      '1 /work/app/link.md unapproved',
      '1 /work/in/b.md unapproved',
      '1 /work/app/c.md loaded',
    ]);
    assert.deepEqual(states(true).slice(0, 3), ['1 /work/a.md loaded', '2 /work/app/d.md loaded', '1 /work/app/link.md duplicate']);
  });

  test('are relative to where a link leads', () => {
    const context = contextOf({ [root]: '@b.md', '/work/app/docs/b.md': 'x' });
    const files = { ...context.files, realPath: (path: string) => (path === root ? '/work/app/docs/c.md' : path) };
    assert.deepEqual(flat(readImports(root, { ...context, files })), ['1 /work/app/docs/b.md loaded']);
  });

  test('are left out by claudeMdExcludes', () => {
    const context = contextOf({ [root]: '@a.md @b.md', '/work/app/a.md': '', '/work/app/b.md': '' });
    assert.deepEqual(flat(readImports(root, { ...context, excludes: ['**/a.md'] })), [
      '1 /work/app/a.md excluded',
      '1 /work/app/b.md loaded',
    ]);
  });

  test('work on Windows', () => {
    const nodes = readImports('C:/work/CLAUDE.md', {
      ...contextOf({ 'C:/work/CLAUDE.md': '@docs/a.md @~/b.md @../c.md', 'C:/work/docs/a.md': '', 'C:/Users/ann/b.md': '', 'C:/c.md': '' }),
      home: 'C:/Users/ann',
      workspace: 'C:/work',
    });
    assert.deepEqual(flat(nodes), ['1 C:/work/docs/a.md loaded', '1 C:/Users/ann/b.md loaded', '1 C:/c.md loaded']);
  });

  test('of any tangle come to an end, with each file loaded once', () => {
    const names = ['CLAUDE', 'a', 'b', 'c', 'd', 'e'];
    const links = fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)), { maxLength: 30 });
    fc.assert(
      fc.property(links, (pairs) => {
        const text = (name: string) =>
          pairs
            .filter(([from]) => from === name)
            .map(([, to]) => `@${to}.md`)
            .join('\n');
        const all = flat(read(Object.fromEntries(names.map((name) => [`/work/app/${name}.md`, text(name)]))));
        const loaded = all.filter((line) => line.endsWith(' loaded')).map((line) => line.split(' ')[1]);
        assert.equal(new Set(loaded).size, loaded.length);
      }),
    );
  });
});
