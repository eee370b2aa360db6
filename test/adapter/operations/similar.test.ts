import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tellingWords } from '../../../src/core/tellingWords.ts';
import type { OperationInput } from '../../../src/protocol/operations.ts';
import { random } from '../../bench/workload.ts';
import { openBench, refused } from './rig.ts';
import type { Bench } from './rig.ts';

function fill(bench: Bench): void {
  bench.add('Login fails on Safari', { description: 'The session cookie is refused by the browser after the redirect.' });
  bench.add('Cookie refused after redirect', { description: 'Safari drops the session cookie, so the login fails.' });
  bench.add('Safari shows the wrong font', { description: 'Headings fall back to serif.' });
  bench.add('Index the audit log', { description: 'Queries by actor read the whole table.' });
  bench.add('Größenänderung der Spalten', { description: 'Die Breite der Spalten wird vergessen.' });
  for (let i = 0; i < 20; i++) bench.add(`Chore ${i}`, { description: `Update the dependency number ${i} and run the tests.` });
}
const similar = (bench: Bench, input: OperationInput<'task.similar'>) =>
  bench.call('task.similar', input).tasks.map(({ id, score }) => ({ id, score }));
const ids = (found: readonly { id: number }[]) => found.map(({ id }) => id);

describe('task.similar', () => {
  test('finds what speaks of the same, most alike first, and never the task itself', async () => {
    using bench = await openBench();
    fill(bench);
    const found = similar(bench, { id: 1 });
    assert.deepEqual(ids(found).slice(0, 2), [2, 3]);
    assert.ok(found.every(({ id, score }) => id !== 1 && score > 0 && score <= 1));
    assert.ok(found[0]!.score > 2 * found[1]!.score, JSON.stringify(found));
    assert.deepEqual(
      found.map(({ score }) => score),
      found.map(({ score }) => score).toSorted((a, b) => b - a),
    );
  });

  test('the same text is as alike as can be: 1', async () => {
    using bench = await openBench();
    fill(bench);
    const { title, description } = bench.call('task.get', { id: 1 });
    const copy = bench.add(title, { description });
    assert.deepEqual(similar(bench, { id: copy.id, limit: 1 }), [{ id: 1, score: 1 }]);
    assert.deepEqual(
      similar(bench, { text: `${title}\n\n${description}`, limit: 2 }).map(({ score }) => score),
      [1, 1],
    );
    assert.deepEqual(
      similar(bench, { text: 'login fails on safari', limit: 1 }).map(({ score }) => score > 0.9),
      [true],
    );
  });

  test('words that nobody else has speak against every task', async () => {
    using bench = await openBench();
    fill(bench);
    const [plain] = similar(bench, { text: 'wrong font' });
    const [strange] = similar(bench, { text: 'wrong font zygote quokka' });
    assert.deepEqual([plain?.id, strange?.id], [3, 3]);
    assert.ok(strange!.score < plain!.score / 1.5, `${strange?.score} of ${plain?.score}`);
  });

  test('other languages and their signs are compared too', async () => {
    using bench = await openBench();
    fill(bench);
    assert.deepEqual(ids(similar(bench, { text: 'Breite der Spalten nach Größenänderung' })), [5]);
  });

  test('what was archived or deleted is left out, and comes back with its task', async () => {
    using bench = await openBench();
    fill(bench);
    bench.call('task.archive', { id: 2 });
    assert.ok(!ids(similar(bench, { id: 1 })).includes(2));
    bench.call('task.unarchive', { id: 2 });
    assert.equal(similar(bench, { id: 1 })[0]?.id, 2);
    bench.call('task.delete', { id: 2 });
    assert.ok(!ids(similar(bench, { id: 1 })).includes(2));
    // A deleted one may be asked about.
    assert.equal(similar(bench, { id: 2 })[0]?.id, 1);
  });

  test('a common word finds something too, and a limit is kept', async () => {
    using bench = await openBench();
    fill(bench);
    assert.equal(similar(bench, { text: 'dependency tests', limit: 7 }).length, 7);
    assert.equal(similar(bench, { text: 'dependency tests' }).length, 10);
  });

  test('the oldest of many that share its words is found, too', async () => {
    using bench = await openBench();
    const next = random(1);
    const title = () => Array.from({ length: 8 }, () => `word${Math.floor(next() * 70)}`).join(' ');
    bench.sql.transaction(() => {
      for (let i = 0; i < 2500; i++) bench.add(title());
    });
    const copy = bench.add(bench.row(1).title);
    assert.deepEqual(similar(bench, { id: copy.id, limit: 1 }), [{ id: 1, score: 1 }]);
  });

  test('a text of nothing but small words or signs finds nothing', async () => {
    using bench = await openBench();
    fill(bench);
    for (const text of ['', 'the of and', '"*()-:^', 'a OR b NOT c', '\n\n']) assert.deepEqual(similar(bench, { text }), [], text);
  });

  test('operators of the index are words like any others', async () => {
    using bench = await openBench();
    fill(bench);
    assert.deepEqual(new Set(ids(similar(bench, { text: 'safari" OR title:audit*' }))), new Set([1, 2, 3, 4]));
  });

  test('a task that is not there is refused, and so are two questions at once', async () => {
    using bench = await openBench();
    refused('task.notFound', () => similar(bench, { id: 1 }));
    refused('input.invalid', () => similar(bench, { id: 1, text: 'x' }));
    refused('input.invalid', () => similar(bench, {}));
    assert.deepEqual(similar(bench, { text: 'anything' }), []);
  });
});

describe('telling words', () => {
  test('are counted in lower case, without those that say nothing', () => {
    const { counts, length } = tellingWords('The Login of the LOGIN-page, Größe 404 — x');
    assert.deepEqual(
      [...counts],
      [
        ['login', 2],
        ['page', 1],
        ['größe', 1],
        ['404', 1],
      ],
    );
    assert.equal(length, 9);
  });

  test('a long text is read in no time', () => {
    const began = performance.now();
    assert.equal(tellingWords('a'.repeat(1_000_000)).length, 1);
    assert.equal(tellingWords('́'.repeat(200_000) + ' -'.repeat(200_000)).counts.size, 1);
    assert.ok(performance.now() - began < 1000);
  });
});
