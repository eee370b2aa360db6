import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import * as vscode from 'vscode';
import type { HandlersOf } from '../../src/host/commands/handler.ts';
import { jobHandlers } from '../../src/host/commands/jobs.ts';
import { fileNameOf, makeJobFile } from '../../src/host/commands/jobsFile.ts';
import { eventually } from '../rig/eventually.ts';
import { entry, jobsRig, jobText, readsRows, type JobsRig, type Script } from './jobsRig.ts';

interface Commands extends AsyncDisposable {
  rig: JobsRig;
  run: HandlersOf<'job'>;
  /** The job as lenses and pages name it. */
  address(job: string): { folder: string; job: string };
  ended(job: string): Promise<string>;
}

/** The person has let jobs read the host before. */
async function commands(jobs: Readonly<Record<string, string>>): Promise<Commands> {
  const rig = await jobsRig(jobs);
  await rig.deps.memory.agree(rig.tasks.key, ['app.example.com']);
  return {
    rig,
    run: jobHandlers(rig.deps),
    address: (job) => ({ folder: rig.tasks.key, job }),
    ended: async (job) => {
      const run = await eventually('the end of the run', () => {
        const [newest] = rig.jobs.runsOf(job);
        return newest && ['done', 'failed', 'cancelled'].includes(newest.state) ? newest : undefined;
      });
      return run.state;
    },
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}

/** Accepts what is asked until the command is done; what VS Code shows cannot be asked for. */
async function accepting(work: unknown): Promise<void> {
  let isDone = false;
  const ended = Promise.resolve(work).finally(() => (isDone = true));
  await eventually(
    'the end of the command',
    async () => {
      if (!isDone) await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return isDone;
    },
    20_000,
    100,
  );
  await ended;
}

/** Puts away the messages that a command waits for. */
async function dismissing(work: unknown): Promise<void> {
  let isDone = false;
  const ended = Promise.resolve(work).finally(() => (isDone = true));
  await eventually('the end of the command', async () => {
    if (!isDone) await vscode.commands.executeCommand('notifications.clearAll');
    return isDone;
  });
  await ended;
}

const untilCancelled: Script = async ({ start: { run }, say, heard }) => {
  say({ kind: 'running', run });
  await heard('cancel');
  say({ kind: 'end', run, seq: 1, outcome: 'cancelled', failure: undefined, entries: [], files: undefined, complete: [] });
};

describe('the commands on jobs', () => {
  test('run starts a job with what it asks for, and remembers it for the next time', async () => {
    await using c = await commands({ rfis: jobText('Open RFIs', 'inputs: { project: { default: "P-7" } }\n') });
    await accepting(c.run['claudetask.job.run'](c.address('rfis')));
    assert.equal(await c.ended('rfis'), 'done');
    const store = await c.rig.tasks.open();
    const { inputs } = await store.call('job.run', { run: 1 });
    assert.deepEqual(inputs, { project: 'P-7' });
    assert.deepEqual(c.rig.deps.memory.inputs(c.rig.tasks.key, 'rfis'), { project: 'P-7' });
  });

  test('run opens a file with errors at the first one, and starts nothing', async () => {
    await using c = await commands({ broken: 'name: Broken\nversion: 1\nhosts: [app.example.com]\nsteps:\n  - clikc: { text: Go }\n' });
    await c.run['claudetask.job.run'](c.address('broken'));
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.toString(), c.rig.uri('.claudetask/jobs/broken.job.yaml').toString());
    assert.equal(editor.selection.active.line, 4);
    assert.equal([...c.rig.jobs.runs].length, 0);
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  test('run of a job that is running starts no second run', async () => {
    await using c = await commands({ rfis: jobText('Open RFIs') });
    c.rig.play(untilCancelled);
    await c.run['claudetask.job.run'](c.address('rfis'));
    await eventually('the run', () => c.rig.jobs.runsOf('rfis')[0]?.state === 'running');
    await dismissing(c.run['claudetask.job.run'](c.address('rfis')));
    assert.equal(c.rig.jobs.runsOf('rfis').length, 1);
    await c.run['claudetask.job.cancel'](c.address('rfis'));
    assert.equal(await c.ended('rfis'), 'cancelled');
  });

  test('resume takes a cancelled run up where it was', async () => {
    await using c = await commands({ rfis: jobText('Open RFIs') });
    c.rig.play(async (play) => {
      const { run } = play.start;
      play.say({ kind: 'running', run });
      play.say({
        kind: 'commit',
        run,
        seq: 1,
        checkpoint: { page: 4 },
        entries: [entry('Open page 4')],
        records: undefined,
        files: undefined,
        healed: undefined,
        step: 'Page 4',
      });
      await play.heard('cancel');
      play.say({ kind: 'end', run, seq: 2, outcome: 'cancelled', failure: undefined, entries: [], files: undefined, complete: [] });
    });
    await c.run['claudetask.job.run'](c.address('rfis'));
    await eventually('the page', () => c.rig.jobs.runsOf('rfis')[0]?.step === 'Page 4');
    await c.run['claudetask.job.cancel'](c.address('rfis'));
    assert.equal(await c.ended('rfis'), 'cancelled');
    let checkpoint: unknown;
    c.rig.play(async (play) => {
      checkpoint = play.start.checkpoint;
      await readsRows(1)(play);
    });
    await c.run['claudetask.job.resume'](c.address('rfis'));
    await eventually('the end', () => c.rig.jobs.runsOf('rfis')[0]?.state === 'done');
    assert.deepEqual(checkpoint, { page: 4 });
    assert.equal(c.rig.jobs.runsOf('rfis').length, 1);
  });

  test('answer passes on what is picked', async () => {
    await using c = await commands({ rfis: jobText('Open RFIs') });
    let answer: unknown;
    c.rig.play(async ({ start: { run }, say, heard }) => {
      say({ kind: 'waiting', run, for: 'user', reason: 'Send 3 answers?' });
      say({ kind: 'ask', run, ask: 1, about: 'confirm', message: 'Send 3 answers?', screenshot: null, choices: [] });
      answer = (await heard('answer')).answer;
      say({ kind: 'end', run, seq: 1, outcome: 'done', failure: undefined, entries: [], files: undefined, complete: [] });
    });
    await c.run['claudetask.job.run'](c.address('rfis'));
    await eventually('the question', () => c.rig.jobs.askOf(1) && c.rig.jobs.run(1)?.state === 'waiting');
    await accepting(c.run['claudetask.job.answer'](c.address('rfis')));
    assert.equal(await c.ended('rfis'), 'done');
    assert.equal(answer, true);
  });

  test('step through stops before each step and shows the run', async () => {
    await using c = await commands({ rfis: jobText('Open RFIs') });
    let isStepwise = false;
    c.rig.play(async (play) => {
      isStepwise = play.start.stepwise;
      await readsRows(1)(play);
    });
    await c.run['claudetask.job.stepThrough'](c.address('rfis'));
    assert.equal(await c.ended('rfis'), 'done');
    assert.ok(isStepwise);
    assert.deepEqual(c.rig.shown, ['run 1']);
  });

  test('run from a step says where to begin', async () => {
    await using c = await commands({ rfis: jobText('Open RFIs') });
    let fromStep: string | null = null;
    c.rig.play(async (play) => {
      ({ fromStep } = play.start);
      await readsRows(1)(play);
    });
    await c.run['claudetask.job.runFromStep'](c.address('rfis'), '1');
    assert.equal(await c.ended('rfis'), 'done');
    assert.equal(fromStep, '1');
  });

  test('schedule switches a schedule on, and off again', async () => {
    await using c = await commands({ rfis: jobText('Open RFIs', 'schedule: { every: 2h }\n') });
    await c.run['claudetask.job.schedule'](c.address('rfis'));
    const next = await eventually('the next time', () => c.rig.jobs.engine.schedules().get('rfis'));
    assert.ok(next > Date.now());
    await c.run['claudetask.job.schedule'](c.address('rfis'));
    assert.equal(c.rig.jobs.engine.schedules().size, 0);
  });

  test('create tasks makes one for each chosen record, and none a second time', async () => {
    await using c = await commands({ rfis: jobText('Open RFIs') });
    await c.run['claudetask.job.run'](c.address('rfis'));
    assert.equal(await c.ended('rfis'), 'done');
    const chosen = { ...c.address('rfis'), collection: 'rfis', keys: ['r0', 'r1'] };
    await accepting(c.run['claudetask.job.createTasks'](chosen));
    await accepting(c.run['claudetask.job.createTasks'](chosen));
    const { tasks } = await (await c.rig.tasks.open()).call('task.list', {});
    assert.deepEqual(tasks.map(({ title }) => title).sort(), ['0 Subject 0', '1 Subject 1']);
  });

  test('dry run shows what would happen, and runs nothing', async () => {
    await using c = await commands({ rfis: jobText('Open RFIs') });
    await c.run['claudetask.job.dryRun'](c.address('rfis'));
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /app\.example\.com\/rfis/);
    assert.match(text, /read-only/);
    assert.equal([...c.rig.jobs.runs].length, 0);
  });

  test('import makes a job of a recording and leaves out what was typed into a password field', async () => {
    await using c = await commands({});
    const recording = {
      title: 'Sign in',
      steps: [
        { type: 'setViewport', width: 900, height: 700 },
        { type: 'navigate', url: 'https://app.example.com/login' },
        { type: 'change', selectors: [['#password']], value: 'canary-5up3rsecret' },
        { type: 'click', selectors: [['aria/Sign in']], offsetX: 1, offsetY: 1 },
      ],
    };
    fs.writeFileSync(c.rig.uri('sign-in.json').fsPath, JSON.stringify(recording));
    await c.run['claudetask.job.importRecording'](c.rig.uri('sign-in.json'));
    const text = fs.readFileSync(c.rig.uri('.claudetask/jobs/sign-in.job.yaml').fsPath, 'utf8');
    assert.match(text, /^# Imported from sign-in\.json\.\n# /);
    assert.match(text, /name: Sign in/);
    assert.doesNotMatch(text, /canary/);
  });

  test('a recording runs as it is, without a job file', async () => {
    await using c = await commands({});
    const recording = { title: 'Look', steps: [{ type: 'navigate', url: 'https://app.example.com/a' }] };
    fs.writeFileSync(c.rig.uri('look.json').fsPath, JSON.stringify(recording));
    await c.run['claudetask.job.run'](c.rig.uri('look.json'));
    assert.equal(await c.ended('look'), 'done');
    assert.ok(!fs.existsSync(c.rig.uri('.claudetask/jobs/look.job.yaml').fsPath));
  });

  test('healed locators are put first in the file, which is left unsaved', async () => {
    const text = jobText('Open RFIs').replace(
      '  - id: rfis',
      '  - click: [ { testId: old }, { role: button, name: Next } ] # keep\n  - id: rfis',
    );
    await using c = await commands({ rfis: text });
    c.rig.play(async ({ start: { run }, say, heard }) => {
      const [old, next] = [{ testId: 'old' }, { role: 'button', name: 'Next' }];
      say({ kind: 'running', run });
      say({
        kind: 'commit',
        run,
        seq: 1,
        checkpoint: { v: 1 },
        entries: [entry('Click button "Next"')],
        records: undefined,
        files: undefined,
        healed: [{ step: '1', taken: 1, before: [old, next], after: [next, old] }],
        step: undefined,
      });
      await heard('committed');
      say({ kind: 'end', run, seq: 2, outcome: 'done', failure: undefined, entries: [], files: undefined, complete: [] });
    });
    await c.run['claudetask.job.run'](c.address('rfis'));
    assert.equal(await c.ended('rfis'), 'done');
    await eventually('word of it', () => c.rig.jobs.healedOf('rfis'));
    await c.run['claudetask.job.applyHealed'](c.address('rfis'));
    await eventually('the change', async () => {
      await vscode.commands.executeCommand('notification.acceptPrimaryAction');
      return c.rig.jobs.healedOf('rfis') === undefined;
    });
    await eventually('the file in front', () => vscode.window.activeTextEditor?.document.isDirty);
    const document = vscode.window.activeTextEditor?.document;
    assert.match(document?.getText() ?? '', /- click: \[ \{ role: button, name: Next \}, \{ testId: old \} \] # keep/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  test('forgetting old runs keeps the newest and their records', async () => {
    await using c = await commands({ rfis: jobText('Open RFIs') });
    for (let count = 1; count <= 3; count++) {
      await c.run['claudetask.job.run'](c.address('rfis'));
      await eventually('the end', () => c.rig.jobs.runsOf('rfis').length === count && c.rig.jobs.runsOf('rfis')[0]?.state === 'done');
    }
    assert.equal(await c.rig.jobs.engine.prune(1), 2);
    await eventually('the forgotten runs to go', () => c.rig.jobs.runsOf('rfis').length === 1);
    assert.ok(c.rig.jobs.hasRecords('rfis'));
  });
});

describe('a new job file', () => {
  test('is called by its name, as files are', () => {
    assert.equal(fileNameOf('Open RFIs: Été 2026'), 'open-rfis-ete-2026');
    assert.equal(fileNameOf('???'), 'job');
  });

  test('never takes the name of another one', async () => {
    await using rig = await jobsRig({ 'open-rfis': jobText('Open RFIs') });
    const uri = await makeJobFile(rig.jobs, 'Open RFIs', jobText('Open RFIs'));
    assert.ok(uri.path.endsWith('/.claudetask/jobs/open-rfis-2.job.yaml'));
    assert.equal(fs.readFileSync(uri.fsPath, 'utf8'), jobText('Open RFIs'));
  });
});
