import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import { eventually } from '../../rig/eventually.ts';
import { library } from './catalogRig.ts';
import type { Library } from './catalogRig.ts';
import { bytes, hash } from './rig.ts';

const agentText = (name: string) => `---\nname: ${name}\ndescription: d\n---\nbody\n`;
const names = (lib: Library) =>
  lib.catalog
    .files('agent')
    .map((entry) => path.basename(entry.path))
    .sort();
/** What a watcher of the workspace does. */
async function change(lib: Library, file: string, content: string | null): Promise<void> {
  if (content === null) fs.rmSync(lib.rig.at(file));
  else lib.rig.put(lib.rig.at(file), content);
  lib.catalog.notifyChanged([lib.rig.at(file)]);
  await lib.catalog.settled();
}

describe('the catalog', () => {
  test('looks at nothing until it is asked', async () => {
    await using lib = await library({ 'repo/app/.claude/agents/a.md': agentText('a') });
    await change(lib, '.claude/agents/b.md', agentText('b'));
    assert.deepEqual([lib.catalog.files(), lib.changes], [[], []]);
    await lib.catalog.ready();
    assert.deepEqual(names(lib), ['a.md', 'b.md']);
  });

  test('tells what has come, changed and gone, once each', async () => {
    await using lib = await library({ 'repo/app/.claude/agents/a.md': agentText('a'), 'repo/app/.claude/agents/sub/b.md': agentText('b') });
    await lib.catalog.ready();
    await lib.catalog.texts(lib.catalog.files());
    lib.changes.length = 0;
    await change(lib, '.claude/agents/a.md', agentText('other'));
    await change(lib, '.claude/agents/c.md', agentText('c'));
    fs.rmSync(lib.rig.at('.claude/agents/sub'), { recursive: true });
    lib.catalog.notifyChanged([lib.rig.at('.claude/agents/sub')]);
    await lib.catalog.settled();
    const said = lib.changes.map(({ changed, removed }) =>
      [changed, removed].map((list) => list.map((entry) => path.basename(entry.path))),
    );
    assert.deepEqual(said, [
      [['a.md'], []],
      [['c.md'], []],
      [[], ['b.md']],
    ]);
    assert.equal((await lib.catalog.text(lib.rig.at('.claude/agents/a.md')))?.text, agentText('other'));
  });

  test('says nothing of a file that was written with the content it had', async () => {
    await using lib = await library({ 'repo/app/.claude/agents/a.md': agentText('a') });
    await lib.catalog.ready();
    await lib.catalog.text(lib.rig.at('.claude/agents/a.md'));
    lib.changes.length = 0;
    await change(lib, '.claude/agents/a.md', agentText('a'));
    assert.deepEqual(lib.changes, []);
  });

  test('does not hear its own writes a second time', async () => {
    await using lib = await library({ 'home/.claude/agents/a.md': agentText('a') });
    await lib.catalog.ready();
    lib.changes.length = 0;
    const file = lib.rig.home('.claude/agents/a.md');
    const outcome = await lib.rig.files.write(file, bytes('mine'), { expected: hash(agentText('a')) });
    assert.ok(outcome.kind === 'written');
    await lib.catalog.wrote(file, outcome.file, { cause: 'claudetask' });
    // The watcher of the home folder tells of this one in the same burst or a later one.
    fs.writeFileSync(lib.rig.home('.claude/agents/b.md'), 'b');
    await eventually('the other file', () => lib.catalog.get(lib.rig.home('.claude/agents/b.md')));
    assert.equal(lib.changes.filter(({ changed }) => changed.some((entry) => entry.path === file)).length, 1);
  });

  test('follows the folders in the home folder by itself, also when they come later', async () => {
    await using lib = await library({ 'home/.claude/CLAUDE.md': 'x' });
    await lib.catalog.ready();
    lib.rig.put(lib.rig.home('.claude/agents/late.md'), agentText('late'));
    await eventually('the late agent', () => names(lib).includes('late.md'));
    lib.rig.put(lib.rig.home('.claude/CLAUDE.md'), 'longer');
    await eventually('the changed file', () => lib.catalog.get(lib.rig.home('.claude/CLAUDE.md'))?.size === 6);
  });

  test('knows the agents of installed plugins', async () => {
    await using lib = await library({ 'shop/review/agents/r.md': agentText('r') });
    const list = { version: 2, plugins: { 'review@shop': [{ scope: 'user', installPath: lib.rig.workspace.file('shop/review') }] } };
    lib.rig.put(lib.rig.home('.claude/plugins/installed_plugins.json'), JSON.stringify(list));
    await lib.catalog.ready();
    assert.deepEqual(
      lib.catalog.files('agent').map(({ scope }) => scope),
      [{ kind: 'plugin', name: 'review' }],
    );
  });

  test('of 500 files that change at once tells in few events', async () => {
    await using lib = await library({ 'repo/app/CLAUDE.md': '' });
    await lib.catalog.ready();
    lib.changes.length = 0;
    for (let i = 0; i < 500; i++) {
      lib.rig.put(lib.rig.at(`.claude/agents/a${i}.md`), agentText(`a${i}`));
      lib.catalog.notifyChanged([lib.rig.at(`.claude/agents/a${i}.md`)]);
    }
    await lib.catalog.settled();
    assert.equal(names(lib).length, 500);
    assert.ok(lib.changes.length <= 3, `${lib.changes.length} events`);
  });
});

