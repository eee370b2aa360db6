type Value = string | number | boolean | null | undefined;
type Row = Readonly<Record<string, Value>>;

/** What a file of records consists of: the head, each row (told whether it is the first), the tail. Written as it is read: no file is too long. */
export interface RowFormat {
  head: string;
  row(data: Row, first: boolean): string;
  tail: string;
}

/** How records are written to a file with this ending; null for an ending that we do not write. Text is UTF-8. */
export function rowFormat(ending: string, fields: readonly string[]): RowFormat | null {
  switch (ending) {
    case 'csv':
      return { head: csvLine(fields), row: (data) => csvLine(fields.map((field) => data[field])), tail: '' };
    case 'ndjson':
      return { head: '', row: (data) => `${JSON.stringify(ordered(data, fields))}\n`, tail: '' };
    case 'json':
      return { head: '[', row: (data, first) => `${first ? '\n' : ',\n'}  ${JSON.stringify(ordered(data, fields))}`, tail: '\n]\n' };
    default:
      return null;
  }
}

const ordered = (data: Row, fields: readonly string[]): Row => Object.fromEntries(fields.map((field) => [field, data[field] ?? null]));

/** A line as RFC 4180 has it, its end included. */
export const csvLine = (values: readonly Value[]): string => `${values.map(cell).join(',')}\r\n`;

function cell(value: Value): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  // A spreadsheet would take these for a formula, and run what a foreign page wrote: https://owasp.org/www-community/attacks/CSV_Injection
  const guarded = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+(?:[.,]\d+)*$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
