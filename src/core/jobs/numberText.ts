// `US$`, `Rs.`, `EUR`, `kr.`, `%`
const before = /^(?:\p{L}{1,4}\.?)?\p{Sc}?\s*/u;
const after = /\s*\p{Sc}?\s?(?:\p{L}{1,4}\.?|%)?$/u;
/** Longer texts are no numbers. */
const longest = 60;
const groups = /(?<=\d)[\s'’](?=\d{3}(?!\d))/gu;

/**
 * The number that a text shows, or null when it shows none. Knows `1,234.5`, `1.234,5`, `1 234,5`, `1'234.50`, `(5.00)` and `5-` for negative
 * ones, and a per cent sign. One comma before exactly three digits separates thousands, one point is a decimal sign, unless `decimal` says
 * otherwise.
 *
 * @param money currencies may stand before and after it.
 */
export function numberOf(text: string, decimal: '.' | ',' | undefined, money: boolean): number | null {
  if (text.length > longest) return null;
  let rest = text.replaceAll(/[\u2212\u2013]/g, '-').trim();
  let negative = false;
  const signed = (): void => {
    const inner = /^\((.*)\)$/.exec(rest)?.[1] ?? /^-\s*(.*)$/.exec(rest)?.[1] ?? /^(.*\d)\s*-$/.exec(rest)?.[1];
    if (inner === undefined || negative) return;
    negative = true;
    rest = inner.trim();
  };
  signed();
  rest = money ? rest.replace(before, '').replace(after, '') : rest.replace(/\s*%$/, '');
  signed();
  rest = rest.replace(/^\+\s*/, '').replaceAll(groups, '');
  const plain = withPoint(rest, decimal);
  if (plain === null || !/^(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i.test(plain)) return null;
  const value = Number(plain);
  if (!Number.isFinite(value)) return null;
  return negative && value !== 0 ? -value : value;
}

/** The digits with a point as the decimal sign and nothing between thousands. */
function withPoint(digits: string, decimal: '.' | ',' | undefined): string | null {
  const sign = decimal ?? decimalSign(digits);
  const separator = sign === '.' ? ',' : '.';
  const [whole = '', ...fraction] = digits.split(sign);
  if (fraction.length > 1 || fraction[0]?.includes(separator) === true) return null;
  const parts = whole.split(separator);
  // 1,23,456 (Indian) has groups of two; 12,34 has none that could be thousands.
  const grouped = parts.slice(1, -1).every((part) => /^\d{2,3}$/.test(part)) && /^\d{3}$/.test(parts.at(-1) ?? '');
  if (parts.length > 1 && !(grouped && /^\d{1,3}$/.test(parts[0] ?? ''))) return null;
  return fraction[0] === undefined ? parts.join('') : `${parts.join('')}.${fraction[0]}`;
}

function decimalSign(digits: string): '.' | ',' {
  const point = digits.lastIndexOf('.');
  const comma = digits.lastIndexOf(',');
  if (point >= 0 && comma >= 0) return point > comma ? '.' : ',';
  if (point >= 0) return digits.indexOf('.') === point ? '.' : ',';
  if (comma < 0 || digits.indexOf(',') !== comma) return '.';
  // A single comma: thousands only where they can be.
  return /^[1-9]\d{0,2},\d{3}$/.test(digits) ? '.' : ',';
}
