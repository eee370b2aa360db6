import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import type { Actor } from '../../../src/core/actor.ts';
import { AppError } from '../../../src/core/appError.ts';
import type { ErrorCode } from '../../../src/core/appError.ts';
import type { FileOperationInput, FileOperationName, FileOperationOutput } from '../../../src/protocol/fileOperations.ts';
import { fileOperationContracts } from '../../../src/protocol/fileOperations.ts';
import { library } from './catalogRig.ts';
import type { Library } from './catalogRig.ts';
import { hash } from './rig.ts';

const actor: Actor = { kind: 'client', name: 'mcp' };
const agentText = (name: string) => `---\r\nname: ${name}\r\ndescription: Looks at code\r\n---\r\nbody`;

/** What is answered holds nothing that the contract does not name, and survives JSON. */
async function call<N extends FileOperationName>(lib: Library, name: N, input: FileOperationInput<N>): Promise<FileOperationOutput<N>> {
  const answer = await lib.operations.call(name, input, { actor });
  assert.deepEqual(fileOperationContracts[name].output.parse(JSON.parse(JSON.stringify(answer))), answer);
  return answer;
}

async function refused(code: ErrorCode, attempt: () => Promise<unknown>): Promise<AppError> {
  const error = await attempt().then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(AppError.is(error, code), `${code} was expected, not ${String(error)}`);
  return error;
}