describe('the history of files', () => {
  test('has what somebody was given to read before the change was told, and the change is told', async () => {
    await using lib = await library({ 'repo/app/.claude/agents/a.md': agentText('a') });
    await lib.catalog.ready();
    await lib.openStore();
    await lib.catalog.settled();
    lib.changes.length = 0;
    const file = lib.rig.at('.claude/agents/a.md');
    lib.rig.put(file, agentText('other'));
    assert.equal((await lib.catalog.text(file))?.text, agentText('other'));
    await eventually('it is told', () => lib.changes.length === 1);
    assert.deepEqual(
      (await lib.versions('.claude/agents/a.md')).map(({ content }) => content),
      [agentText('a'), agentText('other')],
    );
  });

  test('is kept only once there is a database, and then of everything, whoever wrote it', async () => {
    await using lib = await library({
      'repo/app/CLAUDE.md': 'one\r\n',
      'home/.claude/agents/a.md': agentText('a'),
      'repo/app/.claude/settings.json': '{}',
    });
    await lib.catalog.ready();
    await change(lib, 'CLAUDE.md', 'two\r\n');
    assert.ok(!fs.existsSync(lib.rig.at('.claudetask')));
    const store = await lib.openStore();
    await lib.catalog.settled();
    await change(lib, 'CLAUDE.md', 'three\r\n');
    lib.catalog.expectSave(lib.rig.at('CLAUDE.md'), hash('four'), { cause: 'editor', actor: { kind: 'user', name: 'ann' } });
    await change(lib, 'CLAUDE.md', 'four');
    assert.deepEqual(await lib.versions('CLAUDE.md'), [
      { cause: 'outside', note: null, by: 'another program', content: 'two\r\n' },
      { cause: 'outside', note: null, by: 'another program', content: 'three\r\n' },
      { cause: 'editor', note: null, by: 'ann', content: 'four' },
    ]);
    const { documents } = await store.call('document.list', {});
    // Settings may hold keys.
    assert.deepEqual(
      documents.map((one) => one.path),
      ['CLAUDE.md', '~/.claude/agents/a.md'],
    );
  });

  test('has what was deleted outside, so that it can be brought back', async () => {
    await using lib = await library({ 'repo/app/.claude/agents/a.md': agentText('a') });
    await lib.openStore();
    await lib.catalog.settled();
    await change(lib, '.claude/agents/a.md', null);
    assert.deepEqual(
      (await lib.versions('.claude/agents/a.md')).map(({ content }) => content),
      [agentText('a'), null],
    );
  });

  test('catches up with what happened while nobody looked', async () => {
    const files = { 'repo/app/.claude/agents/a.md': 'a', 'repo/app/.claude/agents/b.md': 'b', 'repo/app/.claude/agents/c.md': 'c' };
    await using lib = await library(files);
    const store = await lib.openStore();
    const record = (name: string, content: string) =>
      store.call('document.record', {
        path: `.claude/agents/${name}`,
        kind: 'agent',
        content: Buffer.from(content).toString('base64'),
        cause: 'outside',
      });
    await lib.catalog.settled();
    const revision = (await store.call('database.status', {})).revision;
    await record('b.md', 'older b');
    await record('gone.md', 'gone');
    // A second window opens the same folder.
    const { createClaudeCatalog } = await import('../../../src/app/folderCatalog.ts');
    const second = createClaudeCatalog({
      files: lib.rig.files,
      places: lib.rig.places,
      history: { store, onDidOpen: () => ({ dispose() {} }), open: () => Promise.resolve(store) },
      clock: { now: () => Date.now() },
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    await second.settled();
    second.dispose();
    assert.deepEqual(
      (await lib.versions('.claude/agents/b.md')).map(({ content }) => content),
      ['b', 'older b', 'b'],
    );
    assert.deepEqual(
      (await lib.versions('.claude/agents/gone.md')).map(({ content }) => content),
      ['gone', null],
    );
    assert.equal((await lib.versions('.claude/agents/a.md')).length, 1);
    // Two by hand, one call for what changed: the unchanged ones cost nothing.
    assert.equal((await store.call('database.status', {})).revision, revision + 3);
  });

  test('of what could not be recorded is tried again with the next change', async () => {
    await using lib = await library({ 'repo/app/CLAUDE.md': 'one' });
    const store = await lib.openStore();
    await lib.catalog.settled();
    const call = store.call;
    store.call = () => Promise.reject(new Error('not now'));
    await change(lib, 'CLAUDE.md', 'two');
    store.call = call;
    assert.match(lib.rig.complaints.join(), /tried again with the next change/);
    await change(lib, 'CLAUDE.md', 'three');
    assert.deepEqual(
      (await lib.versions('CLAUDE.md')).map(({ content }) => content),
      ['one', 'two', 'three'],
    );
  });

  test('keeps what another program wrote too late, and makes a database for it', async () => {
    await using lib = await library({ 'repo/app/CLAUDE.md': 'one' });
    await lib.catalog.ready();
    const other = fs.openSync(lib.rig.at('CLAUDE.md'), 'r+');
    await lib.rig.files.write(lib.rig.at('CLAUDE.md'), bytes('ours'), { expected: hash('one') });
    fs.writeSync(other, 'theirs');
    fs.closeSync(other);
    await eventually('the database', () => fs.existsSync(lib.rig.at('.claudetask/claudetask.db')));
    await eventually('the version', async () => {
      const contents = (await lib.versions('CLAUDE.md')).map(({ content }) => content);
      return contents.includes('theirs') && contents.at(-1) === 'ours';
    });
    assert.equal(lib.rig.read(lib.rig.at('CLAUDE.md')), 'ours');
  });
});
