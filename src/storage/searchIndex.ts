import type { TaskChanges } from '../core/taskFields.ts';
import { matchNumbers, rarity, saturated } from './relevance.ts';
import type { Sql } from './sql.ts';

/** Full-text search over the words of tasks: FTS4 without a copy of the texts, ranked by BM25. */
export interface SearchIndex {
  /** Whether a change of these fields concerns the index. */
  concerns(changes: TaskChanges): boolean;
  /** Call it before the task changes: the index looks up what it has to forget. */
  remove(id: number): void;
  /** Call it after the task has changed. */
  add(id: number): void;
  /** Ids of live tasks that hold all the words, the last one perhaps only begun, best first. */
  search(text: string, limit: number): number[];
  /** The same as an expression for `MATCH`; null when the text holds no word. */
  expression(text: string): string | null;
  /** Merges some of what many small changes have left behind; true while more is left. */
  merge(): boolean;
  rebuild(): void;
}

interface Hit {
  id: number;
  info: Uint8Array;
}

/** Title, description, analysis, labels: a word in the title says more about a task. */
const weights = [4, 1, 1, 3];
/** More words make a search slower, and hardly better. */
const mostWords = 16;
/** The shortest beginning of a word that the index keeps a list for. */
const shortestPrefix = 3;

/** The words as an expression for `MATCH`; in quotes nothing is an operator. `begun`: the last word may go on. */
function matchExpression(text: string, begun: boolean): string | null {
  const words =
    text
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu)
      ?.slice(0, mostWords) ?? [];
  if (words.length === 0) return null;
  const last = words.length - 1;
  return words.map((word, i) => (begun && i === last && word.length >= shortestPrefix ? `"${word}*"` : `"${word}"`)).join(' ');
}

const endsInWord = (text: string) => /[\p{L}\p{N}\p{M}]$/u.test(text);

/** Reads the numbers `matchinfo(…, 'pcnalx')` gives for one row. */
function score(numbers: Uint32Array): number {
  const phrases = numbers[0] ?? 0;
  const columns = numbers[1] ?? 0;
  const total = numbers[2] ?? 0;
  const averages = 3;
  const lengths = averages + columns;
  const hits = lengths + columns;
  let sum = 0;
  for (let phrase = 0; phrase < phrases; phrase++) {
    for (let column = 0; column < columns; column++) {
      const at = hits + 3 * (phrase * columns + column);
      const here = numbers[at] ?? 0;
      if (here === 0) continue;
      const rows = numbers[at + 2] ?? 0;
      const length = (numbers[lengths + column] ?? 0) / Math.max(1, numbers[averages + column] ?? 0);
      sum += (weights[column] ?? 1) * rarity(total, rows) * saturated(here, length);
    }
  }
  return sum;
}

export function createSearchIndex(sql: Sql): SearchIndex {
  const remove = sql.prepare('DELETE FROM task_search WHERE docid = ?');
  const add = sql.prepare(
    'INSERT INTO task_search (docid, title, description, analysis, labels) SELECT rowid, title, description, analysis, labels FROM task_words WHERE rowid = ?',
  );
  const find = sql.prepare<Hit>("SELECT docid AS id, matchinfo(task_search, 'pcnalx') AS info FROM task_search WHERE task_search MATCH ?");
  const live = sql.prepare('SELECT 1 AS yes FROM task WHERE id = ? AND archived_at IS NULL AND deleted_at IS NULL');
  const merge = sql.prepare("INSERT INTO task_search (task_search) VALUES ('merge=8,4')");
  const writes = sql.prepare<{ n: number }>('SELECT total_changes() AS n');
  let grown = false;

  /** `#12` and `12` are the task itself. */
  function byNumber(text: string): number[] {
    const number = /^\s*#?(\d{1,10})\s*$/.exec(text)?.[1];
    return number !== undefined && live.get(Number(number)) !== undefined ? [Number(number)] : [];
  }

  /** Adds the best live hits, in order, until there are enough. */
  function take(expression: string, into: Set<number>, limit: number): void {
    const hits = find.all(expression).map(({ id, info }) => ({ id, score: score(matchNumbers(info)) }));
    hits.sort((left, right) => right.score - left.score || right.id - left.id);
    for (const { id } of hits) {
      if (into.size >= limit) return;
      if (!into.has(id) && live.get(id) !== undefined) into.add(id);
    }
  }

  return {
    concerns: ({ title, description, analysis, labels }) =>
      title !== undefined || description !== undefined || analysis !== undefined || labels !== undefined,
    remove: (id) => remove.run(id),
    add(id) {
      add.run(id);
      grown = true;
    },
    expression: (text) => matchExpression(text, endsInWord(text)),
    search(text, limit) {
      const whole = matchExpression(text, false);
      if (whole === null) return [];
      const found = new Set(byNumber(text));
      take(whole, found, limit);
      // Whole words are what is meant most often, and quick to find; beginnings fill up what is missing.
      const begun = endsInWord(text) ? matchExpression(text, true) : whole;
      if (found.size < limit && begun !== null && begun !== whole) take(begun, found, limit);
      return [...found];
    },
    merge() {
      if (!grown) return false;
      const before = writes.get()?.n ?? 0;
      merge.run();
      // One change is the command itself.
      grown = (writes.get()?.n ?? 0) - before >= 2;
      return grown;
    },
    rebuild: () => sql.exec("INSERT INTO task_search (task_search) VALUES ('rebuild')"),
  };
}
