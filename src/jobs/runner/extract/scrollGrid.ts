import { deepAll, fieldValue, hashOf, pageCode, textOf, untilPage } from '../pageCode.ts';
import { elementAt, readingFunctions, rowsIn, valueAt, type PageRequest, type PageRows } from './readPage.ts';

export interface GridRequest extends PageRequest {
  container: string;
  /** How long to wait for rows that are not there yet, in milliseconds. */
  settle: number;
  /** Places among `places` that make the key. */
  keys: number[];
  /** The keys that were in view at the end of the last call; null at first: then it begins at the top. */
  view: string[] | null;
  /** After this time what was found is handed over, in milliseconds. */
  budget: number;
  steps: number;
}

export interface GridRows extends PageRows {
  keys: string[];
  view: string[];
  ended: boolean;
  steps: number;
  /** Times that nothing of the view before was left: rows may have been missed. */
  gaps: number;
  /** There is no such container. */
  missing: boolean;
}

/**
 * Collects the rows of a grid that holds only those in view. It scrolls so far that the last row there becomes one of the first, waits until
 * rows cover the container again, and goes back half the way when no row of the view before is left.
 */
async function scrollGrid(root: Node, request: GridRequest): Promise<GridRows> {
  const scope = root instanceof Element || root instanceof Document || root instanceof DocumentFragment ? root : document;
  const end = performance.now() + request.budget;
  const result: GridRows = {
    base: document.baseURI,
    total: 0,
    cells: [],
    numbers: [],
    heading: null,
    keys: [],
    view: [],
    ended: false,
    steps: 0,
    gaps: 0,
    missing: false,
  };
  const columns = new Map<Element, Map<string, number>>();
  const containers = (): Element[] => deepAll(document, request.container);
  if (request.view === null) await untilPage(() => containers().length > 0 && rowsIn(scope, request).length > 0, request.wait);
  const found = containers()[0];
  if (found === undefined) return { ...result, missing: true, ended: true };
  const page = found === document.body || found === document.documentElement;
  const container = page ? (document.scrollingElement ?? found) : found;
  const topOf = (): number => (page ? 0 : container.getBoundingClientRect().top);
  const atEnd = (): boolean => container.scrollTop + container.clientHeight >= container.scrollHeight - 1;

  const cellsOfRow = (row: Element): (string | null)[] =>
    request.places.map((place) => {
      const element = elementAt(row, place, columns, result);
      return element === null ? null : valueAt(element, place);
    });
  const keyOf = (row: Element): string =>
    request.keys
      .map((index) => {
        const place = request.places[index];
        const element = place === undefined ? null : elementAt(row, place, columns, result);
        return place === undefined || element === null ? '' : (valueAt(element, place) ?? '').trim();
      })
      .join('\u001f');
  const isKey = (key: string): boolean => /[^\u001f]/.test(key);

  /** Rows with a key cover the container from top to bottom, as far as one can tell. */
  const covered = (): boolean => {
    const boxes = rowsIn(scope, request)
      .filter((row) => isKey(keyOf(row)))
      .map((row) => row.getBoundingClientRect())
      .sort((a, b) => a.top - b.top);
    const top = topOf();
    const bottom = top + container.clientHeight;
    let reached = top;
    for (const box of boxes) {
      if (box.bottom < top) continue;
      // A heading that stays at the top, or one of a group, stands in between.
      if (box.top > reached + Math.max(60, box.height * 2)) return false;
      reached = Math.max(reached, box.bottom);
    }
    return reached >= bottom - 4 || (atEnd() && reached > top + 4 && reached >= bottom - 120);
  };

  if (request.view === null && container.scrollTop > 0) container.scrollTop = 0;
  let before = new Set(request.view);
  const taken = new Set<string>();
  let step = 0;
  while (performance.now() < end && result.steps < request.steps) {
    await untilPage(covered, request.settle);
    const rows = rowsIn(scope, request);
    const keys = rows.map(keyOf);
    if (before.size > 0 && !keys.some((key) => before.has(key))) {
      if (step > 40) {
        step /= 2;
        container.scrollTop -= step;
        continue;
      }
      result.gaps++;
    }
    let bottom = topOf();
    let height = 0;
    rows.forEach((row, i) => {
      const box = row.getBoundingClientRect();
      bottom = Math.max(bottom, box.bottom);
      height = Math.max(height, box.height);
      const key = keys[i] ?? '';
      // A row without a key is told apart by its text; one without text is not loaded yet.
      const name = isKey(key) ? key : `\u001f${hashOf(textOf(row).trim())}`;
      if (taken.has(name) || (!isKey(key) && textOf(row).trim() === '')) return;
      taken.add(name);
      result.keys.push(name);
      result.cells.push(cellsOfRow(row));
    });
    before = new Set(keys.filter(isKey));
    result.steps++;
    const from = container.scrollTop;
    const tall = container.scrollHeight;
    step = Math.max(container.clientHeight / 2, bottom - topOf() - height * 1.5);
    container.scrollTop = from + step;
    step = container.scrollTop - from;
    if (step >= 1) continue;
    // At the end: more may be loaded now.
    const last = keys[keys.length - 1];
    const more = await untilPage(
      () =>
        container.scrollHeight > tall + 1 ||
        rowsIn(scope, request).some((row) => isKey(keyOf(row)) && !taken.has(keyOf(row)) && keyOf(row) !== last),
      request.settle,
    );
    if (more) continue;
    result.ended = true;
    break;
  }
  result.view = [...before];
  return result;
}

export const scrollGridCode = pageCode(scrollGrid, [...new Set([...readingFunctions, hashOf, textOf, fieldValue, deepAll, untilPage])]);
