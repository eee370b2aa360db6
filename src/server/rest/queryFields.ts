import * as z from 'zod';
import { badRequest } from './refusal.ts';

/** How a field is written in a query or a path. */
export type FieldKind = 'number' | 'boolean' | 'list' | 'text';

export function fieldKind(schema: z.core.$ZodType): FieldKind {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return fieldKind(schema.unwrap());
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  return schema instanceof z.ZodArray ? 'list' : 'text';
}

const whole = /^-?\d{1,16}$/;

/** What is not written like one of its kind stays text: the operation says then what it wants instead. */
export function fieldValue(text: string, kind: FieldKind): unknown {
  if (kind === 'number') return whole.test(text) ? Number(text) : text;
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

/** The fields of a query. Lists are repeated: `status=Ready&status=Done`. Throws a `Refusal` for a name that is unknown or given twice. */
export function queryFields(query: string, kinds: ReadonlyMap<string, FieldKind>): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, text] of new URLSearchParams(query)) {
    const kind = kinds.get(name);
    if (kind === undefined) throw badRequest(name, `There is no query parameter ${name.slice(0, 100)} here. Check its spelling.`);
    const before = fields[name];
    if (kind === 'list' && Array.isArray(before)) {
      before.push(text);
      continue;
    }
    if (Object.hasOwn(fields, name)) throw badRequest(name, `${name} is given twice.`);
    fields[name] = kind === 'list' ? [text] : fieldValue(text, kind);
  }
  return fields;
}
