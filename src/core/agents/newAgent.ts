import { fieldOf, readMarkdown } from '../markdown/frontmatter.ts';
import type { FieldValue, MarkdownDocument } from '../markdown/frontmatter.ts';
import { setField } from '../markdown/frontmatterEdit.ts';
import { applyEdits } from '../markdown/textEdit.ts';
import type { TextEdit } from '../markdown/textEdit.ts';
import { agentFieldOrder } from './agentFields.ts';
import { isKebab, toKebab } from './names.ts';

export interface AgentTemplate {
  id: string;
  label: string;
  /** One sentence for the list to choose from. */
  detail: string;
  description: string;
  fields: readonly (readonly [key: string, value: FieldValue])[];
  body: string;
}

export const agentTemplates: readonly AgentTemplate[] = [
  {
    id: 'blank',
    label: 'Blank',
    detail: 'A name, a description and an empty prompt',
    description: 'Use this agent when …',
    fields: [],
    body: 'You are …\n',
  },
  {
    id: 'reviewer',
    label: 'Code reviewer',
    detail: 'Reads changes and reports what is wrong; changes nothing',
    description: 'Reviews code changes for errors, security and clarity. Use proactively after code was written or changed.',
    fields: [['tools', 'Read, Grep, Glob, Bash']],
    body: `You review code. You change no files.

1. Run \`git diff\` to see what changed; read the files around it until you understand the change.
2. Look for errors first, then security, then missing tests, then what the next reader will not understand.
3. Check each finding against the code before you report it. Leave out matters of taste.

Report the findings in order of weight. For each: file and line, what goes wrong and when, and the smallest change that mends it.
When there is nothing to report, say so in one sentence.
`,
  },
  {
    id: 'tester',
    label: 'Tester',
    detail: 'Writes tests, runs them, and finds why they fail',
    description: 'Writes and runs tests. Use it when behaviour was added or changed, or when tests fail.',
    fields: [['tools', 'Read, Write, Edit, Grep, Glob, Bash']],
    body: `You write tests and run them.

1. Find how this project tests: its framework, its folders, its names, the command that runs them.
2. Test behaviour, not implementation: the usual case, the borders, what must be refused.
3. Run the tests. When one fails, find out whether the test or the code is wrong before you change either.

Never weaken or skip a test to make it pass. Report what you covered, what you left out, and the output of the last run.
`,
  },
  {
    id: 'documenter',
    label: 'Documenter',
    detail: 'Keeps documentation true to the code',
    description: 'Writes and updates documentation. Use it when behaviour, options or set-up changed.',
    fields: [['tools', 'Read, Write, Edit, Grep, Glob']],
    body: `You keep documentation true to the code.

1. Read the code first; where it and the documentation disagree, the code is right until someone says otherwise.
2. Write for a reader who has a task to do: what it is, how to do it, what can go wrong.
3. Keep the voice and the structure that are there. Short sentences, examples that run.

Report which documents you changed and which statements you could not verify.
`,
  },
  {
    id: 'researcher',
    label: 'Researcher',
    detail: 'Answers questions about the code base or the web; changes nothing',
    description:
      'Answers questions that need reading in many places, in the code base or on the web. Use it to keep long searches out of the conversation.',
    fields: [['tools', 'Read, Grep, Glob, WebFetch, WebSearch']],
    body: `You find answers. You change no files.

1. Say to yourself what would count as an answer, then search for it broadly before you read closely.
2. Follow each claim to its source: a line of code, a page of documentation.
3. Stop when further reading no longer changes the answer.

Answer first, in a few sentences. Then the evidence, each with its file and line or its address. Say what you did not find.
`,
  },
  {
    id: 'debugger',
    label: 'Debugger',
    detail: 'Finds the cause of a failure and makes the smallest repair',
    description:
      'Finds the cause of errors, crashes and failing tests, and repairs it. Use it when something fails and the reason is not plain.',
    fields: [['tools', 'Read, Edit, Grep, Glob, Bash']],
    body: `You find causes.

1. Reproduce the failure. Write down the exact command and its output.
2. Make one guess at a time and choose the check that would refute it most cheaply.
3. When the cause is certain, make the smallest change that removes it, and run the reproduction again.

Report the cause, the evidence for it, the change, and what else the same mistake may touch.
`,
  },
];

/** The text of a new agent. Fields come in the documented order. */
export function newAgent(template: AgentTemplate, name: string, description = template.description): string {
  let text = `---\nname: ${name}\n---\n\n${template.body}`;
  for (const [key, value] of [['description', description] as const, ...template.fields]) {
    text = applyEdits(text, setField(readMarkdown(text), key, value, agentFieldOrder));
  }
  return text;
}

/** Words that say nothing about what an agent is for. */
const fillers = new Set(
  'a an and any are as at be by can for from has have i in into is it its me my need of on or our should that the then this to use used uses using want when which who will with you your agent agents subagent please'.split(
    ' ',
  ),
);

/** A name for an agent that is described so: its first telling words. `taken` names get a number. */
export function nameFromDescription(description: string, taken: ReadonlySet<string> = new Set()): string {
  const first = description.trim().split(/[.!?\n]/, 1)[0] ?? '';
  const words = toKebab(first.slice(0, 200)).split('-');
  const telling = words.filter((word) => word !== '' && !fillers.has(word)).slice(0, 3);
  return freeName(telling.length === 0 ? 'agent' : telling.join('-'), taken);
}

/** The name itself, or with the first number that makes it free. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}-${number}`)) number++;
  return `${name}-${number}`;
}

/** The file for an agent of that name. */
export const fileNameOf = (name: string): string => `${isKebab(name) ? name : toKebab(name) || 'agent'}.md`;

/** The edit of the one line that holds the name. */
export function renameAgent(document: MarkdownDocument, to: string): TextEdit[] {
  return fieldOf(document, 'name')?.value === to ? [] : setField(document, 'name', to, agentFieldOrder);
}

/** The text of a copy under another name: only the line with the name differs. */
export const copyAgent = (document: MarkdownDocument, name: string): string => applyEdits(document.text, renameAgent(document, name));
