const monthNames = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/** What a text says of a day and, where it does, of a time and its zone. */
interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** Minutes east of Greenwich; null when the text does not say. */
  zone: number | null;
}
type Reading = Partial<Parts>;

/** Longer texts are no dates. */
const longest = 80;

export type DateReader = (text: string) => { value: string } | { wrong: string };

/**
 * Makes a reader of dates (`2026-03-04`) or of points in time (`2026-03-04T15:30:00`, with `Z` when the text names a zone).
 *
 * @param format such as `DD.MM.YYYY HH:mm`: YYYY, YY, MMMM, MMM, MM, M, DD, D, HH, H, hh, h, mm, ss, A, Z. Without it, what can be
 *   understood in one way only is taken: ISO, names of months in English, day first with points, and with slashes what has one meaning.
 */
export function dateReader(kind: 'date' | 'datetime', format: string | undefined): DateReader {
  const read = format === undefined ? readAny : readerOf(format);
  return (text) => {
    if (text.length > longest) return { wrong: 'is not a date' };
    const reading = read(text.trim());
    if ('wrong' in reading) return reading;
    const parts: Parts = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, zone: null, ...reading };
    if (!isReal(parts)) return { wrong: kind === 'date' ? 'is no day of the calendar' : 'is no day of the calendar, or no time' };
    return { value: kind === 'date' ? dayText(parts) : timeText(parts) };
  };
}

