/** What the heading of a log's entry says. */
export interface LogHeading {
  /** `YYYY-MM-DD`. */
  date: string | null;
  /** `HH:MM`. */
  time: string | null;
  task: string;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const month = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?';
const time =
  '(?:[T ,]+(?:at )?([01]?\\d|2[0-3]):([0-5]\\d)(?::[0-5]\\d(?:\\.\\d+)?)?(?:\\s*([ap])\\.?m\\.?)?(?:\\s*(?:Z|UTC|GMT|[+-]\\d\\d:?\\d\\d)\\b)?)?';
/** Each gives year, month and day by position in `order`. */
const forms: readonly { pattern: RegExp; order: readonly [number, number, number] }[] = [
  { pattern: new RegExp(`(?<!\\d)(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})(?!\\d)${time}`, 'i'), order: [1, 2, 3] },
  { pattern: new RegExp(`(?<!\\d)(\\d{4})年(\\d{1,2})月(\\d{1,2})日${time}`, 'i'), order: [1, 2, 3] },
  { pattern: new RegExp(`(?<!\\d)(\\d{1,2})(?:st|nd|rd|th)?\\s+(?:of\\s+)?${month}[, ]+(\\d{4})(?!\\d)${time}`, 'i'), order: [3, 2, 1] },
  { pattern: new RegExp(`\\b${month}\\s+(\\d{1,2})(?:st|nd|rd|th)?[, ]+(\\d{4})(?!\\d)${time}`, 'i'), order: [3, 1, 2] },
  { pattern: new RegExp(`(?<!\\d)(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4})(?!\\d)${time}`, 'i'), order: [3, 2, 1] },
  { pattern: new RegExp(`(?<!\\d)(\\d{1,2})/(\\d{1,2})/(\\d{4})(?!\\d)${time}`, 'i'), order: [3, 1, 2] },
];

/** A date anywhere in a heading, with or without brackets and bold, and what is left of the heading without it and the dash beside it. */
export function readLogHeading(heading: string): LogHeading {
  for (const { pattern, order } of forms) {
    const match = pattern.exec(heading);
    if (match === null) continue;
    const [year = '', monthPart = '', dayPart = ''] = order.map((index) => match[index] ?? '');
    const date = dateOf(year, monthPart, dayPart, heading.charAt(match.index + (match[1]?.length ?? 0)) === '/' && order[0] === 3);
    if (date === undefined) continue;
    const [hours, minutes, half] = match.slice(4, 7);
    const left = `${heading.slice(0, match.index)}\u0000${heading.slice(match.index + match[0].length)}`;
    return { date, time: timeOf(hours, minutes, half), task: taskOf(left) };
  }
  return { date: null, time: null, task: taskOf(heading) };
}

/** Undefined when there is no such day; null for `03/04/2026`, a day in April or in March: nobody knows. */
function dateOf(year: string, monthPart: string, dayPart: string, slashed: boolean): string | null | undefined {
  let monthNumber = /^\d/.test(monthPart) ? Number(monthPart) : months.indexOf(monthPart.slice(0, 3).toLowerCase()) + 1;
  let day = Number(dayPart);
  if (slashed) {
    if (monthNumber <= 12 && day <= 12 && monthNumber !== day) return null;
    if (monthNumber > 12) [monthNumber, day] = [day, monthNumber];
  }
  if (monthNumber < 1 || monthNumber > 12 || day < 1 || day > new Date(Date.UTC(Number(year), monthNumber, 0)).getUTCDate())
    return undefined;
  return `${year}-${String(monthNumber).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function timeOf(hours: string | undefined, minutes: string | undefined, half: string | undefined): string | null {
  if (hours === undefined || minutes === undefined) return null;
  const base = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  return `${String(base).padStart(2, '0')}:${minutes}`;
}

/** NUL stands where the date was. The dash, the brackets and the words that only introduce it go with it. */
function taskOf(text: string): string {
  return text
    .replace(/[[(*_`]*(?:date\s*:\s*)?\u0000[\])*_`]*/i, '\u0000')
    .replace(/^\s*\u0000\s*(?:[-–—‒―|:·•~,]+|->|→)?\s*/, '')
    .replace(/\s*(?:[-–—‒―|:·•~,]+|\bon)?\s*\u0000\s*$/, '')
    .replace(/\s*\u0000\s*/, ' ')
    .trim()
    .replace(/^\[([^[\]]*)\](?!\()$/, '$1')
    .trim();
}
