import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { canonicalForm } from '../../src/core/auditChain.ts';
import type { SealedHistory, SealedRow } from '../../src/core/auditChain.ts';

const row: SealedRow = {
  revision: 7,
  at: 1_700_000_000_000,
  actor: { kind: 'user', name: 'ann' },
  operation: 'task.move',
  requestId: 'r',
  summary: 'Move #1 to Done',
  body: '{"tasks":[1]}',
  undoOf: null,
  redoOf: null,
  previousHash: 'p',
};
const history: SealedHistory[] = [{ taskId: 1, changes: '[]', comment: null }];

describe('the canonical form of an audit row', () => {
  test('is what it always was: a change would break every chain', () => {
    assert.equal(
      canonicalForm(row, history),
      '["p",7,1700000000000,"user","ann","task.move","r","Move #1 to Done","{\\"tasks\\":[1]}",null,null,[[1,"[]",null]]]',
    );
  });

  test('differs whenever anything in the row or its history differs', () => {
    const text = fc.string();
    const rows = fc.record({
      revision: fc.nat(3),
      at: fc.nat(3),
      actor: fc.record({ kind: fc.constantFrom('user' as const, 'agent' as const), name: text }),
      operation: text,
      requestId: fc.option(text),
      summary: text,
      body: text,
      undoOf: fc.option(fc.nat(3)),
      redoOf: fc.option(fc.nat(3)),
      previousHash: text,
    });
    const entries = fc.array(fc.record({ taskId: fc.nat(3), changes: text, comment: fc.option(text) }), { maxLength: 3 });
    fc.assert(
      fc.property(rows, entries, rows, entries, (a, historyA, b, historyB) => {
        const same = JSON.stringify([a, historyA]) === JSON.stringify([b, historyB]);
        assert.equal(canonicalForm(a, historyA) === canonicalForm(b, historyB), same);
      }),
    );
  });
});
