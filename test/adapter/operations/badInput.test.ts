import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OperationRequest } from '../../../src/app/ports.ts';
import { AppError } from '../../../src/core/appError.ts';
import { limits } from '../../../src/core/task.ts';
import { freeWorkflow } from '../../../src/core/workflow.ts';
import type { OperationInput } from '../../../src/protocol/operations.ts';
import { ann, openBench, refused } from './rig.ts';
import type { Bench } from './rig.ts';

/** As a program would call that does not keep to the types. */
function raw(bench: Bench, operation: string, input: unknown, more: Partial<OperationRequest> = {}): unknown {
  return bench.dispatcher.dispatch({ requestId: `r${Math.random()}`, operation, input, actor: ann, workflow: freeWorkflow, ...more }).value;
}

const bell = '\u0007';
const half = '\ud83d';

describe('bad input is refused with a message that names the field', () => {
  const cases: readonly [string, string, unknown, string, RegExp][] = [
    ['an empty title', 'task.create', { title: '' }, 'title', /^title is empty$/],
    ['a blank title', 'task.create', { title: ' \t ' }, 'title', /^title is empty$/],
    ['no title', 'task.create', {}, 'title', /^title is missing$/],
    ['a title that is a number', 'task.create', { title: 7 }, 'title', /^title is not a string$/],
    ['a title of 501 characters', 'task.create', { title: 'x'.repeat(501) }, 'title', /^title is longer than 500 characters$/],
    ['a title of two lines', 'task.create', { title: 'a\nb' }, 'title', /^title holds a line break$/],
    ['a title with a control character', 'task.create', { title: `a${bell}` }, 'title', /^title holds a control character$/],
    ['a title with half a surrogate pair', 'task.create', { title: `a${half}` }, 'title', /^title holds half of a surrogate pair/],
    [
      'a new title that is too long',
      'task.update',
      { id: 1, patch: { title: 'x'.repeat(501) } },
      'title',
      /^title is longer than 500 characters$/,
    ],
    [
      'a description over 1 MB',
      'task.update',
      { id: 1, patch: { description: 'x'.repeat(limits.text + 1) } },
      'description',
      /^description is longer than 1,000,000 characters$/,
    ],
    [
      'an analysis over 1 MB',
      'task.update',
      { id: 1, patch: { analysis: 'x'.repeat(limits.text + 1) } },
      'analysis',
      /^analysis is longer/,
    ],
    ['a description with a NUL', 'task.update', { id: 1, patch: { description: 'a\u0000b' } }, 'description', /control character/],
    [
      'an unknown status',
      'task.move',
      { id: 1, status: 'Doing' },
      'status',
      /^status is none of Backlog, Analysis, Ready, In Progress, Testing, Code Review, Done$/,
    ],
    ['an unknown type', 'task.create', { title: 'a', type: 'Epic' }, 'type', /^type is none of Feature, Bug$/],
    ['an unknown priority', 'task.create', { title: 'a', priority: 'Urgent' }, 'priority', /^priority is none of/],
    ['a day that is none', 'task.create', { title: 'a', due: '2026-02-30' }, 'due', /^due is no day of the calendar$/],
    ['a day in words', 'task.create', { title: 'a', due: 'tomorrow' }, 'due', /^due is not a day like/],
    ['a negative estimate', 'task.create', { title: 'a', estimate: -1 }, 'estimate', /^estimate is less than 0$/],
    ['an estimate that is no number', 'task.create', { title: 'a', estimate: Number.NaN }, 'estimate', /^estimate is not a/],
    [
      'too many labels',
      'task.create',
      { title: 'a', labels: Array.from({ length: 51 }, (_, i) => `l${i}`) },
      'labels',
      /^labels has more than 50 items$/,
    ],
    [
      'a label that is too long',
      'task.create',
      { title: 'a', labels: ['ok', 'x'.repeat(61)] },
      'labels',
      /^labels\[1\] is longer than 60 characters$/,
    ],
    ['an empty label', 'task.create', { title: 'a', labels: [''] }, 'labels', /^labels\[0\] is empty$/],
    [
      'a web address that is a script',
      'task.create',
      { title: 'a', testingUrls: ['javascript:alert(1)'] },
      'testingUrls',
      /^testingUrls\[0\] is not a web address$/,
    ],
    [
      'an original with half a surrogate pair',
      'task.create',
      { title: 'a', source: { system: 's', id: '1', original: half } },
      'source',
      /^source\.original holds half/,
    ],
    ['a misspelt field', 'task.update', { id: 1, patch: { tilte: 'x' } }, 'tilte', /does not know a field tilte/],
    ['a field that cannot be set', 'task.update', { id: 1, patch: { deletedAt: 1 } }, 'deletedAt', /does not know a field deletedAt/],
    ['an id that is none', 'task.get', { id: '1' }, 'id', /^id is not a number$/],
    ['an id of zero', 'task.get', { id: 0 }, 'id', /^id is not more than 0$/],
    ['a fraction of an id', 'task.get', { id: 1.5 }, 'id', /^id is not an int$/],
    [
      '10,000 tasks in one call',
      'task.deleteMany',
      { ids: Array.from({ length: 10_000 }, (_, i) => i + 1) },
      'ids',
      /^ids names more than 5,000 tasks; split the call$/,
    ],
    ['a task named twice', 'task.deleteMany', { ids: [1, 1] }, 'ids', /^ids names a task twice$/],
    [
      'a long text for very many tasks',
      'task.updateMany',
      { ids: Array.from({ length: 500 }, (_, i) => i + 1), patch: { description: 'x'.repeat(limits.text) } },
      'ids',
      /too many tasks for so long a text/,
    ],
    ['no tasks', 'task.deleteMany', { ids: [] }, 'ids', /^ids names no task$/],
    ['a checklist item of two lines', 'task.addChecklistItem', { id: 1, text: 'a\nb' }, 'text', /^text holds a line break$/],
    ['no input', 'task.create', undefined, '', /^The input of task\.create is missing$/],
    ['a list for an input', 'task.create', [], '', /^The input of task\.create is not an object$/],
    ['a limit that is too large', 'task.list', { limit: 100_000 }, 'limit', /^limit is more than 1000$/],
  ];
  for (const [what, operation, input, field, message] of cases) {
    test(what, async () => {
      using bench = await openBench();
      bench.add('a task');
      const error = refused('input.invalid', () => raw(bench, operation, input));
      assert.equal(error.details['field'], field);
      assert.match(error.message, message);
      assert.equal(bench.call('task.list', { scope: 'all' }).total, 1);
      assert.equal(bench.row(1).version, 1);
    });
  }

  test('unknown ids are named', async () => {
    using bench = await openBench();
    for (const [operation, input] of [
      ['task.get', { id: 5 }],
      ['task.move', { id: 5, status: 'Done' }],
      ['task.delete', { id: 5 }],
      ['task.restore', { id: 5 }],
      ['task.archive', { id: 5 }],
      ['task.history', { id: 5 }],
      ['task.addChecklistItem', { id: 5, text: 'x' }],
      ['task.link', { id: 5, dependsOnId: 6 }],
    ] as const) {
      const error = refused('task.notFound', () => raw(bench, operation, input));
      assert.match(error.message, /There is no task #5\./);
      assert.deepEqual(error.details['ids'], [5]);
    }
    const huge = refused('task.notFound', () => raw(bench, 'task.deleteMany', { ids: Array.from({ length: 5000 }, (_, i) => i + 1) }));
    assert.match(huge.message, /#1, #2, #3, #4, #5 and 4995 more/);
  });

  test('a caller that is none is refused', async () => {
    using bench = await openBench();
    for (const actor of [{ kind: 'root', name: 'x' }, { kind: 'user', name: half }, { kind: 'user', name: '' }, null]) {
      refused('input.invalid', () => raw(bench, 'task.list', {}, { actor: actor as never }));
    }
  });

  test('prototype tricks are unknown fields', async () => {
    using bench = await openBench();
    for (const key of ['__proto__', 'constructor', 'toString']) {
      assert.throws(
        () => raw(bench, 'task.create', JSON.parse(`{"title":"a","${key}":{"x":1}}`)),
        (error) => AppError.is(error, 'input.invalid') || key === '__proto__',
      );
    }
    assert.equal(Object.hasOwn(Object.prototype, 'x'), false);
  });
});

describe('whatever is text is stored as it is', () => {
  const texts = [
    "'; DROP TABLE task; --",
    '" OR 1=1',
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '&lt;b&gt; &amp;',
    '%s %d {0} ${x} $(id) `id`',
    '../../etc/passwd',
    '👩‍👩‍👧‍👦 Ünïcödé 漢字 עברית \u202e abc',
    'NULL',
    'null',
    '[]',
    '{"a":1}',
    '-- "quoted" \\ back\\slash',
    'x'.repeat(limits.title),
    '😀'.repeat(limits.title / 2),
    'MATCH "a*" NEAR/2 OR NOT (',
    '0x41',
    '١٢٣',
  ];
  for (const text of texts) {
    test(JSON.stringify(text.slice(0, 40)), async () => {
      using bench = await openBench();
      const short = text.slice(0, 50);
      const input: OperationInput<'task.create'> = {
        title: text,
        description: `${text}\r\n\t${text}`,
        analysis: text,
        labels: [short],
        assignee: short,
        blockedReason: text,
        gitBranch: text,
        worktreePath: text,
        checklist: [text],
        origin: { file: text, line: 1 },
        source: { system: short, id: text, original: `\u0000${text}` },
        contract: {
          surface: text,
          success: text,
          constraints: [text],
          invariants: [],
          nonGoals: [],
          acceptance: [],
          followUps: [],
          risks: [],
        },
        stageResults: [{ stage: 'Testing', at: 1, outcome: 'passed', summary: text }],
        comment: text,
      };
      const { id } = bench.add(text, input);
      bench.reopen();
      const task = bench.call('task.get', { id });
      assert.equal(task.title, text);
      assert.equal(task.description, `${text}\r\n\t${text}`);
      assert.equal(task.analysis, text);
      assert.deepEqual(task.labels, [short]);
      assert.equal(task.assignee, short);
      assert.equal(task.blockedReason, text);
      assert.equal(task.gitBranch, text);
      assert.equal(task.checklist[0]?.text, text);
      assert.deepEqual(task.origin, input.origin);
      assert.deepEqual(task.source, input.source);
      assert.deepEqual(task.contract, input.contract);
      assert.deepEqual(task.stageResults, input.stageResults);
      assert.equal(bench.call('task.history', { id }).entries[0]?.comment, text);
      assert.equal(bench.call('task.list', { label: [short], assignee: [short] }).total, 1);
      bench.call('task.list', { text: text.slice(0, 500) });
      bench.call('task.search', { text: text.slice(0, 500) });
      bench.call('task.update', { id, patch: { title: 'other' } });
      bench.call('task.undo', {});
      assert.equal(bench.row(id).title, text);
      assert.deepEqual((await bench.maintain('audit.verify', {})).problems, []);
      assert.equal(bench.sql.prepare<{ integrity_check: string }>('PRAGMA integrity_check').get()?.integrity_check, 'ok');
    });
  }

  test('a description of 1 MB', async () => {
    using bench = await openBench();
    const description = 'ä'.repeat(limits.text);
    const { id } = bench.add('big', { description });
    assert.equal(bench.call('task.get', { id }).description, description);
  });
});
