import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Deferred } from '../../../src/app/jobs/deferred.ts';
import { createRunningCalls } from '../../../src/server/mcp/runningCalls.ts';
import { tools } from '../../../src/server/mcp/tools.ts';
import { eras, mcpServer } from './mcpRig.ts';
import type { McpRig } from './mcpRig.ts';

async function post(rig: McpRig, body: string, more: { method?: string; headers?: Record<string, string> } = {}): Promise<Response> {
  return await fetch(rig.url, {
    method: more.method ?? 'POST',
    headers: {
      Authorization: `Bearer ${await rig.token(['read', 'write'])}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...more.headers,
    },
    ...(more.method === 'GET' ? {} : { body }),
  });
}

for (const era of eras) {
  describe(`MCP over HTTP as of ${era}`, () => {
    test('says who it is, what to do with it, and what it offers', async () => {
      await using rig = await mcpServer({ tools: 'core' });
      await using one = await rig.connect(['read', 'write'], 'claude', era);
      assert.equal(one.client.getServerVersion()?.name, 'claudetask');
      assert.match(one.client.getInstructions() ?? '', /claim_task/);
      const { tools: offered } = await one.client.listTools();
      const core = tools.filter(({ tier }) => tier === 'core').map(({ name }) => name);
      assert.deepEqual(
        offered.map(({ name }) => name),
        core,
      );
      assert.equal(offered.find(({ name }) => name === 'get_task')?.annotations?.readOnlyHint, true);
      assert.deepEqual((await one.client.listResources()).resources.length, 3);
    });

    test('a task is done from beginning to end, and its history names the agent', async () => {
      await using rig = await mcpServer();
      await using one = await rig.connect(['read', 'write'], 'reviewer', era);
      const { task } = await one.ask('create_task', { title: 'Paint the shed', status: 'ready' });
      assert.equal((await one.ask('claim_task')).task.id, task.id);
      await one.ask('append_stage_result', { task_id: `${task.id}`, status: 'in_progress', summary: 'Painted', details: 'In red.' });
      assert.equal((await one.ask('update_status', { task_id: `#${task.id}`, status: 'CODE-REVIEW' })).task.status, 'Code Review');
      const whole = (await one.ask('get_task', { task_id: task.id })).task;
      assert.deepEqual([whole.assignee, whole.stage_results[0].summary], ['@reviewer', 'Painted\n\nIn red.']);
      const { entries } = await rig.server.store.call('task.history', { id: task.id });
      assert.deepEqual(
        entries.map(({ operation, actor }) => [operation, actor.kind, actor.name]),
        ['task.move', 'task.appendStageResult', 'task.claim', 'task.create'].map((name) => [name, 'agent', 'reviewer']),
      );
    });

    test('a call that is cancelled stops waiting', async () => {
      await using rig = await mcpServer();
      await using one = await rig.connect(['read'], 'claude', era);
      const started = new Deferred<AbortSignal>();
      const { api } = rig.server;
      const original = api.call;
      api.call = async (name, input, caller, signal) => {
        if (name !== 'task.snapshot' || signal === undefined) return await original(name, input, caller, signal);
        started.resolve(signal);
        return await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
      };
      const controller = new AbortController();
      const asked = one.client.callTool({ name: 'verify_connection', arguments: {} }, { signal: controller.signal });
      const signal = await started.promise;
      assert.equal(signal.aborted, false);
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      controller.abort();
      await assert.rejects(asked);
      await aborted;
    });

    test('a call goes on until its connection is closed, and no longer', async () => {
      await using rig = await mcpServer();
      const one = await rig.connect(['read'], 'claude', era);
      const started = new Deferred<AbortSignal>();
      rig.server.api.call = async (_name, _input, _caller, signal) => {
        assert.ok(signal);
        started.resolve(signal);
        return await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
      };
      const asked = one.client.callTool({ name: 'verify_connection', arguments: {} }).catch(() => {});
      const signal = await started.promise;
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await one.client.close();
      await aborted;
      await asked;
    });

    test('twenty agents that claim at once get twenty tasks', async () => {
      await using rig = await mcpServer();
      for (let i = 0; i < 25; i++) await rig.server.store.call('task.create', { title: `Task ${i}`, status: 'Ready' });
      const agents = await Promise.all(Array.from({ length: 20 }, (_, i) => rig.connect(['read', 'write'], `agent ${i}`, era)));
      const claimed = await Promise.all(agents.map(async (one) => (await one.ask('claim_task')).task));
      assert.equal(new Set(claimed.map(({ id }) => id)).size, 20);
      for (const [i, { assignee, status }] of claimed.entries()) assert.deepEqual([assignee, status], [`@agent ${i}`, 'In Progress']);
      await Promise.all(agents.map((one) => one[Symbol.asyncDispose]()));
    });

    test('a run of a job is waited for, its progress told, until it is over', async () => {
      await using rig = await mcpServer();
      await using one = await rig.connect(['read', 'jobs'], 'runner', era);
      const { api, store } = rig.server;
      const original = api.call;
      const waited = new Deferred<number>();
      api.call = async (name, input, caller, signal) => {
        if (name === 'jobFile.run') {
          // What the engine does first; there is none here.
          const job = { job: 'rfis', file: null, definition: 'x', inputs: {}, trigger: 'agent' } as const;
          return Object({ run: (await store.call('job.enqueue', job)).run });
        }
        const answer = await original(name, input, caller, signal);
        if (name === 'job.run') waited.resolve(Object(answer).run.id);
        return answer;
      };
      const told: string[] = [];
      const asked = one.client.callTool(
        { name: 'run_job', arguments: { job: 'rfis', wait_seconds: 60 } },
        { onprogress: ({ message }) => told.push(message ?? '') },
      );
      await store.call('job.cancel', { run: await waited.promise });
      const { run } = Object((await asked).structuredContent);
      assert.deepEqual([run.job, run.state], ['rfis', 'cancelled']);
      assert.deepEqual(told, ['cancelled']);
    });

    test('a tool that is not there is told with those that are near', async () => {
      await using rig = await mcpServer();
      await using one = await rig.connect(['read'], 'claude', era);
      await assert.rejects(one.call('get_taks'), /no tool called get_taks\. Did you mean get_task/);
    });

    test('what failed without having been foreseen is logged, and told without its particulars', async () => {
      await using rig = await mcpServer();
      await using one = await rig.connect(['read'], 'claude', era);
      rig.server.api.call = () => Promise.reject(new TypeError('secret of /home/ann'));
      const { text, error } = await one.refused('ready');
      assert.equal(error.code, 'internal');
      assert.doesNotMatch(text, /secret|home/);
      assert.ok(rig.log.some((line) => line.includes('ready failed')));
    });
  });
}

