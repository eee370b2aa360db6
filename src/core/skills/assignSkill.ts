import { agentFieldOrder } from '../agents/agentFields.ts';
import { addItem, readItems, removeItem } from '../listField.ts';
import { fieldOf } from '../markdown/frontmatter.ts';
import type { MarkdownDocument } from '../markdown/frontmatter.ts';
import { setField } from '../markdown/frontmatterEdit.ts';
import type { TextEdit } from '../markdown/textEdit.ts';

/** Adds a skill to an agent's `skills`, in the form the field has: comma string or list. No edit when it is there. */
export function assignSkill(agent: MarkdownDocument, skill: string): TextEdit[] {
  const field = fieldOf(agent, 'skills');
  if (field === undefined || field.value === null) return setField(agent, 'skills', [skill], agentFieldOrder);
  const list = readItems(agent, field, 'space');
  return list.items.some((item) => item.text === skill) ? [] : addItem(agent, list, skill);
}

/** Takes a skill out of an agent's `skills`; with the last one goes the field. */
export function unassignSkill(agent: MarkdownDocument, skill: string): TextEdit[] {
  const field = fieldOf(agent, 'skills');
  if (field === undefined) return [];
  const list = readItems(agent, field, 'space');
  const index = list.items.findIndex((item) => item.text === skill);
  if (index < 0 || list.located) return removeItem(agent, list, index);
  const rest = list.items.map((item) => item.text).filter((name) => name !== skill);
  return setField(agent, 'skills', rest);
}
