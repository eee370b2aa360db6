import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Store } from '../../../src/app/ports.ts';
import { runClaude, skipWithoutClaude, type ClaudeRun } from '../../rig/claudeCli.ts';
import { claudeVersions, type ClaudeVersion } from '../../rig/installClaude.mjs';
import { says, workNextTask } from '../../rig/taskWorker.ts';
import { tempWorkspace } from '../../rig/tempWorkspace.ts';
import { open } from '../store/rig.ts';
import { mcpServer, stdioProgram } from './mcpRig.ts';

interface Server {
  config: object;
  env?: Readonly<Record<string, string>>;
}

/** The CLI with this server alone, and none of its own tools. */
async function runWith(folder: string, version: ClaudeVersion, { config, env }: Server): Promise<ClaudeRun> {
  const servers = JSON.stringify({ mcpServers: { claudetask: { ...config, alwaysLoad: true } } });
  const run = await runClaude({
    folder,
    version,
    prompt: 'Work the next task.',
    args: ['--strict-mcp-config', '--setting-sources', 'user', '--mcp-config', servers, '--tools', '', '--allowedTools', 'mcp__claudetask'],
    env: { NO_PROXY: '127.0.0.1,localhost', ...env },
    script: workNextTask,
  });
  assert.equal(run.init.claude_code_version, claudeVersions[version]);
  // One for each call, and one for the last words: nothing was tried twice.
  assert.equal(run.requests.length, 4);
  return run;
}

async function isDoneBy(store: Store, id: number, agent: string): Promise<void> {
  const task = await store.call('task.get', { id });
  assert.deepEqual([task.status, task.assignee, task.stageResults.map(({ summary }) => summary)], ['Testing', `@${agent}`, [says]]);
  const { entries } = await store.call('task.history', { id });
  assert.deepEqual(
    entries.slice(0, 3).map(({ operation, actor }) => `${operation} by ${actor.kind} ${actor.name}`),
    ['task.appendStageResult', 'task.move', 'task.claim'].map((operation) => `${operation} by agent ${agent}`),
  );
}

for (const version of ['latest', 'oldest'] as const)
  describe(`the real Claude Code ${claudeVersions[version]}`, { skip: skipWithoutClaude }, () => {
    test('works a task over HTTP, and every window is told at once', async () => {
      await using rig = await mcpServer({ tools: 'core' });
      const { store, folder } = rig.server;
      const [row] = (await store.call('task.create', { title: 'Paint the shed', status: 'Ready' })).tasks;
      const told: string[] = [];
      store.onDidChange(({ name }) => told.push(name));
      const { requests } = await runWith(folder, version, {
        config: { type: 'http', url: rig.url.href, headers: { Authorization: 'Bearer ${CLAUDETASK_TOKEN}' } },
        env: { CLAUDETASK_TOKEN: await rig.token(['read', 'write'], 'painter') },
      });
      await isDoneBy(store, row!.id, 'painter');
      assert.deepEqual(told, ['task.claim', 'task.move', 'task.appendStageResult']);
      assert.equal([...requests[0]!.tools.keys()].filter((name) => name.startsWith('mcp__claudetask__')).length, 12);
      assert.deepEqual(rig.server.complaints, []);
    });

    test('works a task over stdio, beside a window that is open', async () => {
      await using project = await tempWorkspace();
      await using window = await open(project.folder);
      const [row] = (await window.store.call('task.create', { title: 'Paint the shed', status: 'Ready' })).tasks;
      const args = [await stdioProgram(), '--folder', project.folder, '--name', 'painter'];
      await runWith(project.folder, version, { config: { type: 'stdio', command: process.execPath, args } });
      await isDoneBy(window.store, row!.id, 'painter');
    });
  });
