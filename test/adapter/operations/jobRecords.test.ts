import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppError } from '../../../src/core/appError.ts';
import type { JobRecord, RecordDraft } from '../../../src/protocol/jobs/runs.ts';
import type { OperationInput } from '../../../src/protocol/operations.ts';
import { batch, handOn, leaseMs, queue, record, recordsOf, robot, runThrough } from './jobRig.ts';
import type { Hand } from './jobRig.ts';
import { ann, openBench, refused } from './rig.ts';
import type { Bench } from './rig.ts';

type Data = JobRecord['data'];

const changes = (bench: Bench) =>
  Object.fromEntries(recordsOf(bench).records.map(({ key, change, before }) => [key, before === null ? change : [change, before]]));
const problems = async (bench: Bench) => (await bench.maintain('audit.verify', {})).problems;
const keys = (bench: Bench, query: Partial<OperationInput<'job.records'>> = {}) => recordsOf(bench, query).records.map(({ key }) => key);

describe('records', () => {
  test('are told apart by key, and compared with the last complete run', async () => {
    using bench = await openBench();
    runThrough(bench, [record('1', { due: 'a', cost: 1 }), record('2'), record('3')]);
    assert.deepEqual(changes(bench), { 1: 'new', 2: 'new', 3: 'new' });
    runThrough(bench, [record('1', { due: 'b', cost: 1 }), record('2'), record('4')]);
    assert.deepEqual(changes(bench), { 1: ['changed', { due: 'a' }], 2: 'same', 3: 'gone', 4: 'new' });
    assert.deepEqual(recordsOf(bench).counts, { new: 1, changed: 1, same: 1, gone: 1 });
    const [first] = recordsOf(bench).records;
    assert.deepEqual([first?.firstRun, first?.run], [1, 2]);
    runThrough(bench, [record('1', { due: 'b', cost: 1 }), record('3'), record('4', { note: 'x' })]);
    assert.deepEqual(changes(bench), { 1: 'same', 2: 'gone', 3: ['changed', {}], 4: ['changed', { note: null }] });
    assert.deepEqual(await problems(bench), []);
  });

  test('that came back are changed in that run, and the same in the next', async () => {
    using bench = await openBench();
    runThrough(bench, [record('1', { a: 1 })]);
    runThrough(bench, []);
    assert.deepEqual(changes(bench), { 1: 'gone' });
    runThrough(bench, [record('1', { a: 2 })]);
    assert.deepEqual(changes(bench), { 1: ['changed', { a: 1 }] });
    runThrough(bench, [record('1', { a: 2 })]);
    assert.deepEqual(changes(bench), { 1: 'same' });
  });

  test('read by a run that failed do not count as what the next one is compared with', async () => {
    using bench = await openBench();
    runThrough(bench, [record('1', { a: 1 }), record('2')]);
    const hand = handOn(bench);
    const { id } = queue(bench);
    hand.claim(id);
    hand.advance(id, { records: [batch([record('1', { a: 2 }), record('3')])], state: { to: 'failed' } });
    assert.deepEqual(changes(bench), { 1: ['changed', { a: 1 }], 2: 'new', 3: 'new' });
    runThrough(bench, [record('1', { a: 2 }), record('2'), record('3')]);
    assert.deepEqual(changes(bench), { 1: ['changed', { a: 1 }], 2: 'same', 3: 'new' });
  });

  test('read twice in one run are one record, as it was read last, and counted once', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    const { id } = queue(bench);
    hand.claim(id);
    hand.advance(id, { records: [batch([record('1', { a: 1 }), record('1', { a: 2 })])] });
    assert.equal(hand.advance(id, { records: [batch([record('1', { a: 3 }), record('2')])] }).records, 2);
    assert.deepEqual(changes(bench), { 1: 'new', 2: 'new' });
    assert.equal(recordsOf(bench).records[0]?.data['a'], 3);
    assert.deepEqual(await problems(bench), []);
  });

  test('without a key are replaced as a whole by each run', async () => {
    using bench = await openBench();
    const plain = (names: string[]) => names.map((name, i) => record(`@1:${i + 1}`, { name }, { row: i + 1 }));
    runThrough(bench, plain(['a', 'b', 'c']), { keyed: false });
    runThrough(bench, plain(['b', 'd']), { keyed: false });
    assert.deepEqual(
      recordsOf(bench).records.map(({ data, change }) => [data['name'], change]),
      [
        ['b', 'new'],
        ['d', 'new'],
      ],
    );
    runThrough(bench, [record('k')]);
    assert.deepEqual(changes(bench), { k: 'new' });
    assert.deepEqual(await problems(bench), []);
  });

  test('give back what was read: types, order of fields, problems, missing and empty values', async () => {
    using bench = await openBench();
    const data: Data = { z: 'Größe 漢字 😀 "x" \\ \t', 10: 1.5, a: true, b: false, n: null, e: '', big: 9007199254740991, neg: -0.1 };
    runThrough(bench, [{ key: 'k', data, url: 'https://a/b', page: 3, row: 7, problems: ['due: "soon" is not a date'] }, record('2')]);
    const [, read] = recordsOf(bench).records;
    assert.deepEqual(read?.data, data);
    assert.deepEqual(Object.keys(read?.data ?? {}), Object.keys(data));
    assert.deepEqual([read?.url, read?.page, read?.row, read?.problems], ['https://a/b', 3, 7, ['due: "soon" is not a date']]);
    assert.deepEqual(recordsOf(bench).records[0]?.data, { id: '2' });
  });

  test('that a rescue has kept only in part are read anew', async () => {
    using bench = await openBench();
    runThrough(bench, [record('1', { a: 1 })]);
    bench.sql.exec("DELETE FROM job_shape; UPDATE job_record SET hash = 'lost', before = '{'");
    assert.deepEqual(recordsOf(bench).records[0]?.data, {});
    runThrough(bench, [record('1', { a: 1 })]);
    runThrough(bench, [record('1', { a: 1 })]);
    assert.deepEqual(changes(bench), { 1: 'same' });
  });

  test('are deleted by job or collection, not while a run reads, and begin anew', async () => {
    using bench = await openBench();
    runThrough(bench, [record('1'), record('2')]);
    runThrough(bench, [record('x')], { collection: 'people' });
    const { id } = queue(bench);
    assert.equal(refused('job.active', () => bench.call('job.deleteRecords', { job: 'rfis' })).details['run'], id);
    bench.call('job.cancel', { run: id });
    assert.equal(bench.call('job.deleteRecords', { job: 'rfis', collection: 'rfis' }).records, 2);
    assert.deepEqual(bench.events.at(-1)?.body, { actor: ann, tasks: [], records: [{ job: 'rfis', collection: 'rfis' }] });
    refused('job.notFound', () => recordsOf(bench));
    assert.deepEqual(
      bench.call('job.collections', { job: 'rfis' }).collections.map(({ collection, total }) => [collection, total]),
      [['people', 1]],
    );
    assert.equal(bench.call('job.deleteRecords', { job: 'nothing' }).records, 0);
    runThrough(bench, [record('2')]);
    assert.deepEqual(changes(bench), { 2: 'new' });
    assert.deepEqual(await problems(bench), []);
  });
});

