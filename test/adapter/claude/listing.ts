import type { ClaudeRun } from '../../rig/claudeCli.ts';

/** What the model is told of the agents, or of the skills, by their names: a description, and behind it the tools. */
export function toldOf({ requests }: ClaudeRun, what: 'agents' | 'skills'): ReadonlyMap<string, string> {
  const texts = requests.flatMap(({ messages }) => messages.map(({ text }) => text));
  const heading = what === 'agents' ? 'Available agent types for the Agent tool:\n' : 'The following skills are available';
  const text = texts.find((one) => one.includes(heading)) ?? '';
  const list = text.slice(text.indexOf(heading) + heading.length);
  const end = what === 'agents' ? list.indexOf('\n\nWhen you launch multiple agents') : list.length;
  const told = new Map<string, string>();
  for (const entry of list
    .slice(0, end === -1 ? undefined : end)
    .split(/^- (?=[^\n]*?:)/m)
    .slice(1)) {
    const colon = entry.indexOf(': ');
    told.set(entry.slice(0, colon), entry.slice(colon + 2).trim());
  }
  return told;
}
