import { isInside } from '../filePath.ts';
import { type ImportContext, type ImportNode, readImports } from './importGraph.ts';
import { type InstructionText, instructionTextOf } from './instructionText.ts';
import { type InstructionFile, type InstructionRole, isMatching } from './loadOrder.ts';
import { globsOf } from './ruleGlobs.ts';
import { realPathOf } from './sourceFiles.ts';

export interface PreviewBlock extends InstructionText {
  source: string;
  role: InstructionRole;
  /** The files that led here, the outermost first; empty for a file that is loaded itself. */
  importedBy: readonly string[];
}

export interface RenderedPreview {
  text: string;
  /** Lines count from 1. A source has a run for each piece between the comments taken out; headings belong to none. */
  blocks: readonly { source: string; startLine: number; endLine: number; sourceLine: number }[];
}

/**
 * What is loaded at the start of a session, and with `forFile` (absolute) what has been loaded once Claude has read that file. Each file comes
 * once, and what it imports follows it. This is the order of Claude Code (measured with CLI 2.1.330), but that it takes the rules of a folder in the
 * order of the file system. Nothing comes of a file without text.
 */
export function mergeInstructions(
  order: readonly InstructionFile[],
  context: ImportContext,
  { forFile }: { forFile?: string } = {},
): PreviewBlock[] {
  const { workspace } = context;
  const merge = new Merge(context);
  const files = order.filter(({ when }) => when.kind !== 'never');
  const isBelow = ({ base }: InstructionFile) => base !== workspace && isInside(workspace, base);
  const below = files.filter(isBelow);
  const others = files.filter((file) => !isBelow(file));
  merge.addAll(others);
  if (forFile === undefined) return merge.blocks;
  merge.addMatching(
    others.filter(({ role }) => role === 'userRule'),
    forFile,
  );
  for (const folder of byBase(below)) {
    merge.addAll(folder.filter((file) => isInside(file.base, forFile)));
    merge.addMatching(folder.filter(isRule), forFile);
  }
  for (const folder of byBase(others.filter(({ role }) => role === 'rule'))) merge.addMatching(folder, forFile);
  return merge.blocks;
}

const isRule = ({ role }: InstructionFile) => role === 'rule' || role === 'userRule';

function byBase(files: readonly InstructionFile[]): InstructionFile[][] {
  const groups = new Map<string, InstructionFile[]>();
  for (const file of files) {
    const group = groups.get(file.base);
    if (group === undefined) groups.set(file.base, [file]);
    else group.push(file);
  }
  return [...groups.values()];
}

interface Step {
  path: string;
  importedBy: readonly string[];
}

class Merge {
  readonly blocks: PreviewBlock[] = [];
  readonly #context: ImportContext;
  readonly #seen = new Set<string>();
  readonly #shown = new Set<string>();

  constructor(context: ImportContext) {
    this.#context = context;
  }

  /** Also a rule with `paths` is gone through: what it imports is loaded unless it has `paths` itself. */
  addAll(files: readonly InstructionFile[]): void {
    for (const file of files) {
      for (const step of this.#steps(file, this.#seen)) if (!isRule(file) || this.#globs(step.path) === null) this.#show(file.role, step);
    }
  }

  /** What of these rules and of their imports has `paths` that match. */
  addMatching(rules: readonly InstructionFile[], forFile: string): void {
    const seen = new Set<string>();
    for (const rule of rules) {
      for (const step of this.#steps(rule, seen)) {
        const globs = this.#globs(step.path);
        if (globs !== null && isMatching(globs, rule.base, forFile)) this.#show(rule.role, step);
      }
    }
  }

  /** The file and all that comes by it. */
  #steps({ path, role }: InstructionFile, seen: Set<string>): Step[] {
    const real = realPathOf(this.#context.files, path);
    if (seen.has(real)) return [];
    seen.add(real);
    const steps: Step[] = [{ path, importedBy: [] }];
    const follow = (nodes: readonly ImportNode[], importedBy: readonly string[]) => {
      for (const node of nodes) {
        if (node.state !== 'loaded') continue;
        steps.push({ path: node.path, importedBy });
        follow(node.imports, [...importedBy, node.path]);
      }
    };
    follow(readImports(path, this.#context, { loaded: seen, isUsers: role === 'user' || role === 'userRule' }), [path]);
    return steps;
  }

  #globs(path: string): readonly string[] | null {
    const file = this.#context.files.read(path);
    return file === undefined ? null : globsOf(file);
  }

  #show(role: InstructionRole, { path, importedBy }: Step): void {
    const { files } = this.#context;
    const real = realPathOf(files, path);
    const file = this.#shown.has(real) ? undefined : files.read(path);
    if (file === undefined) return;
    this.#shown.add(real);
    const text = instructionTextOf(file);
    if (text.text !== '') this.blocks.push({ source: path, role, importedBy, ...text });
  }
}

const roleNames: Readonly<Record<InstructionRole, string>> = {
  managed: 'managed by an administrator',
  user: 'user',
  userRule: 'user rule',
  project: 'project',
  local: 'local',
  rule: 'project rule',
  nested: 'nested',
  agentsMd: 'for other tools',
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
