import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { cycleText, findCycle } from '../../src/core/dependencies.ts';

const graph = (edges: Record<number, number[]>) => (id: number) => edges[id] ?? [];

describe('dependency cycles', () => {
  test('a task cannot wait for itself', () => {
    assert.deepEqual(findCycle(1, 1, graph({})), [1, 1]);
  });

  test('a long way round is named step by step', () => {
    const cycle = findCycle(1, 2, graph({ 2: [9, 3], 3: [4], 4: [1] }));
    assert.deepEqual(cycle, [1, 2, 3, 4, 1]);
    assert.equal(cycleText(cycle ?? []), '#1 waits for #2, #2 waits for #3, #3 waits for #4, #4 waits for #1');
  });

  test('two ways to one task are no cycle', () => {
    assert.equal(findCycle(1, 2, graph({ 2: [3, 4], 3: [5], 4: [5] })), undefined);
  });

  test('a chain of 100,000 tasks is walked without running out of stack', () => {
    assert.equal(
      findCycle(0, 1, (id) => (id < 100_000 ? [id + 1] : [])),
      undefined,
    );
    assert.equal(findCycle(0, 1, (id) => (id < 100_000 ? [id + 1] : [0]))?.length, 100_002);
  });

  test('edges that were let in never form a cycle, and every refusal names a true one', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { maxLength: 60 }), (edges) => {
        const held = new Map<number, number[]>();
        const dependsOn = (id: number) => held.get(id) ?? [];
        for (const [from, to] of edges) {
          const cycle = findCycle(from, to, dependsOn);
          if (cycle === undefined) held.set(from, [...dependsOn(from), to]);
          else {
            assert.deepEqual([cycle[0], cycle[1], cycle.at(-1)], [from, to, from]);
            for (let i = 1; i + 1 < cycle.length; i++) assert.ok(dependsOn(cycle[i]!).includes(cycle[i + 1]!));
          }
        }
        const state = new Map<number, 'open' | 'done'>();
        const visit = (id: number): void => {
          assert.notEqual(state.get(id), 'open', 'a cycle was let in');
          if (state.get(id) === 'done') return;
          state.set(id, 'open');
          for (const next of dependsOn(id)) visit(next);
          state.set(id, 'done');
        };
        for (const id of held.keys()) visit(id);
      }),
    );
  });
});
