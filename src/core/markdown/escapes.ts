import type { FrontmatterField, MarkdownDocument } from './frontmatter.ts';
import { fieldOf } from './frontmatter.ts';
import { setFieldAsBlock } from './frontmatterEdit.ts';
import type { TextEdit } from './textEdit.ts';

/** Whether a value has the two characters `\n` where its author meant a line end. */
export function hasLiteralNewlines(field: FrontmatterField): boolean {
  return typeof field.value === 'string' && field.value.includes('\\n');
}

/** The value as it is meant, `\n` being a line end. For display; the file keeps what it has. */
export function withLineEnds(value: string): string {
  return value.replace(/\\r\\n|\\n/g, '\n');
}

/** Writes a text as a literal block, `\n` and line ends alike being line ends there. Nothing for a field that is no text. */
export function toBlockScalar(document: MarkdownDocument, key: string): TextEdit[] {
  const value = fieldOf(document, key)?.value;
  return typeof value === 'string' ? setFieldAsBlock(document, key, withLineEnds(value)) : [];
}
