import assert from 'node:assert/strict';
import fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import type { FileEntry } from '../../../src/app/filePorts.ts';
import { disk } from './rig.ts';
import type { Disk } from './rig.ts';

const shown = (rig: Disk, entries: readonly FileEntry[]) =>
  entries
    .map(
      ({ path: file, kind, problem }) =>
        `${kind} ${path.relative(rig.workspace.folder, file)}${problem === undefined ? '' : ` ${problem}`}`,
    )
    .sort();
const scan = async (rig: Disk, under?: readonly string[]) =>
  shown(rig, (await rig.files.scan(rig.places, under === undefined ? {} : { under })).entries);

describe('a scan', () => {
  test('finds every kind of file in every scope, and nothing else', async () => {
    await using rig = await disk({
      'CLAUDE.md': '',
      'repo/CLAUDE.md': '',
      'repo/.claude/agents/upper.md': '',
      'repo/app/CLAUDE.md': '',
      'repo/app/AGENTS.md': '',
      'repo/app/CLAUDE.local.md': '',
      'repo/app/README.md': '',
      'repo/.claude/AGENTS.md': '',
      'repo/app/.claude/CLAUDE.md': '',
      'repo/app/.claude/settings.json': '{}',
      'repo/app/.claude/agents/deep/x.md': '',
      'repo/app/.claude/agents/notes.txt': '',
      'repo/app/.claude/skills/deploy/SKILL.md': '',
      'repo/app/.claude/skills/deploy/reference/more.md': '',
      'repo/app/.claude/skills/flat.md': '',
      'repo/app/.claude/commands/git/push.md': '',
      'repo/app/.claude/rules/style.md': '',
      'repo/app/.claude/agent-memory/x/MEMORY.md': '',
      'repo/app/.claude/memory/agent-logs/x.md': '',
      'repo/app/.claude/worktrees/w/.claude/agents/copy.md': '',
      'repo/app/web/ui/CLAUDE.md': '',
      'repo/app/web/.claude/agents/nested.md': '',
      'repo/app/web/.claude/skills/local/SKILL.md': '',
      'repo/app/node_modules/p/CLAUDE.md': '',
      'repo/app/web/dist/CLAUDE.md': '',
      'repo/other/CLAUDE.md': '',
      'home/.claude/CLAUDE.md': '',
      'home/.claude/agents/mine.md': '',
      'home/.claude/projects/p/CLAUDE.md': '',
      'managed/CLAUDE.md': '',
      'managed/.claude/agents/company.md': '',
      'plugin/agents/reviewer.md': '',
      'plugin/skills/check/SKILL.md': '',
      'plugin/README.md': '',
    });
    const places = { ...rig.places, plugins: [{ name: 'review', root: rig.workspace.file('plugin') }] };
    const { entries, unreadable, incomplete } = await rig.files.scan(places);
    assert.deepEqual(shown(rig, entries), [
      'agent home/.claude/agents/mine.md',
      'agent managed/.claude/agents/company.md',
      'agent plugin/agents/reviewer.md',
      'agent repo/.claude/agents/upper.md',
      'agent repo/app/.claude/agents/deep/x.md',
      'agent repo/app/web/.claude/agents/nested.md',
      'agentLog repo/app/.claude/memory/agent-logs/x.md',
      'command repo/app/.claude/commands/git/push.md',
      'instructions CLAUDE.md',
      'instructions home/.claude/CLAUDE.md',
      'instructions managed/CLAUDE.md',
      'instructions repo/.claude/AGENTS.md',
      'instructions repo/CLAUDE.md',
      'instructions repo/app/.claude/CLAUDE.md',
      'instructions repo/app/AGENTS.md',
      'instructions repo/app/CLAUDE.local.md',
      'instructions repo/app/CLAUDE.md',
      'instructions repo/app/web/ui/CLAUDE.md',
      'memory repo/app/.claude/agent-memory/x/MEMORY.md',
      'rule repo/app/.claude/rules/style.md',
      'settings repo/app/.claude/settings.json',
      'skill plugin/skills/check/SKILL.md',
      'skill repo/app/.claude/skills/deploy/SKILL.md',
      'skill repo/app/.claude/skills/flat.md',
      'skill repo/app/web/.claude/skills/local/SKILL.md',
    ]);
    assert.deepEqual([unreadable, incomplete], [[], false]);
    assert.deepEqual(entries.find(({ path: file }) => file.endsWith('nested.md'))?.scope, { kind: 'project', directory: rig.at('web') });
  });

  test('goes into no folder that git ignores, but sees files in others that it does', async () => {
    await using rig = await disk({
      'repo/.gitignore': 'build/\n*.local.md\n/app/gone\n',
      'repo/app/.gitignore': 'vendor\n!web/vendor\n.claude/\n',
      'repo/app/CLAUDE.local.md': '',
      'repo/app/web/CLAUDE.local.md': '',
      'repo/app/web/.claude/agents/x.md': '',
      'repo/app/build/CLAUDE.md': '',
      'repo/app/gone/CLAUDE.md': '',
      'repo/app/vendor/CLAUDE.md': '',
      'repo/app/web/vendor/CLAUDE.md': '',
    });
    const found = [
      'agent repo/app/web/.claude/agents/x.md',
      'instructions repo/app/CLAUDE.local.md',
      'instructions repo/app/web/CLAUDE.local.md',
      'instructions repo/app/web/vendor/CLAUDE.md',
    ];
    assert.deepEqual(await scan(rig), found);
    assert.deepEqual(await scan(rig, [rig.at('web/.claude')]), found.slice(0, 1));
    assert.deepEqual(await scan(rig, [rig.at('build'), rig.at('vendor'), rig.at('web/vendor')]), found.slice(3));
    // The same when asked about single files, as a watcher does.
    const files = ['build', 'gone', 'vendor', 'web/vendor'].map((folder) => rig.at(`${folder}/CLAUDE.md`));
    assert.deepEqual(
      await scan(rig, [...files, rig.at('web/.claude/agents/x.md'), rig.at('web/CLAUDE.local.md'), rig.at('CLAUDE.local.md')]),
      found,
    );
  });

  test('follows links, also those that lead in a circle, and says which lead nowhere', async () => {
    await using rig = await disk({
      'repo/shared/agents/x.md': 'shared',
      'repo/app/.claude/agents/own.md': '',
      'skills/deploy/SKILL.md': '',
    });
    const agents = (name: string) => rig.at(`.claude/agents/${name}`);
    fs.symlinkSync('../../../shared/agents', agents('shared'));
    fs.symlinkSync('..', agents('up'));
    fs.symlinkSync('.', agents('here'));
    fs.symlinkSync('own.md', agents('alias.md'));
    fs.symlinkSync('nowhere.md', agents('broken.md'));
    fs.symlinkSync('loop.md', agents('loop.md'));
    fs.mkdirSync(agents('folder.md'));
    fs.symlinkSync(rig.workspace.file('skills'), rig.at('.claude/skills'));
    const { entries } = await rig.files.scan(rig.places);
    assert.deepEqual(
      shown(rig, entries).filter((line) => !line.includes('/up/')),
      [
        'agent repo/app/.claude/agents/alias.md',
        'agent repo/app/.claude/agents/broken.md danglingLink',
        'agent repo/app/.claude/agents/loop.md linkLoop',
        'agent repo/app/.claude/agents/own.md',
        'agent repo/app/.claude/agents/shared/x.md',
        'skill repo/app/.claude/skills/deploy/SKILL.md',
      ],
    );
    const alias = entries.find(({ path: file }) => file === agents('alias.md'));
    assert.deepEqual([alias?.isSymlink, entries.length], [true, 6]);
  });

  test('tells what cannot be read and goes on', async (t) => {
    await using rig = await disk({
      'repo/app/.claude/agents/secret.md': 'x',
      'repo/app/.claude/agents/closed/x.md': '',
      'repo/app/.claude/agents/open.md': '',
    });
    fs.writeFileSync(rig.at('.claude/agents/large.md'), Buffer.alloc(4 * 1024 * 1024 + 1));
    fs.chmodSync(rig.at('.claude/agents/secret.md'), 0o000);
    // Whoever runs the tests may be root, who may read everything: the refusals are the system's answers, given by hand.
    const readdir = fs.readdir;
    t.mock.method(
      fs,
      'readdir',
      (folder: string, options: { withFileTypes: true }, answer: (error: unknown, entries?: fs.Dirent[]) => void) =>
        folder.endsWith('/closed') ? answer(Object.assign(new Error('refused'), { code: 'EACCES' })) : readdir(folder, options, answer),
    );
    t.mock.method(fs, 'access', (_file: string, _mode: number, answer: (error: unknown) => void) =>
      answer(Object.assign(new Error('refused'), { code: 'EACCES' })),
    );
    const { entries, unreadable } = await rig.files.scan(rig.places);
    assert.deepEqual(shown(rig, entries), [
      'agent repo/app/.claude/agents/large.md tooLarge',
      'agent repo/app/.claude/agents/open.md',
      'agent repo/app/.claude/agents/secret.md unreadable',
    ]);
    assert.deepEqual(unreadable, [rig.at('.claude/agents/closed')]);
  });

  test('tells of a file that vanishes between being listed and being looked at', async (t) => {
    await using rig = await disk({ 'repo/app/.claude/agents/x.md': '', 'repo/app/.claude/agents/y.md': '' });
    const lstat = fs.lstat;
    t.mock.method(fs, 'lstat', (file: string, answer: (error: unknown, stat?: fs.Stats) => void) => {
      if (file.endsWith('/x.md')) fs.rmSync(file);
      lstat(file, answer);
    });
    assert.deepEqual(await scan(rig), ['agent repo/app/.claude/agents/x.md vanished', 'agent repo/app/.claude/agents/y.md']);
  });

  test('of single files and folders finds what is there now', async () => {
    await using rig = await disk({
      'repo/app/.claude/agents/x.md': '',
      'repo/app/.claude/agents/sub/y.md': '',
      'repo/app/web/.claude/rules/z.md': '',
      'home/.claude/skills/s/SKILL.md': '',
    });
    assert.deepEqual(await scan(rig, [rig.at('.claude/agents/x.md'), rig.at('.claude/agents/no.md')]), [
      'agent repo/app/.claude/agents/x.md',
    ]);
    assert.deepEqual(await scan(rig, [rig.at('.claude/agents/sub')]), ['agent repo/app/.claude/agents/sub/y.md']);
    assert.deepEqual(await scan(rig, [rig.at('web')]), ['rule repo/app/web/.claude/rules/z.md']);
    assert.deepEqual(await scan(rig, [rig.at('web/.claude')]), ['rule repo/app/web/.claude/rules/z.md']);
    assert.deepEqual(await scan(rig, [rig.home('.claude/skills/s')]), ['skill home/.claude/skills/s/SKILL.md']);
    assert.deepEqual(await scan(rig, [rig.home('elsewhere')]), []);
  });

  test('finds the files of a folder that is itself in a .claude, as worktrees are', async () => {
    await using rig = await disk({
      'repo/app/.claude/worktrees/w/.git': 'gitdir: elsewhere',
      'repo/app/.claude/worktrees/w/web/CLAUDE.md': '',
      'repo/app/.claude/worktrees/w/.claude/agents/out/x.md': '',
    });
    const folder = rig.at('.claude/worktrees/w');
    const places = { ...rig.places, folder, repositoryRoot: folder };
    const found = ['agent repo/app/.claude/worktrees/w/.claude/agents/out/x.md', 'instructions repo/app/.claude/worktrees/w/web/CLAUDE.md'];
    assert.deepEqual(shown(rig, (await rig.files.scan(places)).entries), found);
    const under = [`${folder}/web`, `${folder}/.claude/agents/out`];
    assert.deepEqual(shown(rig, (await rig.files.scan(places, { under })).entries), found);
    // Seen from the folder around it, it is a copy of no concern.
    assert.deepEqual(await scan(rig, [rig.at('.claude/worktrees')]), []);
  });

  test('lists no folder twice, and one in which a single file is looked for only when that is not there', async (t) => {
    await using rig = await disk({
      'repo/app/CLAUDE.md': '',
      'repo/app/.claude/settings.json': '{}',
      'repo/app/.claude/skills/whole/SKILL.md': '',
      'repo/app/.claude/skills/empty/notes.md': '',
      'repo/app/web/ui/x.ts': '',
    });
    const listed: string[] = [];
    const readdir = fs.readdir;
    t.mock.method(fs, 'readdir', (folder: string, options: { withFileTypes: true }, answer: Parameters<typeof readdir>[2]) => {
      if (folder.startsWith(rig.at(''))) listed.push(path.relative(rig.at(''), folder));
      readdir(folder, options, answer as never);
    });
    await rig.files.scan(rig.places);
    assert.deepEqual(listed.sort(), ['', '.claude', '.claude/skills', '.claude/skills/empty', 'web', 'web/ui']);
  });

  test('ends when it is cancelled', async () => {
    await using rig = await disk({ 'repo/app/.claude/agents/x.md': '' });
    await assert.rejects(rig.files.scan(rig.places, { signal: AbortSignal.abort(new Error('enough')) }), /enough/);
  });

  test('of 5,000 agents finds all of them and lets others have their turn meanwhile', async () => {
    await using rig = await disk();
    for (const folder of ['', 'team/']) fs.mkdirSync(rig.at(`.claude/agents/${folder}`), { recursive: true });
    for (let i = 0; i < 5000; i++)
      fs.writeFileSync(rig.at(`.claude/agents/${i % 2 === 0 ? '' : 'team/'}agent-${i}.md`), `---\nname: agent-${i}\n---\n`);
    let turns = 0;
    const ticks = setInterval(() => turns++, 1);
    const { entries } = await rig.files.scan(rig.places);
    clearInterval(ticks);
    assert.equal(entries.length, 5000);
    assert.ok(turns > 2, `${turns} turns`);
  });
});
