import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { RunnerRig } from '../../rig/jobRunner.ts';
import type { RunnerRun } from '../../rig/jobRunner.ts';
import { startSite, type Site } from '../../rig/sites/site.ts';
import { tempWorkspace, type TempWorkspace } from '../../rig/tempWorkspace.ts';

const fast = { pagesPerMinute: 'unlimited' } as const;
const fields = { code: { cell: 1 }, text: { cell: 2 } };

/** What became of a run, in a line: for messages of failed tests too. */
const outcome = (run: RunnerRun) => {
  const end = run.of('end')[0];
  return end === undefined ? 'no end' : `${end.outcome}${end.failure === undefined ? '' : ` ${end.failure.code}: ${end.failure.message}`}`;
};

describe('the steps of a job', () => {
  let site: Site;
  let folder: TempWorkspace;
  let rig: RunnerRig;
  before(async () => {
    site = await startSite();
    folder = await tempWorkspace({ 'drawings/plan.txt': 'A plan' });
    rig = new RunnerRig(folder);
  });
  after(async () => {
    await rig[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const job = (steps: object[], more: object = {}) => ({ hosts: [site.host], limits: fast, steps, ...more });
  const done = async (steps: object[], more: object = {}, options: Parameters<RunnerRig['run']>[1] = {}) => {
    const run = await rig.run(job(steps, more), options);
    assert.equal(outcome(run), 'done');
    return run;
  };
  const failed = async (steps: object[], more: object = {}, options: Parameters<RunnerRig['run']>[1] = {}) => {
    const run = await rig.run(job(steps, more), options);
    const end = run.of('end')[0]!;
    assert.equal(end.outcome, 'failed', outcome(run));
    return { run, failure: end.failure! };
  };

  test('fill, choose, tick, press, point and scroll do what their names say', async () => {
    const run = await done(
      [
        { goto: `${site.origin}/inputs` },
        { fill: { label: 'Project name' }, with: 'Tower {{inputs.tower}}' },
        { select: { label: 'Trade' }, option: 'Mechanical' },
        { check: { label: 'I agree' } },
        { hover: { role: 'button', name: 'Send' } },
        { scroll: 'bottom' },
        { press: 'Tab', on: { placeholder: 'Search projects' } },
        { set: { project: '{{inputs.tower}}', label: { textOf: { testId: 'send' } }, id: { attr: 'name', of: { label: 'Trade' } } } },
        { click: { testId: 'send' }, write: false },
        { assert: { visible: { text: 'sent', exact: true } } },
        { say: 'project {{vars.project}}, {{vars.label}}, {{vars.id}}' },
      ],
      {},
      { inputs: { tower: 7 } },
    );
    assert.deepEqual(
      run.of('log').map((line) => line.message),
      ['project 7, Send now, trade'],
    );
    assert.deepEqual(
      run.entries().map((entry) => [entry.step, entry.kind, entry.result]),
      ['goto', 'fill', 'select', 'check', 'hover', 'scroll', 'press', 'set', 'click', 'assert', 'say'].map((kind, i) => [
        String(i),
        kind,
        'ok',
      ]),
    );
  });

  test('the log holds what was done and where, and neither typed texts nor queries', async () => {
    const run = await done([
      { goto: `${site.origin}/inputs?secret=canary-query` },
      { fill: { label: 'Project name' }, with: 'canary-typed' },
      { click: { testId: 'send' } },
    ]);
    assert.deepEqual(
      run.entries().map((entry) => [entry.what, entry.where]),
      [
        [`Open ${site.host}/inputs`, `${site.host}/inputs`],
        ['Fill field "Project name"', `${site.host}/inputs`],
        ['Click element "send"', `${site.host}/inputs`],
      ],
    );
    assert.ok(!JSON.stringify(run.messages.filter((one) => one.kind !== 'commit')).includes('canary-'));
    assert.ok(!JSON.stringify(run.entries()).includes('canary-'));
  });

  test('every list page is read, in order, and the collection is complete', async () => {
    site.set({ total: 60 });
    const run = await done([
      { goto: `${site.origin}/rfis` },
      {
        id: 'rfis',
        forEachPage: { next: { role: 'link', name: 'Next' } },
        extract: { rows: 'table tbody tr', fields: { number: { column: 'Number' }, subject: { column: 'Subject' } }, key: 'number' },
      },
    ]);
    site.set({ total: 1250 });
    assert.equal(run.rows('rfis').size, 60);
    assert.deepEqual(run.of('end')[0]!.complete, ['rfis']);
    assert.deepEqual([...new Set([...run.rows('rfis').values()].map((row) => row.page))], [1, 2, 3]);
    assert.deepEqual(run.rows('rfis').values().next().value?.url, `${site.host}/rfis`);
  });

  test('a job that wants fewer pages than there are ends early, and what it read is not complete', async () => {
    const pages = { goto: `${site.origin}/rfis` };
    const each = {
      id: 'rfis',
      forEachPage: { next: { role: 'link', name: 'Next' }, max: 2 },
      extract: { rows: 'table tbody tr', fields: { number: { cell: 1 } }, key: 'number' },
    };
    const run = await done([pages, each]);
    assert.equal(run.rows('rfis').size, 50);
    assert.deepEqual(run.of('end')[0]!.complete, []);
    const limited = await done([pages, { ...each, forEachPage: { next: { role: 'link', name: 'Next' } } }], {
      limits: { ...fast, maxPages: 3 },
    });
    assert.equal(limited.rows('rfis').size, 75);
    assert.deepEqual(limited.of('end')[0]!.complete, []);
  });

  test('more records than the job allows end it', async () => {
    const { failure } = await failed(
      [
        { goto: `${site.origin}/rfis` },
        { id: 'rfis', extract: { rows: 'table tbody tr', fields: { number: { cell: 1 } }, key: 'number' } },
      ],
      { limits: { ...fast, maxRecords: 10 } },
    );
    assert.equal(failure.code, 'job.limit');
  });

  test('rows can be gone through one by one, and their pages read', async () => {
    const run = await done([
      { goto: `${site.origin}/rfis` },
      {
        id: 'list',
        extract: {
          rows: 'table tbody tr',
          fields: { link: { css: 'td:first-child a', attr: 'href', as: 'url' }, number: { cell: 1 } },
          key: 'number',
        },
      },
      {
        forEach: { in: '{{steps.list}}', as: 'rfi', max: 3 },
        steps: [
          { goto: '{{rfi.link}}' },
          { id: 'details', extract: { fields: { number: { css: 'dd.number' }, assignee: { css: 'dd.assignee' } }, key: 'number' } },
          { if: { equals: ['{{rfi.number}}', 'never'] }, steps: [{ say: 'no' }], else: [{ say: 'seen {{rfi.number}}' }] },
        ],
      },
    ]);
    assert.equal(run.rows('details').size, 3);
    assert.equal(run.of('log').length, 3);
    assert.deepEqual([...run.rows('details').keys()], [...run.rows('list').keys()].slice(0, 3));
  });

  test('steps on each page may lead elsewhere: the list goes on where it was', async () => {
    site.set({ total: 75 });
    for (const [address, next] of [
      ['/rfis', { role: 'link', name: 'Next' }],
      ['/spa', { role: 'button', name: 'Next' }],
    ] as const) {
      const run = await done([
        { goto: `${site.origin}${address}` },
        {
          id: 'all',
          forEachPage: { next },
          extract: { rows: 'table tbody tr', fields: { number: { cell: 1 } }, key: 'number' },
          steps: [{ goto: `${site.origin}/rfis/1001` }],
        },
      ]);
      assert.equal(run.rows('all').size, 75, address);
    }
    site.set({ total: 1250 });
  });

  test('data is asked for with the session of the browser', async () => {
    const run = await done([
      { goto: `${site.origin}/` },
      {
        id: 'api',
        request: `${site.origin}/api/rfis?page=1&per_page=20`,
        nextPage: 'link',
        max: 3,
        extract: { json: 'results', fields: { number: { path: 'number' } }, key: 'number' },
      },
    ]);
    assert.equal(run.rows('api').size, 60);
    assert.deepEqual(run.of('end')[0]!.complete, []);
  });

  test('frames and open shadow roots are no obstacle', async () => {
    const run = await done([
      { goto: `${site.origin}/frames` },
      {
        id: 'inner',
        extract: {
          within: { candidates: [{ css: 'table' }], frame: [{ css: '#outer' }, { css: '#inner' }] },
          rows: 'tbody tr',
          fields,
          key: 'code',
        },
      },
      { click: { candidates: [{ role: 'button', name: 'Press me' }], frame: [{ title: 'Outer' }] } },
      { assert: { visible: { candidates: [{ role: 'button', name: 'Pressed' }], frame: [{ title: 'Outer' }] } } },
      { goto: `${site.origin}/shadow` },
      { click: { role: 'button', name: 'Reload' } },
      { waitFor: { visible: { role: 'button', name: 'Reloaded' } } },
    ]);
    assert.deepEqual([...run.rows('inner').keys()], ['IN-1', 'IN-2', 'IN-3']);
  });

  test('a window that a click opens is worked in, and left when it closes', async () => {
    const run = await done([
      { goto: `${site.origin}/popup` },
      { click: { role: 'button', name: 'Open report' }, opens: 'popup' },
      { id: 'report', extract: { rows: 'tbody tr', fields, key: 'code' } },
      { click: { role: 'button', name: 'Close' } },
      { assert: { visible: { role: 'heading', name: 'Reports' } } },
    ]);
    assert.deepEqual([...run.rows('report').keys()], ['REP-1', 'REP-2', 'REP-3']);
  });

  test('messages of the page do not stop a job: what could change something is declined in read-only mode', async () => {
    const run = await done([
      { goto: `${site.origin}/dialogs` },
      { click: { role: 'button', name: 'Alert' } },
      { waitFor: { text: 'alerted' } },
      { click: { role: 'button', name: 'Confirm' } },
      { set: { answer: { textOf: { css: '#answer' } } } },
      { say: '{{vars.answer}}' },
    ]);
    assert.equal(run.of('log').at(-1)!.message, 'no');
    const write = await done(
      [
        { goto: `${site.origin}/dialogs` },
        { click: { role: 'button', name: 'Confirm' } },
        { set: { answer: { textOf: { css: '#answer' } } } },
        { say: '{{vars.answer}}' },
      ],
      { mode: 'write' },
    );
    assert.equal(write.of('log').at(-1)!.message, 'yes');
  });

  test('files of the workspace are uploaded, and no others', async () => {
    await done([{ goto: `${site.origin}/inputs` }, { upload: { label: 'Files' }, files: 'drawings/plan.txt' }]);
    fs.symlinkSync('/etc/hostname', folder.file('drawings/link.txt'));
    const { failure } = await failed([{ goto: `${site.origin}/inputs` }, { upload: { label: 'Files' }, files: 'drawings/link.txt' }]);
    assert.equal(failure.code, 'file.outside');
  });

  test('a download is put where the job says, with its hash in the log', async () => {
    const run = await done([
      { goto: `${site.origin}/export` },
      { download: { click: { role: 'button', name: 'Export' } }, saveAs: 'data/by-click.csv' },
      { download: { url: `${site.origin}/export/schedule.csv` }, saveAs: 'data/by-address.csv' },
    ]);
    assert.deepEqual(fs.readFileSync(folder.file('data/by-click.csv')), fs.readFileSync(folder.file('data/by-address.csv')));
    const [first, second] = run.entries().filter((entry) => entry.kind === 'download');
    assert.match(first!.sha256!, /^[0-9a-f]{64}$/);
    assert.equal(first!.sha256, second!.sha256);
  });

  test('a download that breaks off is tried again', async () => {
    const address = `${site.origin}/export/schedule.csv`;
    await done([{ download: { url: address }, saveAs: 'data/whole.csv' }]);
    site.set({ brokenDownloads: 1 });
    const run = await done([{ download: { url: address }, saveAs: 'data/again.csv' }]);
    assert.deepEqual(
      run.entries().map((entry) => entry.result),
      ['failed', 'retried'],
    );
    // A browser takes up a download again by itself.
    site.set({ brokenDownloads: 1 });
    await done([
      { goto: `${site.origin}/export` },
      { download: { click: { role: 'button', name: 'Export' } }, saveAs: 'data/resumed.csv' },
    ]);
    for (const name of ['again', 'resumed'])
      assert.deepEqual(fs.readFileSync(folder.file(`data/${name}.csv`)), fs.readFileSync(folder.file('data/whole.csv')));
    for (const download of [{ url: address }, { click: { role: 'button', name: 'Export' } }]) {
      site.set({ brokenDownloads: 99 });
      const { failure } = await failed([{ goto: `${site.origin}/export` }, { download, saveAs: 'data/never.csv', retry: 0 }]);
      assert.equal(failure.code, 'job.download');
      assert.ok(!fs.existsSync(folder.file('data/never.csv')));
    }
    site.set({ brokenDownloads: 0 });
  });

  test('a picture is kept with the run, or put into the workspace', async () => {
    const run = await done([{ goto: `${site.origin}/inputs` }, { screenshot: true }, { screenshot: 'pictures/page.png', fullPage: true }]);
    const kept = run.of('commit').flatMap((one) => one.files ?? []);
    assert.deepEqual(
      kept.map((file) => file.kind),
      ['screenshot', 'screenshot'],
    );
    assert.equal(fs.readFileSync(folder.file('pictures/page.png')).toString('latin1', 1, 4), 'PNG');
  });

  test('a job runs another one in its own session, and keeps its own values', async () => {
    const other = {
      name: 'Other',
      version: 1,
      hosts: [site.host],
      inputs: { code: {} },
      steps: [{ set: { mine: 'other {{inputs.code}}' } }, { say: '{{vars.mine}}' }],
    };
    const run = await done(
      [{ set: { mine: 'first' } }, { runJob: 'other', with: { code: '7' } }, { say: '{{vars.mine}}' }],
      {},
      { jobs: { other } },
    );
    assert.deepEqual(
      run.of('log').map((line) => line.message),
      ['other 7', 'first'],
    );
  });

  test('the user is asked, and the answer is kept in memory only', async () => {
    const steps = [{ pause: 'Which project?', answer: 'project' }, { confirm: 'Go on with {{vars.project}}?' }, { say: 'got it' }];
    const run = await done(steps, {}, { answer: (ask) => (ask.about === 'question' ? 'canary-answer' : 'Yes') });
    assert.deepEqual(
      run.of('ask').map((ask) => [ask.about, ask.choices]),
      [
        ['question', []],
        ['confirm', ['Yes', 'No']],
      ],
    );
    assert.ok(!JSON.stringify(run.of('commit')).includes('canary-answer'));
    const no = await rig.run(job(steps), { answer: (ask) => (ask.about === 'question' ? 'x' : 'No') });
    assert.equal(no.of('end')[0]!.outcome, 'cancelled');
  });

  test('step by step, each step waits for the user', async () => {
    const answers = ['Run this step', 'Skip it', 'Run the rest'];
    const run = await done(
      [{ say: 'one' }, { say: 'two' }, { say: 'three' }, { say: 'four' }],
      {},
      { stepwise: true, answer: () => answers.shift() },
    );
    assert.deepEqual(
      run.of('log').map((line) => line.message),
      ['one', 'three', 'four'],
    );
  });

  test('a step is skipped when it is disabled, or its condition does not hold', async () => {
    const run = await done([{ say: 'no', disabled: true }, { say: 'no', when: { equals: ['a', 'b'] } }, { say: 'yes' }]);
    assert.deepEqual(
      run.entries().map((entry) => entry.result),
      ['skipped', 'skipped', 'ok'],
    );
  });

  test('a run can begin in the middle: what leads there is done first, and nothing is complete then', async () => {
    const steps = [
      { goto: `${site.origin}/rfis?page=2` },
      { say: 'not this' },
      { id: 'here', extract: { rows: 'table tbody tr', fields: { number: { cell: 1 } }, key: 'number' } },
    ];
    for (const fromStep of ['2', 'here']) {
      const run = await done(steps, {}, { fromStep });
      assert.equal(run.rows('here').size, 25);
      assert.deepEqual(run.of('log'), []);
      assert.deepEqual(run.of('end')[0]!.complete, []);
    }
  });
});
