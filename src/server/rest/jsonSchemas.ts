import * as z from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Schemas by name, as OpenAPI 3.1 takes them. They refer to one another as its components. What zod checks beyond what JSON Schema can say is
 * left out: the operation says it when it refuses.
 */
export function componentSchemas(schemas: ReadonlyMap<z.ZodType, string>, io: 'input' | 'output'): Map<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of schemas) registry.add(schema, { id });
  const whole = z.toJSONSchema(registry, { io, uri: reference, unrepresentable: 'any' });
  return new Map(Object.entries(whole.schemas).map(([name, schema]) => [name, inDocument(schema)]));
}

export const reference = (name: string): string => `#/components/schemas/${name}`;

export const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema =>
  inDocument(z.toJSONSchema(schema, { io, unrepresentable: 'any' }));

/** Of each field by itself: for parameters. */
export function fieldSchemas(shape: z.core.$ZodLooseShape): { name: string; required: boolean; schema: JsonSchema }[] {
  const { properties = {}, required = [] } = z.toJSONSchema(z.strictObject(shape), { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, schema]) => ({ name, required: required.includes(name), schema: { ...Object(schema) } }));
}

/** The document says once for all which JSON Schema it is written in, and where its components are. */
function inDocument({ $schema: _schema, $id: _id, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
