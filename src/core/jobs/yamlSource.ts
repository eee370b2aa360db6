import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, Parser } from 'yaml';
import type { CST, Document, Node } from 'yaml';
import { nestsTooDeep } from '../markdown/nesting.ts';
import type { Span } from '../markdown/textEdit.ts';
import type { Problem } from '../problem.ts';

export type Path = readonly PropertyKey[];

/** A YAML or JSON text as the plain value it stands for, and where each part of that value stands. */
export interface YamlSource {
  /** Null when the text is empty, or so wrong that nothing in it is certain. */
  value: unknown;
  problems: Problem[];
  /** Where the value at a path is written; where the nearest thing around it is, when there is no such value. */
  valueSpan(path: Path): Span;
  /** Where the key is written that leads to a value; of an item of a list, the item. */
  keySpan(path: Path): Span;
}

/** In characters. Beyond it a file is no job that a person wrote. */
export const longestSource = 1_000_000;
/** A job of 2,000 steps with four ways to find each element has 150,000 signs. The library takes some 3 µs for each, and 60 for a wrong one. */
const most = { signs: 300_000, aliases: 50, aliasedValues: 20_000, problems: 100 };

// `uniqueKeys` of the library compares each key with every other one; the reader below finds repeated keys in one pass.
const options = { prettyErrors: false, uniqueKeys: false, logLevel: 'error', schema: 'core' } as const;

/** Reads one document of YAML 1.2, of which JSON is a part. Faults are told, never thrown. */
export function readYamlSource(text: string): YamlSource {
  const refuse = (message: string, span: Span) => unread(text, { code: 'yaml', severity: 'error', message, span });
  if (text.length > longestSource) {
    return refuse(`The file is longer than ${longestSource.toLocaleString('en')} characters.`, { start: 0, end: 0 });
  }
  if (nestsTooDeep(text)) return refuse('The values lie in one another too deeply.', { start: 0, end: text.length });
  const tokens = tokensOf(text);
  if (tokens === null) return refuse('The file is too long to be read: it has too many signs.', { start: 0, end: 0 });
  const [document, second] = documentsOf(tokens, text);
  if (document === undefined) return refuse('There is nothing in this file that can be read.', { start: 0, end: text.length });
  const reader = new Reader(text);
  for (const { message, pos } of document.errors.slice(0, most.problems)) reader.complain('yaml', sentence(message), pos);
  if (document.directives?.yaml.version !== '1.2') reader.complain('yaml', 'Only YAML 1.2 is read: remove the line %YAML.', [0, 5]);
  if (second !== undefined) {
    reader.complain('yaml', 'A file holds one job: what follows --- is not read.', second.range);
  }
  const { contents } = document;
  const value = reader.read(contents);
  return {
    value: reader.problems.length === 0 ? value : null,
    problems: reader.problems.slice(0, most.problems),
    valueSpan: (path) => spanOf(locate(contents, path, reader).value, text),
    keySpan: (path) => {
      const { key, value: node } = locate(contents, path, reader);
      return spanOf(key ?? node, text);
    },
  };
}

/** The text in pieces of syntax; only as far as it takes to see that it is no YAML. Null when there are too many. */
function tokensOf(text: string): CST.Token[] | null {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let signs = 0;
  let errors = 0;
  for (const sign of new Lexer().lex(text)) {
    if (++signs > most.signs) return null;
    for (const token of parser.next(sign)) {
      tokens.push(token);
      if (token.type === 'error' && ++errors > most.problems) return tokens;
    }
  }
  tokens.push(...parser.end());
  return tokens;
}

function documentsOf(tokens: readonly CST.Token[], text: string): Document[] {
  const documents: Document[] = [];
  for (const document of new Composer(options).compose(tokens, true, text.length)) {
    documents.push(document);
    if (documents.length === 2) break;
  }
  return documents;
}

function unread(text: string, problem: Problem): YamlSource {
  const whole = () => ({ start: 0, end: text.length });
  return { value: null, problems: [problem], valueSpan: whole, keySpan: whole };
}

const sentence = (message: string) => (/[.!?]$/.test(message) ? message : `${message}.`);

class Reader {
  readonly problems: Problem[] = [];
  readonly anchors = new Map<string, { node: Node; value: unknown; size: number }>();
  readonly #text: string;
  #size = 0;
  #aliases = 0;
  #aliased = 0;
  #repeatsTooMuch = false;

