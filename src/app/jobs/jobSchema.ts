import * as z from 'zod';
import type { Path } from '../../core/jobs/yamlSource.ts';
import { condition } from '../../protocol/jobs/condition.ts';
import { extraction } from '../../protocol/jobs/extraction.ts';
import { jobFile } from '../../protocol/jobs/jobFile.ts';
import { candidate, target } from '../../protocol/jobs/locator.ts';
import type { StepKind } from '../../protocol/jobs/steps.ts';
import { kindOfStep, step, stepKindNames, stepKinds, steps } from '../../protocol/jobs/steps.ts';

export type SchemaNode = z.core.JSONSchema.BaseSchema;

const reference = (id: string) => `#/$defs/${id}`;
const idOfKind = (kind: string) => `step.${kind}`;
let made: SchemaNode | undefined;

/** The format of job files as JSON Schema (draft 7), for editors. It takes what `jobFile` takes, but for rules between several keys. */
export function jobSchema(): SchemaNode {
  made ??= makeSchema();
  return made;
}

function makeSchema(): SchemaNode {
  const named = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries({ job: jobFile, steps, step, target, candidate, condition, extraction }))
    named.add(schema, { id });
  for (const kind of stepKindNames) named.add(stepKinds[kind], { id: idOfKind(kind) });
  const aStep: z.core.$ZodType = step;
  const { schemas } = z.toJSONSchema(named, {
    io: 'input',
    target: 'draft-7',
    uri: reference,
    // A step finds its schema in code; here are the alternatives.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === aStep) jsonSchema.anyOf = stepKindNames.map((kind) => ({ $ref: reference(idOfKind(kind)) }));
    },
  });
  const definitions = Object.entries(schemas).map(([id, schema]) => {
    const { $schema: _, $id: __, ...rest } = schema;
    return [id, rest] as const;
  });
  return { $schema: 'http://json-schema.org/draft-07/schema#', $ref: reference('job'), $defs: Object.fromEntries(definitions) };
}

const isNode = (value: unknown): value is SchemaNode => typeof value === 'object' && value !== null && !Array.isArray(value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The alternatives of a schema, without references.
 * @param kept references that are not followed.
 */
export function alternativesOf(node: SchemaNode, kept: Readonly<Record<string, unknown>> = {}): SchemaNode[] {
  if (node.$ref !== undefined) {
    return Object.hasOwn(kept, node.$ref) ? [{ $ref: node.$ref }] : alternativesOf(jobSchema().$defs?.[nameIn(node.$ref)] ?? {}, kept);
  }
  const parts = node.anyOf ?? node.allOf;
  return parts === undefined ? [node] : parts.filter(isNode).flatMap((part) => alternativesOf(part, kept));
}

const nameIn = (ref: string) => ref.slice(reference('').length);

/** Those that a half-written value can become: a step by its kind, others by how many of the keys that are there they know. */
function fitting(node: SchemaNode, value: unknown): SchemaNode[] {
  const all = alternativesOf(node);
  if (Array.isArray(value)) return all.filter(({ type }) => type === 'array');
  if (!isObject(value)) return all;
  const objects = all.filter(({ type }) => type === 'object');
  const kind = kindOfStep(value);
  if (objects.length === stepKindNames.length && kind !== undefined)
    return objects.slice(stepKindNames.indexOf(kind), stepKindNames.indexOf(kind) + 1);
  const keys = Object.keys(value);
  const known = objects.map(({ properties }) => keys.filter((key) => properties !== undefined && key in properties).length);
  const best = Math.max(...known);
  return objects.filter((_, index) => known[index] === best);
}

function child(node: SchemaNode, part: PropertyKey): SchemaNode[] {
  if (typeof part === 'number') {
    const { items } = node;
    if (Array.isArray(items)) return [items[part]].filter(isNode);
    return [items].filter(isNode);
  }
  const own =
    node.properties !== undefined && Object.hasOwn(node.properties, part) ? node.properties[String(part)] : node.additionalProperties;
  return [own].filter(isNode);
}

/**
 * What can stand at a path of a half-written job, without references.
 * @param job the plain value of what is written so far: it decides between alternatives.
 */
export function schemasAt(job: unknown, path: Path): SchemaNode[] {
  let nodes: SchemaNode[] = [jobSchema()];
  let value = job;
  for (const part of path) {
    const here = value;
    nodes = nodes.flatMap((node) => fitting(node, here)).flatMap((node) => child(node, part));
    value = isObject(here) || Array.isArray(here) ? Reflect.get(here, part) : undefined;
  }
  return nodes.flatMap((node) => fitting(node, value));
}

/** The schema of a key, as its parent describes it. */
export function schemasOfKey(job: unknown, path: Path): SchemaNode[] {
  const key = path.at(-1);
  return key === undefined ? [] : schemasAt(job, path.slice(0, -1)).flatMap((node) => child(node, key));
}

/** The keys that a value at a path can have, each with its description. */
export function keysAt(job: unknown, path: Path): Map<string, SchemaNode> {
  const keys = new Map<string, SchemaNode>();
  for (const { properties } of schemasAt(job, path)) {
    for (const [key, node] of Object.entries(properties ?? {})) if (isNode(node) && !keys.has(key)) keys.set(key, node);
  }
  return keys;
}

/** Its own description, else that of what it refers to. */
export function descriptionOf(node: SchemaNode): string {
  if (node.description !== undefined) return node.description;
  if (node.$ref !== undefined) return descriptionOf(jobSchema().$defs?.[nameIn(node.$ref)] ?? {});
  const [only, ...others] = (node.allOf ?? []).filter(isNode);
  return only !== undefined && others.length === 0 ? descriptionOf(only) : '';
}

/** The words that a value can be: of an enumeration, a constant, or true and false. */
export function wordsOf(nodes: readonly SchemaNode[]): string[] {
  const words = nodes.flatMap((node) =>
    alternativesOf(node).flatMap(({ enum: list, const: only, type }) =>
      list !== undefined ? list.map(String) : only !== undefined ? [String(only)] : type === 'boolean' ? ['true', 'false'] : [],
    ),
  );
  return [...new Set(words)];
}

/** One of the named schemas. */
export const definition = (id: 'job' | 'target' | 'candidate' | 'condition' | 'extraction'): SchemaNode => jobSchema().$defs?.[id] ?? {};

/** The schema of a kind of step. */
export const schemaOfKind = (kind: StepKind): SchemaNode => jobSchema().$defs?.[idOfKind(kind)] ?? {};