function isReal({ year, month, day, hour, minute, second }: Parts): boolean {
  const days = [31, year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days && year >= 1 && hour <= 23 && minute <= 59 && second <= 59;
}

const digits = (value: number, length: number): string => String(value).padStart(length, '0');
const dayText = ({ year, month, day }: Parts): string => `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;

function timeText(parts: Parts): string {
  const { hour, minute, second, zone } = parts;
  const local = `${dayText(parts)}T${digits(hour, 2)}:${digits(minute, 2)}:${digits(second, 2)}`;
  if (zone === null) return local;
  return new Date(Date.parse(`${local}Z`) - zone * 60_000).toISOString().replace('.000', '');
}

/** As people and systems have it: until 68 this century, from 69 the last. */
const century = (year: number): number => (year < 69 ? 2000 + year : 1900 + year);

function monthOf(name: string): number | undefined {
  const short = name.toLowerCase().replace('.', '');
  const index = monthNames.findIndex(
    (one) => short.length >= 3 && (one === short || one.slice(0, 3) === short || (short === 'sept' && one === 'september')),
  );
  return index < 0 ? undefined : index + 1;
}

const hour24 = (hour: number, half: string | undefined): number => {
  if (half === undefined) return hour;
  // 13 pm and 0 am are no times: out of range, and refused as such.
  if (hour < 1 || hour > 12) return 99;
  return (hour % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0);
};

function zoneOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(text) ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

const timePart =
  /^[\s,T]*(?:at\s+)?(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?\s*([ap]\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?$/i;

/** What stands behind the day: nothing, or a time. */
function readTime(rest: string): Reading | null {
  if (rest.trim() === '') return {};
  const [whole, hour = '', minute, second = '0', half, zone] = timePart.exec(rest) ?? [];
  if (whole === undefined) return null;
  return { hour: hour24(Number(hour), half), minute: Number(minute), second: Number(second), zone: zoneOf(zone) };
}

const shapes: readonly { shape: RegExp; day(match: readonly string[]): Reading | { wrong: string } }[] = [
  { shape: /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/, day: ([, y, , m, d]) => ({ year: Number(y), month: Number(m), day: Number(d) }) },
  {
    shape: /^(\d{1,2})(?:st|nd|rd|th)?[\s.-]+(?:of\s+)?([A-Za-z]{3,9})\.?[\s,-]+(\d{4}|\d{2})(?!\d)/,
    day: ([, d, name = '', y]) => named(name, Number(d), String(y)),
  },
  {
    shape: /^([A-Za-z]{3,9})\.?[\s-]+(\d{1,2})(?:st|nd|rd|th)?[\s,-]+(\d{4}|\d{2})(?!\d)/,
    day: ([, name = '', d, y]) => named(name, Number(d), String(y)),
  },
  {
    shape: /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?!\d)/,
    day: ([, d, m, y]) => ({ year: fullYear(String(y)), month: Number(m), day: Number(d) }),
  },
  { shape: /^(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/, day: ([, a, , b, y]) => slashed(Number(a), Number(b), fullYear(String(y))) },
];

const fullYear = (year: string): number => (year.length === 2 ? century(Number(year)) : Number(year));

function named(name: string, day: number, year: string): Reading | { wrong: string } {
  const month = monthOf(name);
  return month === undefined ? { wrong: 'is not a date' } : { year: fullYear(year), month, day };
}

function slashed(first: number, second: number, year: number): Reading | { wrong: string } {
  if (first > 12 || first === second) return { year, month: second, day: first };
  if (second > 12) return { year, month: first, day: second };
  return { wrong: 'may be read in two ways: say with `format` whether day or month comes first' };
}

function readAny(text: string): Reading | { wrong: string } {
  const bare = text.replace(/^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+/i, '');
  for (const { shape, day } of shapes) {
    const match = shape.exec(bare);
    if (match === null) continue;
    const time = readTime(bare.slice(match[0].length));
    if (time === null) break;
    return { ...day(match), ...time };
  }
  return { wrong: 'is not a date' };
}

/** Longest first: MMMM is not two MM. */
const tokens: Readonly<Record<string, { shape: string; read(text: string, reading: Reading): void }>> = {
  YYYY: { shape: '(\\d{4})', read: (text, to) => (to.year = Number(text)) },
  YY: { shape: '(\\d{2})', read: (text, to) => (to.year = century(Number(text))) },
  MMMM: { shape: '([A-Za-z]{3,9}\\.?)', read: (text, to) => (to.month = monthOf(text) ?? 99) },
  MMM: { shape: '([A-Za-z]{3,9}\\.?)', read: (text, to) => (to.month = monthOf(text) ?? 99) },
  MM: { shape: '(\\d{2})', read: (text, to) => (to.month = Number(text)) },
  M: { shape: '(\\d{1,2})', read: (text, to) => (to.month = Number(text)) },
  DD: { shape: '(\\d{2})', read: (text, to) => (to.day = Number(text)) },
  D: { shape: '(\\d{1,2})', read: (text, to) => (to.day = Number(text)) },
  HH: { shape: '(\\d{2})', read: (text, to) => (to.hour = Number(text)) },
  H: { shape: '(\\d{1,2})', read: (text, to) => (to.hour = Number(text)) },
  hh: { shape: '(\\d{2})', read: (text, to) => (to.hour = Number(text)) },
  h: { shape: '(\\d{1,2})', read: (text, to) => (to.hour = Number(text)) },
  mm: { shape: '(\\d{2})', read: (text, to) => (to.minute = Number(text)) },
  ss: { shape: '(\\d{2})', read: (text, to) => (to.second = Number(text)) },
  A: { shape: '([AaPp]\\.?[Mm]\\.?)', read: (text, to) => (to.hour = hour24(to.hour ?? 0, text)) },
  Z: { shape: '(Z|[+-]\\d\\d:?\\d\\d)', read: (text, to) => (to.zone = zoneOf(text)) },
};

function readerOf(format: string): (text: string) => Reading | { wrong: string } {
  const reads: ((text: string, reading: Reading) => void)[] = [];
  const source = format.replaceAll(/YYYY|YY|MMMM|MMM|MM|M|DD|D|HH|H|hh|h|mm|ss|A|Z|\s+|[^A-Za-z\s]|[A-Za-z]/g, (part) => {
    const token = tokens[part];
    if (token === undefined) return /\s/.test(part) ? '\\s+' : part.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    reads.push(token.read);
    return token.shape;
  });
  const shape = new RegExp(`^${source}$`);
  return (text) => {
    const match = shape.exec(text);
    if (match === null) return { wrong: `is not a date like ${format}` };
    const reading: Reading = {};
    reads.forEach((read, i) => read(match[i + 1] ?? '', reading));
    return reading;
  };
}
