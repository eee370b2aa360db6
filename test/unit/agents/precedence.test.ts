import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { findDropReasons } from '../../../src/core/agents/dropped.ts';
import { agentId, agentScopes, resolveAgents } from '../../../src/core/agents/precedence.ts';
import type { AgentEntry } from '../../../src/core/agents/precedence.ts';
import { explainAgent, strayReason } from '../../../src/core/agents/whyMissing.ts';
import type { MissingContext } from '../../../src/core/agents/whyMissing.ts';
import { readMarkdown } from '../../../src/core/markdown/frontmatter.ts';

const user = (name: string | null, file = `${name}.md`): AgentEntry => ({
  scope: 'user',
  path: `/home/u/.claude/agents/${file}`,
  name,
  tree: '/home/u/.claude/agents',
  dropped: [],
});

const project = (name: string | null, directory = '/w', file = `${name}.md`): AgentEntry => ({
  scope: 'project',
  path: `${directory}/.claude/agents/${file}`,
  name,
  tree: `${directory}/.claude/agents`,
  directory,
  dropped: [],
});

const plugin = (name: string | null, folders: string[] = []): AgentEntry => ({
  scope: 'plugin',
  path: `/p/agents/${name ?? 'file'}.md`,
  name,
  tree: '/p/agents',
  plugin: { name: 'kit', folders },
  dropped: [],
});

const cli = (name: string): AgentEntry => ({ scope: 'cli', path: '', name, tree: '', dropped: [] });
const dropped = (entry: AgentEntry): AgentEntry => ({ ...entry, dropped: findDropReasons(readMarkdown('# x\n'), entry.path) });

const context: MissingContext = {
  workingDirectory: '/w/packages/api',
  denied: [],
  strays: [],
  newFolders: [],
  links: [],
  skillNames: new Set(),
  unreadableSettings: [],
};

const statesOf = (entries: AgentEntry[], more: Partial<MissingContext> = {}) =>
  resolveAgents(entries, { ...context, ...more }).map(({ state }) => state.state);

describe('precedence of agents', () => {
  test('managed comes before the option, the project, the user', () => {
    const managed: AgentEntry = { ...user('a'), scope: 'managed', path: '/etc/a.md', tree: '/etc' };
    const entries = [user('a'), project('a'), cli('a'), managed];
    assert.deepEqual(statesOf(entries), ['shadowed', 'shadowed', 'shadowed', 'active']);
    const [first] = resolveAgents(entries, context);
    assert.ok(first?.state.state === 'shadowed');
    assert.equal(first.state.by, managed);
  });

  test('of the folders above the working directory the closest wins, and one beside it does not take part', () => {
    assert.deepEqual(statesOf([project('a', '/w'), project('a', '/w/packages/api'), project('a', '/w/packages/web')]), [
      'shadowed',
      'active',
      'outside',
    ]);
  });

  test('a folder whose name only begins the same is no ancestor', () => {
    assert.deepEqual(statesOf([project('a', '/w/packages/ap'), project('b', '/w/packages/')]), ['outside', 'active']);
  });

  test('Windows paths are compared as paths', () => {
    assert.deepEqual(statesOf([project('a', 'C:\\w')], { workingDirectory: 'C:\\w\\x' }), ['active']);
  });

  test('two files of one folder with the same name are duplicates of each other', () => {
    const [one, two] = [project('a', '/w', 'one.md'), project('a', '/w', 'two.md')];
    const states = resolveAgents([one, two], context).map(({ state }) => state);
    assert.deepEqual(states, [
      { state: 'duplicate', of: [two] },
      { state: 'duplicate', of: [one] },
    ]);
  });

  test('a file that is dropped shadows nothing', () => {
    assert.deepEqual(statesOf([dropped(project('a')), user('a')]), ['dropped', 'active']);
  });

  test('agents of plugins have ids of their own, and load even without a name', () => {
    assert.deepEqual([agentId(plugin('a', ['sub'])), agentId(plugin(null))], ['kit:sub:a', 'kit:file']);
    assert.deepEqual(statesOf([project('a'), plugin('a'), dropped(plugin(null))]), ['active', 'active', 'active']);
  });

  test('an agent that the settings forbid is disabled, and the built-in ones are known to be overridden', () => {
    const rule = { name: 'Explore', path: '/w/.claude/settings.json', span: { start: 1, end: 2 } };
    const [agent] = resolveAgents([project('Explore')], { ...context, denied: [rule] });
    assert.deepEqual([agent?.state, agent?.overridesBuiltIn], [{ state: 'disabled', by: rule }, true]);
  });

  test('per name there is exactly one that loads, or several equals, or none of all dropped and outside', () => {
    const entry = fc
      .record({
        scope: fc.constantFrom(...agentScopes),
        name: fc.constantFrom('a', 'b'),
        level: fc.constantFrom('/w', '/w/packages', '/x'),
        isDropped: fc.boolean(),
      })
      .map(({ scope, name, level, isDropped }): AgentEntry => {
        const base = scope === 'project' ? project(name, level) : scope === 'plugin' ? plugin(name) : { ...user(name), scope };
        return isDropped ? dropped(base) : base;
      });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
        const agents = resolveAgents(entries, context);
        assert.equal(agents.length, entries.length);
        for (const id of new Set(agents.map((agent) => agent.id))) {
          const group = agents.filter((agent) => agent.id === id);
          const active = group.filter(({ state }) => state.state === 'active').length;
          const shadowed = group.filter(({ state }) => state.state === 'shadowed').length;
          const duplicates = group.filter(({ state }) => state.state === 'duplicate').length;
          assert.ok(active <= 1);
          if (shadowed > 0) assert.ok(active + duplicates > 0);
          assert.notEqual(duplicates, 1);
        }
      }),
    );
  });
});

