export interface SortOrder {
  /** Numbers of records within their collection. */
  ids: Uint32Array;
  /** How many of them have a value; the others come last. */
  filled: number;
}

/** Digits are compared as numbers: `RFI 9` comes before `RFI 10`. Case and accents do not matter. */
function naturalKey(text: string): string {
  const lower = text.toLowerCase();
  const plain = /[^\u0000-\u007f]/.test(lower) ? lower.normalize('NFD').replaceAll(/\p{M}/gu, '') : lower;
  // Each run of digits is preceded by how many there are.
  return plain.replaceAll(/0*(\d+)/g, (_, digits: string) => `0${String.fromCharCode(0x30 + Math.min(digits.length, 1000))}${digits}`);
}

interface Item {
  id: number;
  key: string | number;
}

function byKey(a: Item, b: Item): number {
  if (typeof a.key !== typeof b.key) return typeof a.key === 'number' ? -1 : 1;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/** Sorted by value: numbers first, then texts in natural order; what has the same value stays in the order given, `rest` and nothing come last. */
export function sortOrder(ids: readonly number[], values: readonly unknown[], rest: readonly number[]): SortOrder {
  const items: Item[] = [];
  const empty: number[] = [];
  ids.forEach((id, i) => {
    const value = values[i];
    if (typeof value === 'number') items.push({ id, key: value });
    else if (typeof value === 'boolean' || (typeof value === 'string' && value !== '')) items.push({ id, key: naturalKey(String(value)) });
    else empty.push(id);
  });
  items.sort(byKey);
  const order = new Uint32Array(ids.length + rest.length);
  order.set(items.map(({ id }) => id));
  order.set(empty, items.length);
  order.set(rest, ids.length);
  return { ids: order, filled: items.length };
}
