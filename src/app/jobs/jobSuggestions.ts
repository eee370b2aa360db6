import { jobCursor } from '../../core/jobs/jobCursor.ts';
import type { JobCursor } from '../../core/jobs/jobCursor.ts';
import { builtInNames, templateFilters } from '../../core/jobs/template.ts';
import { readYamlSource } from '../../core/jobs/yamlSource.ts';
import type { Path } from '../../core/jobs/yamlSource.ts';
import { lineStart } from '../../core/markdown/lines.ts';
import type { Span } from '../../core/markdown/textEdit.ts';
import { stepKindNames } from '../../protocol/jobs/steps.ts';
import { jobNames } from './jobNames.ts';
import type { JobNames } from './jobNames.ts';
import { descriptionOf, keysAt, schemaOfKind, schemasOfKey, wordsOf } from './jobSchema.ts';
import { stepSnippets, targetSnippets, usualRoles } from './stepSnippets.ts';

export interface JobSuggestion {
  label: string;
  insert: string;
  /** In the syntax of VS Code's snippets. */
  isSnippet: boolean;
  span: Span;
  kind: 'key' | 'value' | 'step' | 'name';
  detail?: string;
  documentation?: string;
}

/** What fits at a place of a job file, half-written as it may be. */
export function suggestJob(text: string, offset: number): JobSuggestion[] {
  const within = templateAt(text, offset);
  const cursor = jobCursor(text, offset);
  if (within !== undefined) return templateSuggestions(within, jobNames(valueOf(text, offset), cursor?.path ?? []));
  if (cursor === undefined) return [];
  const job = valueOf(text, offset);
  const isJson = /^\s*\{/.test(text);
  switch (cursor.place) {
    case 'key':
      return keySuggestions(text, cursor, job, isJson);
    case 'item':
      return [...keySuggestions(text, cursor, job, isJson), ...valueSuggestions(cursor, cursor.path, job, isJson)];
    case 'value':
      return valueSuggestions(cursor, [...cursor.path, cursor.key ?? ''], job, isJson);
  }
}

export interface JobHover {
  span: Span;
  /** Markdown. */
  text: string;
}

/** What there is to say of the key or the template's name at a place. */
export function hoverJob(text: string, offset: number): JobHover | undefined {
  const word = /^[A-Za-z_$-][\w-]*/.exec(text.slice(wordStart(text, offset), offset + 200))?.[0] ?? '';
  const start = wordStart(text, offset);
  const span = { start, end: start + word.length };
  if (word === '' || span.end < offset) return undefined;
  if (templateAt(text, offset) !== undefined) {
    const told = builtInNames[word] ?? templateFilters[word];
    return told === undefined ? undefined : { span, text: `**${word}**: ${told}` };
  }
  const cursor = jobCursor(text, span.end);
  if (cursor === undefined || cursor.place === 'value' || !cursor.hasColon) return undefined;
  const path = [...cursor.path, word];
  const [schema] = schemasOfKey(valueOf(text, offset), path);
  if (schema === undefined) return undefined;
  const kind = stepKindNames.find((name) => name === word);
  const description = (isStepPath(cursor.path) && kind !== undefined ? schemaOfKind(kind).description : undefined) ?? descriptionOf(schema);
  const words = wordsOf([schema]);
  const choices = words.length > 1 && words.length < 30 ? `\n\nOne of ${words.map((one) => `\`${one}\``).join(', ')}.` : '';
  return description === '' && choices === '' ? undefined : { span, text: `**${word}**: ${description}${choices}` };
}

function wordStart(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && /[\w$-]/.test(text.charAt(start - 1))) start--;
  return start;
}

/** The value as far as it can be read: without the line that is being written, if it must be. */
function valueOf(text: string, offset: number): unknown {
  const start = lineStart(text, offset, 0);
  const lineEnd = /\r|\n|$/.exec(text.slice(offset))?.index ?? 0;
  const dashes = /^[ \t]*(?:-[ \t]+)*-?/.exec(text.slice(start, offset))?.[0] ?? '';
  const attempts = [
    text,
    `${text.slice(0, start)}${dashes.includes('-') ? `${dashes} ~` : ''}${text.slice(offset + lineEnd)}`,
    text.slice(0, start),
  ];
  for (const attempt of attempts) {
    const { value } = readYamlSource(attempt);
    if (value !== null) return value;
  }
  return undefined;
}

const isStepPath = (path: Path) => typeof path.at(-1) === 'number' && (path.at(-2) === 'steps' || path.at(-2) === 'else');

/** Whether the cursor is in an open `{{`: what is written of the last name, and whether it is a filter. */
function templateAt(text: string, offset: number): { span: Span; isFilter: boolean } | undefined {
  const before = text.slice(Math.max(lineStart(text, offset, 0), offset - 500), offset);
  const open = before.lastIndexOf('{{');
  if (open === -1 || before.indexOf('}}', open) !== -1) return undefined;
  const inside = before.slice(open + 2);
  const typed = /[^\s|]*$/.exec(inside)?.[0] ?? '';
  const rest = /^[\w.-]*/.exec(text.slice(offset, offset + 200))?.[0] ?? '';
  return { span: { start: offset - typed.length, end: offset + rest.length }, isFilter: inside.includes('|') };
}

function templateSuggestions({ span, isFilter }: { span: Span; isFilter: boolean }, names: JobNames): JobSuggestion[] {
  const named = (label: string, documentation: string): JobSuggestion => ({
    label,
    insert: label,
    isSnippet: false,
    span,
    kind: 'name',
    documentation,
  });
  if (isFilter) {
    return Object.entries(templateFilters).map(([name, told]) =>
      name === 'default' ? { ...named(name, told), insert: "default: '${1:text}'", isSnippet: true } : named(name, told),
    );
  }
  return [
    ...names.inputs.map((name) => named(`inputs.${name}`, 'An input of the job.')),
    ...names.loops.map((name) => named(name, 'What the loop around is at.')),
    ...names.vars.map((name) => named(`vars.${name}`, 'A value that a step keeps.')),
    ...names.steps.map((name) => named(`steps.${name}`, 'What came of the step with this id.')),
    ...Object.entries(builtInNames).map(([name, told]) => named(name, told)),
  ];
}

function keySuggestions(text: string, cursor: JobCursor, job: unknown, isJson: boolean): JobSuggestion[] {
  const { span, hasColon, inFlow } = cursor;
  const written = keysOf(job, cursor.path).filter((key) => key !== cursor.typed && key !== wordIn(text, span));
  const isStep = isStepPath(cursor.path);
  const hasKind = written.some((key) => stepKindNames.some((kind) => kind === key));
  const steps = isStep && !hasKind ? stepSuggestions(cursor, isJson) : [];
  const keys = [...keysAt(isStep && !hasKind ? undefined : job, cursor.path)].filter(
    ([key]) => !written.includes(key) && !(steps.length > 0 && stepKindNames.some((kind) => kind === key)),
  );
  return [
    ...steps,
    ...keys.map(([key, schema]): JobSuggestion => {
      const name = isJson ? `"${key}"` : key;
      const tail = hasColon ? '' : inFlow || isJson ? ': ' : behindKey(key, cursor);
      return {
        label: key,
        insert: name + tail,
        isSnippet: false,
        span,
        kind: 'key',
        documentation: descriptionOf(schema),
      };
    }),
  ];
}

const wordIn = (text: string, span: Span) => text.slice(span.start, span.end).replaceAll(/["']/g, '');

const lists: ReadonlySet<string> = new Set(['steps', 'else', 'tasks']);
const groups: ReadonlySet<string> = new Set(['inputs', 'fields', 'extract']);

/** What has many parts goes on in the next line, everything else on this one. */
function behindKey(key: string, { dashes }: JobCursor): string {
  const next = `:\n${' '.repeat(dashes + 2)}`;
  return lists.has(key) ? `${next}- ` : groups.has(key) ? next : ': ';
}

function stepSuggestions({ span, dashes, inFlow, hasColon }: JobCursor, isJson: boolean): JobSuggestion[] {
  return stepKindNames.map((kind) => {
    // In braces, or before a value that is there already, only the key.
    const isShort = inFlow || hasColon;
    const lines = stepSnippets[kind].split('\n').join(`\n${' '.repeat(dashes)}`);
    return {
      label: kind,
      insert: isShort ? `${isJson ? `"${kind}"` : kind}${hasColon ? '' : ': '}` : lines,
      isSnippet: !isShort,
      span,
      kind: 'step',
      documentation: schemaOfKind(kind).description ?? '',
    };
  });
}

function keysOf(job: unknown, path: Path): string[] {
  const value = path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null && Object.hasOwn(at, part) ? Reflect.get(at, part) : undefined),
    job,
  );
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

function valueSuggestions(cursor: JobCursor, path: Path, job: unknown, isJson: boolean): JobSuggestion[] {
  const { span } = cursor;
  const value = (label: string, kind: 'value' | 'name' = 'value'): JobSuggestion => ({
    label,
    insert: isJson && label !== 'true' && label !== 'false' ? JSON.stringify(label) : label,
    isSnippet: false,
    span,
    kind,
  });
  const key = path.findLast((part) => typeof part === 'string');
  const names = jobNames(job, path);
  if (key === 'save' || (key === 'from' && path[0] === 'tasks')) return names.collections.map((name) => value(name, 'name'));
  if (key === 'role') return usualRoles.map((role) => value(role));
  if (key === 'key' && path.at(-2) === 'extract') return keysOf(job, [...path.slice(0, -1), 'fields']).map((name) => value(name, 'name'));
  const schemas = schemasOfKey(job, path);
  const words = wordsOf(schemas).map((word) => value(word));
  const isTarget =
    !isJson && cursor.place === 'value' && schemas.some(({ $ref, allOf }) => [$ref, allOf?.[0]].some((ref) => isTargetReference(ref)));
  return isTarget ? [...targetSnippets.map(([label, insert]) => ({ ...value(label), insert, isSnippet: true })), ...words] : words;
}

const isTargetReference = (ref: unknown): boolean =>
  ref === '#/$defs/target' || (typeof ref === 'object' && ref !== null && '$ref' in ref && ref.$ref === '#/$defs/target');
