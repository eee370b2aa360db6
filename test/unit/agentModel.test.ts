import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { AgentModelChange } from '../../src/app/agentModel.ts';
import type { CatalogChange, CatalogText, ClaudeCatalog } from '../../src/app/claudeCatalog.ts';
import { createAgentModel } from '../../src/app/claudeModel/folderAgents.ts';
import type { FileEntry, FileProblem } from '../../src/app/filePorts.ts';
import { classify } from '../../src/core/claudePlaces.ts';
import { Emitter } from '../../src/util/emitter.ts';

const places = {
  folder: '/repo/app',
  repositoryRoot: '/repo',
  home: '/home/ann',
  claudeHome: '/home/ann/.claude',
  managed: '/managed',
  plugins: [{ name: 'kit', root: '/plugins/kit' }],
};
const project = '/repo/app/.claude';
const user = '/home/ann/.claude';

/** A catalog whose files are in memory, and the model over it. */
function library(contents: Record<string, string>) {
  const changed = new Emitter<CatalogChange>();
  const entries = new Map<string, FileEntry>();
  const reads = new Map<string, number>();
  const put = (path: string, problem?: FileProblem): FileEntry => {
    const what = classify(path, places);
    assert.ok(what, path);
    const entry = { path, ...what, size: 1, modifiedAt: 1, stamp: String(entries.size), isSymlink: false, ...(problem ? { problem } : {}) };
    entries.set(path, entry);
    return entry;
  };
  for (const path of Object.keys(contents)) put(path);
  const textOf = (entry: FileEntry): CatalogText[] => {
    const text = contents[entry.path];
    if (text === undefined) return [];
    reads.set(entry.path, (reads.get(entry.path) ?? 0) + 1);
    return [{ entry, text, hash: createHash('sha256').update(text).digest('hex') }];
  };
  const catalog = {
    places,
    onDidChange: changed.event,
    ready: () => Promise.resolve(),
    files: (kind?: string) => [...entries.values()].filter((entry) => kind === undefined || entry.kind === kind),
    get: (path: string) => entries.get(path),
    texts: async (some: readonly FileEntry[]) => {
      // A disk answers in a later turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      return some.flatMap(textOf);
    },
  } satisfies Partial<ClaudeCatalog>;
  const complaints: string[] = [];
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: (message: string) => void complaints.push(message) };
  const model = createAgentModel({ catalog: catalog as unknown as ClaudeCatalog, log });
  const changes: AgentModelChange[] = [];
  model.onDidChange((change) => changes.push(change));
  return {
    model,
    changes,
    reads,
    complaints,
    /** The paths that were told since this was last asked. */
    told: () => [...new Set(changes.splice(0).flatMap(({ paths }) => [...paths]))].sort(),
    write(path: string, text: string) {
      contents[path] = text;
      changed.fire({ changed: [put(path)], removed: [] });
    },
    fail: (path: string, problem: FileProblem) => changed.fire({ changed: [put(path, problem)], removed: [] }),
    remove(path: string) {
      const entry = entries.get(path);
      assert.ok(entry);
      entries.delete(path);
      delete contents[path];
      changed.fire({ changed: [], removed: [entry] });
    },
    state: (path: string) => model.agents.get(path)?.resolved?.state.state,
    codes: (path: string) =>
      (model.agents.get(path) ?? model.skills.get(path) ?? model.commands.get(path))?.problems?.map(({ code }) => code),
  };
}

const agent = (name: string, more = '') => `---\nname: ${name}\ndescription: Does the work of ${name}\n${more}---\nDo it.\n`;

