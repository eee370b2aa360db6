import { readMarkdown } from '../markdown/frontmatter.ts';
import type { FieldValue, MarkdownDocument } from '../markdown/frontmatter.ts';
import { setField } from '../markdown/frontmatterEdit.ts';
import { applyEdits, trimEdit } from '../markdown/textEdit.ts';
import type { TextEdit } from '../markdown/textEdit.ts';

/** Sets several fields, one after the other, and gives the edit that does it at once. */
export function withFrontmatter(document: MarkdownDocument, fields: readonly (readonly [string, FieldValue])[]): TextEdit[] {
  let { text } = document;
  for (const [key, value] of fields) text = applyEdits(text, setField(readMarkdown(text), key, value));
  return trimEdit(document.text, { start: 0, end: document.text.length, text });
}
