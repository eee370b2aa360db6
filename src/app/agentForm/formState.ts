import { agentFields } from '../../core/agents/agentFields.ts';
import type { FieldSpec } from '../../core/fieldSpec.ts';
import { readItems } from '../../core/listField.ts';
import type { FieldValue, FrontmatterField, MarkdownDocument } from '../../core/markdown/frontmatter.ts';
import { fieldOf } from '../../core/markdown/frontmatter.ts';
import type { Span } from '../../core/markdown/textEdit.ts';
import type { Problem } from '../../core/problem.ts';
import { shownBody, shownText } from '../../core/shownText.ts';
import type { AgentFormState, BoxValue, FormField, FormProblem } from '../../protocol/agentFormMessages.ts';

const isList = (value: object): value is readonly FieldValue[] => Array.isArray(value);

/** What the field's control shows; undefined when the value is none that it can hold. */
export function boxValue(document: MarkdownDocument, field: FrontmatterField, { kind, separator }: FieldSpec): BoxValue | undefined {
  const { value, raw, style } = field;
  if (kind === 'yaml') return undefined;
  if (kind === 'list') {
    if (value === null) return [];
    if (typeof value === 'string') return readItems(document, field, separator).items.map(({ text }) => text);
    const isFlat = typeof value === 'object' && isList(value) && value.every((item) => item !== null && typeof item !== 'object');
    return isFlat ? value.map(String) : undefined;
  }
  if (value === null) return '';
  if (typeof value === 'string') return shownText(value);
  // As it is written: 007 is not 7 to its author.
  return typeof value === 'object' ? undefined : style === 'plain' ? raw.trim() : String(value);
}

function formField(document: MarkdownDocument, spec: FieldSpec): FormField[] {
  const field = fieldOf(document, spec.key);
  if (field === undefined) return [];
  const value = boxValue(document, field, spec);
  return [{ key: spec.key, value: value ?? rawLines(document, field), readOnly: value === undefined }];
}

/** A value as it is written; one that begins below its key with the indentation of its first line. */
function rawLines({ text }: MarkdownDocument, { raw, valueSpan }: FrontmatterField): string {
  let start = valueSpan.start;
  while (start > 0 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start--;
  const indent = start > 0 && /[\r\n]/.test(text.charAt(start - 1)) ? text.slice(start, valueSpan.start) : '';
  return (indent + raw).replace(/\r\n?/g, '\n');
}

function placeOf({ frontmatter, body }: MarkdownDocument, span: Span): Pick<FormProblem, 'field' | 'inBody'> {
  const field = frontmatter?.fields.find((one) => span.start >= one.span.start && span.start < one.span.end);
  return { field: field?.key ?? null, inBody: frontmatter !== null && field === undefined && span.start >= body.start };
}

/** What the form shows of a document, but for what only the host knows of the file. */
export function formState(
  document: MarkdownDocument,
  problems: readonly Problem[],
): Pick<AgentFormState, 'frontmatter' | 'fields' | 'others' | 'body' | 'problems'> {
  const known = new Set(agentFields.map(({ key }) => key));
  const effective = (document.frontmatter?.fields ?? []).filter((field) => fieldOf(document, field.key) === field);
  return {
    frontmatter: document.frontmatter !== null ? 'read' : document.unclosed !== null ? 'unclosed' : 'none',
    fields: agentFields.flatMap((spec) => formField(document, spec)),
    others: effective.filter(({ key }) => !known.has(key)).map((field) => ({ key: field.key, raw: rawLines(document, field) })),
    body: shownBody(document.text.slice(document.body.start, document.body.end)),
    problems: problems.map(({ code, severity, message, fatal, span, fixes }) => ({
      code,
      severity,
      message,
      fatal: fatal === true,
      ...placeOf(document, span),
      fixes: (fixes ?? []).map(({ title, preferred }) => ({ title, preferred: preferred === true })),
    })),
  };
}

/** The name under which the body goes among the keys of fields. No field can be called so in a request: keys are not empty. */
export const bodyKey = '';

/** The fields, and the body, that are not written the same in both; fields that came or went too. */
export function changedKeys(before: MarkdownDocument, after: MarkdownDocument): string[] {
  const rawOf = (document: MarkdownDocument) => new Map(document.frontmatter?.fields.map(({ key, raw }) => [key, raw]));
  const [old, now] = [rawOf(before), rawOf(after)];
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key));
  const bodyOf = ({ text, body }: MarkdownDocument) => text.slice(body.start, body.end);
  return bodyOf(before) === bodyOf(after) ? changed : [...changed, bodyKey];
}