describe('a page of records', () => {
  async function filled(): Promise<Bench> {
    const bench = await openBench();
    const names = ['RFI 10', 'rfi 9', 'Ärger', 'Apfel', '', 'Zebra "quoted"', 'RFI 010b', null];
    runThrough(
      bench,
      names.map((name, i) =>
        record(
          `k${i}`,
          { name, cost: [10, 9, -1, 2.5, null, 100, 9, 0][i] ?? null, due: `2026-0${9 - i}-01`, ok: i % 2 === 0 },
          { page: 1 + Math.floor(i / 3), row: 1 + (i % 3) },
        ),
      ),
    );
    return bench;
  }

  test('is in the order of the pages they stood on, and counted', async () => {
    using bench = await filled();
    assert.deepEqual(keys(bench), ['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7']);
    const page = recordsOf(bench, { offset: 2, limit: 3 });
    assert.deepEqual(
      [page.records.map(({ key }) => key), page.total, page.fields],
      [['k2', 'k3', 'k4'], 8, ['id', 'name', 'cost', 'due', 'ok']],
    );
  });

  test('is sorted by numbers as numbers and by texts in natural order; what has no value is last either way', async () => {
    using bench = await filled();
    assert.deepEqual(keys(bench, { sort: { field: 'cost' } }), ['k2', 'k7', 'k3', 'k1', 'k6', 'k0', 'k5', 'k4']);
    assert.deepEqual(keys(bench, { sort: { field: 'cost', descending: true } }), ['k5', 'k0', 'k6', 'k1', 'k3', 'k7', 'k2', 'k4']);
    assert.deepEqual(keys(bench, { sort: { field: 'name' } }), ['k3', 'k2', 'k1', 'k0', 'k6', 'k5', 'k4', 'k7']);
    assert.deepEqual(keys(bench, { sort: { field: 'due' }, limit: 2, offset: 1 }), ['k6', 'k5']);
    assert.deepEqual(keys(bench, { sort: { field: 'nothing' } }), keys(bench));
  });

  test('sorted anew after a change shows the change', async () => {
    using bench = await openBench();
    runThrough(bench, [record('1', { a: 1 }), record('2', { a: 2 })]);
    assert.deepEqual(keys(bench, { sort: { field: 'a', descending: true } }), ['2', '1']);
    runThrough(bench, [record('1', { a: 3 }), record('2', { a: 2, b: 0 })]);
    assert.deepEqual(keys(bench, { sort: { field: 'a', descending: true } }), ['1', '2']);
    assert.deepEqual(keys(bench, { sort: { field: 'b' } }), ['2', '1']);
  });

  test('holds the records in whose values all words stand, not those whose field is called so', async () => {
    using bench = await filled();
    const found = (search: string) => keys(bench, { search });
    assert.deepEqual(found('rfi 10'), ['k0', 'k6']);
    assert.deepEqual(found('ärger'), ['k2']);
    assert.deepEqual(found('ÄRGER'), ['k2']);
    assert.deepEqual(found('"quoted"'), ['k5']);
    assert.deepEqual(found('name'), []);
    assert.deepEqual(found('null'), []);
    assert.deepEqual(found('%'), []);
    assert.deepEqual(found('_'), []);
    assert.deepEqual(found('","'), []);
    assert.equal(recordsOf(bench, { search: '2026-0', limit: 1 }).total, 8);
    assert.deepEqual(keys(bench, { search: 'rfi', sort: { field: 'name', descending: true } }), ['k6', 'k0', 'k1']);
  });

  test('holds the states that were asked for', async () => {
    using bench = await openBench();
    runThrough(
      bench,
      ['1', '2', '3', '4'].map((key, i) => record(key, { a: i })),
    );
    runThrough(
      bench,
      ['1', '2', '5'].map((key, i) => record(key, { a: -i })),
    );
    assert.deepEqual(keys(bench, { changes: ['gone'] }), ['3', '4']);
    const both = recordsOf(bench, { changes: ['new', 'changed'], limit: 1, offset: 1, sort: { field: 'a' } });
    assert.deepEqual([both.total, both.records.map(({ key }) => key)], [2, ['2']]);
    assert.deepEqual(recordsOf(bench, { changes: ['same'] }).total, 1);
    assert.deepEqual(keys(bench, { changes: ['gone'], search: '4' }), ['4']);
  });
});

