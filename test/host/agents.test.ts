import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import type * as vscode from 'vscode';
import { AgentTree } from '../../src/host/trees/agents/agentTree.ts';
import type { AgentTreeNode } from '../../src/host/trees/agents/agentNode.ts';
import { eventually } from '../rig/eventually.ts';
import { claudeFolder, type ClaudeFolderRig } from './claudeFolderRig.ts';

const agent = (name: string, more = '') => `---\nname: ${name}\ndescription: Does the work of ${name}.\n${more}---\nDo it.\n`;

const labelOf = ({ label }: vscode.TreeItem) => (typeof label === 'string' ? label : (label?.label ?? ''));

interface Shown extends AsyncDisposable {
  rig: ClaudeFolderRig;
  tree: AgentTree;
  fired: (readonly AgentTreeNode[] | undefined)[];
  /** `label [description]` of the rows below one. */
  rows(node?: AgentTreeNode): Promise<string[]>;
  /** The row at the end of the labels that lead to it. */
  row(...labels: string[]): Promise<AgentTreeNode>;
  /** A change on the disk, as the workspace's watcher tells it. */
  change(name: string, content: string | null): Promise<void>;
}

async function show(files: Record<string, string>): Promise<Shown> {
  const rig = await claudeFolder(files);
  const tree = new AgentTree(rig.folders, rig.stores);
  await rig.folder.agents.checked();
  await tree.getChildren();
  const fired: Shown['fired'] = [];
  tree.onDidChangeTreeData((nodes) => fired.push(nodes));
  const row: Shown['row'] = async (...labels) => {
    let at: AgentTreeNode | undefined;
    for (const label of labels) {
      const nodes = await tree.getChildren(at);
      const items = await Promise.all(nodes.map((node) => tree.getTreeItem(node)));
      at = nodes[items.findIndex((item) => item.label === label)];
      assert.ok(at, `${label} is not among ${items.map(labelOf).join(', ')}`);
    }
    assert.ok(at);
    return at;
  };
  return {
    rig,
    tree,
    fired,
    row,
    rows: async (node) => {
      const items = await Promise.all((await tree.getChildren(node)).map((one) => tree.getTreeItem(one)));
      return items.map((item) => (item.description ? `${labelOf(item)} [${String(item.description)}]` : labelOf(item)));
    },
    change: async (name, content) => {
      if (content === null) fs.rmSync(rig.uri(name).fsPath);
      else rig.write(name, content);
      rig.folder.catalog.notifyChanged([rig.uri(name).fsPath]);
      await rig.folder.catalog.settled();
      await rig.folder.agents.checked();
    },
    async [Symbol.asyncDispose]() {
      tree.dispose();
      await rig[Symbol.asyncDispose]();
    },
  };
}

const settled = (fired: Shown['fired']) => eventually('a redraw', () => fired.length > 0);

