import { deepAll, fieldValue, pageCode, textOf, untilPage } from '../pageCode.ts';

/** Where a value stands, for the function in the page. None of cell, column and css: the row itself. */
export interface Place {
  cell: number | null;
  column: string | null;
  css: string | null;
  attr: string | null;
  /** What is wanted of a link: its address, its mail address. */
  link: 'url' | 'email' | null;
  /** There is no record without it, so it is waited for. */
  needed: boolean;
}

export interface PageRequest {
  rows: string | null;
  places: Place[];
  from: number;
  limit: number;
  /** Milliseconds to wait for the first row. */
  wait: number;
}

export interface PageRows {
  /** To complete addresses. */
  base: string;
  total: number;
  cells: (string | null)[][];
  /** Number of each row among all, from 1. */
  numbers: number[];
  /** A heading that no column, or more than one, has; with those there are. */
  heading: { name: string; count: number; known: string[] } | null;
}

/** Reads the rows from `from` on; waits for the first, and for all that come with it. */
async function readPage(root: Node, request: PageRequest): Promise<PageRows> {
  const scope = root instanceof Element || root instanceof Document || root instanceof DocumentFragment ? root : document;
  if (document.readyState === 'loading')
    await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }));
  let rows = rowsIn(scope, request);
  if (rows.length === 0 && request.wait > 0) {
    await untilPage(() => rowsIn(scope, request).length > 0, request.wait);
    await quiet(() => rowsIn(scope, request).length, 100, 2000);
    rows = rowsIn(scope, request);
  }
  const result: PageRows = { base: document.baseURI, total: rows.length, cells: [], numbers: [], heading: null };
  const columns = new Map<Element, Map<string, number>>();
  rows.slice(request.from, request.from + request.limit).forEach((row, i) => {
    const cells: (string | null)[] = [];
    for (const place of request.places) {
      const element = elementAt(row, place, columns, result);
      cells.push(element === null ? null : valueAt(element, place));
    }
    result.cells.push(cells);
    result.numbers.push(request.from + i + 1);
  });
  return result;
}

/** The rows that are there; without a selector for rows the page, once what is needed of it is there. */
function rowsIn(scope: ParentNode, { rows, places }: PageRequest): Element[] {
  if (rows !== null) {
    const found = deepAll(scope, rows);
    // Headings are no rows, whatever the selector says.
    if (!places.some((place) => place.cell !== null || place.column !== null)) return found;
    return found.filter(
      (row) => !(row instanceof HTMLTableRowElement && row.firstElementChild?.tagName === 'TH' && row.querySelector('td') === null),
    );
  }
  const page = scope instanceof Element ? scope : document.documentElement;
  const css = places.filter((place) => place.css !== null);
  const there = (place: Place): boolean => deepAll(scope, place.css ?? '*').length > 0;
  const needed = css.filter((place) => place.needed);
  return css.length === 0 || (needed.length > 0 ? needed.every(there) : css.some(there)) ? [page] : [];
}

/** Waits until a number has stayed the same for a while. */
async function quiet(count: () => number, still: number, longest: number): Promise<void> {
  const end = performance.now() + longest;
  for (let last = -1; last !== count() && performance.now() < end;) {
    last = count();
    await new Promise((resolve) => setTimeout(resolve, still));
  }
}

function elementAt(row: Element, place: Place, columns: Map<Element, Map<string, number>>, result: PageRows): Element | null {
  if (place.css !== null) return deepAll(row, place.css)[0] ?? null;
  if (place.cell !== null) return cellsOf(row)[place.cell - 1] ?? null;
  if (place.column === null) return row;
  const table = row.closest('table, [role=grid], [role=table], [role=treegrid]') ?? row.parentElement ?? row;
  let headings = columns.get(table);
  if (headings === undefined) columns.set(table, (headings = headingsOf(table)));
  const name = headingName(place.column);
  const index = headings.get(name);
  if (index === undefined || index < 0) {
    result.heading ??= { name: place.column, count: index === undefined ? 0 : 2, known: [...headings.keys()].slice(0, 30) };
    return null;
  }
  let at = 0;
  for (const cell of cellsOf(row)) {
    const said = Number(cell.getAttribute('aria-colindex'));
    if (said > 0) at = said - 1;
    const width = cell instanceof HTMLTableCellElement ? cell.colSpan : 1;
    if (index >= at && index < at + width) return cell;
    at += width;
  }
  return null;
}

function cellsOf(row: Element): Element[] {
  if (row instanceof HTMLTableRowElement) return [...row.cells];
  const cells = deepAll(row, '[role=cell], [role=gridcell], [role=rowheader], [role=columnheader]');
  return cells.length > 0 ? cells : [...(row.shadowRoot ?? row).children];
}

/** The columns by heading, from 0; -1 for a heading that several have. */
function headingsOf(table: Element): Map<string, number> {
  const rows = table instanceof HTMLTableElement ? [...table.rows] : deepAll(table, '[role=row]');
  const isHead = (row: Element): boolean =>
    row.parentElement?.tagName === 'THEAD' ||
    (cellsOf(row).length > 0 && cellsOf(row).every((cell) => cell.tagName === 'TH' || cell.getAttribute('role') === 'columnheader'));
  const first = rows.findIndex(isHead);
  const found = new Map<string, number>();
  if (first < 0) return found;
  // Several rows of headings: the lowest names the columns, those above name groups of them.
  for (const row of rows.slice(first)) {
    if (!isHead(row)) break;
    let at = 0;
    const names = new Map<string, number>();
    for (const cell of cellsOf(row)) {
      const said = Number(cell.getAttribute('aria-colindex'));
      if (said > 0) at = said - 1;
      const name = headingName(textOf(cell));
      if (name !== '') names.set(name, names.has(name) ? -1 : at);
      at += cell instanceof HTMLTableCellElement ? cell.colSpan : 1;
    }
    for (const [name, index] of names) found.set(name, index);
  }
  return found;
}

/** Without the marks of sorting, and however it is written. */
function headingName(text: string): string {
  return text
    .replace(/[▲▼△▽↑↓⇅⬆⬇*]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

function valueAt(element: Element, place: Place): string | null {
  if (place.attr !== null) {
    if (place.attr === 'value' && fieldValue(element) !== null) return fieldValue(element);
    return element.getAttribute(place.attr);
  }
  if (place.link !== null) {
    const link = element.closest('a[href]') ?? element.querySelector('a[href]');
    const address = link?.getAttribute('href') ?? null;
    if (address !== null && (place.link === 'url' || /^mailto:/i.test(address))) return address;
  }
  return textOf(element);
}

/** What reading rows takes in the page. */
export const readingFunctions = [
  rowsIn,
  elementAt,
  cellsOf,
  headingsOf,
  headingName,
  valueAt,
  textOf,
  fieldValue,
  deepAll,
  untilPage,
  quiet,
];
export const readPageCode = pageCode(readPage, readingFunctions);
export { elementAt, rowsIn, valueAt };
