import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { SourceSnapshot, type SourceDisk } from '../../src/app/sourceSnapshot.ts';
import type { FileView } from '../../src/core/instructions/sourceFiles.ts';
import { readImports } from '../../src/core/instructions/importGraph.ts';

describe('a snapshot of sources', () => {
  let disk: Map<string, string>;
  let edited: Map<string, FileView>;
  let calls: string[];
  let snapshot: SourceSnapshot;

  beforeEach(() => {
    disk = new Map([
      ['/w/CLAUDE.md', 'See @a.md'],
      ['/w/a.md', 'And @sub/b.md'],
      ['/w/sub/b.md', 'End'],
    ]);
    edited = new Map();
    calls = [];
    const isFolder = (path: string) => [...disk.keys()].some((file) => file.startsWith(`${path}/`));
    const port: SourceDisk = {
      look: async (path) => {
        calls.push(`look ${path}`);
        const text = disk.get(path);
        if (text !== undefined) return { kind: 'file', bytes: text.length, stamp: text, realPath: path };
        return isFolder(path) ? { kind: 'folder', bytes: 0, stamp: [...disk.keys()].join(), realPath: path } : undefined;
      },
      read: async (path) => {
        calls.push(`read ${path}`);
        return Buffer.from(disk.get(path) ?? '');
      },
      list: async (folder) => [...disk.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1)),
      edited: (path) => edited.get(path),
    };
    snapshot = new SourceSnapshot(port);
  });

  const graph = async (path = '/w/CLAUDE.md') => {
    const { value, asked } = await snapshot.settle((files) => readImports(path, { files, home: '/home/ann', workspace: '/w' }));
    const shown = (nodes: typeof value): string[] => nodes.flatMap((node) => [`${node.path} ${node.state}`, ...shown(node.imports)]);
    return { nodes: shown(value), asked };
  };

  test('has every file that an import graph leads to, without being told which', async () => {
    const { nodes, asked } = await graph();
    assert.deepEqual(nodes, ['/w/a.md loaded', '/w/sub/b.md loaded']);
    assert.deepEqual([...asked], ['/w/CLAUDE.md', '/w/a.md', '/w/sub/b.md']);
  });

  test('reads nothing again', async () => {
    await graph();
    calls.length = 0;
    await graph();
    assert.deepEqual(calls, []);
  });

  test('reads again what was forgotten, and gives the same object for the rest', async () => {
    const view = (path: string) => snapshot.settle((files) => files.read(path)).then(({ value }) => value);
    const before = await view('/w/a.md');
    disk.set('/w/sub/b.md', 'See @c.md');
    snapshot.forget(['/w/sub/b.md']);
    assert.deepEqual((await graph()).nodes, ['/w/a.md loaded', '/w/sub/b.md loaded', '/w/sub/c.md missing']);
    assert.equal(await view('/w/a.md'), before);
  });

  test('notices a file that has appeared', async () => {
    disk.set('/w/CLAUDE.md', '@new.md');
    assert.deepEqual((await graph()).nodes, ['/w/new.md missing']);
    disk.set('/w/new.md', 'here');
    snapshot.forget(['/w/new.md']);
    assert.deepEqual((await graph()).nodes, ['/w/new.md loaded']);
  });

  test('takes what is typed for more than the disk, and what is given for more than that', async () => {
    edited.set('/w/a.md', { text: 'nothing', bytes: 7 });
    assert.deepEqual((await graph()).nodes, ['/w/a.md loaded']);
    const instead = new Map([['/w/a.md', { text: 'given', bytes: 5 }]]);
    const { value } = await snapshot.settle((files) => files.read('/w/a.md')?.text, { instead });
    assert.equal(value, 'given');
    assert.ok(!calls.includes('read /w/a.md'));
  });

  test('lists a folder, knows folders from files, and binary files from text', async () => {
    disk.set('/w/logo.md', 'a\0b');
    const { value } = await snapshot.settle((files) => ({
      names: files.list('/w/sub'),
      kinds: ['/w/sub', '/w/a.md', '/w/none'].map((path) => files.exists(path)),
      folder: files.read('/w/sub'),
      binary: files.read('/w/logo.md')?.binary,
    }));
    assert.deepEqual(value, { names: ['b.md'], kinds: ['folder', 'file', undefined], folder: undefined, binary: true });
  });

  test('ends when the signal says so', async () => {
    const abort = new AbortController();
    abort.abort(new Error('typed on'));
    await assert.rejects(
      snapshot.settle(() => 1, { signal: abort.signal }),
      /typed on/,
    );
  });

  test('throws what the work throws', async () => {
    await assert.rejects(
      snapshot.settle(() => {
        throw new Error('broken');
      }),
      /broken/,
    );
  });
});