describe('agents through operations', () => {
  test('are listed with name, scope and hash, and read whole', async () => {
    await using lib = await library({ 'repo/app/.claude/agents/a.md': agentText('a'), 'home/.claude/agents/b.md': 'no frontmatter' });
    const { agents } = await call(lib, 'agent.list', {});
    assert.deepEqual(
      agents.map(({ path, scope, name, description }) => ({ path, scope, name, description })).sort((x, y) => (x.path < y.path ? -1 : 1)),
      [
        { path: '.claude/agents/a.md', scope: { kind: 'project', directory: '.' }, name: 'a', description: 'Looks at code' },
        { path: '~/.claude/agents/b.md', scope: { kind: 'user' }, name: null, description: null },
      ],
    );
    const agent = await call(lib, 'agent.get', { path: '.claude/agents/a.md' });
    assert.deepEqual([agent.content, agent.encoding, agent.hash], [agentText('a'), 'utf8', hash(agentText('a'))]);
    await refused('file.notFound', () => call(lib, 'agent.get', { path: '.claude/agents/no.md' }));
  });

  test('are made, changed, and deleted, each recorded with who did it, and restored from their versions', async () => {
    await using lib = await library();
    await lib.openStore();
    const path = '.claude/agents/team/a.md';
    const made = await call(lib, 'agent.create', { scope: 'project', file: 'team/a.md', content: agentText('a') });
    assert.deepEqual(made, { path, hash: hash(agentText('a')) });
    await refused('file.exists', () => call(lib, 'agent.create', { scope: 'project', file: 'team/a.md', content: 'x' }));
    const changed = await call(lib, 'agent.update', { path, content: agentText('b'), expectedHash: made.hash });
    await call(lib, 'agent.delete', { path, expectedHash: changed.hash });
    assert.ok(!fs.existsSync(lib.rig.at(path)));
    const restored = await call(lib, 'agent.restore', { path, version: 1, expectedHash: null });
    assert.equal(restored.hash, made.hash);
    assert.equal(lib.rig.read(lib.rig.at(path)), agentText('a'));
    assert.deepEqual(await lib.versions(path), [
      { cause: 'claudetask', note: null, by: 'mcp', content: agentText('a') },
      { cause: 'claudetask', note: null, by: 'mcp', content: agentText('b') },
      { cause: 'delete', note: null, by: 'mcp', content: null },
      { cause: 'restore', note: 'Version 1', by: 'mcp', content: agentText('a') },
    ]);
    await refused('document.notFound', () => call(lib, 'agent.restore', { path, version: 3, expectedHash: made.hash }));
  });

  test('that others have changed are not overwritten, and come with the error as they are', async () => {
    await using lib = await library({ 'repo/app/.claude/agents/a.md': 'theirs' });
    const path = '.claude/agents/a.md';
    for (const attempt of [
      () => call(lib, 'agent.update', { path, content: 'ours', expectedHash: hash('seen') }),
      () => call(lib, 'agent.delete', { path, expectedHash: hash('seen') }),
      () => call(lib, 'agent.rename', { path, name: 'b', expectedHash: hash('seen') }),
      () => call(lib, 'agent.move', { path, scope: 'user', expectedHash: hash('seen') }),
    ]) {
      const { details } = await refused('file.stale', attempt);
      assert.deepEqual(details, { path, currentHash: hash('theirs'), content: 'theirs', encoding: 'utf8' });
    }
    assert.equal(lib.rig.read(lib.rig.at(path)), 'theirs');
  });

  test('keep bytes that are no text', async () => {
    await using lib = await library();
    const odd = Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0d, 0x0a]);
    lib.rig.put(lib.rig.at('.claude/agents/a.md'), odd);
    const { content, encoding, hash: seen } = await call(lib, 'agent.get', { path: '.claude/agents/a.md' });
    assert.deepEqual([content, encoding], [odd.toString('base64'), 'base64']);
    const more = Buffer.concat([odd, odd]).toString('base64');
    await call(lib, 'agent.update', { path: '.claude/agents/a.md', content: more, encoding, expectedHash: seen });
    assert.equal(fs.readFileSync(lib.rig.at('.claude/agents/a.md')).toString('base64'), more);
  });

  test('are renamed in the file and in its name, and the rest of the file stays', async () => {
    await using lib = await library({ 'repo/app/.claude/agents/a.md': agentText('a'), 'repo/app/.claude/agents/taken.md': 'x' });
    await lib.openStore();
    const path = '.claude/agents/a.md';
    await refused('file.exists', () => call(lib, 'agent.rename', { path, name: 'taken', expectedHash: hash(agentText('a')) }));
    await refused('input.invalid', () => call(lib, 'agent.rename', { path, name: 'a/../../b', expectedHash: hash(agentText('a')) }));
    const renamed = await call(lib, 'agent.rename', { path, name: 'reviewer', expectedHash: hash(agentText('a')) });
    assert.equal(renamed.path, '.claude/agents/reviewer.md');
    assert.equal(lib.rig.read(lib.rig.at(renamed.path)), agentText('reviewer'));
    assert.ok(!fs.existsSync(lib.rig.at(path)));
    assert.deepEqual((await lib.versions(path)).at(-1), {
      cause: 'rename',
      note: 'Moved to .claude/agents/reviewer.md',
      by: 'mcp',
      content: null,
    });
  });

  test('move between the project and the user, with their sub-folder', async () => {
    await using lib = await library({ 'repo/app/.claude/agents/team/a.md': agentText('a') });
    const expectedHash = hash(agentText('a'));
    const moved = await call(lib, 'agent.move', { path: '.claude/agents/team/a.md', scope: 'user', expectedHash });
    assert.equal(moved.path, '~/.claude/agents/team/a.md');
    assert.equal(lib.rig.read(lib.rig.home('.claude/agents/team/a.md')), agentText('a'));
    const back = await call(lib, 'agent.move', { path: moved.path, scope: 'project', expectedHash });
    assert.equal(back.path, '.claude/agents/team/a.md');
  });
});

describe('instruction files through operations', () => {
  test('are listed, read and written, CLAUDE.md of the folder unless another is named', async () => {
    await using lib = await library({ 'repo/CLAUDE.md': 'up', 'repo/app/web/CLAUDE.md': 'web' });
    const put = await call(lib, 'instructions.put', { content: '# App\n', expectedHash: null });
    assert.deepEqual(put, { path: 'CLAUDE.md', hash: hash('# App\n') });
    await refused('file.stale', () => call(lib, 'instructions.put', { content: 'x', expectedHash: null }));
    assert.equal((await call(lib, 'instructions.get', {})).content, '# App\n');
    assert.equal((await call(lib, 'instructions.get', { path: '../CLAUDE.md' })).content, 'up');
    await call(lib, 'instructions.put', { path: 'web/CLAUDE.md', content: 'other', expectedHash: hash('web') });
    assert.deepEqual((await call(lib, 'instructions.list', {})).files.map(({ path }) => path).sort(), [
      '../CLAUDE.md',
      'CLAUDE.md',
      'web/CLAUDE.md',
    ]);
  });

  test('that have become stale tell what is there, also when that is nothing', async () => {
    await using lib = await library();
    const { details } = await refused('file.stale', () => call(lib, 'instructions.put', { content: 'x', expectedHash: hash('seen') }));
    assert.deepEqual(details, { path: 'CLAUDE.md', currentHash: null, content: null });
  });
});