  constructor(text: string) {
    this.#text = text;
  }

  read(node: unknown): unknown {
    const before = this.#size++;
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return isAlias(node) ? this.#alias(node) : null;
    if (node.tag !== undefined) {
      this.complain('yaml-tag', 'Tags such as !name are not read: write the value without it.', node.range);
    }
    const value = isScalar(node) ? this.#scalar(node) : isSeq(node) ? node.items.map((item) => this.read(item)) : this.#map(node);
    if (node.anchor !== undefined) this.anchors.set(node.anchor, { node, value, size: this.#size - before });
    return value;
  }

  complain(code: string, message: string, range: readonly number[] | null | undefined): void {
    const start = Math.min(range?.[0] ?? 0, this.#text.length);
    this.problems.push({
      code,
      severity: 'error',
      message,
      span: { start, end: Math.max(start, Math.min(range?.[1] ?? start, this.#text.length)) },
    });
  }

  #scalar({ value, range }: { value: unknown; range?: readonly number[] | null | undefined }): unknown {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.complain('yaml', 'This number is too large, or none. Put it in quotes when it is a text.', range);
      return null;
    }
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  }

  #map(node: { items: readonly { key: unknown; value: unknown }[]; range?: readonly number[] | null | undefined }): unknown {
    const result: Record<string, unknown> = {};
    const keys = new Set<string>();
    for (const { key: keyNode, value: valueNode } of node.items) {
      const key = this.#key(keyNode, node.range);
      // Even one that is refused is read: there may be anchors in it.
      const value = this.read(valueNode);
      if (key === null) continue;
      if (keys.has(key)) {
        this.complain('yaml-key', `"${key}" is there twice. Only one of them can hold.`, rangeOf(keyNode));
      }
      keys.add(key);
      // `__proto__` is a name like any other.
      Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
    }
    return result;
  }

  #key(node: unknown, around: readonly number[] | null | undefined): string | null {
    const range = rangeOf(node) ?? around;
    if (isScalar(node)) {
      if (node.value !== '<<' || node.type !== 'PLAIN') return keyOf(node);
      this.complain('yaml-merge', 'Merge keys (<<) are not read: write the values out.', range);
    } else {
      const braces = around !== null && around !== undefined && this.#text.startsWith('{{', around[0] ?? 0);
      this.complain(
        'yaml-key',
        braces ? 'A text that begins with {{ needs quotes, as in "{{inputs.name}}".' : 'This key is no text.',
        braces ? around : range,
      );
    }
    return null;
  }

  #alias(node: { source: string; range?: readonly number[] | null | undefined }): unknown {
    const known = this.anchors.get(node.source);
    this.#aliased += known?.size ?? 0;
    this.#size += known?.size ?? 0;
    if (known !== undefined && ++this.#aliases <= most.aliases && this.#aliased <= most.aliasedValues) return known.value;
    if (known === undefined || !this.#repeatsTooMuch) {
      this.#repeatsTooMuch = known !== undefined;
      this.complain(
        'yaml-alias',
        known === undefined
          ? `*${node.source} refers to an anchor that is not there before it.`
          : `The file repeats too much by aliases: more than ${most.aliases} of them, or more than ${most.aliasedValues.toLocaleString('en')} values.`,
        node.range,
      );
    }
    return null;
  }
}

/** A key as text: `1` and `true` are names, too. */
const keyOf = ({ value }: { value: unknown }): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

function rangeOf(node: unknown): readonly number[] | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range ?? undefined) : undefined;
}

interface Located {
  key: unknown;
  value: unknown;
}

/** Goes as far along the path as there is something. A value behind an alias stands where its anchor is. */
function locate(root: unknown, path: Path, { anchors }: Reader): Located {
  let found: Located = { key: undefined, value: root };
  for (const part of path) {
    const node = isAlias(found.value) ? anchors.get(found.value.source)?.node : found.value;
    if (isSeq(node) && typeof part === 'number' && part < node.items.length) found = { key: undefined, value: node.items[part] };
    else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && keyOf(key) === part);
      if (pair === undefined) return found;
      found = { key: pair.key, value: pair.value ?? pair.key };
    } else return found;
  }
  return found;
}

/** Without the line ends behind a block. */
function spanOf(node: unknown, text: string): Span {
  const [start = 0, end = 0] = rangeOf(node) ?? [];
  return { start, end: start + text.slice(start, end).trimEnd().length };
}
