import type { Span } from '../markdown/textEdit.ts';
import { type MarkdownTree, parseParts, parseWhole } from './markdownParts.ts';

export interface CodeRegion extends Span {
  kind: 'span' | 'fenced' | 'indented';
  /** First word after the fence, in lower case; null when there is none. */
  language: string | null;
}

export interface CommentRegion extends Span {
  /** Not within a paragraph. */
  block: boolean;
  closed: boolean;
}

export interface LinkRegion extends Span {
  kind: 'link' | 'image' | 'definition';
  /** Entities and escapes decoded. */
  url: string;
  /** What is not read as text: all but the label. */
  target: Span;
}

export interface HeadingRegion extends Span {
  level: number;
  /** As it reads, without marks of code and links. */
  text: string;
}

/** Each list in file order. */
export interface MarkdownRegions {
  /** Where Markdown begins: behind frontmatter and a byte order mark. */
  body: Span;
  code: readonly CodeRegion[];
  comments: readonly CommentRegion[];
  links: readonly LinkRegion[];
  headings: readonly HeadingRegion[];
  /**
   * What Claude Code looks for imports in: a run begins where markup ends. Of a paragraph in a list it looks at the words within each markup, and at
   * all as it is written besides, code spans included. Runs may lie within one another.
   */
  prose: readonly Span[];
  /** What stands at the top level and begins with a comment: Claude Code takes the comments in it out. Without the end of the last line. */
  commentBlocks: readonly Span[];
}

type Node = MarkdownTree | MarkdownTree['children'][number];

const openingFence = /^\uFEFF?---\s*\n/;

/**
 * Where the text behind frontmatter begins. Claude Code ends it at the next three hyphens, wherever they stand, whether or not what is between is
 * YAML (measured with CLI 2.1.330).
 */
export function bodyStart(text: string): number {
  const opening = openingFence.exec(text)?.[0].length;
  const close = opening === undefined ? -1 : text.indexOf('---', opening);
  if (close === -1) return 0;
  return close + 3 + (/^\s*\n/.exec(text.slice(close + 3))?.[0].length ?? 0);
}

/**
 * Where code, comments, links and headings are, by CommonMark. Frontmatter is left out. About 0.6 ms per kB: with `wanted`, parts of the text that it
 * does not want are passed over, and what they hold is left out.
 */
export function readRegions(text: string, wanted?: (part: string) => boolean): MarkdownRegions {
  const from = bodyStart(text);
  // The parser drops a byte order mark and then counts from behind it.
  const shift = text.charCodeAt(from) === 0xfeff ? from + 1 : from;
  const body = { start: shift, end: text.length };
  const regions = {
    body,
    code: [] as CodeRegion[],
    comments: [] as CommentRegion[],
    links: [] as LinkRegion[],
    headings: [] as HeadingRegion[],
    prose: [] as Span[],
    commentBlocks: [] as Span[],
  };
  const visit = (node: Node, parent: Node['type'] | null, offset: number) => {
    const start = (node.position?.start.offset ?? 0) + offset;
    const span = { start, end: (node.position?.end.offset ?? 0) + offset };
    switch (node.type) {
      case 'inlineCode':
        regions.code.push({ ...span, kind: 'span', language: null });
        break;
      case 'code': {
        const fenced = text[start] === '`' || text[start] === '~';
        regions.code.push({ ...span, kind: fenced ? 'fenced' : 'indented', language: node.lang?.toLowerCase() ?? null });
        break;
      }
      case 'html': {
        const html = { start: start + (/^\s*/.exec(node.value)?.[0].length ?? 0), end: span.end };
        addComments(text, html, parent === null || !phrasingParents.has(parent), regions.comments);
        if (!text.startsWith('<!--', html.start) || !text.slice(html.start, html.end).includes('-->')) break;
        addRemains(text, html, regions.prose);
        if (parent === 'root') regions.commentBlocks.push(html);
        break;
      }
      case 'text':
        addWords(text, span, regions.prose);
        break;
      case 'paragraph':
        if (parent === 'listItem') regions.prose.push(span);
        break;
      case 'link':
      case 'image':
      case 'definition': {
        const label = node.type === 'link' ? node.children.at(-1)?.position?.end.offset : undefined;
        const targetStart = node.type !== 'link' || text[start] !== '[' ? start : label === undefined ? start + 1 : label + offset;
        regions.links.push({ ...span, kind: node.type, url: node.url, target: { start: targetStart, end: span.end } });
        break;
      }
      case 'heading':
        regions.headings.push({ ...span, level: node.depth, text: plainText(node, text, offset).trim() });
        break;
      default:
    }
  };
  const known = withoutUnderscores(text);
  const trees = wanted === undefined ? [{ tree: parseWhole(known.slice(shift)), offset: shift }] : parseParts(known, shift, wanted);
  for (const { tree, offset } of trees) {
    // No recursion: quotations can be nested deeper than the stack.
    const waiting: { node: Node; parent: Node['type'] | null }[] = [{ node: tree, parent: null }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { node, parent } = next;
      visit(node, parent, offset);
      if ('children' in node) for (const child of [...node.children].reverse()) waiting.push({ node: child, parent: node.type });
    }
  }
  return regions;
}

