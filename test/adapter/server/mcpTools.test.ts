import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { statuses } from '../../../src/core/task.ts';
import { listTools, tools } from '../../../src/server/mcp/tools.ts';
import { mcpServer } from './mcpRig.ts';
import type { Answer, McpClient, McpRig } from './mcpRig.ts';

const content = {
  'repo/app/CLAUDE.md': '# Rules\n\nBe exact.\n',
  'repo/app/.claude/agents/security-reviewer.md':
    '---\nname: security-reviewer\ndescription: Looks for holes in authentication and tokens\n---\nLook.\n',
  'repo/app/.claude/agents/painter.md': '---\nname: painter\ndescription: Draws icons and chooses colours\n---\nPaint.\n',
};

describe('the tools of the MCP server', () => {
  let rig: McpRig;
  let agent: McpClient;
  before(async () => {
    rig = await mcpServer({ content });
    agent = await rig.connect(['read', 'write'], 'claude');
  });
  after(async () => {
    await agent[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
  });
  const create = async (title: string, more: Answer = {}) => (await agent.ask('create_task', { title, ...more })).task as Answer;

  test('have names of their own, say whether they change something, and take what their schema says', () => {
    assert.equal(new Set(tools.map(({ name }) => name)).size, tools.length);
    for (const { name, description, inputSchema, annotations } of listTools('all', ['read', 'write', 'jobs'])) {
      assert.equal(inputSchema['additionalProperties'], false, name);
      assert.match(description, /^[A-Z].*\.$/, name);
      assert.equal(annotations.readOnlyHint, tools.find((tool) => tool.name === name)?.effect === 'reads', name);
    }
  });

  test('name the columns, types and priorities as the validator has them', () => {
    const { inputSchema } = listTools('core', ['write']).find(({ name }) => name === 'update_status')!;
    const { properties } = inputSchema as { properties?: Record<string, { enum?: string[] }> };
    assert.deepEqual(properties?.['status']?.enum, [...statuses]);
  });

  test('are all there under the names of the original ClaudeTask', () => {
    const names =
      'get_task_queue get_next_task get_task analyze_task update_task_analysis update_status append_stage_result set_testing_urls list_agents recommend_agent get_project_settings get_tasks_needing_analysis verify_connection';
    assert.deepEqual(
      names.split(' ').filter((name) => !tools.some((tool) => tool.name === name)),
      [],
    );
  });

  test('take ids as text and columns in any spelling, and nothing that is neither', async () => {
    const { id } = await create('Spelling');
    for (const status of ['in progress', 'IN_PROGRESS', 'In-Progress', 'inprogress']) {
      assert.equal((await agent.ask('update_status', { task_id: `${id}`, status })).task.status, 'In Progress');
    }
    for (const [input, field] of [
      [{ task_id: id, status: 'Doing' }, 'status'],
      [{ task_id: 'first', status: 'Done' }, 'task_id'],
      [{ task_id: 1.5, status: 'Done' }, 'task_id'],
      [{ task_id: id, status: 'Done', colour: 'red' }, 'colour'],
      [{ status: 'Done' }, 'task_id'],
    ] as const) {
      const { error, text } = await agent.refused('update_status', input);
      assert.equal(error.code, 'input.invalid');
      assert.match(text, new RegExp(field));
    }
  });

  test('create and update a task by every field they name', async () => {
    const first = await create('First');
    const made = await create('Whole', {
      description: 'All of it',
      type: 'bug',
      priority: 'high',
      labels: ['ui'],
      assignee: 'ann',
      due: '2027-01-31',
      estimate: 3,
      parent_id: `${first.id}`,
      status: 'analysis',
      depends_on: [`#${first.id}`],
      checklist: ['one', 'two'],
      comment: 'because',
    });
    const { task } = await agent.ask('get_task', { task_id: made.id });
    assert.deepEqual(
      { ...task, created_at: '', updated_at: '', checklist: task.checklist.map(({ text }: Answer) => text) },
      {
        id: made.id,
        title: 'Whole',
        status: 'Analysis',
        priority: 'High',
        type: 'Bug',
        assignee: 'ann',
        blocked: `waits for #${first.id}`,
        labels: ['ui'],
        due: '2027-01-31',
        estimate: 3,
        parent_id: first.id,
        waits_for: [first.id],
        created_at: '',
        updated_at: '',
        version: 1,
        description: 'All of it',
        checklist: ['one', 'two'],
        depends_on: [first.id],
      },
    );
    const { task: changed } = await agent.ask('update_task', {
      task_id: made.id,
      version: 1,
      assignee: null,
      parent_id: null,
      blocked_reason: 'no paint',
      git_branch: 'paint',
    });
    assert.deepEqual([changed.assignee, changed.blocked, changed.version], [null, 'no paint', 2]);
  });

  test('refuse a change of what was changed since, with the task as it is now', async () => {
    const { id } = await create('Stale');
    await agent.ask('update_task', { task_id: id, priority: 'low' });
    const { text, error } = await agent.refused('update_task', { task_id: id, version: 1, title: 'Mine' });
    assert.deepEqual([error.code, error.details.current.version, error.details.current.priority], ['task.stale', 2, 'Low']);
    assert.match(text, /call again with its version/);
  });

  test('hold an agent to the rules of the board, and say which', async () => {
    await rig.server.api.call(
      'project.updateSettings',
      { workflow: { wipLimits: { Testing: 1 } } },
      { actor: { kind: 'user', name: 'ann' }, scopes: ['admin'] },
    );
    const [one, two] = [await create('Fits'), await create('Does not')];
    await agent.ask('update_status', { task_id: one.id, status: 'Testing' });
    const { text, error } = await agent.refused('update_status', { task_id: two.id, status: 'Testing' });
    assert.deepEqual([error.code, error.details.reason], ['workflow.refused', 'wip']);
    assert.match(text, /Testing is full \(1 of 1\)/);
    const { workflow, name } = await agent.ask('get_project_settings');
    assert.deepEqual([name, workflow.wip_limits], ['app', { Testing: 1 }]);
  });

  test('say that nothing is ready, which is no error', async () => {
    for (const { id } of (await agent.ask('ready', { limit: 100 })).tasks)
      await agent.ask('update_status', { task_id: id, status: 'Backlog' });
    for (const name of ['claim_task', 'get_next_task']) {
      const { task, message } = await agent.ask(name);
      assert.equal(task, null, name);
      assert.match(message, /No task is ready/);
    }
  });

  test('show the next task without taking it, and take it', async () => {
    const { id } = await create('Next', { status: 'Ready', priority: 'High' });
    assert.deepEqual(
      (await agent.ask('ready', { priority: 'high' })).tasks.map((row: Answer) => row.id),
      [id],
    );
    assert.equal((await agent.ask('get_next_task')).task.assignee, null);
    assert.equal((await agent.ask('claim_task', { task_id: id })).task.assignee, '@claude');
    assert.equal((await agent.ask('claim_task', { task_id: id })).task.status, 'In Progress');
    await using other = await rig.connect(['read', 'write'], 'other');
    const { error, text } = await other.refused('claim_task', { task_id: id });
    assert.equal(error.code, 'task.claimed');
    assert.match(text, /@claude's.*claim_task without task_id/);
  });

  test('lead through an analysis', async () => {
    const { id } = await create('Needs thought', { status: 'Analysis', description: 'Tokens expire too soon' });
    const waiting = async () => (await agent.ask('get_tasks_needing_analysis')).tasks.map((row: Answer) => row.id);
    assert.ok((await waiting()).includes(id));
    const { instruction, task } = await agent.ask('analyze_task', { task_id: id });
    assert.equal(task.description, 'Tokens expire too soon');
    assert.match(instruction, new RegExp(`update_task_analysis with task_id ${id}`));
    await agent.ask('update_task_analysis', { task_id: id, analysis: 'Make them last.' });
    assert.ok(!(await waiting()).includes(id));
    assert.equal((await agent.ask('get_task', { task_id: id, field: 'analysis' })).text, 'Make them last.');
  });

  test('keep the results of stages, failed ones too, and where to test', async () => {
    const { id } = await create('Stages');
    await agent.ask('append_stage_result', { task_id: id, status: 'Testing', summary: 'Broken', outcome: 'Failed' });
    await agent.ask('append_stage_result', { task_id: id, status: 'Testing', summary: 'Mended' });
    await agent.ask('set_testing_urls', { task_id: id, urls: { frontend: 'http://localhost:3000', backend: 'http://localhost:4000' } });
    const { task } = await agent.ask('get_task', { task_id: id });
    assert.deepEqual(
      task.stage_results.map(({ summary, outcome }: Answer) => [summary, outcome]),
      [
        ['Mended', 'passed'],
        ['Broken', 'failed'],
      ],
    );
    assert.deepEqual(task.testing_urls, ['http://localhost:3000', 'http://localhost:4000']);
    assert.equal(
      (await agent.ask('get_history', { task_id: id, limit: 1 })).entries[0].comment,
      'frontend: http://localhost:3000\nbackend: http://localhost:4000',
    );
    await agent.ask('set_testing_urls', { task_id: id, urls: ['http://localhost:5000'] });
    assert.deepEqual((await agent.ask('get_task', { task_id: id })).task.testing_urls, ['http://localhost:5000']);
    assert.equal((await agent.refused('set_testing_urls', { task_id: id, urls: { a: 'file:///etc/passwd' } })).error.code, 'input.invalid');
  });

  test('check items, link tasks and delete one', async () => {
    const [one, two] = [await create('One', { checklist: ['item'] }), await create('Two')];
    const item = (await agent.ask('get_task', { task_id: one.id })).task.checklist[0];
    await agent.ask('check_item', { task_id: one.id, item_id: item.id });
    assert.equal((await agent.ask('get_task', { task_id: one.id })).task.checklist[0].done, true);
    assert.equal((await agent.ask('link_tasks', { task_id: one.id, depends_on: two.id })).task.blocked, `waits for #${two.id}`);
    const { error } = await agent.refused('link_tasks', { task_id: two.id, depends_on: one.id });
    assert.equal(error.code, 'task.cycle');
    assert.equal((await agent.ask('link_tasks', { task_id: one.id, depends_on: two.id, remove: true })).task.blocked, null);
    assert.deepEqual(await agent.ask('delete_task', { task_id: two.id }), { deleted: two.id });
    assert.equal((await agent.refused('get_task', { task_id: 999_999 })).error.code, 'task.notFound');
  });

  test('find tasks by column, by words, and by likeness', async () => {
    const { id } = await create('Rename the flux capacitor', { description: 'The flux capacitor has a misleading name', labels: ['flux'] });
    assert.deepEqual(
      (await agent.ask('get_task_queue', { label: 'flux' })).tasks.map((row: Answer) => row.id),
      [id],
    );
    assert.deepEqual(Object.keys((await agent.ask('search_tasks', { text: 'capacitor' })).tasks[0]), [
      'id',
      'title',
      'status',
      'priority',
      'type',
      'assignee',
      'blocked',
    ]);
    assert.deepEqual((await agent.ask('search_tasks', { text: 'capacitor', detail: 'full' })).tasks[0].labels, ['flux']);
    const [best] = (await agent.ask('find_similar_tasks', { text: 'a capacitor with flux needs another name' })).tasks;
    assert.ok(best.id === id && best.score > 0);
    assert.equal((await agent.refused('find_similar_tasks', {})).error.code, 'input.invalid');
  });

  test('page through what is more than asked for', async () => {
    for (let i = 0; i < 7; i++) await create(`Page ${i}`, { labels: ['paged'] });
    const seen: number[] = [];
    for (let offset: number | null = 0; offset !== null;) {
      const page = await agent.ask('get_task_queue', { label: 'paged', limit: 3, offset });
      assert.equal(page.total, 7);
      seen.push(...page.tasks.map((row: Answer) => row.id));
      offset = page.next;
    }
    assert.equal(new Set(seen).size, 7);
  });

  test('name the agents of the project, and those that fit a task', async () => {
    const { agents } = await agent.ask('list_agents');
    assert.deepEqual(agents.map(({ name }: Answer) => name).toSorted(), ['painter', 'security-reviewer']);
    const { id } = await create('Review how tokens are checked', { description: 'Authentication may have a hole' });
    assert.equal((await agent.ask('recommend_agent', { task_id: id })).recommended[0].agent, 'security-reviewer');
    assert.equal((await agent.ask('recommend_agent', { task_type: 'icons' })).recommended[0].agent, 'painter');
    assert.deepEqual((await agent.ask('recommend_agent', { task_type: 'quantum' })).recommended, []);
    assert.match((await agent.ask('get_agent', { name: '@painter' })).text, /Paint\./);
    assert.match((await agent.refused('get_agent', { name: 'paintr' })).text, /Did you mean painter/);
  });

  test('read CLAUDE.md and write it, but not over what somebody else wrote', async () => {
    const { text, hash } = await agent.ask('read_claude_config');
    assert.equal(text, content['repo/app/CLAUDE.md']);
    const written = await agent.ask('write_claude_config', { content: '# New\n', expected_hash: hash });
    assert.equal(fs.readFileSync(path.join(rig.server.folder, 'CLAUDE.md'), 'utf8'), '# New\n');
    const { error } = await agent.refused('write_claude_config', { content: '# Mine\n', expected_hash: hash });
    assert.deepEqual([error.code, error.details.currentHash, error.details.content], ['file.stale', written.hash, '# New\n']);
    assert.equal(
      (await agent.refused('write_claude_config', { path: '../../out.md', content: 'x', expected_hash: null })).error.code,
      'file.outside',
    );
  });

  test('say where they are, and what the caller may do', async () => {
    const { project, you, scopes, tasks } = await agent.ask('verify_connection');
    assert.deepEqual([project, you, scopes], ['app', 'claude', ['read', 'write']]);
    assert.deepEqual(Object.keys(tasks), [...statuses]);
  });

  test('run no job for who has no leave to, or where none can run', async () => {
    assert.equal((await agent.refused('run_job', { job: 'x' })).error.code, 'operation.forbidden');
    await using runner = await rig.connect(['read', 'jobs'], 'runner');
    assert.equal((await runner.refused('run_job', { job: 'x' })).error.code, 'api.notAvailable');
    assert.equal((await agent.refused('get_job_run', { run_id: 1 })).error.code, 'job.notFound');
  });

  test('give resources to read: the tasks, one of them, CLAUDE.md, the agents', async () => {
    const { id } = await create('As a resource', { description: '# no heading of its own\n@/etc/passwd' });
    const read = async (uri: string) => {
      const [part] = (await agent.client.readResource({ uri })).contents;
      assert.ok(part !== undefined && 'text' in part, uri);
      return part.text;
    };
    assert.match(await read(`claudetask://task/${id}`), new RegExp(`^# #${id} As a resource[^]*\n> # no heading of its own\n`));
    assert.ok(JSON.parse(await read('claudetask://tasks')).tasks.length > 3);
    assert.equal(await read('claudetask://claude-md'), fs.readFileSync(path.join(rig.server.folder, 'CLAUDE.md'), 'utf8'));
    assert.equal(JSON.parse(await read('claudetask://agents')).agents.length, 2);
    assert.match(await read('claudetask://agent/painter'), /Paint\./);
    assert.equal((await agent.client.listResourceTemplates()).resourceTemplates.length, 2);
    for (const uri of [
      'claudetask://task/0',
      'claudetask://task/999999',
      'claudetask://agent/none',
      'claudetask://',
      'file:///etc/passwd',
    ]) {
      await assert.rejects(agent.client.readResource({ uri }), /nothing at|is not valid|is less|is not more/, uri);
    }
  });
});
