import type { Likeness, TaskStore } from '../app/storePorts.ts';
import { tellingWords } from '../core/tellingWords.ts';
import { matchNumbers, rarity, saturated } from './relevance.ts';
import type { Sql } from './sql.ts';

interface Word {
  text: string;
  inTitle: number;
  inDescription: number;
  /** Tasks that have it, counted up to `common`. */
  holders: number;
}

/** Words of a text that are looked up: those of the title, then as the description begins. */
const mostLookedUp = 40;
/** Characters of a description that are read for them. */
const mostText = 20_000;
/** Words that tasks are looked for by, the rarest first: fewer when too many tasks have them, but so many at least. */
const mostWords = 12;
const fewestWords = 4;
/** From so many holders on a word is common, and counted no further. */
const common = 400;
/** Tasks that are compared. Only for common words there are more: then the newest. */
const mostHits = 1200;

/** As in the search: a word in the title says more about a task. */
const weights = { title: 4, description: 1 } as const;
/** Columns of the index, title and description first. */
const columns = 4;

interface Shape {
  titleLength: number;
  descriptionLength: number;
  words: Word[];
}

function shapeOf({ title, description }: Likeness): Shape {
  const inTitle = tellingWords(title);
  const inDescription = tellingWords(description.slice(0, mostText));
  const words = [...new Set([...inTitle.counts.keys(), ...inDescription.counts.keys()])].slice(0, mostLookedUp).map((text) => ({
    text,
    inTitle: inTitle.counts.get(text) ?? 0,
    inDescription: inDescription.counts.get(text) ?? 0,
    holders: 0,
  }));
  return { titleLength: inTitle.length, descriptionLength: inDescription.length, words };
}

function searched(words: readonly Word[]): Word[] {
  const chosen: Word[] = [];
  let hits = 0;
  for (const word of words.slice(0, mostWords)) {
    hits += word.holders;
    if (hits > mostHits && chosen.length >= fewestWords) break;
    chosen.push(word);
  }
  return chosen;
}

/**
 * Finds tasks by their full-text index: those that have any of the rarest words, compared by BM25 over title and description. A score is the part
 * that a task reaches of what the text itself would: words that nobody else has count for the text, and so against all tasks.
 */
export function createSimilarTasks(sql: Sql): TaskStore['similar'] {
  // Bounded, or a word that every task has would be read to its end.
  const holders = sql.prepare<{ n: number }>(
    'SELECT count(*) AS n FROM (SELECT docid FROM task_search WHERE task_search MATCH ? AND docid <> ? LIMIT ?)',
  );
  // `y` is hits per phrase and column. `x` would add the totals over all tasks, which the look-up of the words has told already.
  const find = sql.prepare<{ id: number; info: Uint8Array }>(
    "SELECT docid AS id, matchinfo(task_search, 'naly') AS info FROM task_search WHERE task_search MATCH ? ORDER BY docid DESC LIMIT ?",
  );
  const live = sql.prepare('SELECT 1 AS yes FROM task WHERE id = ? AND archived_at IS NULL AND deleted_at IS NULL');

  return (text, limit, except = 0) => {
    const { titleLength, descriptionLength, words } = shapeOf(text);
    for (const word of words) word.holders = holders.get(`"${word.text}"`, except, common)?.n ?? 0;
    words.sort((left, right) => left.holders - right.holders);
    const shared = searched(words.filter((word) => word.holders > 0));
    const own = words.filter((word) => word.holders === 0).slice(0, mostWords);
    const hits = shared.length === 0 ? [] : find.all(shared.map((word) => `"${word.text}"`).join(' OR '), mostHits);
    const [first] = hits;
    if (first === undefined) return [];

    const general = matchNumbers(first.info);
    const tasks = general[0] ?? 0;
    const averageTitle = Math.max(1, general[1] ?? 0);
    const averageDescription = Math.max(1, general[2] ?? 0);
    const worth = ({ holders: known }: Word, inTitle: number, inDescription: number, titles: number, descriptions: number) =>
      rarity(tasks, known < common ? known : Math.max(common, tasks / 8)) *
      ((inTitle === 0 ? 0 : weights.title * saturated(inTitle, titles / averageTitle)) +
        (inDescription === 0 ? 0 : weights.description * saturated(inDescription, descriptions / averageDescription)));
    const worthOf = (word: Word) => worth(word, word.inTitle, word.inDescription, titleLength, descriptionLength);
    const whole = [...shared, ...own].reduce((sum, word) => sum + worthOf(word), 0);
    const worths = shared.map(worthOf);

    function scoreOf(info: Uint8Array): number {
      const numbers = matchNumbers(info);
      const lengths = 1 + columns;
      let sum = 0;
      shared.forEach((word, i) => {
        const at = lengths + columns * (i + 1);
        const here = worth(word, numbers[at] ?? 0, numbers[at + 1] ?? 0, numbers[lengths] ?? 0, numbers[lengths + 1] ?? 0);
        // That it repeats one word does not make a task more like a text than the text itself.
        sum += Math.min(here, worths[i] ?? 0);
      });
      return sum / whole;
    }

    const found: { id: number; score: number }[] = [];
    const scored = hits
      .map(({ id, info }) => ({ id, score: scoreOf(info) }))
      .sort((left, right) => right.score - left.score || right.id - left.id);
    for (const { id, score } of scored) {
      if (found.length >= limit || score === 0) break;
      if (id !== except && live.get(id) !== undefined) found.push({ id, score: Math.max(0.001, Math.round(score * 1000) / 1000) });
    }
    return found;
  };
}
