import { linesOf } from './lines.ts';

/** Far more than anyone writes, and far less than the stack holds. */
const most = 200;

/**
 * Whether values may lie in one another deeper than is safe to read. The YAML library goes down by calls; it answers a full stack with an
 * error, except where V8 compiles a regular expression with the last of the stack: that ends the process ("RegExpCompiler Allocation
 * failed"). It may see more levels than there are, in texts over several lines.
 */
export function nestsTooDeep(source: string): boolean {
  const columns: number[] = [];
  let brackets = 0;
  for (const line of linesOf(source, { start: 0, end: source.length })) {
    let at = line.start;
    let signs = 0;
    for (; at < line.end; at++) {
      const unit = source.charCodeAt(at);
      const isSign = unit === 45 || unit === 58 || unit === 63;
      if (isSign) signs++;
      else if (unit !== 32 && unit !== 9) break;
    }
    if (at === line.end && signs === 0) continue;
    const column = at - line.start;
    while ((columns.at(-1) ?? -1) >= column) columns.pop();
    columns.push(column);
    const start = behindQuotes(source, at, line.end);
    brackets = bracketsAfter(source, start, line.end, brackets);
    if (columns.length + signs + brackets > most || keysIn(source.slice(start, line.end)) > most) return true;
  }
  return false;
}

/** Past a quoted text that is the first thing on a line, or the value of a key there: nothing in it counts. */
function behindQuotes(source: string, start: number, end: number): number {
  const value = source.slice(start, end);
  const quoted = /^(?:[^\s"'[\]{}:][^:"']*:[ \t]+)?(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|'(?:[^']|'')*(?:'|$))/.exec(value);
  return start + (quoted?.[0].length ?? 0);
}

function bracketsAfter(source: string, start: number, end: number, before: number): number {
  let open = before;
  for (let at = start; at < end; at++) {
    const unit = source.charCodeAt(at);
    if (unit === 91 || unit === 123) {
      if (++open > most) return open;
    } else if ((unit === 93 || unit === 125) && open > 0) open--;
  }
  return open;
}

/** A line "a: b: c" is a map in a map to the library before it is an error. */
function keysIn(line: string): number {
  return line.length < most * 2 ? 0 : line.split(/:[ \t]/, most + 2).length - 1;
}