describe('tasks made of records', () => {
  const make = (bench: Bench, more: Partial<OperationInput<'job.createTasks'>> = {}) =>
    bench.call('job.createTasks', { job: 'rfis', collection: 'rfis', title: 'RFI {{item.id}}: {{item.title}}', ...more }, { actor: robot });

  test('carry what the templates say, and who made them', async () => {
    using bench = await openBench();
    runThrough(bench, [
      record('1', { title: ' Beam\n\u0007 is  bent ', due: '2026-12-01T10:00' }, { row: 1 }),
      record('2', { title: 'Door', due: 'soon' }, { row: 2 }),
    ]);
    const made = make(bench, { description: 'See {{item.title}}', due: '{{item.due}}', labels: ['rfi'], priority: 'High' });
    assert.deepEqual(made, { revision: 5, tasks: [1, 2], known: 0 });
    assert.deepEqual(bench.column('Backlog'), ['RFI 1: Beam is bent', 'RFI 2: Door']);
    const task = bench.row(1);
    assert.deepEqual([task.priority, task.labels, task.due, bench.row(2).due], ['High', ['rfi'], '2026-12-01', null]);
    assert.deepEqual(bench.call('task.history', { id: 1 }).entries[0]?.actor, robot);
    assert.deepEqual(
      bench.events.at(-1)?.body.tasks.map(({ id }) => id),
      [1, 2],
    );
    assert.deepEqual(
      recordsOf(bench).records.map(({ task: id }) => id),
      [1, 2],
    );
    assert.deepEqual(await problems(bench), []);
  });

  test('are made once for each record, whatever became of the task', async () => {
    using bench = await openBench();
    const rows = ['1', '2', '3'].map((key) => record(key, { title: key }));
    runThrough(bench, rows);
    assert.deepEqual(make(bench, { keys: ['1', '2', 'unknown'] }).tasks, [1, 2]);
    bench.call('task.delete', { id: 1 });
    runThrough(bench, [record('1', { title: 'changed' }), ...rows.slice(1)]);
    assert.deepEqual(make(bench, { changes: ['new', 'changed', 'same'] }), { revision: 11, tasks: [3], known: 2 });
    bench.call('job.deleteRecords', { job: 'rfis' });
    runThrough(bench, rows);
    const events = bench.events.length;
    assert.deepEqual(make(bench).tasks, []);
    assert.equal(bench.events.length, events, 'and what makes nothing leaves no trace');
  });

  test('are taken back by one undo, come again by redo, and are not made twice after either', async () => {
    using bench = await openBench();
    runThrough(bench, [record('1', { title: 'a' }), record('2', { title: 'b' })]);
    const requestId = 'made';
    const input = { job: 'rfis', collection: 'rfis', title: '{{item.title}}' };
    const made = bench.call('job.createTasks', input, { requestId });
    assert.equal(bench.call('task.undo', {}).label, 'Create 2 tasks from rfis');
    assert.deepEqual(bench.column('Backlog'), []);
    assert.deepEqual(make(bench).tasks, []);
    bench.call('task.redo', {});
    assert.deepEqual(bench.column('Backlog'), ['a', 'b']);
    assert.deepEqual(make(bench).tasks, []);
    assert.deepEqual(bench.call('job.createTasks', input, { requestId }), made);
    bench.reopen();
    assert.equal(bench.call('task.undo', {}).label, 'Create 2 tasks from rfis');
    assert.deepEqual(await problems(bench), []);
  });

  test('of records without a key are known by their content', async () => {
    using bench = await openBench();
    const plain = (names: string[]) => names.map((title, i) => record(`@1:${i}`, { id: title, title }, { row: i }));
    runThrough(bench, plain(['a', 'b', 'a']), { keyed: false });
    assert.equal(make(bench).tasks.length, 2);
    runThrough(bench, plain(['c', 'a']), { keyed: false });
    assert.deepEqual(make(bench), { revision: 10, tasks: [3], known: 1 });
    assert.deepEqual(
      recordsOf(bench).records.map(({ task }) => task),
      [3, 1],
    );
  });

  test('are not made at all when a template names what is not there', async () => {
    using bench = await openBench();
    runThrough(bench, [record('1', { title: 'a' }), record('2')]);
    refused('job.template', () => make(bench));
    assert.deepEqual(bench.column('Backlog'), []);
    refused('job.notFound', () => make(bench, { collection: 'other' }));
  });
});

