import * as z from 'zod';
import { line, text } from '../text.ts';
import { target } from './locator.ts';
import { collectionName, duration, regex, template } from './values.ts';

export const fieldTypes = ['text', 'number', 'integer', 'money', 'date', 'datetime', 'boolean', 'url', 'email'] as const;
export type FieldType = (typeof fieldTypes)[number];

const fieldName = line(100).min(1, 'is empty');
const selector = text(2000).min(1, 'is empty');

/** Where a value stands and what it is. Exactly one of `cell`, `css`, `path`, `value`; none means the row's own text. */
const field = z
  .strictObject({
    cell: z.int().min(1).max(500).optional().describe('Number of the cell in its row, from 1.'),
    column: line(200).optional().describe('Heading of the column in the table.'),
    css: selector.optional().describe('CSS selector inside the row (or the page, without rows).'),
    path: selector.optional().describe('For JSON: path to the value, such as assignee.name or dates[0].'),
    value: template.optional().describe('A fixed value, such as {{inputs.project}}.'),
    attr: line(100).optional().describe('The attribute to read instead of the text, such as href.'),
    as: z
      .enum(fieldTypes)
      .optional()
      .describe('What the text is: text (default), number, integer, money, date, datetime, boolean, url, email.'),
    format: line(60).optional().describe('How a date is written, such as DD.MM.YYYY, or the decimal sign of numbers: "," or ".".'),
    pattern: regex.optional().describe('A regular expression; its first group, or the whole match, is the value.'),
    required: z.boolean().optional().describe('A row without it is wrong.'),
    oneOf: z.array(line(200)).min(1).max(200).optional().describe('The values there are.'),
  })
  .refine((one) => [one.cell, one.column, one.css, one.path, one.value].filter((way) => way !== undefined).length <= 1, {
    message: 'names several of cell, column, css, path and value: a value stands in one place',
  });
const fields = z
  .record(fieldName, field)
  .refine((all) => Object.keys(all).length > 0, 'has no field')
  .refine((all) => Object.keys(all).length <= 300, 'has more than 300 fields')
  .describe('The fields of a record, each with where it stands and what it is.');

const scroll = z
  .strictObject({
    container: selector.describe('CSS selector of what scrolls.'),
    max: z.int().min(1).max(100_000).optional().describe('At most this many times.'),
    settle: duration.optional().describe('How long to wait for new rows.'),
  })
  .describe('For grids that hold only the rows in view: scroll to the end and collect. Needs `key`.');

export const extraction = z
  .strictObject({
    into: collectionName.optional().describe('The collection the records go to; the step’s id unless told.'),
    rows: selector.optional().describe('CSS selector of the rows. Without it the page is one record.'),
    json: selector.optional().describe('For `request`: path to the array of rows, such as results; $ is the answer itself.'),
    within: target.optional().describe('The part of the page to look in.'),
    fields,
    key: z
      .union([fieldName, z.array(fieldName).min(1).max(10)])
      .optional()
      .describe('The field, or fields, that tell records apart over time.'),
    scroll: scroll.optional(),
    empty: z
      .enum(['ok', 'fail'])
      .optional()
      .describe('What no row at all means. `fail` by default: an empty list is more often a page that changed.'),
    onInvalid: z
      .enum(['fail', 'skip', 'keep-with-error'])
      .optional()
      .describe('What to do with a row that does not fit: fail, skip, keep-with-error (default).'),
  })
  .refine(({ key, fields: of }) => key === undefined || [key].flat().every((name) => name in of), {
    message: 'names a field that is not among `fields`',
    path: ['key'],
  })
  .refine(({ scroll: grid, key }) => grid === undefined || key !== undefined, {
    message: 'is missing: rows that come and go while scrolling are told apart by it',
    path: ['key'],
  })
  .describe('Reads records from the page.');

export type FieldSpec = z.output<typeof field>;
export type Extraction = z.output<typeof extraction>;
