import { isAlias, isCollection, isMap, isNode, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import type { CST, Node, ParsedNode } from 'yaml';
import type { FieldStyle, FieldValue, FrontmatterField } from './frontmatter.ts';
import { lineAt, linesOf, lineStart } from './lines.ts';
import { nestsTooDeep } from './nesting.ts';
import type { Span } from './textEdit.ts';
import type { YamlComplaint } from './yamlValue.ts';
import { YamlValues } from './yamlValue.ts';

interface YamlReading {
  fields: FrontmatterField[];
  complaints: YamlComplaint[];
}

// `uniqueKeys` of the library compares each key with every other one; YamlValues finds repeated keys in one pass.
const options = { keepSourceTokens: true, prettyErrors: false, uniqueKeys: false, logLevel: 'error' } as const;

/**
 * Reads a part of a file as a YAML 1.2 map. A fault is told in `complaints`, never thrown; their places and the spans of the fields
 * are places in the whole file.
 * @param source read instead of that part of the text, and just as long.
 */
export function readYamlFields(text: string, span: Span, source: string): YamlReading {
  const shift = (complaint: YamlComplaint): YamlComplaint => ({
    ...complaint,
    start: Math.min(span.start + complaint.start, span.end),
    end: Math.min(span.start + Math.max(complaint.start, complaint.end), span.end),
  });
  if (nestsTooDeep(source)) {
    return { fields: [], complaints: [shift({ message: 'The values lie in one another too deeply.', start: 0, end: source.length })] };
  }
  const document = parseDocument(source, options);
  const values = new YamlValues(source);
  const { contents } = document;
  const fields: FrontmatterField[] = [];
  const complaints: YamlComplaint[] = document.errors.map(({ message, code, pos }) => ({ message, code, start: pos[0], end: pos[1] }));
  if (isMap(contents)) {
    const keys = new Set<string>();
    for (const pair of contents.items) {
      const field = readPair(text, span, pair.key, pair.value, pair.srcToken, values);
      if (keys.has(field.key)) values.repeated(field.key, pair.key);
      keys.add(field.key);
      fields.push(field);
    }
  } else if (contents !== null && !(isScalar(contents) && contents.source === '' && contents.type === 'PLAIN')) {
    complaints.push({ message: 'This is no list of "key: value" lines.', start: contents.range[0], end: contents.range[1] });
  }
  complaints.push(...values.complaints);
  return { fields, complaints: complaints.map(shift) };
}

/** The value a text stands for as a YAML document of its own, undefined when strict YAML objects. */
export function readYamlValue(source: string): FieldValue | undefined {
  if (nestsTooDeep(source)) return undefined;
  const document = parseDocument(source, options);
  const values = new YamlValues(source);
  const value = values.read(document.contents);
  return document.errors.length === 0 && values.complaints.length === 0 ? value : undefined;
}

function readPair(
  text: string,
  span: Span,
  key: ParsedNode,
  value: ParsedNode | null,
  token: CST.CollectionItem | undefined,
  values: YamlValues,
): FrontmatterField {
  const separators = token?.sep ?? [];
  const colon = separators.find(({ type }) => type === 'map-value-ind');
  const properties = separators.filter(({ type }) => type === 'anchor' || type === 'tag');
  const afterColon = colon === undefined ? key.range[1] : colon.offset + colon.source.length;
  const present = value !== null && token?.value !== undefined;
  const keySpan = { start: span.start + key.range[0], end: span.start + key.range[1] };
  const firstProperty = properties[0];
  const lastProperty = properties.at(-1);
  let start = firstProperty?.offset ?? (present ? value.range[0] : afterColon);
  let end = present ? endOf(value) : lastProperty === undefined ? afterColon : lastProperty.offset + lastProperty.source.length;
  start += span.start;
  end += span.start;
  if (!present && firstProperty === undefined) {
    // The blanks of "key: " belong to the value, so that it can be put back as it was; those before a comment belong to the comment.
    const line = lineAt(text, end, span.end);
    if (text.slice(end, line.end).trim() === '') end = line.end;
  }
  const style = styleOf(present ? value : null, firstProperty !== undefined);
  // A comment beside the last item goes with the item, as one beside any other.
  if (style === 'block') end += text.slice(end, lineAt(text, end, span.end).end).trimEnd().length;
  return {
    key: values.key(key),
    value: values.read(value),
    raw: text.slice(start, end),
    style,
    keySpan,
    valueSpan: { start, end },
    span: { start: lineStart(text, keySpan.start, span.start), end: lineAt(text, end, span.end).next },
  };
}

function styleOf(value: ParsedNode | null, hasProperties: boolean): FieldStyle {
  if (value === null) return hasProperties ? 'plain' : 'empty';
  if (isMap(value) || isSeq(value)) return value.flow === true ? 'flow' : 'block';
  if (isAlias(value)) return 'plain';
  switch (value.type) {
    case 'QUOTE_SINGLE':
      return 'single';
    case 'QUOTE_DOUBLE':
      return 'double';
    case 'BLOCK_LITERAL':
      return 'literal';
    case 'BLOCK_FOLDED':
      return 'folded';
    default:
      return 'plain';
  }
}

/** Where what is written for a value ends: its last line without the line end, and of a block with `+` all the empty lines it keeps. */
function endOf(node: Node): number {
  const range = node.range ?? [0, 0];
  if (isCollection(node) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    if (isPair(last)) {
      if (isNode(last.value) && last.srcToken?.value !== undefined) return endOf(last.value);
      const token = last.srcToken?.sep?.findLast(({ type }) => type === 'map-value-ind' || type === 'anchor' || type === 'tag');
      return token === undefined ? range[1] : token.offset + token.source.length;
    }
    return isNode(last) ? endOf(last) : range[1];
  }
  const token = node.srcToken;
  if (token?.type !== 'block-scalar') return range[1];
  const bodyStart = range[1] - token.source.length;
  const header = token.props.find(({ type }) => type === 'block-scalar-header');
  const written = header !== undefined && 'source' in header ? header.source : '';
  const body = blockBodyLength(token.source, written.includes('+'));
  return body === 0 ? range[0] + written.length : bodyStart + body;
}

/** How much of a block scalar's lines is content: empty lines behind the text are not, unless they hold blanks or are to be kept. */
function blockBodyLength(body: string, keep: boolean): number {
  let indent = -1;
  let length = 0;
  for (const line of linesOf(body, { start: 0, end: body.length })) {
    const content = body.slice(line.start, line.end);
    const blanks = content.length - content.trimStart().length;
    const blank = blanks === content.length;
    if (!blank && indent === -1) indent = blanks;
    if (keep || !blank || (indent !== -1 && blanks > indent)) length = line.end;
  }
  return length;
}