/** What a site showed to a run, and how far it came. */
interface Pass {
  read: Map<string, Data>;
  complete: boolean;
}

/** What records must be after some runs, told from the runs alone. */
function expected(passes: readonly Pass[]): Record<string, { change: string; data: Data; before: Data | null }> {
  const found: Record<string, { change: string; data: Data; before: Data | null }> = {};
  for (const key of new Set(passes.flatMap(({ read }) => [...read.keys()]))) {
    const last = passes.findLastIndex(({ read }) => read.has(key));
    const data = passes[last]!.read.get(key)!;
    const base = passes.slice(0, last).findLastIndex(({ complete }) => complete);
    const was = passes
      .slice(0, base + 1)
      .findLast(({ read }) => read.has(key))
      ?.read.get(key);
    const returned = was !== undefined && passes[base]?.read.has(key) === false;
    const before = Object.fromEntries(Object.entries(was ?? {}).filter(([name, value]) => data[name] !== value));
    const differs = returned || Object.keys(before).length > 0;
    const gone = passes.slice(last + 1).some(({ complete }) => complete);
    found[key] = {
      change: gone ? 'gone' : was === undefined ? 'new' : differs ? 'changed' : 'same',
      data,
      before: was !== undefined && differs ? before : null,
    };
  }
  return found;
}

