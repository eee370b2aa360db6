import { scanCode } from '../instructions/codeLines.ts';
import { bodyStart } from '../instructions/markdownRegions.ts';
import { regionAt } from '../instructions/regionAt.ts';
import type { Span, TextEdit } from '../markdown/textEdit.ts';
import { readLogHeading } from './logHeading.ts';

export interface LogSection {
  heading: string;
  text: string;
  /** With its heading. */
  span: Span;
}

export interface LogEntry {
  /** As written, without the `##`. */
  heading: string;
  /** `YYYY-MM-DD`; null when the heading holds no date, or one that can be read in two ways. */
  date: string | null;
  /** `HH:MM`; null when there is none. */
  time: string | null;
  /** The heading without its date. */
  task: string;
  /** Text before the first `###`. */
  intro: string;
  sections: readonly LogSection[];
  /** From its heading to the next entry. */
  span: Span;
}

export interface AgentLog {
  /** What comes before the first entry. */
  preamble: Span;
  /** In file order. */
  entries: readonly LogEntry[];
  order: 'newestFirst' | 'oldestFirst' | 'unknown';
}

interface Heading {
  level: number;
  text: string;
  start: number;
  /** Behind the line end. */
  end: number;
}

/** An agent's log, `.claude/memory/agent-logs/<agent>.md`: entries `## [Date] — [Task]` with `###` sections, as agents and people really write them. */
export function readAgentLog(text: string): AgentLog {
  const from = Math.max(bodyStart(text), text.charCodeAt(0) === 0xfeff ? 1 : 0);
  const headings = headingsOf(text, from);
  // Logs whose entries are `#` or `###` throughout are read as well: the level that carries dates is that of the entries.
  const level = entryLevel(headings);
  const starts = headings.filter((heading) => heading.level === level);
  const entries = starts.map((heading, index): LogEntry => {
    const end = starts[index + 1]?.start ?? text.length;
    const inner = headings.filter((one) => one.start > heading.start && one.start < end && one.level === level + 1);
    const sections = inner.map((section, position) => {
      const sectionEnd = inner[position + 1]?.start ?? end;
      return { heading: section.text, text: text.slice(section.end, sectionEnd).trim(), span: { start: section.start, end: sectionEnd } };
    });
    const intro = text.slice(heading.end, inner[0]?.start ?? end).trim();
    return { heading: heading.text, ...readLogHeading(heading.text), intro, sections, span: { start: heading.start, end } };
  });
  return { preamble: { start: 0, end: starts[0]?.start ?? text.length }, entries, order: orderOf(entries) };
}

function headingsOf(text: string, from: number): Heading[] {
  const code = scanCode(text);
  const headings: Heading[] = [];
  for (const match of text.matchAll(/^ {0,3}(#{1,6})[ \t]+([^\r\n]*)(?:\r\n|\r|\n|$)/gm)) {
    const [line, marks = '', words = ''] = match;
    if (match.index < from || regionAt(code, match.index) !== undefined) continue;
    headings.push({
      level: marks.length,
      text: words.replace(/(?:^|[ \t])#+[ \t]*$/, '').trim(),
      start: match.index,
      end: match.index + line.length,
    });
  }
  return headings;
}

function entryLevel(headings: readonly Heading[]): number {
  if (headings.some(({ level, text }) => level === 2 && readLogHeading(text).date !== null)) return 2;
  const dated = headings.find(({ text }) => readLogHeading(text).date !== null);
  return dated?.level ?? 2;
}

function orderOf(entries: readonly LogEntry[]): AgentLog['order'] {
  const times = entries.filter(({ date }) => date !== null).map(({ date, time }) => `${date ?? ''} ${time ?? ''}`);
  let rises = 0;
  times.forEach((time, index) => {
    const before = times[index - 1];
    if (before !== undefined && before.slice(0, 10) !== time.slice(0, 10)) rises += time > before ? 1 : -1;
    else if (before !== undefined && before.length === 16 && time.length === 16 && before !== time) rises += time > before ? 1 : -1;
  });
  return rises === 0 ? 'unknown' : rises > 0 ? 'oldestFirst' : 'newestFirst';
}

export interface NewLogEntry {
  /** `YYYY-MM-DD`. */
  date: string;
  task: string;
  sections: readonly { heading: string; text: string }[];
}

/** Adds an entry where the log keeps its newest: on top when it is written that way, else at the end. */
export function appendLogEntry(text: string, entry: NewLogEntry): TextEdit[] {
  const eol = /\r\n|\r|\n/.exec(text)?.[0] ?? '\n';
  const { entries, order } = readAgentLog(text);
  const [first] = entries;
  const marks = first === undefined ? '##' : (/#+/.exec(text.slice(first.span.start, first.span.start + 12))?.[0] ?? '##');
  const parts = [`${marks} ${entry.date} — ${entry.task.replace(/\s+/g, ' ').trim()}`];
  for (const section of entry.sections) {
    const body = section.text
      .trim()
      .split(/\r\n|\r|\n/)
      .join(eol);
    parts.push(`${marks}# ${section.heading.replace(/\s+/g, ' ').trim()}`, ...(body === '' ? [] : [body]));
  }
  const own = parts.join(eol + eol) + eol;
  if (order === 'newestFirst' && first !== undefined) {
    const at = first.span.start;
    return [{ start: at, end: at, text: own + eol }];
  }
  const before = /(?:\n|\r(?!\n))[ \t]*(?:\r\n|\r|\n)$/.test(text) || text.trim() === '' ? '' : /[\r\n]$/.test(text) ? eol : eol + eol;
  return [{ start: text.length, end: text.length, text: before + own }];
}
