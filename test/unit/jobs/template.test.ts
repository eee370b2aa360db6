import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { AppError } from '../../../src/core/appError.ts';
import { holds } from '../../../src/core/jobs/compare.ts';
import { literalTemplate, renderTemplate, templatePaths, templateValue } from '../../../src/core/jobs/template.ts';

const scope = {
  inputs: { project: 'Süd Tower', empty: '' },
  item: { 'Due date': '2026-03-01', rows: [{ id: 7 }], none: null },
  vars: { total: '1,234,567.50' },
};

describe('a template', () => {
  const rendered: readonly (readonly [string, string])[] = [
    ['no template', 'no template'],
    ['{{inputs.project}}', 'Süd Tower'],
    ['a {{ inputs.project | upper }} b', 'a SÜD TOWER b'],
    ['{{inputs.project | slug}}.csv', 'sud-tower.csv'],
    ['{{item.Due date | date: "DD.MM.YY"}}', '01.03.26'],
    ['{{item.Due date | date}}', '2026-03-01'],
    ['{{item.rows[0].id}}', '7'],
    ['{{item.none}}', ''],
    ['{{vars.total | number}}', '1234567.5'],
    ["{{vars.missing | default: 'n/a | none'}}", 'n/a | none'],
    ["{{inputs.empty | default:'x' | upper}}", 'X'],
    ["{{'{{'}}", '{{'],
    ['single { braces } stay }}', 'single { braces } stay }}'],
  ];
  for (const [text, expected] of rendered) test(`${text} becomes ${expected}`, () => assert.equal(renderTemplate(text, scope), expected));

  const refused: readonly (readonly [string, RegExp])[] = [
    ['{{inputs.projekt}}', /stands for nothing/],
    ['{{item.rows}}', /is a list/],
    ['{{inputs.project | number}}', /is not a number/],
    ['{{inputs.project | date}}', /is not a date/],
    ['{{inputs.project | shout}}', /uses a filter "shout"/],
    ['{{}}', /names nothing/],
    ['{{inputs.project', /is not closed/],
    ['{{constructor}}', /stands for nothing/],
    ['{{inputs.__proto__}}', /stands for nothing/],
    ['{{1 + 1}}', /is not a name or a path/],
  ];
  for (const [text, reason] of refused) {
    test(`${text} is refused`, () =>
      assert.throws(
        () => renderTemplate(text, scope),
        (error) => AppError.is(error, 'job.template') && reason.test(error.message) && !error.message.includes('Tower'),
      ));
  }

  test('that is nothing but one expression stands for the value itself', () => {
    assert.deepEqual(templateValue(' {{item.rows}} ', scope), [{ id: 7 }]);
    assert.equal(templateValue('{{inputs.project}}!', scope), 'Süd Tower!');
  });

  test('tells where its expressions stand', () => {
    const text = 'x {{inputs.a}} {{ b.c[2] | trim }}';
    assert.deepEqual(
      templatePaths(text).map(({ span, path }) => [text.slice(span.start, span.end), path]),
      [
        ['{{inputs.a}}', ['inputs', 'a']],
        ['{{ b.c[2] | trim }}', ['b', 'c', 2]],
      ],
    );
  });

  test('made of any text stands for just this text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', "'", 'a', '|', '"') }),
        (text) => renderTemplate(literalTemplate(text), {}) === text,
      ),
    );
  });

  // Were it read in the square of its length, this would take hours.
  test('of a million braces is read to its end', () => assert.equal(templatePaths('{{'.repeat(1_000_000)).length, 1_000_000));
});

describe('a comparison', () => {
  test('compares numbers as numbers and dates as dates', () => {
    assert.ok(holds({ greater: ['1,000', '999.5'] }));
    assert.ok(holds({ less: ['2026-02-28', '2026-03-01'] }));
    assert.ok(!holds({ greater: ['9', '10'] }));
  });

  test('of texts goes by every character', () => {
    assert.ok(holds({ equals: ['a', 'a'] }) && !holds({ equals: ['a', 'A'] }));
    assert.ok(holds({ contains: ['abc', 'b'] }) && holds({ matches: ['RFI-12', '^RFI-\\d+$'] }));
    assert.ok(holds({ empty: ' \n' }) && !holds({ empty: '0' }));
  });

  test('of what has no size is refused without showing it', () => {
    assert.throws(
      () => holds({ greater: ['hunter2', '1'] }),
      (error) => AppError.is(error, 'job.template') && !error.message.includes('hunter2'),
    );
    assert.throws(() => holds({ less: ['2026-01-01', '5'] }), /cannot be compared/);
  });
});
