import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { classify, fromDocumentPath, toDocumentPath } from '../../src/core/claudePlaces.ts';
import type { ClaudePlaces } from '../../src/core/claudePlaces.ts';

const places: ClaudePlaces = {
  folder: '/home/ann/repo/app',
  repositoryRoot: '/home/ann/repo',
  home: '/home/ann',
  claudeHome: '/home/ann/.claude',
  managed: '/etc/claude-code',
  plugins: [{ name: 'review', root: '/home/ann/.claude/plugins/cache/shop/review/1.0.0' }],
};
const project = (directory: string) => ({ kind: 'project', directory });

describe('what a file is to Claude Code', () => {
  const cases: [string, string | undefined, unknown?][] = [
    ['/home/ann/repo/app/.claude/agents/x.md', 'agent', project('/home/ann/repo/app')],
    ['/home/ann/repo/app/.claude/agents/deep/er/x.md', 'agent', project('/home/ann/repo/app')],
    ['/home/ann/repo/.claude/agents/x.md', 'agent', project('/home/ann/repo')],
    ['/home/ann/other/.claude/agents/x.md', undefined],
    ['/home/ann/repo/app/web/ui/.claude/agents/x.md', 'agent', project('/home/ann/repo/app/web/ui')],
    ['/home/ann/repo/app/node_modules/p/.claude/agents/x.md', undefined],
    ['/home/ann/repo/app/.claude/worktrees/w/.claude/agents/x.md', undefined],
    ['/home/ann/repo/app/.claude/agents/x.txt', undefined],
    ['/home/ann/repo/app/.claude/skills/deploy/SKILL.md', 'skill', project('/home/ann/repo/app')],
    ['/home/ann/repo/app/.claude/skills/flat.md', 'skill', project('/home/ann/repo/app')],
    ['/home/ann/repo/app/.claude/skills/deploy/more.md', undefined],
    ['/home/ann/repo/app/.claude/commands/a/b.md', 'command', project('/home/ann/repo/app')],
    ['/home/ann/repo/app/.claude/rules/a/b.md', 'rule', project('/home/ann/repo/app')],
    ['/home/ann/repo/app/.claude/agent-memory/x/MEMORY.md', 'memory', project('/home/ann/repo/app')],
    ['/home/ann/repo/app/.claude/agent-memory-local/x/topic.md', 'memory', project('/home/ann/repo/app')],
    ['/home/ann/repo/app/.claude/agent-memory/stray.md', undefined],
    ['/home/ann/repo/app/.claude/memory/agent-logs/x.md', 'agentLog', project('/home/ann/repo/app')],
    ['/home/ann/repo/app/.claude/settings.local.json', 'settings', project('/home/ann/repo/app')],
    ['/home/ann/repo/app/CLAUDE.md', 'instructions', project('/home/ann/repo/app')],
    ['/home/ann/repo/app/.claude/CLAUDE.md', 'instructions', project('/home/ann/repo/app')],
    ['/home/ann/repo/app/.claude/AGENTS.md', 'instructions', project('/home/ann/repo/app')],
    ['/home/ann/repo/app/.claude/CLAUDE.local.md', undefined],
    ['/home/ann/repo/app/web/CLAUDE.local.md', 'instructions', project('/home/ann/repo/app/web')],
    ['/home/ann/repo/app/dist/CLAUDE.md', undefined],
    ['/home/CLAUDE.md', 'instructions', project('/home')],
    ['/CLAUDE.md', 'instructions', project('/')],
    ['/home/ann/other/CLAUDE.md', undefined],
    ['/home/ann/repo/app/README.md', undefined],
    ['/home/ann/.claude/CLAUDE.md', 'instructions', { kind: 'user' }],
    ['/home/ann/.claude/agents/x.md', 'agent', { kind: 'user' }],
    ['/home/ann/.claude/projects/p/memory/MEMORY.md', undefined],
    ['/home/ann/.claude/plugins/cache/shop/review/1.0.0/agents/x.md', 'agent', { kind: 'plugin', name: 'review' }],
    ['/home/ann/.claude/plugins/cache/shop/review/1.0.0/CLAUDE.md', undefined],
    ['/etc/claude-code/CLAUDE.md', 'instructions', { kind: 'managed' }],
    ['/etc/claude-code/.claude/agents/x.md', 'agent', { kind: 'managed' }],
    ['/etc/claude-code/managed-settings.json', 'settings', { kind: 'managed' }],
  ];
  for (const [path, kind, scope] of cases) {
    test(`${path} is ${kind === undefined ? 'nothing' : `of the kind ${kind}`}`, () => {
      assert.deepEqual(classify(path, places), kind === undefined ? undefined : { kind, scope });
    });
  }

  test('a path on another drive is nothing', () => {
    const windows = { ...places, folder: 'C:/work', repositoryRoot: 'C:/work', home: 'C:/Users/ann', claudeHome: 'C:/Users/ann/.claude' };
    assert.equal(classify('D:/work/CLAUDE.md', windows), undefined);
    assert.deepEqual(classify('C:/work/CLAUDE.md', windows), { kind: 'instructions', scope: project('C:/work') });
    assert.equal(toDocumentPath('D:/work/CLAUDE.md', windows), undefined);
  });
});

describe('the path by which the database knows a file', () => {
  const pairs = [
    ['/home/ann/repo/app/.claude/agents/x.md', '.claude/agents/x.md'],
    ['/home/ann/repo/CLAUDE.md', '~/repo/CLAUDE.md'],
    ['/home/CLAUDE.md', '../../../CLAUDE.md'],
    ['/home/ann/.claude/agents/x.md', '~/.claude/agents/x.md'],
  ] as const;
  for (const [path, documentPath] of pairs) {
    test(`of ${path} is ${documentPath}, and leads back to it`, () => {
      assert.equal(toDocumentPath(path, places), documentPath);
      assert.equal(fromDocumentPath(documentPath, places), path);
    });
  }

  test('does not change with CLAUDE_CONFIG_DIR', () => {
    const moved = { ...places, claudeHome: '/srv/claude' };
    assert.equal(toDocumentPath('/srv/claude/CLAUDE.md', moved), '~/.claude/CLAUDE.md');
    assert.equal(fromDocumentPath('~/.claude/CLAUDE.md', moved), '/srv/claude/CLAUDE.md');
  });
});
