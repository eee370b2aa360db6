import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { statuses, type TaskRow } from '../../src/core/task.ts';
import { createCards } from '../../src/webview/board/cards.ts';
import { row } from './openBoard.ts';

const titles = ['log', 'wire', 'login', 'test'];
const change = fc.record({
  id: fc.integer({ min: 1, max: 12 }),
  status: fc.constantFrom(...statuses),
  rank: fc.constantFrom('a1', 'a2', 'a3', 'a35', 'b1', 'Zz'),
  title: fc.constantFrom(...titles),
  gone: fc.boolean(),
  step: fc.constantFrom('apply', 'place', 'settle', 'filter', 'unfilter', 'stale'),
});
const order = (a: TaskRow, b: TaskRow) => (a.rank === b.rank ? a.id - b.id : a.rank < b.rank ? -1 : 1);

test('after any changes each column is what sorting and filtering all rows anew would give', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const cards = createCards();
      cards.reset([], true);
      const model = new Map<number, TaskRow>();
      const tokens = new Map<number, number>();
      let filtered = false;
      const matching = (task: TaskRow) => task.title.includes('log');
      for (const { id, status, rank, title, gone, step } of changes) {
        const old = model.get(id);
        if (step === 'apply') {
          const next = row(id, status, title, { rank, version: (old?.version ?? 0) + 1, deletedAt: gone ? 1 : null });
          model.set(id, next);
          cards.apply([next]);
        } else if (step === 'stale' && old !== undefined) cards.apply([{ ...old, title: 'stale', version: old.version - 1 }]);
        else if (step === 'place' && old?.deletedAt === null) tokens.set(id, cards.place(id, status, {}));
        else if (step === 'settle') cards.settle(id, tokens.get(id) ?? 0);
        else if (step === 'filter' || step === 'unfilter') {
          filtered = step === 'filter';
          cards.setFilter(filtered ? matching : null);
        }
      }
      for (const [id, token] of tokens) cards.settle(id, token);
      for (const status of statuses) {
        const live = [...model.values()].filter((task) => task.deletedAt === null && task.status === status).sort(order);
        assert.deepEqual(cards.shown(status), filtered ? live.filter(matching) : live);
        assert.equal(cards.total(status), live.length);
        for (const [index, task] of cards.shown(status).entries()) assert.equal(cards.indexOf(task.id), index);
      }
    }),
  );
});

test('a card placed by its neighbours stands between them before the store has answered', () => {
  const cards = createCards();
  const tasks = [row(1, 'Backlog', 'a'), row(2, 'Backlog', 'b'), row(3, 'Backlog', 'c'), row(4, 'Ready', 'd')];
  cards.reset(
    [
      { status: 'Backlog', total: 3, tasks: tasks.slice(0, 3) },
      { status: 'Ready', total: 1, tasks: tasks.slice(3) },
    ],
    true,
  );
  const ids = () =>
    cards
      .shown('Backlog')
      .map((task) => task.id)
      .join();
  cards.place(4, 'Backlog', { afterId: 1 });
  assert.equal(ids(), '1,4,2,3');
  cards.place(3, 'Backlog', { beforeId: 4 });
  assert.equal(ids(), '1,3,4,2');
  cards.place(2, 'Backlog', {});
  assert.equal(ids(), '2,1,3,4');
  cards.place(4, 'Backlog', {});
  assert.equal(ids(), '4,2,1,3');
  assert.equal(cards.total('Ready'), 0);
});
