import type { NamedFile } from '../../app/fileWork.ts';

export interface Recommendation {
  agent: string;
  description: string;
  /** Words that the work and the agent have in common, the most telling first. */
  because: string[];
}

/** Words that are in every description of an agent, or say nothing about a kind of work. */
const empty = new Set(
  'about after agent agents also and any are been before bug but can does each expert feature for from has have help into its just make more must need not only other out over should specialist such task tasks than that the their them then there these they this use used using was were what when where which who will with without work you your'.split(
    ' ',
  ),
);

/** `reviewer` and `reviews` are about the same. */
const stem = (word: string) => (word.length > 5 ? word.replace(/(ings?|ers?|ors?|ions?|ies|es|s|ed)$/, '') : word.replace(/s$/, ''));

function wordsOf(text: string): Map<string, string> {
  const words = new Map<string, string>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]{3,40}/gu)) if (!empty.has(word)) words.set(stem(word), word);
  return words;
}

export const agentName = ({ name, path }: NamedFile): string => name ?? path.replace(/^.*\//, '').replace(/\.md$/i, '');

/** The agents whose name and description speak of the work, best first. A word counts the more the fewer agents use it, and twice in a name. */
export function recommend(agents: readonly NamedFile[], work: string, count: number): Recommendation[] {
  const wanted = wordsOf(work);
  const known = agents.map((agent) => {
    const name = agentName(agent);
    return { name, description: agent.description ?? '', inName: wordsOf(name), words: wordsOf(`${name} ${agent.description ?? ''}`) };
  });
  const uses = new Map<string, number>();
  for (const { words } of known) for (const word of words.keys()) uses.set(word, (uses.get(word) ?? 0) + 1);
  const weight = (word: string, inName: Map<string, string>) =>
    Math.log(1 + known.length / (uses.get(word) ?? 1)) * (inName.has(word) ? 2 : 1);
  return known
    .map(({ name, description, words, inName }) => {
      const common = [...words.keys()].filter((word) => wanted.has(word)).map((word) => ({ word, weight: weight(word, inName) }));
      const because = common.toSorted((a, b) => b.weight - a.weight).map(({ word }) => wanted.get(word) ?? word);
      return { agent: name, description, because: because.slice(0, 8), score: common.reduce((sum, one) => sum + one.weight, 0) };
    })
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, count)
    .map(({ agent, description, because }) => ({ agent, description, because }));
}
