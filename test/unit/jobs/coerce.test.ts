import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { fieldReader, type FieldRule } from '../../../src/core/jobs/coerce.ts';

const resolve = (address: string): string | null => {
  const base = 'https://app.example.com/rfis?page=2';
  const url = URL.canParse(address, base) ? new URL(address, base) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null;
};
const read = (text: string | number | boolean | null, rule: FieldRule = {}) => fieldReader('field', rule)(text, resolve);
const value = (text: string | number | boolean | null, rule: FieldRule = {}) => {
  const { value: result, problem } = read(text, rule);
  assert.equal(problem, null, `${String(text)}: ${problem ?? ''}`);
  return result;
};
const problem = (text: string, rule: FieldRule) => read(text, rule).problem;

describe('a text of a page', () => {
  test('loses invisible characters and runs of blanks, and keeps its lines', () => {
    assert.equal(value('  a\u00a0\u200b b\t c \n\n  d  '), 'a b c\nd');
    assert.equal(value('half \ud83d'), 'half \ufffd');
  });

  test('that is empty is nothing, and so is a dash where no text is wanted', () => {
    assert.equal(value(''), null);
    assert.equal(value('\u00a0'), null);
    assert.equal(value('–', { as: 'date' }), null);
    assert.equal(value('N/A', { as: 'money' }), null);
    assert.equal(value('-'), '-');
    assert.equal(problem(' ', { required: true }), 'field: is missing');
  });

  test('that does not fit stays what it was, and the message names field and text', () => {
    assert.deepEqual(read('soon', { as: 'date' }), { value: 'soon', problem: 'field: "soon" is not a date' });
    assert.deepEqual(read('a\nb', { as: 'number' }), { value: 'a\nb', problem: 'field: "a b" is not a number' });
    assert.match(problem('x'.repeat(300), { as: 'number' }) ?? '', /^field: "x{79}…" is not a number$/);
    assert.match(problem('x'.repeat(20_001), {}) ?? '', /is longer than 20,000 characters/);
  });
});

describe('numbers', () => {
  const cases: [string, number][] = [
    ['1,234.5', 1234.5],
    ['1.234,5', 1234.5],
    ['1 234,5', 1234.5],
    ['1\u202f234,5', 1234.5],
    ["1'234.50", 1234.5],
    ['1,234', 1234],
    ['1.234', 1.234],
    ['0,125', 0.125],
    ['12,34', 12.34],
    ['1.234.567', 1234567],
    ['1,23,456', 123456],
    ['(5.00)', -5],
    ['−7', -7],
    ['7-', -7],
    ['+8', 8],
    ['45 %', 45],
    ['.5', 0.5],
    ['1e3', 1000],
    ['0', 0],
    ['-0', 0],
  ];
  for (const [text, expected] of cases) test(`${text} is ${expected}`, () => assert.equal(value(text, { as: 'number' }), expected));

  test('the sign that `format` names decides', () => {
    assert.equal(value('1.234', { as: 'number', format: ',' }), 1234);
    assert.equal(value('1,234', { as: 'number', format: ',' }), 1.234);
    assert.equal(value(1.5, { as: 'number', format: ',' }), 1.5);
  });

  test('what is none is refused', () => {
    for (const text of ['12 days', '1,2,3', '1.2.3', '--5', '1 2', 'NaN', 'Infinity', '0x10', '1,234.5.6'])
      assert.ok(problem(text, { as: 'number' }), text);
    assert.equal(problem('12.5', { as: 'integer' }), 'field: "12.5" is not a whole number');
    assert.match(problem('12345678901234567890', { as: 'integer' }) ?? '', /too large/);
    assert.equal(value('12.0', { as: 'integer' }), 12);
  });

  test('money may have its currency before and after', () => {
    for (const text of [
      '$1,234.50',
      '1.234,50 €',
      'US$ 1,234.50',
      'EUR 1.234,50',
      'CHF 1’234.50',
      '1 234,50 kr.',
      'Rs. 1,234.50',
      '£1,234.50',
      'R$1.234,50',
    ]) {
      assert.equal(value(text, { as: 'money' }), 1234.5, text);
    }
    for (const text of ['($5.00)', '-$5.00', '$-5.00', '$(5.00)', '- 5,00 €']) assert.equal(value(text, { as: 'money' }), -5, text);
    assert.equal(problem('to be told', { as: 'money' }), 'field: "to be told" is not an amount');
  });

  test('every number is read back as it is written in English and in German', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (hundredths) => {
        const n = hundredths / 100;
        for (const [locale, format] of [
          ['en-US', '.'],
          ['de-DE', ','],
        ] as const) {
          const text = n.toLocaleString(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
          assert.equal(value(text, { as: 'number' }), n === 0 ? 0 : n, text);
          assert.equal(value(text, { as: 'money', format }), n === 0 ? 0 : n, text);
        }
      }),
    );
  });
});

