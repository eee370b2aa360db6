import { agentFieldOrder, agentFields } from '../../core/agents/agentFields.ts';
import type { FieldSpec } from '../../core/fieldSpec.ts';
import { readItems } from '../../core/listField.ts';
import type { FieldValue, FrontmatterField, MarkdownDocument } from '../../core/markdown/frontmatter.ts';
import { fieldOf } from '../../core/markdown/frontmatter.ts';
import { removeField, setBody, setField } from '../../core/markdown/frontmatterEdit.ts';
import type { TextEdit } from '../../core/markdown/textEdit.ts';
import { bodyOfShown, valueOfShown } from '../../core/shownText.ts';
import type { AgentFormChange, BoxValue } from '../../protocol/agentFormMessages.ts';
import { boxValue } from './formState.ts';

const sameBox = (a: BoxValue, b: BoxValue): boolean =>
  typeof a === 'string' || typeof b === 'string' ? a === b : a.length === b.length && a.every((item, index) => item === b[index]);

function scalarOf({ kind }: FieldSpec, old: FieldValue | undefined, shown: string): FieldValue {
  const text = shown.trim();
  if (text === '') return kind === 'text' || kind === 'longText' ? '' : null;
  if (kind === 'integer' && /^\d{1,15}$/.test(text)) return Number(text);
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return typeof old === 'string' ? valueOfShown(old, shown) : text;
}

/** A list that is written as one string, with the items between the first and the last that stay as they are replaced. */
function listText(old: string, before: readonly string[], items: readonly string[], between: string): string {
  const places: { start: number; end: number }[] = [];
  let at = 0;
  for (const item of before) {
    const start = old.indexOf(item, at);
    if (start === -1) return items.join(between);
    at = start + item.length;
    places.push({ start, end: at });
  }
  const most = Math.min(before.length, items.length);
  let head = 0;
  while (head < most && before[head] === items[head]) head++;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === items.at(-1 - tail)) tail++;
  const [first, second] = places;
  const gap = first !== undefined && second !== undefined ? old.slice(first.end, second.start) : between;
  const separator = /\n/.test(gap) ? between : gap;
  const kept = places[head - 1];
  const next = places[places.length - tail];
  const middle = items.slice(head, items.length - tail).join(separator);
  const left = kept === undefined ? old.slice(0, first?.start ?? 0) : old.slice(0, kept.end);
  const right = tail === 0 || next === undefined ? old.slice(places.at(-1)?.end ?? old.length) : old.slice(next.start);
  const parts = [left, middle, right];
  if (kept !== undefined && middle !== '') parts.splice(1, 0, separator);
  if (tail > 0 && (middle !== '' || kept !== undefined)) parts.splice(-1, 0, separator);
  return parts.join('');
}

function listOf(document: MarkdownDocument, field: FrontmatterField | undefined, spec: FieldSpec, items: readonly string[]): FieldValue {
  if (items.length === 0) return null;
  const old = field?.value;
  if (Array.isArray(old)) {
    // A number among the items stays one.
    const numbers = new Map(old.filter((item: FieldValue) => typeof item === 'number').map((item) => [String(item), item]));
    return items.map((item) => numbers.get(item) ?? item);
  }
  const between = spec.separator === 'space' ? ' ' : ', ';
  if (field !== undefined && typeof old === 'string' && old.trim() !== '') {
    const before = readItems(document, field, spec.separator).items.map(({ text }) => text);
    return listText(old, before, items, between);
  }
  // The documented forms: tools on a line with commas, skills as a YAML list.
  return spec.key === 'skills' ? items : items.join(between);
}

function fieldEdits(document: MarkdownDocument, key: string, value: BoxValue | null): TextEdit[] {
  const spec = agentFields.find((one) => one.key === key);
  if (spec === undefined) return [];
  const field = fieldOf(document, key);
  const shown = field && boxValue(document, field, spec);
  if (field !== undefined && shown === undefined) return [];
  if (value === null) return setField(document, key, null, agentFieldOrder);
  if (shown !== undefined && sameBox(shown, value)) return [];
  const wanted =
    typeof value === 'string'
      ? spec.kind === 'list'
        ? listOf(document, field, spec, value === '' ? [] : [value])
        : scalarOf(spec, field?.value, value)
      : spec.kind === 'list'
        ? listOf(document, field, spec, value)
        : scalarOf(spec, field?.value, value.join(', '));
  return setField(document, key, wanted, agentFieldOrder);
}

/**
 * The edits for a change of the form: of what is not concerned every byte stays. None when the file says so already, when the field is
 * unknown, or when it holds what its control cannot.
 */
export function formEdits(document: MarkdownDocument, change: Exclude<AgentFormChange, { what: 'applyFix' }>): TextEdit[] {
  switch (change.what) {
    case 'setField':
      return fieldEdits(document, change.key, change.value);
    case 'removeField':
      return removeField(document, change.key);
    case 'setBody': {
      const old = document.text.slice(document.body.start, document.body.end);
      return setBody(document, bodyOfShown(old, change.body, document.eol));
    }
  }
}
