import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { TaskRow } from '../../src/core/task.ts';
import { matches, parseFilter } from '../../src/core/taskFilter.ts';
import { taskRow } from '../rig/taskRow.ts';

const row = (more: Partial<TaskRow> = {}): TaskRow =>
  taskRow({
    id: 12,
    title: 'Login fails on Safari',
    type: 'Bug',
    priority: 'High',
    status: 'In Progress',
    labels: ['ui', 'Auth'],
    assignee: '@backend',
    due: '2026-11-01',
    ...more,
  });
const today = '2026-11-21';
const passes = (text: string, more?: Partial<TaskRow>) => matches(parseFilter(text), row(more), today);

describe('the filter', () => {
  for (const text of [
    '',
    '   ',
    'login',
    'LOGIN safari',
    '"fails on"',
    '"fails on',
    '12',
    '#12',
    'type:bug',
    'type:feature type:bug',
    'type:feature,bug',
    'type:b',
    'type:',
    'priority:high',
    'status:"in progress"',
    'status:in-progress',
    'status:inprog',
    'status:done status:in',
    '@backend',
    '@back',
    '@',
    'assignee:backend',
    'assignee:"@backend"',
    '#ui',
    '#auth',
    'label:UI',
    'label:"ui"',
    'is:overdue',
    'is:over',
    '-is:blocked',
    '-type:feature',
    '-#db',
    '-@frontend',
    '-chrome',
    '-"on chrome"',
    'type:bug #ui @backend login -chrome',
    '-',
    '"',
    '""',
    '-""',
  ]) {
    test(`${JSON.stringify(text)} finds an overdue bug of @backend called "Login fails on Safari"`, () => assert.equal(passes(text), true));
  }

  for (const text of [
    'chrome',
    'login chrome',
    '"on fails"',
    '13',
    '#13',
    'type:feature',
    'type:nonsense',
    'priority:low',
    'status:done',
    '@frontend',
    'assignee:none',
    '#db',
    'label:"u"',
    'is:blocked',
    'is:done',
    'is:unassigned',
    'is:nonsense',
    'is:overdue is:blocked',
    '-type:bug',
    '-login',
    '-12',
    '-#12',
    '-@backend',
    '-is:overdue',
    'type:bug priority:low',
    'unknown:field',
  ]) {
    test(`${JSON.stringify(text)} does not find it`, () => assert.equal(passes(text), false));
  }

  test('a task is blocked by hand or by open tasks', () => {
    assert.equal(passes('is:blocked', { blockedReason: 'waits for the vendor' }), true);
    assert.equal(passes('is:blocked', { openBlockers: [3] }), true);
  });

  test('a task that is done, or due today, is not overdue', () => {
    assert.equal(passes('is:overdue', { status: 'Done' }), false);
    assert.equal(passes('is:overdue', { due: today }), false);
  });

  test('what looks like a field but is none is searched as it stands', () => {
    assert.equal(passes('fix:crash', { title: 'fix:crash in parser' }), true);
    assert.equal(passes('https://example.com', { title: 'see https://example.com/x' }), true);
  });

  test('words are kept for the full-text search, fields and excluded words are not', () => {
    const { words, excludedWords } = parseFilter('type:bug Login "on Safari" -chrome @x #ui');
    assert.deepEqual(words, ['login', 'on safari']);
    assert.deepEqual(excludedWords, ['chrome']);
  });

  test('nothing that can be typed throws, and minus turns every single term round', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(typeof passes(text), 'boolean');
      }),
    );
    const piece = fc.stringMatching(/^(type:|status:|is:|@|#|"|)[a-z0-9]{1,6}$/);
    fc.assert(
      fc.property(piece, (text) => {
        const filter = parseFilter(text);
        if (filter.words.length + filter.tests.length !== 1) return;
        assert.notEqual(passes(text), passes(`-${text}`), text);
      }),
    );
  });

  test('finds its rows among 10,000', () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => row({ id: i, title: `Task ${i} about parsing ${i % 97}` }));
    const filter = parseFilter('type:bug #ui parsing 9 -chrome is:overdue');
    const found = rows.filter((item) => matches(filter, item, today));
    assert.ok(found.length > 0 && found.length < rows.length);
    assert.ok(found.every(({ title }) => title.includes('parsing') && title.includes('9')));
  });
});
