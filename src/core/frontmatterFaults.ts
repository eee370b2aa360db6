import type { FrontmatterField, MarkdownDocument } from './markdown/frontmatter.ts';
import { quoteForStrictYaml } from './markdown/frontmatterEdit.ts';
import type { Span, TextEdit } from './markdown/textEdit.ts';
import type { Fix } from './problem.ts';

/** Where to point when the thing itself is missing: the opening fence, or the first line. */
export function headSpan(document: MarkdownDocument): Span {
  if (document.unclosed !== null) return document.unclosed;
  const line = /[^\r\n]*/y;
  const start = document.frontmatter?.outer.start ?? document.body.start;
  line.lastIndex = start;
  return { start, end: start + (line.exec(document.text)?.[0].length ?? 0) };
}

/** What strict YAML objects to first, in words for the inside of a sentence, and the way out. */
export interface YamlFault {
  /** In parentheses with a space before, or empty. */
  detail: string;
  span: Span;
  fixes: readonly Fix[];
}

/** The first line of a value: a message need not underline a whole text. */
function firstLine({ text }: MarkdownDocument, { start, end }: Span): Span {
  const line = /[^\r\n]*/y;
  line.lastIndex = start;
  return { start, end: Math.min(end, start + (line.exec(text)?.[0].length ?? 0)) };
}

function quoteTitle(field: FrontmatterField | undefined, edits: readonly TextEdit[]): string {
  if (field === undefined || edits.some((edit) => edit.start < field.span.start || edit.end > field.span.end))
    return 'Quote the values YAML cannot read';
  return edits.some((edit) => /^[|>]/.test(edit.text)) ? `Write ${field.key} as an indented block` : `Quote ${field.key}`;
}

/** Undefined when strict YAML has no objection. */
export function yamlFault(document: MarkdownDocument): YamlFault | undefined {
  const { frontmatter } = document;
  if (frontmatter === null || frontmatter.level === 'strict') return undefined;
  const error = frontmatter.errors[0];
  const edits = quoteForStrictYaml(document);
  const field = frontmatter.fields.find(({ span }) => error !== undefined && error.span.start >= span.start && error.span.start < span.end);
  const fixes: Fix[] = [{ title: quoteTitle(field, edits), kind: 'quote-frontmatter', preferred: true, edits }];
  const said = error?.message.replace(/\.$/, '') ?? '';
  // The library says "Nested mappings are not allowed in compact mappings", which helps nobody.
  const isColon = field?.style === 'plain' && /:\s/.test(field.raw) && /mapping/i.test(said);
  return {
    detail: error === undefined ? '' : ` (${isColon ? `\`${field.key}\` has a colon and a space in text without quotes` : said})`,
    span: field === undefined || field.raw === '' ? (error?.span ?? headSpan(document)) : firstLine(document, field.valueSpan),
    fixes: edits.length === 0 ? [] : fixes,
  };
}