describe('MCP over HTTP', () => {
  test('is POST only, and says so', async () => {
    await using rig = await mcpServer();
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const answer = await post(rig, '', { method });
      assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'POST'], method);
    }
  });

  test('refuses what is no JSON, and what is too large', async () => {
    await using rig = await mcpServer();
    const broken = await post(rig, '{"jsonrpc":');
    assert.deepEqual([broken.status, Object((await broken.json()) as object).error.code], [400, -32_700]);
    const large = await post(rig, JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: { filler: 'x'.repeat(2_100_000) } }));
    assert.equal(large.status, 413);
  });

  test('answers nobody without a token', async () => {
    await using rig = await mcpServer();
    assert.equal((await post(rig, '{}', { headers: { Authorization: 'Bearer nonsense' } })).status, 401);
  });

  test('offers a reader no tool that writes, and refuses those it calls all the same', async () => {
    await using rig = await mcpServer();
    await using reader = await rig.connect(['read']);
    const { tools: offered } = await reader.client.listTools();
    assert.ok(offered.length > 10);
    assert.deepEqual(
      offered.filter(({ annotations }) => annotations?.readOnlyHint !== true),
      [],
    );
    const { error, text } = await reader.refused('create_task', { title: 'x' });
    assert.equal(error.code, 'operation.forbidden');
    assert.match(text, /token with the scope write/);
  });

  test('lets nobody cancel the call of another client', async () => {
    await using rig = await mcpServer();
    await using one = await rig.connect(['read'], 'one', '2025-11-25');
    const started = new Deferred<AbortSignal>();
    const { api } = rig.server;
    const original = api.call;
    const release = new Deferred<void>();
    api.call = async (name, input, caller, signal) => {
      if (signal !== undefined) started.resolve(signal);
      await release.promise;
      return await original(name, input, caller, signal);
    };
    const asked = one.ask('verify_connection');
    const signal = await started.promise;
    for (let requestId = 0; requestId < 10; requestId++) {
      const told = await post(rig, JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } }));
      assert.equal(told.status, 202);
    }
    assert.equal(signal.aborted, false);
    release.resolve();
    assert.equal((await asked).connected, true);
  });
});

describe('a cancellation', () => {
  test('reaches the one call that is meant, and none where two sessions count alike', () => {
    const running = createRunningCalls();
    const [first, second, other] = [running.begin('a', 1), running.begin('a', 1), running.begin('a', '1')];
    running.cancel('a', 1);
    assert.deepEqual(
      [first, second, other].map(({ signal }) => signal.aborted),
      [false, false, false],
    );
    first.end();
    running.cancel('b', 1);
    running.cancel('a', 1);
    assert.deepEqual(
      [first, second, other].map(({ signal }) => signal.aborted),
      [false, true, false],
    );
  });
});
