import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as vscode from 'vscode';
import type { JobInput } from '../../src/protocol/jobs/jobFile.ts';
import type { JobRun } from '../../src/protocol/jobs/runs.ts';
import { parseInputText } from '../../src/host/jobs/inputValue.ts';
import { JobOutputs } from '../../src/host/jobs/jobOutputs.ts';
import { runSpan, spanText, stateName, whenText } from '../../src/host/trees/jobs/runWords.ts';
import { eventually } from '../rig/eventually.ts';
import { jobsRig, jobText, readsRows } from './jobsRig.ts';

describe('a run that nobody looks at', () => {
  test('is told to menus while it goes on, and to its output line by line', async () => {
    await using rig = await jobsRig({ rfis: jobText('Open RFIs') });
    let letEnd = (): void => undefined;
    const mayEnd = new Promise<void>((resolve) => (letEnd = resolve));
    rig.play(async (play) => {
      play.say({ kind: 'running', run: play.start.run });
      await mayEnd;
      await readsRows(2)(play);
    });
    await rig.jobs.engine.start({ job: 'rfis' });
    await eventually('the key for menus', () => rig.contexts.get('claudetask.jobRunning'));
    letEnd();
    await eventually('the end', () => rig.contexts.get('claudetask.jobRunning') === false);
    assert.ok(
      rig.lines.some((line) => /^info: .*Read rows \(app\.example\.com\/rfis\)/.test(line)),
      rig.lines.join('\n'),
    );
  });

  test('is forgotten once there are many newer ones, and the newest are kept', async () => {
    await using rig = await jobsRig({ rfis: jobText('Open RFIs') });
    rig.keepRuns(2);
    for (let count = 1; count <= 13; count++) {
      const { id } = await rig.jobs.engine.start({ job: 'rfis' });
      await eventually('the end', () => rig.jobs.run(id)?.state === 'done');
    }
    await eventually('the old runs to go', () => rig.jobs.runsOf('rfis').length === 2);
    assert.deepEqual(
      rig.jobs.runsOf('rfis').map(({ id }) => id),
      [13, 12],
    );
  });

  test('has an output channel that shows what it did', async () => {
    await using rig = await jobsRig({ rfis: jobText('Open RFIs') });
    const outputs = new JobOutputs();
    const job = `output-${process.pid}`;
    outputs.write(rig.jobs, { run: 1, job, at: Date.now(), level: 'info', text: 'Read page 1' });
    outputs.show(rig.jobs, job);
    await eventually('the output', () =>
      vscode.window.visibleTextEditors.some(
        ({ document }) => document.uri.scheme === 'output' && document.getText().includes('#1 Read page 1'),
      ),
    );
    outputs.dispose();
    await vscode.commands.executeCommand('workbench.action.closePanel');
  });
});

describe('what is typed for an input', () => {
  const problem = (input: JobInput, text: string) => {
    const parsed = parseInputText('project', input, text);
    return 'problem' in parsed ? parsed.problem : undefined;
  };

  test('becomes a value of its kind', () => {
    assert.deepEqual(parseInputText('n', { type: 'number' }, ' 12.5 '), { value: 12.5 });
    assert.deepEqual(parseInputText('n', { type: 'boolean' }, 'true'), { value: true });
    assert.deepEqual(parseInputText('n', {}, ' P-7 '), { value: 'P-7' });
    assert.deepEqual(parseInputText('n', { optional: true }, ''), { value: null });
  });

  test('is refused by the rules of the job file, and the reason says why', () => {
    assert.match(problem({ type: 'number' }, 'many') ?? '', /project must be a number/);
    assert.match(problem({ type: 'choice', options: ['a', 'b'] }, 'c') ?? '', /one of a, b/);
    assert.match(problem({ pattern: '^P-\\d+$' }, 'Q-1') ?? '', /must match/);
    assert.match(problem({}, '') ?? '', /missing/);
  });

  test('of a secret input is looked at as it is typed', () => {
    assert.equal(problem({ secret: true }, ' with spaces '), undefined);
    assert.match(problem({ secret: true }, '') ?? '', /missing/);
  });
});

describe('what is remembered', () => {
  test('of hosts counts for reading and for writing apart', async () => {
    await using rig = await jobsRig({});
    const { memory } = rig.deps;
    await memory.agree('folder', ['app.example.com']);
    await memory.agree('folder', ['app.example.com', 'write app.example.com']);
    assert.deepEqual([...memory.agreed('folder')], ['app.example.com', 'write app.example.com']);
    assert.deepEqual([...memory.agreed('other')], []);
  });

  test('of schedules goes when they are switched off', async () => {
    await using rig = await jobsRig({});
    const schedules = rig.deps.memory.schedules('folder');
    await schedules.set('rfis', 5);
    await schedules.set('docs', 6);
    await schedules.set('rfis', undefined);
    assert.deepEqual([...schedules.all()], [['docs', 6]]);
  });
});

describe('the words for a run', () => {
  const run = (fields: Partial<JobRun>) => ({ startedAt: 0, endedAt: null, createdAt: 0, ...fields }) as JobRun;

  test('are short for times', () => {
    assert.deepEqual([0, 59_400, 61_000, 7_800_000].map(spanText), ['0s', '59s', '1m 01s', '2h 10m']);
    assert.equal(runSpan(run({ startedAt: 1000, endedAt: 4000 })), '3s');
    assert.equal(runSpan(run({ startedAt: null })), undefined);
  });

  test('name the time of today and the day of others', () => {
    const now = Date.now();
    assert.equal(whenText(run({ endedAt: now })), new Date(now).toLocaleTimeString(vscode.env.language, { timeStyle: 'short' }));
    assert.match(whenText(run({ endedAt: Date.UTC(2020, 4, 5, 12) })), /2020/);
  });

  test('say what it waits for', () => {
    assert.equal(stateName({ state: 'waiting', waitingFor: 'network' }), 'waits for the network');
    assert.equal(stateName({ state: 'waiting', waitingFor: 'user' }), 'needs you');
    assert.equal(stateName({ state: 'lost', waitingFor: null }), 'interrupted');
  });
});