/** To Claude Code `<my_tag>` is HTML, to CommonMark it is text: it is parsed as another tag of the same length. */
function withoutUnderscores(text: string): string {
  return text.replace(/<\/?[A-Za-z][A-Za-z0-9-]*_[\w-]*(?=[\s/>])/g, (tag) => tag.replaceAll('_', '-'));
}

const phrasingParents: ReadonlySet<string> = new Set(['paragraph', 'heading', 'link', 'linkReference', 'emphasis', 'strong']);

function addComments(text: string, html: Span, block: boolean, into: CommentRegion[]) {
  if (!text.startsWith('<!--', html.start)) return;
  for (let start = html.start; start !== -1 && start < html.end; start = text.indexOf('<!--', start)) {
    const close = text.indexOf('-->', start + 4);
    const closed = close !== -1 && close + 3 <= html.end;
    const end = closed ? close + 3 : html.end;
    into.push({ start, end, block, closed });
    start = end;
  }
}

/** Claude Code takes what follows an escaped sign for a run of its own. */
function addWords(text: string, { start, end }: Span, into: Span[]) {
  let from = start;
  for (let at = text.indexOf('\\', start); at !== -1 && at < end - 1; at = text.indexOf('\\', at + 2)) {
    if (!/[!-/:-@[-`{-~]/.test(text.charAt(at + 1))) continue;
    if (at > from) into.push({ start: from, end: at });
    from = at + 2;
  }
  if (end > from) into.push({ start: from, end });
}

/** What HTML that begins with a comment has between its comments. */
function addRemains(text: string, { start, end }: Span, into: Span[]) {
  let from = start;
  for (let open = start; open !== -1 && open < end; open = text.indexOf('<!--', from)) {
    const close = text.indexOf('-->', open + 4);
    if (close === -1 || close + 3 > end) break;
    if (open > from) into.push({ start: from, end: open });
    from = close + 3;
  }
  if (end > from) into.push({ start: from, end });
}

function plainText(node: Node, text: string, offset: number): string {
  const at = (point: { offset?: number | undefined } | undefined) => (point?.offset ?? 0) + offset;
  if (node.type === 'inlineCode') return text.slice(at(node.position?.start), at(node.position?.end)).replace(/^`+|`+$/g, '');
  if ('value' in node) return node.value;
  if ('alt' in node) return node.alt ?? '';
  if (!('children' in node)) return '';
  const words = node.children.map((child) => plainText(child, text, offset)).join('');
  if (node.type !== 'emphasis' && node.type !== 'strong') return words;
  // Its marks stay: tools differ on what they are in `__init__`.
  const mark = text.slice(at(node.position?.start), at(node.children[0]?.position?.start));
  return mark + words + mark;
}
