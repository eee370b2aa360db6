import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { csvLine, rowFormat } from '../../../src/core/jobs/csv.ts';

const write = (ending: string, fields: string[], rows: Record<string, string | number | boolean | null>[]) => {
  const format = rowFormat(ending, fields);
  assert.ok(format);
  return format.head + rows.map((row, i) => format.row(row, i === 0)).join('') + format.tail;
};

test('a table is written as RFC 4180 has it', () => {
  assert.equal(
    write(
      'csv',
      ['no', 'text', 'done'],
      [
        { no: 1, text: 'a, "b"\nc', done: true },
        { text: 'ä', no: null },
      ],
    ),
    'no,text,done\r\n1,"a, ""b""\nc",true\r\n,ä,\r\n',
  );
});

test('what a spreadsheet would take for a formula gets an apostrophe, and numbers do not', () => {
  assert.equal(
    csvLine(['=1+1', '+cmd|calc', '-2+3', '@SUM(A1)', '\t=1', '=HYPERLINK("x")']),
    `'=1+1,'+cmd|calc,'-2+3,'@SUM(A1),'\t=1,"'=HYPERLINK(""x"")"\r\n`,
  );
  assert.equal(csvLine([-5, '-5', '+5', '-1,234.50', 'a=b']), '-5,-5,+5,"-1,234.50",a=b\r\n');
});

test('headings are guarded too', () => {
  assert.equal(write('csv', ['=cmd'], []), "'=cmd\r\n");
});

test('lines of JSON and a list of JSON hold the fields in their order', () => {
  const rows = [
    { b: 2, a: 'x' },
    { a: null, b: false },
  ];
  assert.equal(write('ndjson', ['a', 'b'], rows), '{"a":"x","b":2}\n{"a":null,"b":false}\n');
  assert.deepEqual(JSON.parse(write('json', ['a', 'b'], rows)), [
    { a: 'x', b: 2 },
    { a: null, b: false },
  ]);
  assert.deepEqual(JSON.parse(write('json', ['a'], [])), []);
});

test('another ending is not written', () => assert.equal(rowFormat('xlsx', []), null));

test('every table can be read again', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', '1') });
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1 }), (rows) => {
      assert.deepEqual(
        parse(rows.map((row) => csvLine(row)).join('')),
        rows.map((row) => row.map((one) => (one.startsWith('\r') ? `'${one}` : one))),
      );
    }),
  );
});

/** A reader of RFC 4180 that has nothing to do with the writer. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i]!;
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',') {
      row.push(cell);
      cell = '';
    } else if (c === '\r' && text[i + 1] === '\n') {
      i++;
      rows.push([...row, cell]);
      row = [];
      cell = '';
    } else cell += c;
  }
  return rows;
}
