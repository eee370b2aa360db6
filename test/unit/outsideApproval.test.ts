import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OutsideApproval } from '../../src/app/outsideApproval.ts';
import type { DiskEntry } from '../../src/app/sourceSnapshot.ts';

const places = {
  folder: '/work/repo/app',
  repositoryRoot: '/work/repo',
  home: '/home/ann',
  claudeHome: '/home/ann/.claude',
  managed: '/etc/claude-code',
  plugins: [],
};
const yes = { hasClaudeMdExternalIncludesApproved: true };
const config = (projects: unknown) => JSON.stringify({ numStartups: 3, projects });

interface Options {
  path?: string;
  bytes?: number;
  links?: Readonly<Record<string, string>>;
}

/** One file on a disk; `links` are folders that lead elsewhere. */
function disk(content: string, { path = '/home/ann/.claude.json', bytes = content.length, links = {} }: Options = {}) {
  const file = { content, reads: 0, isReadable: true };
  const look = (asked: string): Promise<DiskEntry | undefined> => {
    if (asked === path) return Promise.resolve({ kind: 'file', bytes, stamp: file.content, realPath: path });
    const realPath = links[asked];
    return Promise.resolve(realPath === undefined ? undefined : { kind: 'folder', bytes: 0, stamp: '', realPath });
  };
  const read = (asked: string) => {
    if (asked === path) file.reads++;
    return Promise.resolve(asked === path && file.isReadable ? Buffer.from(file.content) : undefined);
  };
  return { file, look, read };
}

const approved = (...[content, options]: Parameters<typeof disk>) => new OutsideApproval(places, disk(content, options)).read();

describe('whether imports from outside are allowed', () => {
  test('is said for the folder, or for its repository', async () => {
    assert.equal(await approved(config({ '/work/repo/app': yes })), true);
    assert.equal(await approved(config({ '/work/repo': yes })), true);
    assert.equal(await approved(config({ '/work': yes, '/work/repo/app/ui': yes })), false);
  });

  test('is said for where the folder really lies', async () => {
    assert.equal(await approved(config({ '/data/app': yes }), { links: { '/work/repo/app': '/data/app' } }), true);
  });

  test('is no unless the answer is a plain yes', async () => {
    for (const value of [false, 'true', 1, null]) {
      assert.equal(await approved(config({ '/work/repo/app': { hasClaudeMdExternalIncludesApproved: value } })), false, String(value));
    }
    for (const projects of [{}, null, [], { '/work/repo/app': null }]) assert.equal(await approved(config(projects)), false);
  });

  test('is no when the file is not there, no JSON, too large or unreadable', async () => {
    const good = config({ '/work/repo/app': yes });
    assert.equal(await approved(good, { path: '/elsewhere/.claude.json' }), false);
    assert.equal(await approved(`${good}}`), false);
    assert.equal(await approved(good, { bytes: 64 * 1024 * 1024 + 1 }), false);
    const locked = disk(good);
    locked.file.isReadable = false;
    assert.equal(await new OutsideApproval(places, locked).read(), false);
  });

  test('is looked up in the folder that CLAUDE_CONFIG_DIR names', async () => {
    const moved = { ...places, claudeHome: '/srv/claude' };
    const content = config({ '/work/repo/app': yes });
    assert.equal(await new OutsideApproval(moved, disk(content, { path: '/srv/claude/.claude.json' })).read(), true);
    assert.equal(await new OutsideApproval(moved, disk(content)).read(), false);
  });

  test('is found on Windows whatever the slashes and the case of the drive', async () => {
    const windows = { ...places, folder: 'c:/work/app', repositoryRoot: 'c:/work/app' };
    for (const key of ['C:\\work\\app', 'C:/work/app']) {
      assert.equal(await new OutsideApproval(windows, disk(config({ [key]: yes }))).read(), true, key);
    }
    assert.equal(await approved(config({ '\\work\\repo\\app': yes })), false);
  });

  test('is read once for as long as the file stays the same', async () => {
    const source = disk(config({}));
    const approval = new OutsideApproval(places, source);
    assert.deepEqual(await Promise.all([approval.read(), approval.read()]), [false, false]);
    assert.equal(source.file.reads, 1);
    source.file.content = config({ '/work/repo/app': yes });
    assert.equal(await approval.read(), true);
    assert.equal(source.file.reads, 2);
  });
});