const explain = (name: string, entries: AgentEntry[], more: Partial<MissingContext> = {}) =>
  explainAgent(name, entries, { ...context, ...more });
const codesOf = (name: string, entries: AgentEntry[], more: Partial<MissingContext> = {}) =>
  explain(name, entries, more).reasons.map((reason) => reason.code);

describe('why an agent is missing', () => {
  test('a dropped file gives its reasons with path, place and fix', () => {
    const explanation = explain('a', [dropped(project(null, '/w', 'a.md'))]);
    assert.equal(explanation.verdict, 'missing');
    const [reason] = explanation.reasons;
    assert.equal(reason?.code, 'no-frontmatter');
    assert.equal(reason.path, '/w/.claude/agents/a.md');
    assert.ok(reason.span !== undefined && reason.fixes !== undefined);
    assert.match(reason.message, /^Claude Code will ignore this agent because /);
  });

  test('one that loads is said to load, with what it shadows', () => {
    const explanation = explain('a', [user('a'), project('a')]);
    assert.equal(explanation.verdict, 'loads');
    assert.match(explanation.summary, /\/w\/\.claude\/agents\/a\.md/);
    assert.deepEqual(
      explanation.reasons.map((reason) => reason.code),
      ['shadowed'],
    );
  });

  test('the name of a file leads to the name within', () => {
    const explanation = explain('helper', [project('code-helper', '/w', 'helper.md')]);
    assert.deepEqual([explanation.verdict, explanation.reasons[0]?.code], ['missing', 'other-name']);
    assert.match(explanation.summary, /“code-helper”, which loads/);
  });

  test('settings that forbid it are named, for files and for built-in agents', () => {
    const denied = [{ name: 'a', path: '/w/.claude/settings.json', span: { start: 5, end: 9 } }];
    const [reason] = explain('a', [project('a')], { denied }).reasons;
    assert.deepEqual([reason?.code, reason?.path, reason?.span], ['disabled', '/w/.claude/settings.json', { start: 5, end: 9 }]);
    const builtIn = explain('Plan', [], { denied: [{ ...denied[0]!, name: 'Plan' }] });
    assert.deepEqual([builtIn.verdict, builtIn.reasons[0]?.code], ['missing', 'disabled']);
    assert.equal(explain('Plan', []).verdict, 'loads');
  });

  test('a new folder needs a new session, and a link is a doubt', () => {
    const entry = project('a');
    assert.deepEqual(codesOf('a', [entry], { newFolders: [entry.tree], links: [entry.path] }), ['restart', 'link']);
  });

  test('another folder of the repository is outside', () => {
    assert.deepEqual(codesOf('a', [project('a', '/w/packages/web')]), ['outside']);
  });

  test('files in the wrong place or with the wrong ending are found by their name', () => {
    const wrong = {
      '/w/.claude/agents/a.txt': 'extension',
      '/w/.claude/agents/a.MD': 'extension',
      '/w/.claude/agent/a.md': 'agent-folder',
      '/w/agents/a.md': 'no-claude-folder',
      '/w/.claude/commands/a.md': 'commands',
      '/w/.claude/skills/a.md': 'skills',
      '/w/.claude/a.md': 'directly-in-claude',
      'C:\\w\\.claude\\agent\\a.md': 'agent-folder',
    };
    for (const [path, why] of Object.entries(wrong)) {
      const reason = strayReason(path);
      assert.equal(reason, why, path);
      const explanation = explain('a', [], { strays: [{ path, why: reason }] });
      assert.deepEqual(
        explanation.reasons.map((one) => [one.code, one.path]),
        [[`stray-${why}`, path]],
      );
    }
    assert.equal(strayReason('/w/.claude/agents/deep/a.md'), undefined);
    assert.equal(strayReason('/w/src/a.md'), undefined);
  });

  test('a skill of that name and names that come near are offered', () => {
    assert.deepEqual(codesOf('reviewr', [project('reviewer')]), ['near-miss']);
    assert.deepEqual(codesOf('deploy', [], { skillNames: new Set(['deploy']) }), ['is-skill']);
    assert.deepEqual(codesOf('explore', []), ['near-miss']);
    const none = explain('zzz', [project('reviewer')]);
    assert.deepEqual([none.verdict, none.reasons], ['missing', []]);
  });

  test('settings that cannot be read are a doubt that is told', () => {
    const unreadableSettings = [{ path: '/s.json', message: 'Broken.', span: { start: 0, end: 1 } }];
    assert.deepEqual(codesOf('zzz', [], { unreadableSettings }), ['settings-unreadable']);
  });
});
