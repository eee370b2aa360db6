import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import * as fs from 'node:fs';
import { text } from 'node:stream/consumers';
import { before, describe, test } from 'node:test';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { tempWorkspace } from '../../rig/tempWorkspace.ts';
import { eventually, open } from '../store/rig.ts';
import { connectTo, eras, stdioProgram } from './mcpRig.ts';
import type { Era, McpClient } from './mcpRig.ts';

let program: string;
before(async () => {
  program = await stdioProgram();
});

const secret = 'sk-do-not-log-this';

async function connect(folder: string, era: Era = '2026-07-28', args: readonly string[] = []): Promise<McpClient & { pid: number }> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, '--folder', folder, '--name', 'stdio agent', ...args],
    stderr: 'pipe',
    env: { HOME: folder, PATH: process.env.PATH ?? '' },
  });
  const client = await connectTo(transport, era);
  return { ...client, pid: transport.pid ?? 0 };
}

interface Ended {
  code: number | null;
  out: string;
  error: string;
  ms: number;
}

function start(args: readonly string[], folder: string): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [program, ...args], { env: { HOME: folder, PATH: process.env.PATH, ANTHROPIC_API_KEY: secret } });
}

/** Sends a message and waits for the answer, then ends it, and waits for that. */
async function converse(child: ChildProcessWithoutNullStreams, message: object, end: () => void): Promise<Ended> {
  const out = text(child.stdout);
  const error = text(child.stderr);
  const answered = new Promise((resolve) => child.stdout.once('data', resolve).once('end', resolve));
  child.stdin.write(`${JSON.stringify(message)}\n`);
  await answered;
  const at = performance.now();
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
  end();
  return { code: await code, ms: performance.now() - at, out: await out, error: await error };
}

async function refusal(args: readonly string[], folder: string): Promise<Pick<Ended, 'code' | 'out' | 'error'>> {
  const child = start(args, folder);
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, out, error };
}

const toolCall = (name: string, input: object) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: {
    name,
    arguments: input,
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
});

