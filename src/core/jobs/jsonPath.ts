/**
 * What a path such as `results`, `assignee.name`, `dates[0]` or `fields["due date"]` leads to in parsed JSON. `$` is the whole; a path may
 * begin with it. Undefined when it leads nowhere.
 */
export function atPath(root: unknown, path: string): unknown {
  let value = root;
  for (const part of partsOf(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Object.getOwnPropertyDescriptor(value, part)?.value;
  }
  return value;
}

function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (const [, name, quoted, index] of path.replace(/^\$\.?/, '').matchAll(/([^.[\]]+)|\[(?:"([^"]*)"|(\d+))\]/g)) {
    const part = name ?? quoted ?? index;
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

/** A value of a JSON answer as one of a record: a list of values becomes a text, and what is nested deeper its JSON. */
export function asScalar(value: unknown): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return value.join(', ');
  return JSON.stringify(value);
}
