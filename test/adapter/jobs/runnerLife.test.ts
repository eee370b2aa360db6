import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { RunnerRig } from '../../rig/jobRunner.ts';
import type { RunnerRun, RunOptions } from '../../rig/jobRunner.ts';
import { startSite, type Site } from '../../rig/sites/site.ts';
import { canary, defaults } from '../../rig/sites/switches.ts';
import { tempWorkspace, type TempWorkspace } from '../../rig/tempWorkspace.ts';

const fast = { pagesPerMinute: 'unlimited' } as const;
const everyPage = {
  id: 'rfis',
  forEachPage: { next: { role: 'link', name: 'Next' } },
  extract: { rows: 'table tbody tr', fields: { number: { column: 'Number' }, subject: { column: 'Subject' } }, key: 'number' },
};

/** The browser's processes of a profile. */
const browserOf = (profile: string) =>
  execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`--user-data-dir=${profile}`) && !line.includes('--type='))
    .map((line) => Number.parseInt(line, 10));

describe('a run', () => {
  let site: Site;
  let folder: TempWorkspace;
  let rig: RunnerRig;
  before(async () => {
    site = await startSite({ total: 250 });
    folder = await tempWorkspace();
    rig = new RunnerRig(folder);
  });
  after(async () => {
    await rig[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  const job = (steps: object[], more: object = {}) => ({ hosts: [site.host], limits: fast, steps, ...more });
  const started = (steps: object[], more: object = {}, options: RunOptions = {}) => rig.start(job(steps, more), options);
  const said = (run: RunnerRun, kind: string, step: string) =>
    rig.until(`${kind} at ${step}`, () => run.of('progress').some((one) => one.step === step));

  test('that is cancelled ends in a third of a second, whatever it is doing, and leaves the browser for the next', async () => {
    const hanging = [{ goto: `${site.origin}/rfis` }, { goto: `${site.origin}/hanging` }];
    const looking = [{ goto: `${site.origin}/` }, { click: { text: 'never there' } }];
    const waiting = [{ goto: `${site.origin}/` }, { waitFor: { time: 60_000 } }];
    const asking = [{ goto: `${site.origin}/` }, { pause: 'Wait' }];
    const times: number[] = [];
    for (const steps of [hanging, looking, waiting, asking]) {
      const run = started(steps, {}, { answer: () => undefined });
      await said(run, 'progress', '1');
      const began = performance.now();
      rig.send({ kind: 'cancel', run: run.id });
      const end = await run.ended;
      times.push(performance.now() - began);
      assert.equal(end.outcome, 'cancelled');
    }
    const next = await rig.run(job([{ goto: `${site.origin}/` }]));
    assert.equal(next.of('end')[0]!.outcome, 'done');
    // Four times the bar: the machine that runs tests does other things as well.
    assert.ok(Math.max(...times) < 1200, times.map(Math.round).join(' '));
  });

  test('says something within moments of its start', async () => {
    const began = performance.now();
    const run = started([{ say: 'hello' }]);
    await rig.until('a word', () => run.messages.length > 0);
    assert.ok(performance.now() - began < 600);
    await run.ended;
  });

  test('is at most two messages ahead of the database, and not done before all are kept', async () => {
    const held: number[] = [];
    const run = started(
      [1, 2, 3, 4, 5].map((n) => ({ say: `${n}` })),
      {},
      { acknowledge: ({ seq }) => (held.push(seq), false) },
    );
    await rig.until('two messages', () => held.length === 2);
    rig.send({ kind: 'committed', run: run.id, seq: 1 });
    await rig.until('a third', () => held.length === 3);
    assert.deepEqual(run.of('end'), []);
    for (let seq = 2; run.of('end').length === 0; seq++) {
      rig.send({ kind: 'committed', run: run.id, seq });
      await rig.until('the next', () => held.includes(seq + 2) || held.length === 5);
      if (seq >= 5) await run.ended;
      else assert.deepEqual(run.of('end'), []);
    }
    assert.deepEqual(held, [1, 2, 3, 4, 5]);
  });

  test('whose browser is closed by the user is lost, and can be taken up again', async () => {
    const steps = [{ goto: `${site.origin}/rfis` }, { waitFor: { time: 60_000 } }];
    const run = started(steps, { session: { profile: 'closed' } });
    await said(run, 'progress', '1');
    for (const pid of browserOf(folder.file('profiles/closed'))) process.kill(pid, 'SIGTERM');
    const end = await run.ended;
    assert.equal(end.outcome, 'lost');
    assert.equal(end.failure?.code, 'job.browserLost');
    const again = await rig.run(job([{ goto: `${site.origin}/rfis` }], { session: { profile: 'closed' } }));
    assert.equal(again.of('end')[0]!.outcome, 'done');
  });

  test('whose browser is not installed says what to do', async () => {
    for (const surroundings of [{ executable: '/nowhere/chrome' }, { executable: null }]) {
      const run = await rig.run(job([{ say: 'x' }], { session: { profile: 'none', browser: 'msedge-beta' } }), { surroundings });
      assert.equal(run.of('end')[0]!.failure?.code, 'job.browserMissing');
      assert.match(run.of('end')[0]!.failure!.message, /Install it|Correct the path/);
    }
  });

  test('whose profile is in use says so, also by another process', async () => {
    const run = started([{ pause: 'Hold' }], { session: { profile: 'busy' } }, { answer: () => undefined });
    await said(run, 'progress', '0');
    const second = await rig.run(job([{ say: 'x' }], { session: { profile: 'busy' } }));
    assert.equal(second.of('end')[0]!.failure?.code, 'job.profileInUse');
    await using other = new RunnerRig(folder);
    const third = await other.run(job([{ say: 'x' }], { session: { profile: 'busy' } }));
    assert.equal(third.of('end')[0]!.failure?.code, 'job.profileInUse');
    rig.send({ kind: 'cancel', run: run.id });
    await run.ended;
  });

  test('keeps its profile for nobody but the user', async () => {
    const run = await rig.run(job([{ goto: `${site.origin}/` }]));
    assert.equal(run.of('end')[0]!.outcome, 'done');
    if (process.platform !== 'win32') assert.equal(fs.statSync(folder.file('profiles/test')).mode & 0o777, 0o700);
  });

  test('that is taken up from any of its checkpoints reads every row, and none twice', async () => {
    const steps = [
      { goto: `${site.origin}/rfis` },
      everyPage,
      { id: 'few', extract: { rows: 'table tbody tr', fields: { number: { cell: 1 } }, key: 'number' } },
    ];
    const whole = await rig.run(job(steps));
    const checkpoints = whole.of('commit').map((one, i) => ({ i, checkpoint: one.checkpoint }));
    const rowsUntil = (end: number) =>
      new Map(
        whole
          .of('commit')
          .slice(0, end + 1)
          .flatMap((one) => (one.records ?? []).flatMap((batch) => batch.rows.map((row) => [`${batch.collection} ${row.key}`, row]))),
      );
    assert.ok(checkpoints.length > 10);
    for (const { i, checkpoint } of [checkpoints[0]!, checkpoints[1]!, checkpoints[5]!, checkpoints.at(-3)!, checkpoints.at(-1)!]) {
      const rest = await rig.run(job(steps), { checkpoint: JSON.parse(JSON.stringify(checkpoint)) });
      assert.equal(rest.of('end')[0]!.outcome, 'done', JSON.stringify(rest.of('end')));
      const all = rowsUntil(i);
      for (const one of rest.of('commit'))
        for (const batch of one.records ?? []) for (const row of batch.rows) all.set(`${batch.collection} ${row.key}`, row);
      assert.equal([...all.keys()].filter((key) => key.startsWith('rfis ')).length, 250, `from ${i}`);
      assert.deepEqual(rest.of('end')[0]!.complete.sort(), ['few', 'rfis']);
    }
  });

  test('reads the rows of a step again when they were too many to be kept, but not past a step that writes', async () => {
    const fields = { ...everyPage.extract.fields, padding: { value: 'x'.repeat(500) } };
    const steps = (between: object[]) => [
      { goto: `${site.origin}/rfis` },
      { ...everyPage, extract: { ...everyPage.extract, fields } },
      ...between,
      { forEach: { in: '{{steps.rfis}}', max: 3 }, steps: [{ say: 'Row {{item.number}}' }] },
    ];
    const reading = job(steps([]));
    const whole = await rig.run(reading);
    const checkpoint = whole.checkpoint();
    assert.deepEqual(checkpoint?.['dropped'], ['rfis']);
    const inside = { ...checkpoint, levels: [{ i: 2, item: 1 }, { i: 0 }] };
    const again = await rig.run(reading, { checkpoint: inside });
    assert.equal(again.of('end')[0]!.outcome, 'done');
    assert.deepEqual([...again.rows('rfis').keys()], [...whole.rows('rfis').keys()]);
    const writing = job(steps([{ click: { text: 'Subject' } }]), { mode: 'write' });
    const refused = await rig.run(writing, { checkpoint: { ...checkpoint, levels: [{ i: 3 }] } });
    assert.equal(refused.of('end')[0]!.failure?.code, 'job.state');
  });

  test('is taken up in a list whose pages have no address, too', async () => {
    site.set({ next: 'handled' });
    const steps = [{ goto: `${site.origin}/spa` }, { ...everyPage, forEachPage: { next: { role: 'button', name: 'Next' } } }];
    const whole = await rig.run(job(steps));
    site.set(defaults);
    site.set({ total: 250 });
    assert.equal(whole.rows('rfis').size, 250, JSON.stringify(whole.of('end')));
    const { checkpoint } = whole.of('commit')[4]!;
    const rest = await rig.run(job(steps), { checkpoint: JSON.parse(JSON.stringify(checkpoint)) });
    const keys = new Set([
      ...whole
        .of('commit')
        .slice(0, 5)
        .flatMap((one) => (one.records ?? []).flatMap((batch) => batch.rows.map((row) => row.key))),
      ...rest.rows('rfis').keys(),
    ]);
    assert.equal(keys.size, 250);
    assert.ok(rest.rows('rfis').size < 250);
  });

  test('that was interrupted while it changed something asks before it does that again', async () => {
    const steps = [
      { goto: `${site.origin}/rfis/new` },
      { fill: { label: 'Subject' }, with: 'Once' },
      { click: { testId: 'save-rfi' } },
      { say: 'after' },
    ];
    const first = started(steps, { mode: 'write' });
    await first.ended;
    const written = site.written.length;
    const begun = first.of('commit').find((one) => one.checkpoint?.['begun'] === '2')!.checkpoint!;
    const skipped = await rig.run(job(steps, { mode: 'write' }), { checkpoint: begun, answer: () => 'It was done, go on' });
    assert.deepEqual(
      skipped.of('ask').map((ask) => ask.about),
      ['replay'],
    );
    assert.equal(site.written.length, written);
    assert.equal(skipped.of('log').at(-1)!.message, 'after');
    await rig.run(job(steps, { mode: 'write' }), { checkpoint: begun, answer: () => 'Do it again' });
    assert.equal(site.written.length, written + 1);
    assert.equal(site.written.at(-1)!['subject'], 'Once');
  });

  test('that is killed takes no browser along that is not its own, and the next process takes the profile over', async () => {
    const killed = new RunnerRig(folder);
    const run = killed.start(job([{ goto: `${site.origin}/rfis` }, { waitFor: { time: 60_000 } }], { session: { profile: 'killed' } }));
    await killed.until('the second step', () => run.of('progress').some((one) => one.step === '1'));
    killed.process.kill('SIGKILL');
    await assert.rejects(run.ended, /gone/);
    const next = await rig.run(job([{ goto: `${site.origin}/rfis` }], { session: { profile: 'killed' } }));
    assert.equal(next.of('end')[0]!.outcome, 'done', JSON.stringify(next.of('end')));
  });

  test('leaves no secret in any message or file, the browser’s own profile aside', async () => {
    site.set({ login: true, total: 50 });
    const inputs = { user: { type: 'text' }, password: { secret: true } };
    const steps = [
      { goto: `${site.origin}/login?back=/rfis&q=${canary.query}` },
      { fill: { label: 'User name' }, with: '{{inputs.user}}' },
      { fill: { label: 'Password' }, with: '{{inputs.password}}' },
      { screenshot: true },
      { click: { role: 'button', name: 'Sign in' } },
      { waitFor: { visible: { role: 'table' } } },
      { ...everyPage },
      {
        request: `${site.origin}/api/rfis?token=${canary.token}`,
        headers: { Authorization: `Bearer ${canary.token}` },
        extract: { json: 'results', fields: { number: { path: 'number' } } },
      },
      { hover: { text: 'never there {{inputs.password}}' }, timeout: 200, retry: 0 },
    ];
    const options: RunOptions = { inputs: { user: canary.user }, secrets: { password: canary.password } };
    const run = await rig.run(job(steps, { inputs, writes: [`POST ${site.origin}/login`] }), options);
    site.set(defaults);
    assert.equal(run.of('end')[0]!.failure?.step, '8', JSON.stringify(run.of('end')));
    const secrets = Object.entries(canary);
    for (const [name, secret] of secrets) assert.ok(!rig.said.some((one) => one.includes(secret)), `${name} in a message`);
    const files = fs
      .readdirSync(folder.folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => !file.startsWith('profiles') && fs.statSync(folder.file(file)).isFile());
    assert.ok(files.some((file) => file.endsWith('.ndjson')) && files.some((file) => file.endsWith('.yaml')));
    for (const file of files)
      for (const [name, secret] of secrets)
        assert.ok(!fs.readFileSync(path.join(folder.folder, file)).includes(secret), `${name} in ${file}`);
  });
});