describe('MCP over stdio', () => {
  for (const era of eras) {
    test(`does a task from beginning to end, as of ${era}`, async () => {
      await using project = await tempWorkspace();
      await using one = await connect(project.folder, era);
      const { task } = await one.ask('create_task', { title: 'Over stdio', status: 'Ready' });
      assert.equal((await one.ask('claim_task')).task.id, task.id);
      await one.ask('update_status', { task_id: task.id, status: 'Testing' });
      await one.ask('append_stage_result', { task_id: task.id, status: 'Testing', summary: 'Works' });
      const { entries } = await one.ask('get_history', { task_id: task.id });
      assert.deepEqual(
        new Set(entries.map(({ by }: { by: { kind: string; name: string } }) => `${by.kind} ${by.name}`)),
        new Set(['agent stdio agent']),
      );
    });
  }

  test('makes no database by looking, and one by the first change', async () => {
    await using project = await tempWorkspace({ 'CLAUDE.md': '# Rules\n', '.claude/agents/a.md': '---\nname: a\ndescription: b\n---\n' });
    await using one = await connect(project.folder);
    assert.equal((await one.ask('get_task_queue')).total, 0);
    assert.equal((await one.ask('verify_connection')).tasks.Backlog, 0);
    assert.equal((await one.ask('claim_task')).task, null);
    assert.equal((await one.ask('list_agents')).total, 1);
    assert.equal((await one.ask('read_claude_config')).text, '# Rules\n');
    await one.ask('create_task', { title: 'First' });
    assert.ok(fs.existsSync(project.file('.claudetask', 'claudetask.db')));
    assert.equal((await one.ask('get_task_queue')).total, 1);
  });

  test('works beside a window that is open: each sees what the other does', async () => {
    await using project = await tempWorkspace();
    await using window = await open(project.folder);
    await window.store.call('task.create', { title: 'From the window', status: 'Ready' });
    assert.equal(window.store.state.role, 'owner');
    const seen: string[] = [];
    window.store.onDidChange(({ name, body }) => seen.push(`${name} by ${body.actor.name}`));
    await using one = await connect(project.folder);
    assert.equal((await one.ask('get_task_queue')).tasks[0].title, 'From the window');
    const { task } = await one.ask('claim_task');
    await eventually('the window is told of it', () => seen.includes('task.claim by stdio agent'));
    assert.equal((await window.store.call('task.get', { id: task.id })).assignee, '@stdio agent');
    await window.store.call('task.update', { id: task.id, patch: { title: 'Changed by the window' } });
    assert.equal((await one.ask('get_task', { task_id: task.id })).task.title, 'Changed by the window');
  });

  test('goes on when the window closes, and finds what was made there', async () => {
    await using project = await tempWorkspace();
    const window = await open(project.folder);
    await window.store.call('task.create', { title: 'Stays' });
    await using one = await connect(project.folder);
    assert.equal((await one.ask('get_task_queue')).total, 1);
    await window[Symbol.asyncDispose]();
    await one.ask('create_task', { title: 'After' });
    assert.equal((await one.ask('get_task_queue')).total, 2);
  });

  test('holds to the rules in the settings of the folder, as they are at the time, and does not change them', async () => {
    const settings = (limit: number) => `{\n  // typed by hand\n  "claudetask.workflow.wipLimits": { "Testing": ${limit}, },\n}`;
    await using project = await tempWorkspace({ '.vscode/settings.json': settings(1) });
    await using one = await connect(project.folder, '2026-07-28', ['--tools', 'all']);
    await one.ask('create_task', { title: 'Fits', status: 'Testing' });
    const { error } = await one.refused('create_task', { title: 'Does not', status: 'Testing' });
    assert.deepEqual([error.code, error.details.reason], ['workflow.refused', 'wip']);
    fs.writeFileSync(project.file('.vscode', 'settings.json'), settings(20));
    await one.ask('create_task', { title: 'Fits now', status: 'Testing' });
    assert.deepEqual((await one.ask('get_project_settings')).workflow.wip_limits, { Testing: 20 });
    assert.equal(fs.readFileSync(project.file('.vscode', 'settings.json'), 'utf8'), settings(20));
  });

  test('runs no jobs: nobody has given it leave to', async () => {
    await using project = await tempWorkspace();
    await using one = await connect(project.folder);
    assert.equal((await one.refused('run_job', { job: 'x' })).error.code, 'operation.forbidden');
  });

  test('lists the core tools, or all of them where asked to', async () => {
    await using project = await tempWorkspace();
    await using core = await connect(project.folder);
    assert.equal((await core.client.listTools()).tools.length, 12);
    await using all = await connect(project.folder, '2026-07-28', ['--tools', 'all']);
    assert.ok((await all.client.listTools()).tools.length > 20);
  });

  for (const [how, end] of [
    ['when its input ends', (child: ChildProcessWithoutNullStreams) => void child.stdin.end()],
    ['at SIGTERM', (child: ChildProcessWithoutNullStreams) => void child.kill('SIGTERM')],
    ['at SIGINT', (child: ChildProcessWithoutNullStreams) => void child.kill('SIGINT')],
  ] as const) {
    test(`closes cleanly and within two seconds ${how}, with nothing but the protocol on stdout and no secret on stderr`, async () => {
      await using project = await tempWorkspace();
      const child = start(['--folder', project.folder], project.folder);
      const { code, out, error, ms } = await converse(child, toolCall('create_task', { title: 'Durable' }), () => end(child));
      assert.equal(code, 0, error);
      assert.ok(ms < 2000, `${Math.round(ms)} ms`);
      const answers = out.trimEnd().split('\n');
      assert.equal(Object(JSON.parse(answers[0] ?? '')).result.isError, undefined);
      assert.equal(answers.length, 1);
      assert.doesNotMatch(error, new RegExp(secret));
      // Clean: the log was worked into the file.
      assert.deepEqual(
        fs
          .readdirSync(project.file('.claudetask'))
          .filter((name) => name.endsWith('-wal') && fs.statSync(project.file('.claudetask', name)).size > 0),
        [],
      );
      await using window = await open(project.folder);
      assert.equal((await window.store.call('task.list', {})).tasks[0]?.title, 'Durable');
    });
  }

  test('refuses a folder that is not there, a file for a folder, and arguments it does not know', async () => {
    await using project = await tempWorkspace({ file: '' });
    for (const [args, said] of [
      [['--folder', project.file('nowhere')], /cannot be opened.*Name one that exists/],
      [['--folder', project.file('file')], /is no folder/],
      [[], /--folder is missing/],
      [['--folder', project.folder, '--colour', 'red'], /colour/],
      [['--folder', project.folder, '--tools', 'some'], /neither core nor all/],
    ] as const) {
      const { code, out, error } = await refusal(args, project.folder);
      assert.deepEqual([code, out], [2, '']);
      assert.match(error, said);
    }
    assert.deepEqual(fs.readdirSync(project.folder), ['file']);
  });
});