describe('whatever happens to its workers', () => {
  for (let seed = 1; seed <= 15; seed++) {
    test(`a job's records are those it has read, once each (${seed})`, async () => {
      using bench = await openBench();
      let state = seed * 7919;
      const random = (below: number) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
      };
      const chance = (percent: number) => random(100) < percent;
      const passes: Pass[] = [];
      const site = new Map<string, Data>(Array.from({ length: 12 }, (_, i) => [`r${i}`, { v: 0, w: i }]));

      const stepOn = (hand: Hand, id: number, rows: RecordDraft[], page: number, seq: number, last: boolean) => {
        const what = { records: [batch(rows, { complete: last })], checkpoint: { page: page + 1 } };
        // The answer was lost: the same message once or twice more.
        for (let i = 0; i <= random(3); i++) hand.advance(id, what, seq);
      };

      for (let run = 0; run < 5; run++) {
        for (const key of [...site.keys()]) if (chance(10)) site.delete(key);
        for (let i = 0; i < 3; i++) site.set(`r${random(16)}`, { v: random(3), w: random(3) });
        const rows = [...site].map(([key, data], i) => record(key, data, { page: Math.floor(i / 3), row: i % 3 }));
        const pages = Math.max(1, Math.ceil(rows.length / 3));
        const pass: Pass = { read: new Map(), complete: false };
        passes.push(pass);
        const { id } = queue(bench);
        let hand = handOn(bench);
        let claimed = hand.claim(id);
        let seq = 0;
        while (!pass.complete) {
          const page = Number(claimed.checkpoint?.['page'] ?? 0) + seq;
          if (chance(25)) {
            // It dies, perhaps after what it did was written; two others want to go on.
            const stale = hand;
            bench.now += leaseMs + 1000;
            const rivals = [handOn(bench), handOn(bench)];
            if (chance(50)) rivals.reverse();
            hand = rivals[0]!;
            claimed = hand.claim(id);
            refused('job.leased', () => rivals[1]!.claim(id));
            refused('job.leased', () => stale.advance(id, { records: [batch([record('wrong')])] }, seq + 1));
            seq = 0;
            if (chance(30)) bench.reopen();
            continue;
          }
          if (chance(8)) {
            hand.advance(id, { state: { to: 'failed' } }, seq + 1);
            if (chance(50)) break;
            bench.call('job.resume', { run: id });
            claimed = hand.claim(id);
            seq = 0;
            continue;
          }
          const shown = rows.slice(page * 3, page * 3 + 3);
          pass.complete = page === pages - 1;
          for (const { key, data } of shown) pass.read.set(key, { ...data });
          stepOn(hand, id, shown, page, ++seq, pass.complete);
        }
        if (pass.complete) hand.advance(id, { state: { to: 'done' } }, seq + 1);
        if (passes.every(({ read }) => read.size === 0)) continue;
        const { records, counts } = recordsOf(bench, { limit: 100 });
        assert.deepEqual(
          Object.fromEntries(records.map(({ key, change, data, before }) => [key, { change, data, before }])),
          expected(passes),
        );
        assert.equal(counts.new + counts.changed + counts.same + counts.gone, records.length);
        for (const change of ['new', 'changed', 'same', 'gone'] as const)
          assert.equal(counts[change], records.filter((one) => one.change === change).length);
        assert.equal(bench.call('job.run', { run: id }).run.records, pass.read.size);
      }
      assert.deepEqual(await problems(bench), []);
      assert.throws(() => handOn(bench).claim(1), AppError);
    });
  }
});