describe('the Agents tree', () => {
  test('groups agents by scope, and skills and slash commands by kind', async () => {
    await using shown = await show({
      '.claude/agents/reviewer.md': agent('reviewer'),
      '.claude/agents/broken.md': 'no frontmatter at all',
      'web/.claude/agents/styler.md': agent('styler'),
      '~/.claude/agents/mine.md': agent('mine'),
      '.claude/skills/deploy/SKILL.md': '---\nname: deploy\ndescription: Deploys the app to production.\n---\nDo.\n',
      '.claude/commands/ship.md': '---\ndescription: Ships it.\n---\nShip.\n',
      '.claude/agent-memory/gone/MEMORY.md': 'x\n',
    });
    assert.deepEqual(await shown.rows(), [
      'Project [2 · 1 not loaded]',
      'web [1]',
      'User [1]',
      'Skills [1]',
      'Slash commands [1]',
      'Memory without agent [1]',
    ]);
    assert.deepEqual(await shown.rows(await shown.row('Skills')), ['deploy [the project]']);
    assert.deepEqual(await shown.rows(await shown.row('Slash commands')), ['/ship [the project]']);
    assert.deepEqual(await shown.rows(await shown.row('Memory without agent', 'gone')), ['MEMORY.md [1 / 200 lines]']);
  });

  test('is empty without any of them, so that the welcome text shows', async () => {
    await using shown = await show({ 'CLAUDE.md': '# x\n' });
    assert.deepEqual(await shown.rows(), []);
  });

  test('says of each agent what it runs on and what keeps it from being called', async () => {
    await using shown = await show({
      '.claude/agents/a.md': agent('a', 'model: sonnet\ntools: Read, Grep\nskills:\n  - deploy\nmemory: project\n'),
      '.claude/skills/deploy/SKILL.md': '---\nname: deploy\ndescription: Deploys the app to production.\n---\nDo.\n',
      '.claude/agents/b.md': agent('b'),
      '.claude/agents/c.md': agent('c'),
      '.claude/agents/lost.md': '---\nname: lost\n---\nNo description.\n',
      '.claude/agents/README.md': '# About these agents\n',
      '~/.claude/agents/b.md': agent('b', 'model: opus\n'),
      '.claude/settings.local.json': '{"permissions": {"deny": ["Agent(c)"]}}',
    });
    assert.deepEqual(await shown.rows(await shown.row('Project')), [
      'README [no agent]',
      'a [sonnet · 2 tools · 1 skill · memory]',
      'b [all tools]',
      'c [all tools · disabled]',
      'lost [all tools · not loaded · 1 problem]',
    ]);
    assert.deepEqual(await shown.rows(await shown.row('User')), ['b [opus · all tools · overridden by the project]']);
    assert.equal(shown.tree.ignored, 1);
    const flags = async (...labels: string[]) => (await shown.tree.getTreeItem(await shown.row(...labels))).contextValue;
    assert.equal(await flags('Project', 'a'), 'agent;writable;enabled;recorded');
    assert.equal(await flags('Project', 'c'), 'agent;writable;disabled;recorded');
    assert.equal(await flags('Project', 'lost'), 'agent;writable;recorded');
  });

  test('speaks each row in sentences', async () => {
    await using shown = await show({ '.claude/agents/a.md': agent('a', 'model: sonnet\ntools: Read, Grep\n') });
    const item = await shown.tree.getTreeItem(await shown.row('Project', 'a'));
    assert.equal(item.accessibilityInformation?.label, 'Agent a. Does the work of a. Model sonnet. Tools: Read, Grep.');
  });

  test('leads from a problem to its place', async () => {
    await using shown = await show({ '.claude/agents/a.md': agent('a', 'model: gpt-9\n') });
    const problem = (await shown.tree.getChildren(await shown.row('Project', 'a')))[0];
    assert.ok(problem);
    const item = await shown.tree.getTreeItem(problem);
    assert.match(labelOf(item), /gpt-9/);
    const [uri, options] = item.command?.arguments ?? [];
    assert.equal(String(uri), shown.rig.uri('.claude/agents/a.md').toString());
    const { selection } = options as vscode.TextDocumentShowOptions;
    assert.deepEqual([selection?.start.line, selection?.start.character, selection?.end.character], [3, 7, 12]);
  });

  test('shows how full the memory of an agent is, and which files it does not mention', async () => {
    await using shown = await show({
      '.claude/agents/a.md': agent('a', 'memory: project\n'),
      '.claude/agent-memory/a/MEMORY.md': '- [build](build.md)\n',
      '.claude/agent-memory/a/build.md': 'x\n',
      '.claude/agent-memory/a/lost.md': 'x\n',
      '.claude/memory/agent-logs/a.md': '## 2026-01-02 — Did it\n',
    });
    assert.deepEqual(await shown.rows(await shown.row('Project', 'a')), [
      'MEMORY.md [1 / 200 lines]',
      'build.md',
      'lost.md [not linked from MEMORY.md]',
      'Log [a.md]',
    ]);
    await shown.change('.claude/agent-memory/a/MEMORY.md', '- [build](build.md)\n- [lost](lost.md)\n');
    await settled(shown.fired);
    assert.deepEqual(shown.fired.flat(), [await shown.row('Project', 'a')]);
    assert.deepEqual((await shown.rows(await shown.row('Project', 'a'))).slice(0, 3), ['MEMORY.md [2 / 200 lines]', 'build.md', 'lost.md']);
  });

  test('redraws the one agent that has changed', async () => {
    await using shown = await show({ '.claude/agents/a.md': agent('a'), '.claude/agents/b.md': agent('b') });
    const changed = await shown.row('Project', 'a');
    await shown.change('.claude/agents/a.md', agent('a', 'model: opus\n'));
    await settled(shown.fired);
    assert.deepEqual(shown.fired, [[changed]]);
    assert.equal((await shown.tree.getTreeItem(changed)).description, 'opus · all tools');
  });

  test('redraws a group when a file comes to it, and all when a group comes', async () => {
    await using shown = await show({ '.claude/agents/a.md': agent('a') });
    const group = await shown.row('Project');
    await shown.change('.claude/agents/b.md', agent('b'));
    await settled(shown.fired);
    assert.ok(shown.fired.flat().includes(group));
    assert.ok(!shown.fired.includes(undefined));
    shown.fired.length = 0;
    await shown.change('.claude/commands/ship.md', 'Ship.\n');
    await settled(shown.fired);
    assert.ok(shown.fired.includes(undefined));
  });

  test('says which settings it cannot read', async () => {
    await using shown = await show({ '.claude/agents/a.md': agent('a'), '.claude/settings.json': '{ "permissions": ' });
    assert.match(shown.tree.message, /^\.claude\/settings\.json: The settings file is not valid JSON/);
  });

  test('shows 5,000 agents before any of them was read, 300 at a time', async (t) => {
    await using rig = await claudeFolder({ '.claude/agents/a.md': agent('a') });
    const folder = path.dirname(rig.uri('.claude/agents/a.md').fsPath);
    for (let number = 0; number < 4999; number++) fs.writeFileSync(path.join(folder, `agent-${number}.md`), agent(`agent-${number}`));
    const start = performance.now();
    const tree = new AgentTree(rig.folders, rig.stores);
    const [group] = await tree.getChildren();
    assert.ok(group);
    const item = await tree.getTreeItem(group);
    t.diagnostic(`5,000 agents: first level after ${Math.round(performance.now() - start)} ms`);
    assert.equal(item.description, '5000');
    assert.ok([...rig.folder.agents.agents.values()].every(({ content }) => content === undefined));
    const rows = await tree.getChildren(group);
    t.diagnostic(`their group after ${Math.round(performance.now() - start)} ms`);
    assert.equal(rows.length, 301);
    const more = rows.at(-1);
    assert.ok(more?.kind === 'more');
    assert.equal((await tree.getTreeItem(more)).description, '4700 not shown');
    tree.showMore(more);
    assert.equal((await tree.getChildren(group)).length, 601);
    tree.dispose();
  });
});
