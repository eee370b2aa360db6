import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CallToolResult } from '@modelcontextprotocol/client';
import { listTools, tools } from '../../../src/server/mcp/tools.ts';
import { mcpServer } from './mcpRig.ts';
import type { Answer, McpClient, McpRig } from './mcpRig.ts';

/** Counted another way than the server counts: bytes, of which a token of any script has three. */
const tokensOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value)) / 3;
const most = 25_000;

describe('the size of what the MCP server says', () => {
  test('is under 4,000 tokens for the schemas of the core tools', () => {
    const core = listTools('core', ['read', 'write']);
    assert.equal(core.length, 12);
    assert.ok(JSON.stringify(core).length / 3.5 < 4000);
  });
});

describe('the answers of the MCP server over 10,000 tasks', () => {
  const huge = '目標"\n\t and 😀 so on '
    .repeat(60_000)
    .slice(0, 1_000_000 - 6)
    .padEnd(1_000_000, 'e');
  let rig: McpRig;
  let agent: McpClient;
  let whole: number;
  before(async () => {
    const agents = Array.from({ length: 300 }, (_, i) => [
      `repo/app/.claude/agents/agent-${i}.md`,
      `---\nname: agent-${i}\ndescription: ${'Knows about many things '.repeat(40)}\n---\nx`,
    ]);
    const content = { 'repo/app/CLAUDE.md': 'Be exact. '.repeat(50_000), ...Object.fromEntries(agents) };
    rig = await mcpServer({ content });
    agent = await rig.connect(['read', 'write', 'jobs']);
    const { store } = rig.server;
    const create = (i: number) =>
      store.call('task.create', {
        title: i % 3 === 0 ? `Ready ${i} ${'very long title '.repeat(29)}` : `Task ${i} 目標目標目標`.padEnd(400, '目'),
        status: i % 3 === 0 ? 'Ready' : i % 3 === 1 ? 'Analysis' : 'Backlog',
        labels: i % 2 === 0 ? Array.from({ length: 50 }, (_, n) => `label ${n} `.padEnd(60, '目')) : [],
      });
    for (let from = 0; from < 10_000; from += 500) await Promise.all(Array.from({ length: 500 }, (_, i) => create(from + i)));
    const checklist = Array.from({ length: 200 }, () => 'item '.repeat(200));
    const { tasks } = await store.call('task.create', {
      title: 'Everything',
      description: 'd'.repeat(1_000_000),
      analysis: 'a'.repeat(1_000_000),
      checklist,
      dependsOn: Array.from({ length: 500 }, (_, i) => i + 1),
      source: { system: 'elsewhere', id: '1', original: huge },
      stageResults: Array.from({ length: 100 }, () => ({ stage: 'Testing', at: 1, outcome: 'passed', summary: 's'.repeat(10_000) })),
    });
    whole = tasks[0]!.id;
    for (let i = 0; i < 3; i++)
      await store.call('task.update', { id: whole, patch: { description: huge, analysis: `${huge.slice(0, -1)}${i}` } });
  });
  after(async () => {
    await agent[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
  });

  function bounded(result: CallToolResult, what: string): Answer {
    assert.ok(tokensOf(result) <= most, `${what} has ${Math.round(tokensOf(result))} tokens`);
    return Object(result.structuredContent);
  }

  test('are never above 25,000 tokens, whatever is asked', async () => {
    const questions: readonly (readonly [string, Answer])[] = [
      ['get_task_queue', {}],
      ['get_task_queue', { detail: 'full', limit: 100 }],
      ['get_task_queue', { limit: 100, offset: 5000 }],
      ['ready', { limit: 100, detail: 'full' }],
      ['search_tasks', { text: 'task', limit: 100, detail: 'full' }],
      ['find_similar_tasks', { task_id: 1, limit: 50 }],
      ['find_similar_tasks', { task_id: whole, limit: 50 }],
      ['get_tasks_needing_analysis', { limit: 100 }],
      ['get_next_task', {}],
      ['get_task', { task_id: whole }],
      ...['description', 'analysis', 'checklist', 'contract', 'stage_results', 'source'].map(
        (field) => ['get_task', { task_id: whole, field }] as const,
      ),
      ['analyze_task', { task_id: whole }],
      ['get_history', { task_id: whole, limit: 100 }],
      ['update_task', { task_id: whole, version: 1, title: 'Refused' }],
      ['update_task', { task_id: whole, comment: 'Everything again', priority: 'High' }],
      ['claim_task', {}],
      ['verify_connection', {}],
      ['get_project_settings', {}],
      ['list_agents', {}],
      ['get_agent', { name: 'agent-7' }],
      ['recommend_agent', { task_id: whole }],
      ['read_claude_config', {}],
      ['write_claude_config', { content: 'x', expected_hash: null }],
      ['list_jobs', {}],
    ];
    for (const [name, input] of questions) {
      assert.ok(tools.some((tool) => tool.name === name));
      bounded(await agent.call(name, input), `${name} ${JSON.stringify(input)}`);
    }
    const uris = [
      'claudetask://tasks',
      `claudetask://task/${whole}`,
      'claudetask://claude-md',
      'claudetask://agents',
      'claudetask://agent/agent-7',
    ];
    for (const uri of uris) assert.ok(tokensOf(await agent.client.readResource({ uri })) <= most, uri);
  });

  test('say what was cut and where the rest is: put together it is the whole text', async () => {
    const { task, cut, rest } = bounded(await agent.call('get_task', { task_id: whole }), 'get_task');
    assert.match(task.description, /… \[cut: the first [\d,]+ of 1,000,000 characters\]$/);
    assert.ok(task.description.length > 2000 && task.stage_results[0].summary.length > 100, 'something of each is there');
    assert.ok(cut.some(({ field, total }: Answer) => field === 'task.description' && total === 1_000_000));
    assert.match(rest, /get_task with field and offset/);
    let text = '';
    for (let offset: number | null = 0, parts = 0; offset !== null; parts++) {
      assert.ok(parts < 200, 'too many parts');
      const part: Answer = bounded(await agent.call('get_task', { task_id: whole, field: 'description', offset }), 'a part');
      assert.equal(part.offset, offset);
      text += part.text;
      offset = part.next;
    }
    assert.equal(text, huge);
  });

  test('lead through a long resource to its end', async () => {
    let uri: string | undefined = 'claudetask://claude-md';
    let length = 0;
    while (uri !== undefined) {
      const [part] = (await agent.client.readResource({ uri })).contents as { text: string }[];
      const next: RegExpExecArray | null = /\n\n\[cut: .* The rest: (.*)\]$/.exec(part!.text);
      length += part!.text.length - (next?.[0].length ?? 0);
      uri = next?.[1];
    }
    assert.equal(length, 500_000);
  });

  test('page through all 10,000 tasks, each once', async () => {
    const seen = new Set<number>();
    let pages = 0;
    for (let offset: number | null = 0; offset !== null; pages++) {
      const page: Answer = bounded(await agent.call('get_task_queue', { limit: 100, offset }), 'a page');
      for (const { id } of page.tasks) seen.add(id);
      offset = page.next;
    }
    assert.equal(seen.size, 10_001);
  });
});
