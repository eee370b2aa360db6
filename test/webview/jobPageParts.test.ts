import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JobRecord } from '../../src/protocol/jobs/runs.ts';
import { addressOf } from '../../src/webview/records/address.ts';
import { createChunks } from '../../src/webview/records/chunks.ts';
import { columnsInView, layOut } from '../../src/webview/records/columns.ts';
import { asked, countOf, everything, isSelected, nothing, toggled, withKeys } from '../../src/webview/records/selection.ts';
import { createPace } from '../../src/webview/run/pace.ts';
import { addEntries, stepState, type StepResult } from '../../src/webview/run/stepStates.ts';
import { spanWords } from '../../src/webview/run/words.ts';
import { rfi } from './scriptedRecords.ts';
import { logEntry } from './scriptedRun.ts';

/** Answers when the test says so. */
function source(total = 10_000) {
  const asks: { offset: number; answer: (records: readonly JobRecord[] | null) => Promise<void> }[] = [];
  let drawn = 0;
  const chunks = createChunks({
    load: (offset) =>
      new Promise((resolve) => {
        asks.push({
          offset,
          answer: async (records) => {
            resolve(records);
            await new Promise(setImmediate);
          },
        });
      }),
    changed: () => drawn++,
  });
  const records = (offset: number, word = '') =>
    Array.from({ length: 200 }, (_, index) => rfi(offset + index, { key: `${word}${offset + index}` }));
  const offsets = () => asks.map(({ offset }) => offset);
  return { chunks, asks, offsets, records, total, drawn: () => drawn };
}

describe('the chunks of a long list', () => {
  test('are asked for two at a time, and those that are no longer wanted not at all', async () => {
    const { chunks, asks, offsets, records, total } = source();
    chunks.want(0, 600, total);
    chunks.want(5000, 5010, total);
    assert.deepEqual(offsets(), [0, 200]);
    await asks[0]?.answer(records(0));
    assert.deepEqual(offsets(), [0, 200, 5000]);
    assert.equal(chunks.at(7)?.key, '7');
    assert.equal(chunks.at(5000), undefined);
  });

  test('are read ahead near their ends, but not beyond the end of the list', () => {
    const near = source();
    near.chunks.want(150, 190, near.total);
    assert.deepEqual(near.offsets(), [0, 200]);
    const last = source(200);
    last.chunks.want(150, 190, last.total);
    assert.deepEqual(last.offsets(), [0]);
  });

  test('of another list replace the old ones when the first has come', async () => {
    const { chunks, asks, records, total } = source();
    chunks.want(0, 10, total);
    await asks[0]?.answer(records(0, 'old '));
    chunks.reset();
    chunks.want(0, 10, total);
    assert.equal(chunks.at(3)?.key, 'old 3');
    await asks[1]?.answer(records(0, 'new '));
    assert.equal(chunks.at(3)?.key, 'new 3');
  });

  test('that were asked for before another list was do not count', async () => {
    const { chunks, asks, records, total } = source();
    chunks.want(0, 10, total);
    chunks.reset();
    chunks.want(0, 10, total);
    await asks[0]?.answer(records(0, 'late '));
    assert.equal(chunks.at(0), undefined);
  });

  test('that did not come are not asked for with every drawing, but when the list is renewed', async () => {
    const { chunks, asks, offsets, total } = source();
    chunks.want(0, 10, total);
    await asks[0]?.answer(null);
    chunks.want(0, 10, total);
    assert.deepEqual(offsets(), [0]);
    chunks.renew();
    chunks.want(0, 10, total);
    assert.deepEqual(offsets(), [0, 0]);
  });

  test('are forgotten when there are more than 60, the longest unseen first', async () => {
    const { chunks, asks, records, total } = source(100_000);
    for (let chunk = 0; chunk <= 60; chunk++) {
      chunks.want(chunk * 200 + 110, chunk * 200 + 111, total);
      // Only what was asked for newly is open.
      for (const ask of asks.splice(0)) await ask.answer(records(ask.offset));
      chunks.want(0, 1, total);
    }
    assert.equal(chunks.at(0)?.key, '0');
    assert.equal(chunks.at(200), undefined);
    assert.notEqual(chunks.at(60 * 200), undefined);
  });

  test('are all read for a selection, and a failure is told', async () => {
    const { chunks, asks, records } = source();
    const all = chunks.readAll(100, 450);
    for (let at = 0; at < 3; at++) await asks[at]?.answer(records(at * 200));
    assert.equal(await all, true);
    const more = chunks.readAll(0, 900);
    await asks[3]?.answer(null);
    assert.equal(await more, false);
  });
});

