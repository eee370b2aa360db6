import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import { AppError } from '../../../src/core/appError.ts';
import { eventually } from '../../rig/eventually.ts';
import { ScriptedRunner } from '../../rig/scriptedRunner.ts';
import { batch, draft, numbersIn, putJob, readingJob, rigEngine } from './engineRig.ts';
import { code, entry, openWindow, reads, waits, writingJob } from './engineWindow.ts';

describe('a run', () => {
  test('goes from queued to done, with its records, log, step and state in the database', async () => {
    await using here = await openWindow(reads(3));
    const { engine, store } = here;
    const states: string[] = [];
    engine.onDidChangeRuns((change) => {
      if (change.kind === 'rows') for (const { state } of change.runs) if (states.at(-1) !== state) states.push(state);
    });
    const { id } = await engine.start({ job: 'rfis' });
    const done = await here.until(id, 'done');
    assert.deepEqual([done.records, done.actions, done.step, done.leaseUntil], [3, 3, 'Number 3', null]);
    assert.deepEqual(await numbersIn(store, 'rfis'), ['1', '2', '3']);
    assert.equal((await store.call('job.log', { run: id })).entries.length, 3);
    await eventually('all states were told', () => states.includes('done'));
    assert.deepEqual(states, ['queued', 'running', 'done']);
    assert.match(here.lines.map(({ text }) => text).join('\n'), /Read number, subject into rfis \(127\.0\.0\.1\/rfis\)/);
    assert.deepEqual((await store.call('audit.verify', {})).problems, []);
  });

  test('is told that something is kept only when it is in the database', async () => {
    let seen: string[] = [];
    await using here = await openWindow(async (run) => {
      await run.commit({ checkpoint: { next: 2 }, records: batch([draft(1)]), entries: [] });
      seen = await numbersIn(here.store, 'rfis');
      run.end('done');
    });
    const { id } = await here.engine.start({ job: 'rfis' });
    await here.until(id, 'done');
    assert.deepEqual(seen, ['1']);
  });

  test('whose runner is killed is lost, goes on from its checkpoint, and has no record twice', async () => {
    let kills = 0;
    await using here = await openWindow(
      reads(9, (number) => {
        if (number % 4 !== 0 || kills >= number / 4) return;
        kills++;
        here.runner.die();
        return new Promise(() => {});
      }),
    );
    const { id } = await here.engine.start({ job: 'rfis' });
    const done = await here.until(id, 'done');
    assert.equal(kills, 2);
    assert.equal(done.attempts, 3);
    assert.deepEqual(
      here.runner.starts.map(({ checkpoint }) => checkpoint),
      [null, { next: 4 }, { next: 8 }],
    );
    assert.deepEqual(
      (await numbersIn(here.store, 'rfis')).map(Number).sort((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    const { counts } = await here.store.call('job.records', { job: 'rfis', collection: 'rfis' });
    assert.deepEqual(counts, { new: 9, changed: 0, same: 0, gone: 0 });
  });

  test('that is lost again and again without getting any further is left to the user', async () => {
    await using here = await openWindow(async () => {
      setImmediate(() => here.runner.die());
      await new Promise(() => {});
    });
    const { id } = await here.engine.start({ job: 'rfis' });
    await eventually('four attempts', async () => (await here.store.call('job.run', { run: id })).run.attempts === 4);
    const lost = await here.until(id, 'lost');
    assert.equal(lost.attempts, 4);
    here.runner.play = reads(2);
    await here.engine.resume(id);
    assert.equal((await here.until(id, 'done')).attempts, 5);
  });

  test('that may change a website is not resumed after a crash before the user has said so', async () => {
    let killed = false;
    await using here = await openWindow(
      reads(4, (number) => {
        if (number !== 3 || killed) return;
        killed = true;
        here.runner.die();
        return new Promise(() => {});
      }),
    );
    putJob(here.folder, 'close', writingJob);
    const { id } = await here.engine.start({ job: 'close' });
    const waiting = await here.until(id, 'waiting');
    assert.equal(waiting.waitingFor, 'user');
    const ask = await eventually('a question', () => here.engine.asks()[0]);
    assert.equal(ask.about, 'replay');
    assert.equal(here.runner.starts.length, 1);
    await here.engine.answer(id, ask.ask, ask.choices[0] ?? null);
    await here.until(id, 'done');
    assert.deepEqual(await numbersIn(here.store, 'close'), ['1', '2', '3', '4']);
    assert.deepEqual(here.engine.asks(), []);
  });

  test('that may change a website is not resumed by a program before the user has said so', async () => {
    await using here = await openWindow(reads(3, async (number, run) => (number === 2 ? await run.cancelled : undefined)));
    putJob(here.folder, 'close', writingJob);
    const { id } = await here.engine.start({ job: 'close' });
    await eventually('it has read one', async () => (await here.store.call('job.run', { run: id })).run.records === 1);
    const actor = { kind: 'client', name: 'Claude Code' } as const;
    await here.engine.cancel(id, actor);
    await here.until(id, 'cancelled');
    here.runner.play = reads(3);
    await here.engine.resume(id, { actor });
    const ask = await eventually('a question', () => here.engine.asks()[0]);
    assert.equal(ask.about, 'replay');
    assert.equal(here.runner.starts.length, 1);
    await here.engine.answer(id, ask.ask, ask.choices[0] ?? null);
    await here.until(id, 'done');
    const { rows } = await here.store.call('job.auditTrail', { run: id });
    const byProgram = rows.filter(({ actor: by }) => by.name === actor.name).map(({ operation }) => operation);
    assert.deepEqual(byProgram, ['job.cancel', 'job.resume']);
  });

  test('that the user does not let go on is cancelled', async () => {
    await using here = await openWindow(
      reads(2, () => (here.runner.starts.length === 1 ? (here.runner.die(), new Promise(() => {})) : undefined)),
    );
    putJob(here.folder, 'close', writingJob);
    const { id } = await here.engine.start({ job: 'close' });
    const ask = await eventually('a question', () => here.engine.asks()[0]);
    await here.engine.answer(id, ask.ask, null);
    await here.until(id, 'cancelled');
    assert.equal(here.runner.starts.length, 1);
  });

  test('keeps the text it was started with when its file changes meanwhile', async () => {
    let killed = false;
    await using here = await openWindow(
      reads(3, (number) => {
        if (number !== 2 || killed) return;
        killed = true;
        putJob(here.folder, 'rfis', readingJob().replace('Open RFIs', 'Something else').replace('/rfis', '/elsewhere'));
        here.runner.die();
        return new Promise(() => {});
      }),
    );
    const { id } = await here.engine.start({ job: 'rfis' });
    await here.until(id, 'done');
    const [first, second] = here.runner.starts;
    assert.deepEqual(second?.definition, first?.definition);
    assert.match(JSON.stringify(second?.definition), /Open RFIs/);
  });

  test('takes the jobs that it runs along, and refuses one that runs itself', async () => {
    await using here = await openWindow(async (run) => run.end('done'));
    const running = (job: string) => readingJob().replace('  - id: rfis', `  - runJob: ${job}\n  - id: rfis`);
    putJob(here.folder, 'outer', running('parts/inner'));
    putJob(here.folder, 'parts/inner', readingJob().replace('Open RFIs', 'Inner'));
    const { id } = await here.engine.start({ job: 'outer' });
    await here.until(id, 'done');
    assert.deepEqual(Object.keys(here.runner.starts[0]?.jobs ?? {}), ['parts/inner']);
    putJob(here.folder, 'parts/inner', running('outer'));
    await eventually('the change is seen', async () => (await here.engine.jobs.read('parts/inner'))?.text.includes('runJob'));
    await assert.rejects(here.engine.start({ job: 'outer' }), (error) => code('job.invalid')(error) && /runs itself/.test(String(error)));
    putJob(here.folder, 'lonely', running('nowhere'));
    await assert.rejects(here.engine.start({ job: 'lonely' }), /there is no such file/);
  });

  test('makes the tasks that its file asks for, once for each record', async () => {
    await using here = await openWindow(async (run) => {
      await run.commit({ records: batch([draft(1), draft(2)]), entries: [] });
      run.end('done', { complete: ['rfis'] });
    });
    putJob(here.folder, 'tasks', `${readingJob()}tasks:\n  - from: rfis\n    title: "RFI {{item.number}}: {{item.subject}}"\n`);
    for (let n = 0; n < 2; n++) {
      const { id } = await here.engine.start({ job: 'tasks' });
      await here.until(id, 'done');
    }
    const { tasks } = await here.store.call('task.list', {});
    assert.deepEqual(tasks.map(({ title }) => title).sort(), ['RFI 1: Subject 1', 'RFI 2: Subject 2']);
  });

  test('is done even when a template for its tasks is wrong, and its log says so', async () => {
    await using here = await openWindow(async (run) => {
      await run.commit({ records: batch([draft(1)]), entries: [] });
      run.end('done', { complete: ['rfis'] });
    });
    putJob(here.folder, 'tasks', `${readingJob()}tasks:\n  - from: rfis\n    title: "RFI {{item.nothing}}"\n`);
    const { id } = await here.engine.start({ job: 'tasks' });
    await here.until(id, 'done');
    const { entries } = await here.store.call('job.log', { run: id });
    assert.deepEqual(
      entries.map(({ kind, result }) => [kind, result]),
      [['tasks', 'failed']],
    );
  });
});

describe('starting', () => {
  test('is refused for a job that is running, one that has errors, one that is missing, and inputs that are wrong', async () => {
    await using here = await openWindow(waits);
    const { id } = await here.engine.start({ job: 'rfis' });
    await assert.rejects(
      here.engine.start({ job: 'rfis' }),
      (error) => code('job.active')(error) && AppError.is(error) && error.details['run'] === id,
    );
    putJob(here.folder, 'broken', 'name: x\nversion: 1\nhosts: [a.example]\nsteps:\n  - gotoo: x\n');
    await assert.rejects(here.engine.start({ job: 'broken' }), code('job.invalid'));
    await assert.rejects(here.engine.start({ job: 'nothing' }), code('job.notFound'));
    putJob(here.folder, 'asks', readingJob('inputs:\n  project: { type: number }\n  pin: { secret: true }'));
    await assert.rejects(
      here.engine.start({ job: 'asks' }),
      (error) => AppError.is(error, 'input.invalid') && error.details['field'] === 'project',
    );
    await assert.rejects(here.engine.start({ job: 'asks', inputs: { project: 'many' } }), code('input.invalid'));
    await assert.rejects(here.engine.start({ job: 'asks', inputs: { project: 1, pin: '1234' } }), code('input.invalid'));
    await assert.rejects(here.engine.start({ job: 'asks', inputs: { project: 1, other: 'x' } }), code('input.invalid'));
  });

  test('is refused in a workspace that is not trusted, where nothing else runs either', async () => {
    let trusted = false;
    await using here = await openWindow(reads(1), { trusted: () => trusted });
    await assert.rejects(here.engine.start({ job: 'rfis' }), code('operation.forbidden'));
    const { run } = await here.store.call('job.enqueue', {
      job: 'rfis',
      file: null,
      definition: readingJob(),
      inputs: {},
      trigger: 'agent',
    });
    await here.engine.wake();
    assert.equal((await here.store.call('job.run', { run: run.id })).run.state, 'queued');
    trusted = true;
    await here.engine.wake();
    await here.until(run.id, 'done');
  });

  test('is refused for what the user has not agreed to; so is resuming it, and a run that came with the database', async () => {
    const agreed = new Set(['127.0.0.1']);
    await using here = await openWindow(reads(2), { agreed: (what) => agreed.has(what) });
    putJob(here.folder, 'close', writingJob);
    const forbidden = (error: unknown) => {
      assert.ok(AppError.is(error, 'operation.forbidden'));
      assert.deepEqual(error.details['missing'], ['write 127.0.0.1']);
      return true;
    };
    await assert.rejects(here.engine.start({ job: 'close' }), forbidden);
    const job = { job: 'close', file: null, definition: writingJob, inputs: {}, trigger: 'user' } as const;
    const { run } = await here.store.call('job.enqueue', job);
    await here.engine.wake();
    assert.equal((await here.until(run.id, 'failed')).failure?.code, 'operation.forbidden');
    await assert.rejects(here.engine.resume(run.id), forbidden);
    assert.deepEqual(here.runner.starts, []);
    agreed.add('write 127.0.0.1');
    await here.engine.resume(run.id);
    await here.until(run.id, 'done');
  });

  test('of one job in two windows at the same moment begins one run', async () => {
    await using here = await openWindow(waits);
    const second = new ScriptedRunner(waits);
    await using other = rigEngine({ runner: second, store: here.store, folder: here.folder });
    const both = await Promise.allSettled([here.engine.start({ job: 'rfis' }), other.engine.start({ job: 'rfis' })]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.ok(both.every((one) => one.status === 'fulfilled' || code('job.active')(one.reason)));
    await eventually('one of them runs', () => here.runner.starts.length + second.starts.length === 1);
  });

  test('gives secrets to the runner and to nobody else, and asks for them again when the run is resumed', async () => {
    const secret = 'canary-9f2c-secret';
    let killed = false;
    await using here = await openWindow(
      reads(3, (number) => {
        if (number !== 2 || killed) return;
        killed = true;
        here.runner.die();
        return new Promise(() => {});
      }),
    );
    putJob(here.folder, 'pin', readingJob('inputs:\n  pin: { secret: true }'));
    const { id } = await here.engine.start({ job: 'pin', secrets: { pin: secret } });
    await here.until(id, 'done');
    assert.deepEqual(
      here.runner.starts.map(({ secrets }) => secrets),
      [{ pin: secret }, { pin: secret }],
    );
    const again = await here.engine.start({ job: 'pin' });
    const ask = await eventually('a question', () => here.engine.asks()[0]);
    assert.deepEqual([ask.about, ask.inputs], ['secrets', ['pin']]);
    await assert.rejects(here.engine.answer(again.id, ask.ask, 'no'), code('input.invalid'));
    assert.equal(here.engine.asks().length, 1);
    await here.engine.answer(again.id, ask.ask, { pin: secret });
    await here.until(again.id, 'done');
    await here.store.close();
    for (const file of fs.readdirSync(path.join(here.folder, '.claudetask'), { recursive: true, withFileTypes: true })) {
      if (file.isFile()) assert.ok(!fs.readFileSync(path.join(file.parentPath, file.name)).includes(secret), file.name);
    }
    assert.ok(!JSON.stringify([here.log, here.lines]).includes(secret));
  });
});

describe('at most', () => {
  test('two runs work at a time in a window, and one with a profile', async () => {
    let most = 0;
    let now = 0;
    const profiles = new Set<string>();
    await using here = await openWindow(async (run) => {
      const { session } = run.start.definition as { session: { profile: string } };
      assert.ok(!profiles.has(session.profile), 'the profile is free');
      profiles.add(session.profile);
      most = Math.max(most, ++now);
      for (let turn = 0; turn < 5; turn++) await run.commit({ entries: [entry('1')] });
      now--;
      profiles.delete(session.profile);
      run.end('done');
    });
    const started: number[] = [];
    for (let n = 0; n < 8; n++) {
      putJob(here.folder, `job${n}`, readingJob(`session: { profile: p${n % 3} }`));
      started.push((await here.engine.start({ job: `job${n}` })).id);
    }
    for (const id of started) await here.until(id, 'done');
    assert.equal(most, 2);
  });
});

describe('questions and progress', () => {
  test('reach the user, and the answer reaches the runner', async () => {
    const answers: unknown[] = [];
    await using here = await openWindow(async (run) => {
      answers.push(await run.ask('question', 'Which project?'));
      run.end('done');
    });
    const { id } = await here.engine.start({ job: 'rfis' });
    const ask = await eventually('a question', () => here.engine.asks()[0]);
    assert.deepEqual([ask.about, ask.message, ask.run], ['question', 'Which project?', id]);
    await here.engine.answer(id, ask.ask, 'North');
    await here.until(id, 'done');
    assert.deepEqual(answers, ['North']);
    await assert.rejects(here.engine.answer(id, ask.ask, 'South'), code('job.notFound'));
  });

  test('come at a pace that one can follow, and the last word always arrives', async () => {
    await using here = await openWindow(async (run) => {
      for (let page = 1; page <= 500; page++) {
        run.say({ kind: 'progress', step: '1', what: `Page ${page}`, pages: page, pagesTotal: 500, records: page, waitingUntil: null });
      }
      await run.commit({ entries: [] });
      run.end('done');
    });
    const told: number[] = [];
    here.engine.onDidProgress(({ pages }) => told.push(pages));
    const { id } = await here.engine.start({ job: 'rfis' });
    await here.until(id, 'done');
    await eventually('the last word', () => told.at(-1) === 500);
    assert.ok(told.length < 50, `${told.length} were told`);
  });
});