describe('any file with versions', () => {
  test('comes back byte by byte, changed or deleted', async () => {
    await using lib = await library({ 'repo/app/.claude/rules/style.md': 'now' });
    await lib.openStore();
    const path = '.claude/rules/style.md';
    const odd = Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a, 0xff, 0x0a]);
    await lib.catalog.settled();
    fs.writeFileSync(lib.rig.at(path), odd);
    await lib.catalog.refresh();
    await lib.catalog.settled();
    fs.rmSync(lib.rig.at(path));
    await lib.catalog.refresh();
    const { hash: restored } = await call(lib, 'document.restore', { path, version: 2, expectedHash: null });
    assert.deepEqual(fs.readFileSync(lib.rig.at(path)), odd);
    await refused('file.stale', () => call(lib, 'document.restore', { path, version: 1, expectedHash: null }));
    await call(lib, 'document.restore', { path, version: 1, expectedHash: restored });
    assert.equal(lib.rig.read(lib.rig.at(path)), 'now');
    assert.deepEqual(
      (await lib.versions(path)).map(({ cause, note }) => [cause, note]),
      [
        ['outside', null],
        ['outside', null],
        ['outside', null],
        ['restore', 'Version 2'],
        ['restore', 'Version 1'],
      ],
    );
  });

  test('is one that Claude Code looks for, and no settings', async () => {
    await using lib = await library();
    for (const path of ['.claude/settings.json', 'package.json'])
      await refused('file.outside', () => call(lib, 'document.restore', { path, version: 1, expectedHash: null }));
  });
});

describe('what lies outside', () => {
  test('is not written, whatever the path says', async () => {
    await using lib = await library({ 'outside/x.md': 'x', 'repo/CLAUDE.md': 'up', 'shop/agents/p.md': 'plugin' });
    fs.mkdirSync(lib.rig.at('.claude'));
    fs.symlinkSync(lib.rig.workspace.file('outside'), lib.rig.at('.claude/agents'));
    const content = 'written';
    const outside = [
      () => call(lib, 'agent.update', { path: '.claude/agents/x.md', content, expectedHash: hash('x') }),
      () => call(lib, 'agent.create', { scope: 'project', file: 'new.md', content }),
      () => call(lib, 'agent.delete', { path: '.claude/agents/x.md', expectedHash: hash('x') }),
      () => call(lib, 'instructions.put', { path: '../CLAUDE.md', content, expectedHash: hash('up') }),
      () => call(lib, 'instructions.put', { path: 'README.md', content, expectedHash: null }),
      () => call(lib, 'instructions.put', { path: '.claude/rules/x.md', content, expectedHash: null }),
      () => call(lib, 'agent.update', { path: 'CLAUDE.md', content, expectedHash: hash('x') }),
      () => call(lib, 'instructions.put', { path: '~/CLAUDE.md', content, expectedHash: null }),
    ];
    for (const attempt of outside) await refused('file.outside', attempt);
    for (const file of ['../x.md', '../../x.md', '~/x.md', '/x.md', 'a/../../x.md', 'x.txt', 'C:/x.md', 'a\\b.md'])
      await refused('input.invalid', () => call(lib, 'agent.create', { scope: 'project', file, content }));
    assert.deepEqual(
      [fs.readdirSync(lib.rig.workspace.file('outside')), lib.rig.read(lib.rig.workspace.file('outside/x.md'))],
      [['x.md'], 'x'],
    );
    assert.equal(lib.rig.read(lib.rig.workspace.file('repo/CLAUDE.md')), 'up');
  });

  test('an operation of another name is unknown', async () => {
    await using lib = await library();
    await refused('operation.unknown', () => lib.operations.call('constructor' as never, {} as never, { actor }));
  });
});

describe('skills', () => {
  test('are listed with what their frontmatter says', async () => {
    await using lib = await library({ 'repo/app/.claude/skills/deploy/SKILL.md': '---\nname: Deploy\ndescription: Ships it\n---\n' });
    const { skills } = await call(lib, 'skill.list', {});
    assert.deepEqual(
      skills.map(({ path, name, description }) => ({ path, name, description })),
      [{ path: '.claude/skills/deploy/SKILL.md', name: 'Deploy', description: 'Ships it' }],
    );
  });
});
