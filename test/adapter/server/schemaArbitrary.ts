import * as fc from 'fast-check';

export interface Schema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  format?: string;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
}

/** Characters of a text, and entries of a list or object: what a schema without a limit gets. */
const longest = 3000;
const most = 20;

/** Values that a schema of the document describes. Texts grow as long as they may: with fast-check's own sizes they stay at about ten characters. */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return fc.oneof(...either.map(valuesOf));
  switch (schema.type) {
    case 'string':
      return texts(schema);
    case 'integer':
      return fc.oneof(
        { arbitrary: fc.integer({ min: Math.max(1, least(schema)), max: Math.max(8, least(schema)) }), weight: 6 },
        { arbitrary: fc.integer({ min: least(schema), max: greatest(schema) }), weight: 1 },
      );
    case 'number':
      return fc.double({ min: least(schema), max: greatest(schema), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return lists(schema);
    case 'object':
      return objects(schema);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

const least = ({ minimum, exclusiveMinimum }: Schema): number =>
  Math.max(minimum ?? (exclusiveMinimum === undefined ? -5 : exclusiveMinimum + 1), -(2 ** 53 - 1));
const greatest = ({ maximum }: Schema): number => Math.min(maximum ?? 2 ** 53 - 1, 2 ** 53 - 1);

function texts({ pattern, minLength = 0, maxLength = longest, format }: Schema): fc.Arbitrary<unknown> {
  const limit = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, longest)), size: 'max' } as const;
  const strange = fc.oneof(
    fc.string({ ...limit, unit: 'binary' }),
    fc.string({ ...limit, unit: 'grapheme' }),
    fc.string({ ...limit, unit: 'grapheme-ascii' }),
  );
  const words = fc
    .stringMatching(/^[A-Z][a-z]{0,8}( [a-z]{1,8}){0,3}$/)
    .filter((text) => text.length <= limit.maxLength && text.length >= minLength);
  const usual = format === 'uri' ? fc.webUrl() : pattern === undefined ? words : fc.stringMatching(new RegExp(pattern), { size: 'small' });
  return fc.oneof({ arbitrary: usual, weight: 8 }, { arbitrary: strange, weight: 1 });
}

function lists({ items = {}, minItems = 0, maxItems = most }: Schema): fc.Arbitrary<unknown> {
  const limit = { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, most)), size: 'max' } as const;
  // Of tasks, which may not be named twice.
  return items.type === 'integer' ? fc.uniqueArray(valuesOf(items), limit) : fc.array(valuesOf(items), limit);
}

/** Few of the fields that need not be there: with half of them one is nearly always refused. */
function objects({ properties = {}, required = [], additionalProperties, propertyNames }: Schema): fc.Arbitrary<unknown> {
  const names = Object.keys(properties);
  const known = fc
    .oneof(
      { arbitrary: fc.subarray(names, { maxLength: Math.min(3, names.length) }), weight: 4 },
      { arbitrary: fc.subarray(names), weight: 1 },
    )
    .chain((some) =>
      fc.record(
        Object.fromEntries(
          Object.entries(properties)
            .filter(([name]) => some.includes(name) || required.includes(name))
            .map(([name, inner]) => [name, valuesOf(inner)]),
        ),
      ),
    );
  if (typeof additionalProperties !== 'object') return known;
  const keys = propertyNames === undefined ? fc.string({ maxLength: 80, size: 'max' }) : valuesOf(propertyNames).map(String);
  const more = fc.dictionary(keys, valuesOf(additionalProperties), { maxKeys: 5 });
  return fc.tuple(known, more).map(([one, other]) => ({ ...other, ...one }));
}
