import { readYamlSource } from '../../core/jobs/yamlSource.ts';
import type { Path, YamlSource } from '../../core/jobs/yamlSource.ts';
import { writeFlow } from '../../core/jobs/yamlWriting.ts';
import type { TextEdit } from '../../core/markdown/textEdit.ts';
import { trimEdit } from '../../core/markdown/textEdit.ts';
import { candidate } from '../../protocol/jobs/locator.ts';

/** How a step's element was found in a run, as `job.run` answers it. */
export interface HealedChoice {
  /** `3.steps.1` */
  step: string;
  taken: number;
  before: readonly unknown[];
  after: readonly unknown[];
}

/**
 * The edits that put the candidate that found its element first, where a job file still says what it said when it ran. Nothing else of the
 * file changes: candidates are moved as they are written.
 */
export function healedEdits(text: string, healed: readonly HealedChoice[]): TextEdit[] {
  const yaml = readYamlSource(text);
  const edits: TextEdit[] = [];
  for (const choice of healed) {
    const step = placeOf(choice.step);
    const value = valueAt(yaml.value, step);
    for (const { path, candidates } of targetsIn(value, step)) {
      if (!sameList(candidates, choice.before)) continue;
      const made = editsOf(text, yaml, path, candidates, choice);
      // A step that ran in a loop is healed each time.
      if (made.every((edit) => !edits.some(({ start, end }) => edit.start < end && start < edit.end))) edits.push(...made);
    }
  }
  return edits.toSorted((a, b) => a.start - b.start);
}

const placeOf = (step: string): Path => ['steps', ...step.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null && Object.hasOwn(at, part) ? Reflect.get(at, part) : undefined),
    value,
  );
}

/** The lists of candidates of a step, wherever they stand in it, but not those of steps within. */
function targetsIn(value: unknown, path: Path): { path: Path; candidates: unknown[] }[] {
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((item) => candidate.safeParse(item).success)) return [{ path, candidates: value }];
    return value.flatMap((item, index) => targetsIn(item, [...path, index]));
  }
  if (!isObject(value)) return [];
  if (candidate.safeParse(value).success) return [{ path, candidates: [value] }];
  return Object.entries(value).flatMap(([key, item]) => (key === 'steps' || key === 'else' ? [] : targetsIn(item, [...path, key])));
}

/** Whatever the order of keys. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) =>
    isObject(item) ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
const sameList = (a: readonly unknown[], b: readonly unknown[]) => canonical(a) === canonical(b);

/** Writes into the place of each candidate the one that stands there from now on. */
function editsOf(text: string, yaml: YamlSource, path: Path, candidates: readonly unknown[], { taken, after }: HealedChoice): TextEdit[] {
  const chosen = after[0] ?? candidates[taken];
  const from = candidates.findIndex((one) => canonical(one) === canonical(chosen));
  if (chosen === undefined || from === 0) return [];
  const whole = yaml.valueSpan(path);
  const spans = candidates.map((_, index) => yaml.valueSpan([...path, index]));
  const [first] = spans;
  if (from > 0) {
    const order = [from, ...spans.keys()].filter((index, at) => at === 0 || index !== from);
    return spans.flatMap((span, index) => {
      const source = spans[order[index] ?? index] ?? span;
      return trimEdit(text, { ...span, text: text.slice(source.start, source.end) });
    });
  }
  // A candidate that a person picked is new. It is written before the others, in their way.
  const isAlone = first === undefined || (first.start === whole.start && first.end === whole.end);
  if (!isAlone) return [{ start: first.start, end: first.start, text: writeFlow(chosen) + separator(text, spans) }];
  const written = text.slice(whole.start, whole.end);
  return written.startsWith('{') ? [{ ...whole, text: `[${writeFlow(chosen)}, ${written}]` }] : [];
}

/** What stands between two candidates: `, ` in brackets, else a new line with its dash. */
function separator(text: string, [first, second]: readonly { start: number; end: number }[]): string {
  if (first === undefined || second === undefined) return ', ';
  const between = text.slice(first.end, second.start);
  return between.includes('-') ? `\n${/[ \t]*-[ \t]+$/.exec(between)?.[0] ?? '- '}` : ', ';
}
