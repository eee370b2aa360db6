import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { instructionFiles, isLoaded, type LoadOptions } from '../../../src/core/instructions/loadOrder.ts';
import { snapshot } from './snapshot.ts';

const places = {
  folder: '/work/app',
  repositoryRoot: '/work/app',
  home: '/home/ann',
  claudeHome: '/home/ann/.claude',
  managed: '/etc/claude-code',
  plugins: [],
};

function order(contents: Parameters<typeof snapshot>[0], options: LoadOptions & { claudeHome?: string } = {}) {
  const { claudeHome = places.claudeHome, ...rest } = options;
  return instructionFiles({ places: { ...places, claudeHome }, files: snapshot(contents), found: Object.keys(contents) }, rest);
}

describe('instruction files', () => {
  test('come in the order Claude Code loads them', () => {
    const contents = Object.fromEntries(
      [
        '/work/app/packages/a/CLAUDE.md',
        '/work/app/.claude/rules/b/style.md',
        '/work/app/CLAUDE.local.md',
        '/work/app/.claude/CLAUDE.md',
        '/work/app/CLAUDE.md',
        '/work/CLAUDE.local.md',
        '/work/CLAUDE.md',
        '/home/ann/.claude/rules/mine.md',
        '/home/ann/.claude/CLAUDE.md',
        '/etc/claude-code/CLAUDE.md',
        '/elsewhere/.claude/rules/x.md',
        '/work/other/CLAUDE.md',
      ].map((path) => [path, 'x']),
    );
    assert.deepEqual(
      order(contents).map(({ path, role, when }) => `${role} ${when.kind} ${path}`),
      [
        'managed always /etc/claude-code/CLAUDE.md',
        'user always /home/ann/.claude/CLAUDE.md',
        'userRule always /home/ann/.claude/rules/mine.md',
        'project always /work/CLAUDE.md',
        'local always /work/CLAUDE.local.md',
        'project always /work/app/CLAUDE.md',
        'project always /work/app/.claude/CLAUDE.md',
        'rule always /work/app/.claude/rules/b/style.md',
        'local always /work/app/CLAUDE.local.md',
        'nested inFolder /work/app/packages/a/CLAUDE.md',
      ],
    );
  });

  test('of folders below load with the folder, and rules with paths load with what matches', () => {
    const [nested, rule, commas] = [
      { '/work/app/ui/.claude/CLAUDE.md': 'x' },
      { '/work/app/.claude/rules/ts.md': '---\npaths:\n  - "src/**/*.{ts,tsx}"\n---\nx' },
      { '/work/app/.claude/rules/two.md': '---\npaths: a/*.ts, b/**/*.{js,mjs}\n---\nx' },
    ].map((contents) => order(contents)[0]);
    assert.ok(nested && rule && commas);
    assert.deepEqual(nested.when, { kind: 'inFolder', folder: '/work/app/ui' });
    assert.deepEqual(
      ['/work/app/ui/a/b.ts', '/work/app/uix/a.ts', undefined].map((path) => isLoaded(nested, path)),
      [true, false, false],
    );
    assert.deepEqual(
      ['/work/app/src/a/b.tsx', '/work/app/src/b.ts', '/work/app/lib/b.ts', undefined].map((path) => isLoaded(rule, path)),
      [true, true, false, false],
    );
    assert.deepEqual(
      ['/work/app/b/.x/y.mjs', '/work/app/a/x.ts', '/work/app/a/b/x.ts'].map((path) => isLoaded(commas, path)),
      [true, true, false],
    );
  });

  test('tell their size and imports, without what is likely no import', () => {
    const text = 'a\nb\n@docs/a.md @octocat\n';
    const [file] = order({ '/work/app/CLAUDE.md': text });
    assert.deepEqual([file?.bytes, file?.lines, file?.imports], [text.length, 3, 1]);
    assert.equal(file?.tokens, Math.ceil(text.length / 3.6));
  });

  test('are left out by claudeMdExcludes, but for the managed one', () => {
    const contents = { '/etc/claude-code/CLAUDE.md': 'x', '/work/CLAUDE.md': 'x', '/work/app/CLAUDE.md': 'x' };
    assert.deepEqual(
      order(contents, { excludes: ['/work/CLAUDE.md', '/etc/**'] }).map(({ when }) => when),
      [{ kind: 'always' }, { kind: 'never', reason: 'excluded' }, { kind: 'always' }],
    );
  });

  test('that cannot be loaded say why', () => {
    const contents = { '/work/CLAUDE.md': { bytes: 5_000_000 }, '/work/app/CLAUDE.md': { binary: true } };
    assert.deepEqual(
      order(contents).map(({ when }) => when),
      [
        { kind: 'never', reason: 'tooLarge' },
        { kind: 'never', reason: 'unreadable' },
      ],
    );
  });

  test('of the user are where CLAUDE_CONFIG_DIR says', () => {
    const contents = { '/home/ann/.claude/CLAUDE.md': 'x', '/cfg/CLAUDE.md': 'x', '/cfg/rules/a.md': 'x' };
    assert.deepEqual(
      order(contents, { claudeHome: '/cfg' }).map(({ path }) => path),
      ['/cfg/CLAUDE.md', '/cfg/rules/a.md'],
    );
  });

  test('are listed once, also when the home folder lies above', () => {
    const files = snapshot({ '/home/ann/.claude/CLAUDE.md': 'x', '/home/ann/app/CLAUDE.md': 'x' });
    const listed = instructionFiles({ places: { ...places, folder: '/home/ann/app' }, files, found: [] });
    assert.deepEqual(
      listed.map(({ path, role }) => `${role} ${path}`),
      ['user /home/ann/.claude/CLAUDE.md', 'project /home/ann/app/CLAUDE.md'],
    );
  });

  test('are AGENTS.md only where no CLAUDE.md says anything', () => {
    const shown = (contents: Record<string, string>, options: LoadOptions = {}) =>
      order(contents, options).map(({ path, when }) => `${path.slice(6)} ${when.kind}`);
    const agents = { '/work/AGENTS.md': 'x', '/work/app/AGENTS.md': 'x', '/work/app/ui/AGENTS.md': 'x' };
    assert.deepEqual(shown(agents), ['AGENTS.md always', 'app/AGENTS.md always', 'app/ui/AGENTS.md inFolder']);
    const empty = { ...agents, '/work/app/CLAUDE.md': '<!-- later -->', '/work/app/.claude/rules/a.md': 'x' };
    assert.deepEqual(shown(empty).slice(0, 4), [
      'AGENTS.md always',
      'app/CLAUDE.md always',
      'app/.claude/rules/a.md always',
      'app/AGENTS.md always',
    ]);
    const local = ['app/CLAUDE.local.md always', 'AGENTS.md never', 'app/AGENTS.md never', 'app/ui/AGENTS.md never'];
    assert.deepEqual(shown({ ...agents, '/work/app/CLAUDE.local.md': 'x' }), local);
    assert.equal(shown({ ...agents, '/work/app/CLAUDE.md': 'x' }, { excludes: ['**/CLAUDE.md'] })[0], 'AGENTS.md always');
    const below = { '/work/app/ui/AGENTS.md': 'x', '/work/app/ui/CLAUDE.md': 'x' };
    assert.deepEqual(shown(below), ['app/ui/CLAUDE.md inFolder', 'app/ui/AGENTS.md never']);
  });

  test('say nothing of an AGENTS.md that is imported', () => {
    assert.deepEqual(
      order({ '/work/app/AGENTS.md': 'x', '/work/app/CLAUDE.md': '@AGENTS.md' }).map(({ role }) => role),
      ['project'],
    );
  });

  test('leave out rules that a link leads to, unless it leads into the workspace or is allowed', () => {
    const contents = { '/work/app/.claude/rules/in.md': 'x', '/work/app/.claude/rules/out.md': 'x', '/work/.claude/rules/above.md': 'x' };
    const real = (path: string) => path.replace('.claude/rules/in.md', 'docs/in.md').replace('/work/app/.claude/rules/out.md', '/x/out.md');
    const files = { ...snapshot(contents), realPath: real };
    const shown = (outsideApproved: boolean) =>
      instructionFiles({ places, files, found: Object.keys(contents) }, { outsideApproved }).map(({ when }) => when.kind);
    assert.deepEqual(shown(false), ['always', 'always', 'never']);
    assert.deepEqual(shown(true), ['always', 'always', 'always']);
  });

  test('are found on Windows', () => {
    const windows = {
      folder: 'C:/work/app',
      repositoryRoot: 'C:/work/app',
      home: 'C:/Users/ann',
      claudeHome: 'C:/Users/ann/.claude',
      managed: 'C:/Program Files/ClaudeCode',
      plugins: [],
    };
    const contents = {
      'C:/Program Files/ClaudeCode/CLAUDE.md': 'x',
      'C:/CLAUDE.md': 'x',
      'C:/work/app/CLAUDE.md': 'x',
      'C:/work/app/.claude/rules/a.md': '---\npaths: "src/**"\n---\n',
    };
    const listed = instructionFiles({ places: windows, files: snapshot(contents), found: Object.keys(contents) });
    assert.deepEqual(
      listed.map(({ path }) => path),
      Object.keys(contents),
    );
    assert.ok(listed.at(-1) && isLoaded(listed.at(-1)!, 'C:/work/app/src/x.ts'));
  });
});