describe('dates', () => {
  for (const text of [
    '2027-03-04',
    '2027/3/4',
    '2027-03-04T10:00:00Z',
    'Mar 4, 2027',
    'March 4 2027',
    'Thu, Mar 4, 2027',
    'Thursday, 4 March 2027',
    '4th of March 2027',
    '4-Mar-27',
    '04.03.2027',
    '4. 3. 27',
    'Mar 4, 2027 at 3:45 PM',
  ]) {
    test(`${text} is the 4th of March`, () => assert.equal(value(text, { as: 'date' }), '2027-03-04'));
  }

  test('with slashes are taken where they have one meaning only', () => {
    assert.equal(value('13/03/2027', { as: 'date' }), '2027-03-13');
    assert.equal(value('03/13/2027', { as: 'date' }), '2027-03-13');
    assert.equal(value('3/3/27', { as: 'date' }), '2027-03-03');
    assert.match(problem('03/04/2027', { as: 'date' }) ?? '', /may be read in two ways: say with `format`/);
    assert.equal(value('03/04/2027', { as: 'date', format: 'MM/DD/YYYY' }), '2027-03-04');
    assert.equal(value('03/04/2027', { as: 'date', format: 'DD/MM/YYYY' }), '2027-04-03');
  });

  test('of the calendar only', () => {
    assert.equal(value('29 Feb 2028', { as: 'date' }), '2028-02-29');
    for (const text of ['29 Feb 2027', '2027-13-01', '2027-04-31', '0 Mar 2027', '4 Foo 2027', '2027-03-04 or so'])
      assert.ok(problem(text, { as: 'date' }), text);
  });

  test('in the form that is given, and in no other', () => {
    assert.equal(value('4 March 27', { as: 'date', format: 'D MMMM YY' }), '2027-03-04');
    assert.equal(value('20270304', { as: 'date', format: 'YYYYMMDD' }), '2027-03-04');
    assert.equal(problem('Mar 4, 2027', { as: 'date', format: 'DD.MM.YYYY' }), 'field: "Mar 4, 2027" is not a date like DD.MM.YYYY');
  });

  test('with a time, with their zone where there is one', () => {
    const at = (text: string, format?: string) => value(text, { as: 'datetime', format });
    assert.equal(at('2027-03-04 15:30'), '2027-03-04T15:30:00');
    assert.equal(at('2027-03-04T15:30:10.123Z'), '2027-03-04T15:30:10Z');
    assert.equal(at('2027-03-04T15:30:00+02:00'), '2027-03-04T13:30:00Z');
    assert.equal(at('2027-03-04T00:30:00+0200'), '2027-03-03T22:30:00Z');
    assert.equal(at('Mar 4, 2027, 3:30 p.m.'), '2027-03-04T15:30:00');
    assert.equal(at('Mar 4, 2027 12:05 AM'), '2027-03-04T00:05:00');
    assert.equal(at('04.03.2027 09:05', 'DD.MM.YYYY HH:mm'), '2027-03-04T09:05:00');
    assert.equal(at('3/4/2027 9:05 PM', 'M/D/YYYY h:mm A'), '2027-03-04T21:05:00');
    assert.ok(problem('2027-03-04 25:00', { as: 'datetime' }));
    assert.ok(problem('2027-03-04 13:00 PM', { as: 'datetime' }));
  });
});

describe('other kinds', () => {
  test('yes and no are known in many words', () => {
    for (const text of ['yes', 'TRUE', 'On', '1', 'x', '✓', 'Y']) assert.equal(value(text, { as: 'boolean' }), true, text);
    for (const text of ['no', 'False', 'off', '0', '✗', 'N']) assert.equal(value(text, { as: 'boolean' }), false, text);
    assert.equal(value(true, { as: 'boolean' }), true);
    assert.ok(problem('constructor', { as: 'boolean' }));
    assert.equal(problem('maybe', { as: 'boolean' }), 'field: "maybe" is not yes or no');
  });

  test('addresses are completed by that of the page, and scripts are none', () => {
    assert.equal(value('/rfis/7?a=1#b', { as: 'url' }), 'https://app.example.com/rfis/7?a=1#b');
    assert.equal(problem('javascript:alert(1)', { as: 'url' }), 'field: "javascript:alert(1)" is not a web address');
  });

  test('mail addresses are found in links and beside names', () => {
    for (const text of ['ana@example.com', 'mailto:ana@example.com?subject=Hi', 'Ana Pérez <ana@example.com>']) {
      assert.equal(value(text, { as: 'email' }), 'ana@example.com', text);
    }
    assert.equal(problem('Ana', { as: 'email' }), 'field: "Ana" is not an e-mail address');
  });

  test('a pattern gives its first group, and what it does not match is wrong', () => {
    assert.equal(value('RFI-0042 (open)', { pattern: 'RFI-0*(\\d+)', as: 'integer' }), 42);
    assert.equal(value('No 7', { pattern: '\\d+' }), '7');
    assert.equal(problem('none', { pattern: '\\d+' }), 'field: "none" does not match the pattern');
  });

  test('one of a list is spelt as in the list', () => {
    assert.equal(value('OPEN', { oneOf: ['Open', 'Closed'] }), 'Open');
    assert.equal(problem('Void', { oneOf: ['Open', 'Closed'] }), 'field: "Void" is not one of Open, Closed');
  });
});

// One that took the square of its length, or worse, would not be over in the time that a test has.
test('every text is read to its end, whatever it is made of', () => {
  const kinds = ['text', 'number', 'integer', 'money', 'date', 'datetime', 'boolean', 'url', 'email'] as const;
  for (const piece of [
    'a',
    '1',
    ',',
    '1,',
    ' ',
    '.',
    '(',
    '$',
    '€a',
    '1 ',
    '\n',
    '\n ',
    'a@',
    '1/',
    '<',
    'Mar ',
    '-',
    '\u00a0',
    '\ud83d',
  ]) {
    const text = piece.repeat(Math.floor(200_000 / piece.length));
    for (const as of kinds) read(text, { as });
    for (const as of kinds) read(`${text.slice(0, 50)}!`, { as });
  }
});

test('whatever a page shows, there is a value or a problem in one line', () => {
  const kinds = ['text', 'number', 'integer', 'money', 'date', 'datetime', 'boolean', 'url', 'email'] as const;
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...kinds), (text, as) => {
      const result = read(text, { as });
      assert.ok(result.problem === null || (result.problem.length <= 500 && !/[\r\n]/.test(result.problem)));
      assert.ok(typeof result.value !== 'number' || Number.isFinite(result.value));
    }),
  );
});
