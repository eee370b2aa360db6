import { type ImportContext, type ImportNode, readImports } from './importGraph.ts';
import { type InstructionFile, type InstructionRole, isLoaded } from './loadOrder.ts';
import { bodyStart } from './markdownRegions.ts';
import { type FileView, regionsOf } from './sourceFiles.ts';
import { countLines, estimateTokens } from './tokens.ts';

export interface PreviewBlock {
  source: string;
  role: InstructionRole;
  /** The files that led here, the outermost first; empty for a file that is loaded itself. */
  importedBy: readonly string[];
  /** What Claude Code hands to the model: without frontmatter and block-level comments. */
  text: string;
  /** Where runs of lines of `text` come from: `line` counts from 0 in `text`, `sourceLine` from 1 in the file. The first has `line` 0. */
  origins: readonly { line: number; sourceLine: number }[];
  lines: number;
  /** An estimate: see `tokens.ts`. */
  tokens: number;
}

export interface RenderedPreview {
  text: string;
  /** Lines count from 1. A source has a run for each piece between the comments taken out; headings belong to none. */
  blocks: readonly { source: string; startLine: number; endLine: number; sourceLine: number }[];
}

/**
 * What is loaded at the start of a session, and with `forFile` (absolute) what has been loaded once Claude has read that file. Each file comes
 * once; what it imports follows it, as Claude Code does it.
 */
export function mergeInstructions(
  order: readonly InstructionFile[],
  context: ImportContext,
  { forFile }: { forFile?: string } = {},
): PreviewBlock[] {
  const loaded = new Set<string>();
  const blocks: PreviewBlock[] = [];
  const add = (source: string, role: InstructionRole, importedBy: readonly string[]) => {
    const file = context.files.read(source);
    if (file !== undefined) blocks.push({ source, role, importedBy, ...strippedOf(file) });
  };
  const addImports = (nodes: readonly ImportNode[], role: InstructionRole, importedBy: readonly string[]) => {
    for (const node of nodes) {
      if (node.state !== 'loaded') continue;
      add(node.path, role, importedBy);
      addImports(node.imports, role, [...importedBy, node.path]);
    }
  };
  for (const file of order) {
    if (!isLoaded(file, forFile) || loaded.has(file.path)) continue;
    loaded.add(file.path);
    add(file.path, file.role, []);
    addImports(readImports(file.path, context, loaded), file.role, [file.path]);
  }
  return blocks;
}

type Stripped = Pick<PreviewBlock, 'text' | 'origins' | 'lines' | 'tokens'>;
const stripped = new WeakMap<FileView, Stripped>();

function strippedOf(file: FileView): Stripped {
  const known = stripped.get(file);
  if (known !== undefined) return known;
  const result = strip(file);
  stripped.set(file, result);
  return result;
}

function strip(file: FileView): Stripped {
  const { text } = file;
  const pieces: { start: number; end: number }[] = [];
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  at = Math.max(at, bodyStart(text));
  const comments = text.includes('<!--') ? regionsOf(file).comments : [];
  for (const comment of comments) {
    if (!comment.block || !comment.closed) continue;
    const cut = wholeLinesIfBlank(text, comment.start, comment.end);
    if (cut.start > at) pieces.push({ start: at, end: cut.start });
    at = cut.end;
  }
  if (at < text.length) pieces.push({ start: at, end: text.length });

  let left = '';
  let line = 0;
  let sourceLine = 1;
  let counted = 0;
  const origins: { line: number; sourceLine: number }[] = [];
  for (const { start, end } of pieces) {
    sourceLine += lineEnds(text.slice(counted, start));
    const piece = text.slice(start, end);
    const ends = lineEnds(piece);
    // A piece that goes on in the line of the one before has a run of its own from its next line on.
    if (left === '' || /[\r\n]$/.test(left)) origins.push({ line, sourceLine });
    else if (ends > 0) origins.push({ line: line + 1, sourceLine: sourceLine + 1 });
    left += piece;
    line += ends;
    sourceLine += ends;
    counted = end;
  }
  if (origins.length === 0) origins.push({ line: 0, sourceLine: 1 });
  return { text: left, origins, lines: countLines(left), tokens: estimateTokens(left) };
}

const lineEnds = (text: string) => text.match(/\r\n|\r|\n/g)?.length ?? 0;

/** A comment that has its lines to itself takes them along. */
function wholeLinesIfBlank(text: string, start: number, end: number): { start: number; end: number } {
  let from = start;
  while (from > 0 && (text[from - 1] === ' ' || text[from - 1] === '\t')) from -= 1;
  let to = end;
  while (text[to] === ' ' || text[to] === '\t') to += 1;
  const startsLine = from === 0 || text[from - 1] === '\n' || text[from - 1] === '\r';
  const endsLine = to === text.length || text[to] === '\n' || text[to] === '\r';
  if (!startsLine || !endsLine) return { start, end };
  return { start: from, end: text.startsWith('\r\n', to) ? to + 2 : Math.min(to + 1, text.length) };
}

const roleNames: Readonly<Record<InstructionRole, string>> = {
  managed: 'managed by an administrator',
  user: 'user',
  userRule: 'user rule',
  project: 'project',
  local: 'local',
  rule: 'project rule',
  nested: 'nested',
  agentsMd: 'not read',
};

/** The blocks as Markdown for a read-only document. `shown` gives the words a path is shown by. */
export function renderPreview(blocks: readonly PreviewBlock[], shown: (path: string) => string = (path) => path): RenderedPreview {
  const tokens = blocks.reduce((sum, block) => sum + block.tokens, 0);
  const lines = blocks.reduce((sum, block) => sum + block.lines, 0);
  const out = [`> ${count(blocks.length, 'file')}, ${count(lines, 'line')}, about ${count(tokens, 'token')} (an estimate)`, ''];
  const runs: { source: string; startLine: number; endLine: number; sourceLine: number }[] = [];
  for (const block of blocks) {
    const by = block.importedBy.length === 0 ? '' : `, imported by ${block.importedBy.map(shown).join(' › ')}`;
    const size = `${count(block.lines, 'line')}, about ${count(block.tokens, 'token')}`;
    out.push('---', '', `> **${shown(block.source)}** (${roleNames[block.role]}${by}): ${size}`, '');
    const first = out.length + 1;
    const text = block.text.split(/\r\n|\r|\n/);
    if (text.at(-1) === '') text.pop();
    for (const line of text) out.push(line);
    block.origins.forEach((origin, index) => {
      const endLine = first + (block.origins[index + 1]?.line ?? text.length) - 1;
      const startLine = first + origin.line;
      if (endLine >= startLine) runs.push({ source: block.source, startLine, endLine, sourceLine: origin.sourceLine });
    });
    out.push('');
  }
  return { text: out.join('\n'), blocks: runs };
}

const count = (amount: number, noun: string) => `${amount} ${noun}${amount === 1 ? '' : 's'}`;
