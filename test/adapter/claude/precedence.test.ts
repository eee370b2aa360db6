import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { readAgent } from '../../../src/core/agents/agent.ts';
import { findDropReasons } from '../../../src/core/agents/dropped.ts';
import { resolveAgents } from '../../../src/core/agents/precedence.ts';
import type { AgentEntry } from '../../../src/core/agents/precedence.ts';
import { readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import { runClaude, skipWithoutClaude } from '../../rig/claudeCli.ts';
import { tempWorkspace } from '../../rig/tempWorkspace.ts';
import { toldOf } from './listing.ts';

const agent = (name: string, description: string) => `---\nname: ${name}\ndescription: ${description}\n---\nYou test.\n`;

/** Paths to the names they define; each file has its own path as description. */
const inHome: Readonly<Record<string, string>> = { 'own.md': 'own', 'shared.md': 'shared', 'near.md': 'near' };
const inProject: Readonly<Record<string, string>> = {
  '.claude/agents/shared.md': 'shared',
  '.claude/agents/near.md': 'near',
  '.claude/agents/folder/below.md': 'below',
  '.claude/agents/node_modules/package.md': 'package',
  '.claude/agents/Explore.md': 'Explore',
  '.claude/agents/broken.md': 'own: x',
  'api/.claude/agents/near.md': 'near',
  'api/src/.claude/agents/deep.md': 'deep',
  'web/.claude/agents/web.md': 'web',
};

describe('which of several agents the real Claude CLI takes', { skip: skipWithoutClaude }, () => {
  test('is the one that we say, from each folder of a repository', async () => {
    await using home = await tempWorkspace(
      Object.fromEntries(Object.entries(inHome).map(([file, name]) => [`.claude/agents/${file}`, agent(name, file)])),
    );
    await using outer = await tempWorkspace({
      '.claude/agents/outside.md': agent('outside', 'outside.md'),
      ...Object.fromEntries(Object.entries(inProject).map(([file, name]) => [`repository/${file}`, agent(name, file)])),
    });
    const root = outer.file('repository');
    execFileSync('git', ['init', '-q'], { cwd: root });
    const entry = (scope: 'user' | 'project', directory: string, path: string, name: string, description: string): AgentEntry => {
      const document = readMarkdown(agent(name, description));
      const dropped = findDropReasons(document, path);
      return {
        scope,
        path,
        name: readAgent(document).name,
        tree: `${directory}/.claude/agents`,
        dropped,
        ...(scope === 'project' ? { directory } : {}),
      };
    };
    const entries = [
      ...Object.entries(inHome).map(([file, name]) => entry('user', home.folder, home.file('.claude/agents', file), name, file)),
      ...Object.entries(inProject).map(([file, name]) => {
        const directory = outer.file('repository', file.slice(0, file.indexOf('.claude'))).replace(/\/$/, '');
        return entry('project', directory, outer.file('repository', file), name, file);
      }),
    ];
    for (const folder of ['', 'api', 'api/src', 'web']) {
      const workingDirectory = outer.file('repository', folder);
      const run = await runClaude({ folder: workingDirectory, home: home.folder });
      const told = toldOf(run, 'agents');
      const resolved = resolveAgents(entries, { workingDirectory, denied: [] });
      const ours = resolved.filter(({ state }) => state.state === 'active').map(({ id, entry: { path } }) => ({ id, path }));
      for (const { id, path } of ours) {
        const description = told.get(id)?.replace(' (Tools: All tools)', '') ?? 'nothing';
        assert.ok(path.endsWith(`/${description}`), `${id} in ${folder || 'the root'}: we say ${path}, the CLI has ${description}`);
      }
      const builtIn = ['claude', 'Explore', 'general-purpose', 'Plan', 'statusline-setup'];
      assert.deepEqual(
        run.init.agents.filter((name) => !builtIn.includes(name)).toSorted(),
        ours
          .map(({ id }) => id)
          .filter((name) => name !== 'Explore')
          .toSorted(),
      );
    }
  });

  test('is that of the option before all others', async () => {
    await using project = await tempWorkspace({ '.claude/agents/a.md': agent('a', 'file') });
    const run = await runClaude({
      folder: project.folder,
      args: ['--agents', JSON.stringify({ a: { description: 'option', prompt: 'x' } })],
    });
    assert.equal(toldOf(run, 'agents').get('a'), 'option (Tools: All tools)');
    const entries: AgentEntry[] = [
      { scope: 'project', path: '/w/.claude/agents/a.md', name: 'a', tree: '/w/.claude/agents', directory: '/w', dropped: [] },
      { scope: 'cli', path: '', name: 'a', tree: '', dropped: [] },
    ];
    const states = resolveAgents(entries, { workingDirectory: '/w', denied: [] }).map(({ state }) => state.state);
    assert.deepEqual(states, ['shadowed', 'active']);
  });

  test('is one of two files of a folder, and not both', async () => {
    await using project = await tempWorkspace({ '.claude/agents/1.md': agent('a', 'one'), '.claude/agents/2.md': agent('a', 'two') });
    const { init } = await runClaude({ folder: project.folder });
    assert.equal(init.agents.filter((name) => name === 'a').length, 1);
  });

  test('is not one that the settings forbid, as far as Claude is told', async () => {
    await using project = await tempWorkspace({
      '.claude/agents/a.md': agent('a', 'file'),
      '.claude/settings.json': JSON.stringify({ permissions: { deny: ['Agent(a)'] } }),
    });
    assert.equal(toldOf(await runClaude({ folder: project.folder }), 'agents').has('a'), false);
  });
});

describe('which tools the real Claude CLI gives', { skip: skipWithoutClaude }, () => {
  const of = async (line: string) => {
    await using project = await tempWorkspace({ '.claude/agents/a.md': `---\nname: a\ndescription: b\n${line}\n---\nx\n` });
    const { init } = await runClaude({ folder: project.folder, args: ['--agent', 'a'] });
    const { tools } = readAgent(readMarkdown(`---\nname: a\ndescription: b\n${line}\n---\nx\n`));
    return { real: init.tools, ours: tools?.map(({ name }) => name) ?? null };
  };

  test('are none for a field without a value, and those listed else', async () => {
    for (const line of ['tools:', 'tools: []', 'tools: {Read: true}', 'tools: Read Grep']) {
      const { real, ours } = await of(line);
      assert.deepEqual(real, ours, line);
    }
  });

  test('are all without the field', async () => {
    const { real, ours } = await of('color: red');
    assert.equal(ours, null);
    assert.ok(real.includes('Bash') && real.includes('Write'));
  });
});