describe('columns', () => {
  test('are as wide as their texts within reason, and found by where they lie', () => {
    const columns = layOut(['a', 'subject'], [rfi(3, { data: { a: 1, subject: 'x'.repeat(500) } })], 7);
    assert.deepEqual(columns.offsets, [0, 72, 392]);
    assert.deepEqual(columnsInView(columns, 0, 50), { from: 0, to: 1 });
    assert.deepEqual(columnsInView(columns, 72, 500), { from: 1, to: 2 });
    assert.deepEqual(columnsInView({ fields: [], offsets: [0], width: 0 }, 0, 500), { from: 0, to: 0 });
  });
});

test('the page of a record is opened by its address, as far as that is known', () => {
  const places = [
    'app.example.com/rfis',
    'localhost:8080/a',
    '127.0.0.1:1',
    'app.example.com/reset/•••',
    'file:',
    'javascript:alert(1)',
    '',
  ];
  assert.deepEqual(places.map(addressOf), [
    'https://app.example.com/rfis',
    'http://localhost:8080/a',
    'http://127.0.0.1:1',
    null,
    null,
    null,
    null,
  ]);
});

describe('a selection', () => {
  test('is of keys, or of all but some', () => {
    const two = withKeys(toggled(nothing, 'a'), ['b', 'a']);
    assert.deepEqual([countOf(two, 10), isSelected(two, 'a'), isSelected(two, 'c')], [2, true, false]);
    assert.deepEqual(asked(two, { search: 'x' }), { keys: ['a', 'b'] });
    const most = toggled(toggled(everything, 'a'), 'b');
    assert.deepEqual([countOf(most, 10), isSelected(most, 'a'), isSelected(most, 'c')], [8, false, true]);
    assert.deepEqual(asked(withKeys(most, ['a']), { search: 'x' }), { search: 'x', except: ['b'] });
    assert.equal(countOf(toggled(two, 'a'), 10), 1);
  });
});

describe('the pace of a run', () => {
  test('is that of the last minute, and unknown at first', () => {
    const pace = createPace();
    pace.add(0, 0);
    assert.equal(pace.perMinute(1000), null);
    for (let second = 1; second <= 120; second++) pace.add(second * 1000, second < 60 ? second * 10 : 590 + (second - 59));
    assert.equal(Math.round(pace.perMinute(120_000) ?? 0), 60);
    assert.equal(Math.round((pace.timeLeft(120_000, 651, 711) ?? 0) / 1000), 60);
    assert.equal(pace.timeLeft(120_000, 651, null), null);
    assert.equal(pace.timeLeft(120_000, 651, 651), null);
  });

  test('begins anew when a run was taken up from an earlier page, and slows down while nothing comes', () => {
    const pace = createPace();
    pace.add(0, 100);
    pace.add(10_000, 110);
    assert.equal(pace.perMinute(10_000), 60);
    assert.equal(pace.perMinute(20_000), 30);
    pace.add(21_000, 50);
    assert.equal(pace.perMinute(30_000), null);
  });
});

describe('the state of a step', () => {
  const of = (...entries: Parameters<typeof logEntry>[1][]): StepResult | undefined => {
    const results = new Map<string, StepResult>();
    addEntries(
      results,
      entries.map((entry, index) => logEntry(index + 1, entry)),
    );
    return results.get('2');
  };

  test('is that of its last entry, and a failure that was got over is none', () => {
    const failed = of({ result: 'failed', message: 'Gone.', ms: 5 });
    assert.deepEqual([stepState('2', false, failed, null, false), failed?.message, failed?.ms], ['failed', 'Gone.', 5]);
    const again = of({ result: 'failed', message: 'Gone.' }, { result: 'healed' });
    assert.deepEqual([stepState('2', false, again, null, false), again?.message, again?.healed, again?.times], ['done', null, true, 2]);
    assert.equal(stepState('2', false, of({ result: 'skipped' }), null, false), 'skipped');
    assert.equal(stepState('2', false, undefined, null, false), 'open');
  });

  test('is running with the steps inside of it, waiting while the run does, and disabled in any case', () => {
    assert.equal(stepState('2', false, undefined, '2.steps.1', false), 'running');
    assert.equal(stepState('2', false, undefined, '2', true), 'waiting');
    assert.equal(stepState('2', false, undefined, '21', false), 'open');
    assert.equal(stepState('2', true, undefined, '2', false), 'disabled');
  });
});

test('a span of time is told in the units that matter', () => {
  assert.deepEqual([0, 340.4, 3000, 9990, 12_300, 200_000, 7_500_000].map(spanWords), [
    '0 ms',
    '340 ms',
    '3 s',
    '9.9 s',
    '12 s',
    '3 min 20 s',
    '2 h 5 min',
  ]);
});
