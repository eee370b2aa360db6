import type { Fix, Problem } from '../problem.ts';
import { isClosedFence, scanCode } from './codeLines.ts';
import { regionAt } from './regionAt.ts';
import { type FileView, regionsOf, wholeRegionsOf } from './sourceFiles.ts';

/** Fences, comments and tags that are opened and never closed. */
export function markupProblems(file: FileView): Problem[] {
  const { text } = file;
  const tags = customTags(text);
  return [...(mayHaveOpenFence(text) ? openFence(file) : []), ...openComments(file), ...openTags(file, tags)];
}

/** Told without a parse for nearly every file: whether it has some fence that only its list, its quotation or the end of the file ends. */
function mayHaveOpenFence(text: string): boolean {
  return scanCode(text).some(({ fence }) => fence?.closed === false);
}

function openFence(file: FileView): Problem[] {
  const { text } = file;
  const last = wholeRegionsOf(file).code.at(-1);
  if (last?.kind !== 'fenced' || text.slice(last.end).trim() !== '') return [];
  const raw = text.slice(last.start, last.end);
  const mark = /^(?:`{3,}|~{3,})/.exec(raw)?.[0];
  if (mark === undefined) return [];
  if (isClosedFence(raw)) return [];
  const eol = /\r\n|\r|\n/.exec(text)?.[0] ?? '\n';
  const atTop = last.start === 0 || /[\r\n\uFEFF]/.test(text.charAt(last.start - 1));
  const close: Fix = {
    title: 'Close the block at the end',
    kind: 'close-fence',
    edits: [{ start: text.length, end: text.length, text: /[\r\n]$/.test(text) ? `${mark}${eol}` : `${eol}${mark}${eol}` }],
  };
  const lineEnd = raw.search(/[\r\n]/);
  const span = { start: last.start, end: lineEnd === -1 ? last.end : last.start + lineEnd };
  const message = `This code block is never closed: Claude reads all that follows as code, and no import in it is loaded. Close it with \`${mark}\`.`;
  return [{ code: 'unclosed-fence', severity: 'warning', message, span, fixes: atTop ? [close] : [] }];
}

function openComments(file: FileView): Problem[] {
  if (count(file.text, '<!--') === count(file.text, '-->')) return [];
  return regionsOf(file)
    .comments.filter(({ closed }) => !closed)
    .map(({ start }) => ({
      code: 'unclosed-comment',
      severity: 'warning',
      message: 'This comment is never closed: what follows may be read as part of it. Close it with `-->`.',
      span: { start, end: start + 4 },
    }));
}

const count = (text: string, part: string) => text.split(part).length - 1;

interface TagCount {
  opened: number[];
  closed: number;
}

/** Tags that have a line to themselves: in the midst of a sentence `<name>` is a placeholder. Those of HTML, which browsers close, are no matter. */
function customTags(text: string): Map<string, TagCount> {
  const tags = new Map<string, TagCount>();
  for (const match of text.matchAll(/^[ \t]*<(\/?)([a-z][\w-]*)(?:[ \t][^<>\r\n]*)?>[ \t]*$/gim)) {
    const [, slash = '', tag = ''] = match;
    if (htmlTags.has(tag.toLowerCase()) || /\/>[ \t]*$/.test(match[0])) continue;
    const seen = tags.get(tag) ?? { opened: [], closed: 0 };
    tags.set(tag, seen);
    if (slash === '') seen.opened.push(match.index + match[0].indexOf('<'));
    else seen.closed += 1;
  }
  return tags;
}

function openTags(file: FileView, tags: ReadonlyMap<string, TagCount>): Problem[] {
  const problems: Problem[] = [];
  for (const [tag, { opened, closed }] of tags) {
    if (opened.length <= closed) continue;
    const { code, comments } = wholeRegionsOf(file);
    const outside = (at: number) => regionAt(code, at) === undefined && regionAt(comments, at) === undefined;
    const opening = opened.filter(outside);
    const closing = [...file.text.matchAll(new RegExp(`</${tag}\\s*>`, 'gi'))].filter((match) => outside(match.index));
    // Alone, a tag on a line is as likely a placeholder; one that is closed elsewhere is not.
    const [first] = opening;
    if (first === undefined || closing.length >= opening.length || (closing.length === 0 && opening.length === 1 && !/_|-/.test(tag)))
      continue;
    const start = opening.at(-1) ?? first;
    const message = `\`<${tag}>\` is opened ${opening.length === 1 ? 'once' : `${opening.length} times`} and closed ${closing.length === 0 ? 'never' : closing.length === 1 ? 'once' : `${closing.length} times`}. Claude may read on as if it belonged to it. Close it with \`</${tag}>\`.`;
    problems.push({ code: 'unclosed-tag', severity: 'information', message, span: { start, end: start + tag.length + 1 } });
  }
  return problems;
}

const htmlTags = new Set(
  'a abbr address area article aside audio b base blockquote body br button canvas caption center cite code col colgroup data dd del details dfn dialog div dl dt em embed fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label legend li link main map mark meta nav object ol optgroup option output p param picture pre progress q s samp script section select small source span strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track u ul var video wbr'.split(
    ' ',
  ),
);
