import type { SqlValue } from './sql.ts';

/** More words make a search slower, and hardly better. */
const mostWords = 8;

/** Values are stored as a JSON array: a word is looked for in its text, where quotes and backslashes are escaped. */
function pattern(word: string): string {
  return `%${JSON.stringify(word).slice(1, -1).replaceAll(/[!%_]/g, '!$&')}%`;
}

/** LIKE knows upper and lower case of ASCII letters only. */
function spellings(word: string): string[] {
  if (/^[\u0020-\u007e]*$/.test(word)) return [word];
  const lower = word.toLowerCase();
  return [...new Set([word, lower, word.toUpperCase(), lower.charAt(0).toUpperCase() + lower.slice(1)])];
}

/** Conditions on `data` for records in which each of the words stands in a value. */
export function searchConditions(text: string): { conditions: string[]; values: SqlValue[] } {
  const words = [...new Set(text.trim().split(/\s+/))].filter((word) => word !== '').slice(0, mostWords);
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const like = (of: string, word: string) => {
    const found = spellings(word);
    values.push(...found.map(pattern));
    return `(${found.map(() => `${of} LIKE ? ESCAPE '!'`).join(' OR ')})`;
  };
  for (const word of words) {
    // What is between the values is not looked for: commas, and the word for no value.
    const of = 'null'.includes(word.toLowerCase()) ? "replace(replace(data, ',null', ','), '[null', '[')" : 'data';
    conditions.push(like(of, word));
    if (/[,[\]"]/.test(word)) conditions.push(`EXISTS (SELECT 1 FROM json_each(data) WHERE instr(lower(value), lower(?)) > 0)`);
    if (/[,[\]"]/.test(word)) values.push(word);
  }
  return { conditions, values };
}
