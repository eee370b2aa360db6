import { readMarkdown } from '../markdown/frontmatter.ts';
import { setField } from '../markdown/frontmatterEdit.ts';
import { applyEdits } from '../markdown/textEdit.ts';

const titleOf = (name: string) => {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The text of a new SKILL.md. Without a description it has one to fill in. */
export function newSkill(name: string, description: string | null): string {
  const body = `# ${titleOf(name)}\n\nWhat to do, step by step.\n`;
  const says = description ?? `Explains ${name.replaceAll('-', ' ')}. Use it when the task calls for that.`;
  const text = `---\nname: ${name}\n---\n\n${body}`;
  return applyEdits(text, setField(readMarkdown(text), 'description', says));
}
