import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Burst } from '../../src/util/burst.ts';

test('a burst is delivered once when it is quiet, each item once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bursts: string[][] = [];
  const burst = new Burst<string>({ quiet: 100, longest: 100_000 }, (items) => bursts.push(items));
  burst.add(['a', 'b']);
  t.mock.timers.tick(90);
  burst.add(['b', 'c']);
  t.mock.timers.tick(90);
  assert.deepEqual(bursts, []);
  t.mock.timers.tick(10);
  assert.deepEqual(bursts, [['a', 'b', 'c']]);
  t.mock.timers.tick(1000);
  assert.equal(bursts.length, 1);
});

test('a burst that never ends is delivered in parts', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const bursts: number[][] = [];
  const burst = new Burst<number>({ quiet: 100, longest: 1000 }, (items) => bursts.push(items));
  for (let i = 0; i < 50; i++) {
    burst.add([i]);
    now += 50;
    t.mock.timers.tick(50);
  }
  assert.ok(bursts.length === 2 && bursts[0]!.length <= 21, JSON.stringify(bursts.map((items) => items.length)));
});

test('a burst that was disposed delivers nothing', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bursts: number[][] = [];
  const burst = new Burst<number>({ quiet: 100, longest: 1000 }, (items) => bursts.push(items));
  burst.add([1]);
  burst.dispose();
  burst.flush();
  t.mock.timers.tick(2000);
  assert.deepEqual(bursts, []);
});
