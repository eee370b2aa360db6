import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Emitter } from '../../src/util/emitter.ts';

describe('an emitter', () => {
  test('tells every listener in order, and one function twice when it subscribed twice', () => {
    const heard: number[] = [];
    const emitter = new Emitter<number>();
    const listen = (value: number) => void heard.push(value);
    emitter.event(listen);
    emitter.event(listen);
    emitter.fire(1);
    assert.deepEqual(heard, [1, 1]);
  });

  test('no longer tells a listener that unsubscribed, even within the same firing', () => {
    const heard: string[] = [];
    const emitter = new Emitter<void>();
    const first = emitter.event(() => {
      heard.push('first');
      first.dispose();
    });
    emitter.event(() => heard.push('second'));
    emitter.fire();
    emitter.fire();
    assert.deepEqual(heard, ['first', 'second', 'second']);
  });

  test('reaches the other listeners when one throws, and then throws that error', () => {
    const emitter = new Emitter<void>();
    let reached = false;
    emitter.event(() => {
      throw new Error('broken listener');
    });
    emitter.event(() => void (reached = true));
    assert.throws(() => emitter.fire(), /broken listener/);
    assert.equal(reached, true);
  });

  test('joins the errors of several listeners', () => {
    const emitter = new Emitter<void>();
    for (const name of ['one', 'two'])
      emitter.event(() => {
        throw new Error(name);
      });
    assert.throws(() => emitter.fire(), AggregateError);
  });

  test('is silent after its end', () => {
    const emitter = new Emitter<void>();
    emitter.event(() => assert.fail('nobody listens any more'));
    emitter.dispose();
    emitter.fire();
  });
});