describe('the model of agents', () => {
  test('reads nothing before it is asked, and knows the files before their contents', async () => {
    const { model, reads } = library({ [`${project}/agents/a.md`]: agent('a') });
    assert.equal(model.agents.size, 0);
    await model.ready();
    assert.deepEqual([...model.agents.keys()], [`${project}/agents/a.md`]);
    assert.equal(model.agents.get(`${project}/agents/a.md`)?.content, undefined);
    assert.equal(reads.size, 0);
    await model.loaded();
    assert.equal(model.agents.get(`${project}/agents/a.md`)?.content?.agent.name, 'a');
  });

  test('keeps agents in the order of their paths, whatever order they come in', async () => {
    const { model, write } = library({ [`${project}/agents/m.md`]: agent('m'), [`${project}/agents/c.md`]: agent('c') });
    await model.loaded();
    write(`${project}/agents/d.md`, agent('d'));
    await model.loaded();
    assert.deepEqual(
      [...model.agents.keys()].map((path) => path.slice(-4)),
      ['c.md', 'd.md', 'm.md'],
    );
  });

  test('tells which of several agents of one name Claude Code takes', async () => {
    const { model, state } = library({
      [`${project}/agents/a.md`]: agent('a'),
      [`${user}/agents/a.md`]: agent('a'),
      [`${user}/agents/twin.md`]: agent('twin'),
      [`${user}/agents/deep/twin.md`]: agent('twin'),
      '/repo/app/lib/.claude/agents/inner.md': agent('inner'),
      '/plugins/kit/agents/a.md': agent('a'),
    });
    await model.loaded();
    assert.equal(state(`${project}/agents/a.md`), 'active');
    assert.equal(state(`${user}/agents/a.md`), 'shadowed');
    assert.equal(state(`${user}/agents/twin.md`), 'duplicate');
    assert.equal(state('/repo/app/lib/.claude/agents/inner.md'), 'outside');
    assert.equal(state('/plugins/kit/agents/a.md'), 'active');
    assert.equal(model.agents.get('/plugins/kit/agents/a.md')?.resolved?.id, 'kit:a');
  });

  test('brings an agent back to the front when the one before it goes', async () => {
    const { model, state, remove, told } = library({ [`${project}/agents/a.md`]: agent('a'), [`${user}/agents/a.md`]: agent('a') });
    await model.checked();
    told();
    remove(`${project}/agents/a.md`);
    await model.checked();
    assert.equal(state(`${user}/agents/a.md`), 'active');
    assert.deepEqual(told(), [`${user}/agents/a.md`, `${project}/agents/a.md`].sort());
  });

  test('heeds what the settings that count here forbid', async () => {
    const denied = (name: string) => JSON.stringify({ permissions: { deny: [`Agent(${name})`] } });
    const { model, state, write } = library({
      [`${project}/agents/a.md`]: agent('a'),
      [`${project}/agents/b.md`]: agent('b'),
      [`${project}/agents/c.md`]: agent('c'),
      [`${project}/settings.local.json`]: denied('a'),
      [`${user}/settings.json`]: denied('b'),
      '/repo/app/lib/.claude/settings.json': denied('c'),
    });
    await model.loaded();
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => state(`${project}/agents/${name}.md`)),
      ['disabled', 'disabled', 'active'],
    );
    write(`${project}/settings.local.json`, '{}');
    await model.loaded();
    assert.equal(state(`${project}/agents/a.md`), 'active');
    write(`${project}/settings.local.json`, '{ "permissions": ');
    await model.loaded();
    assert.deepEqual(
      model.unreadableSettings.map(({ path }) => path),
      [`${project}/settings.local.json`],
    );
  });

  test('looks again only at what a change concerns', async () => {
    const a = `${project}/agents/a.md`;
    const { model, reads, told, write, codes } = library({
      [a]: agent('a', 'skills: [deploy]\n'),
      [`${project}/agents/b.md`]: agent('b'),
      [`${project}/agents/c.md`]: agent('c'),
    });
    await model.checked();
    assert.deepEqual(codes(a), ['unknown-skill']);
    told();
    write(`${project}/agents/b.md`, agent('b', 'model: gpt\n'));
    await model.checked();
    assert.deepEqual(told(), [`${project}/agents/b.md`]);
    assert.equal(reads.get(`${project}/agents/c.md`), 1);
    assert.ok(codes(`${project}/agents/b.md`)?.includes('unknown-model'));
    write(`${project}/skills/deploy/SKILL.md`, '---\nname: deploy\ndescription: Deploys the app. Use it for releases.\n---\nDo.\n');
    await model.checked();
    assert.deepEqual(codes(a), []);
    assert.deepEqual(told(), [a, `${project}/skills/deploy/SKILL.md`]);
  });

  test('tells both of two agents that have come to the same name', async () => {
    const { model, codes, write } = library({ [`${project}/agents/a.md`]: agent('a'), [`${project}/agents/b.md`]: agent('b') });
    await model.checked();
    write(`${project}/agents/b.md`, agent('a'));
    await model.checked();
    assert.deepEqual([codes(`${project}/agents/a.md`), codes(`${project}/agents/b.md`)], [['duplicate-name'], ['duplicate-name']]);
  });

  test('says nothing of others in a context before they are known', async () => {
    const { model } = library({ [`${project}/agents/a.md`]: agent('a'), [`${project}/skills/s/SKILL.md`]: '---\nname: s\n---\n' });
    await model.ready();
    const before = model.contextFor(`${project}/agents/new.md`);
    assert.deepEqual([before.agentNames, before.skills, before.skillsFolder], [null, null, `${project}/skills`]);
    await model.loaded();
    const after = model.contextFor(`${project}/agents/new.md`);
    assert.ok(after.agentNames?.has('a') && after.agentNames.has('Explore') && after.skills?.has('s'));
    assert.deepEqual(after.sameTree.get('a'), [`${project}/agents/a.md`]);
    assert.equal(model.contextFor('/plugins/kit/agents/x.md').isPlugin, true);
    assert.equal(model.contextFor('/plugins/kit/agents/x.md').skillsFolder, null);
  });

  test('calls skills as they are called from the workspace folder', async () => {
    const skill = '---\ndescription: Does one thing well.\n---\n';
    const { model } = library({
      [`${project}/skills/deploy/SKILL.md`]: skill,
      '/repo/app/web/.claude/skills/build/SKILL.md': skill,
      '/plugins/kit/skills/pack/SKILL.md': skill,
      [`${project}/commands/ops/roll.md`]: skill,
    });
    await model.loaded();
    assert.deepEqual(Array.from(model.skills.values(), ({ name }) => name).sort(), ['deploy', 'kit:pack', 'web:build']);
    assert.deepEqual(
      Array.from(model.commands.values(), ({ name }) => name),
      ['ops:roll'],
    );
    // An agent of that folder names its skills without the folder.
    assert.ok(model.contextFor(`${project}/agents/a.md`).skills?.has('build'));
  });

  test('forgets the content of a file that can no longer be read, and takes it in again', async () => {
    const a = `${project}/agents/a.md`;
    const { model, fail, write, state } = library({ [a]: agent('a') });
    await model.loaded();
    fail(a, 'unreadable');
    await model.checked();
    assert.equal(model.agents.get(a)?.entry.problem, 'unreadable');
    assert.deepEqual([model.agents.get(a)?.content, state(a)], [undefined, undefined]);
    write(a, agent('a'));
    await model.checked();
    assert.equal(state(a), 'active');
  });

  test('lists memory folders and logs', async () => {
    const { model, write, remove } = library({
      [`${project}/agent-memory/a/MEMORY.md`]: 'x',
      [`${project}/agent-memory/a/deep/topic.md`]: 'x',
      [`${project}/agent-memory-local/a/MEMORY.md`]: 'x',
      [`${user}/agent-memory/b/MEMORY.md`]: 'x',
      [`${project}/memory/agent-logs/a.md`]: 'x',
    });
    await model.ready();
    assert.deepEqual(
      model.memory.map(({ agent: name, scope, files }) => [name, scope, files]),
      [
        ['b', 'user', ['MEMORY.md']],
        ['a', 'local', ['MEMORY.md']],
        ['a', 'project', ['MEMORY.md', 'deep/topic.md']],
      ],
    );
    assert.equal(model.logs.get('a')?.path, `${project}/memory/agent-logs/a.md`);
    write(`${user}/agent-memory/b/more.md`, 'x');
    remove(`${project}/memory/agent-logs/a.md`);
    assert.deepEqual(model.memory[0]?.files, ['MEMORY.md', 'more.md']);
    assert.equal(model.logs.size, 0);
  });

  test('names the folders of agents that were not there at first', async () => {
    const { model, write } = library({ [`${user}/agents/a.md`]: agent('a') });
    await model.loaded();
    assert.deepEqual(model.newFolders, []);
    write(`${project}/agents/b.md`, agent('b'));
    await model.loaded();
    assert.deepEqual(model.newFolders, [`${project}/agents`]);
  });

  test('reads those that are looked at before the others', async () => {
    const files: Record<string, string> = {};
    for (let number = 0; number < 200; number++) files[`${project}/agents/a${number}.md`] = agent(`a${number}`);
    const { model, reads } = library(files);
    await model.ready();
    const last = [...model.agents.keys()].at(-1);
    assert.ok(last);
    await model.prefer([last]);
    assert.equal(reads.get(last), 1);
    assert.ok(reads.size < 100, `${reads.size} were read before`);
    await model.checked();
    assert.equal(reads.size, 200);
  });

  test('ends all waiting when it is disposed', async () => {
    const { model } = library({ [`${project}/agents/a.md`]: agent('a') });
    await model.ready();
    const waiting = model.checked();
    model.dispose();
    await waiting;
  });
});
