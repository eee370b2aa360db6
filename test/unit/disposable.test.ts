import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DisposableStore } from '../../src/util/disposable.ts';

describe('a disposable store', () => {
  test('lets go of the last thing first, and only once', () => {
    const order: string[] = [];
    const store = new DisposableStore();
    store.add({ dispose: () => order.push('first') });
    store.add({ dispose: () => order.push('second') });
    store.dispose();
    store.dispose();
    assert.deepEqual(order, ['second', 'first']);
    assert.equal(store.isDisposed, true);
  });

  test('disposes at once what is added after its end', () => {
    const store = new DisposableStore();
    store.dispose();
    let disposed = false;
    store.add({ dispose: () => void (disposed = true) });
    assert.equal(disposed, true);
  });

  test('goes on after a failure and reports all of them together', () => {
    const store = new DisposableStore();
    let disposed = false;
    store.add({ dispose: () => void (disposed = true) });
    store.add({
      dispose: () => {
        throw new Error('one');
      },
    });
    assert.throws(
      () => store.dispose(),
      (error) => error instanceof AggregateError && error.errors.length === 1,
    );
    assert.equal(disposed, true);
  });
});
