import type { Problem } from '../problem.ts';
import { bodyStart } from './markdownRegions.ts';
import { folderOf, nameOf, resolvePath } from '../filePath.ts';
import { type ImportContext, readImports, type ImportNode } from './importGraph.ts';
import type { FileView } from './sourceFiles.ts';

/** An `AGENTS.md` beside a `CLAUDE.md` that does not import it: Claude Code does not read it (memory.md). */
export function agentsProblems(path: string, file: FileView, context: ImportContext): Problem[] {
  const holder = folderOf(path);
  const inDotClaude = nameOf(holder) === '.claude';
  const beside = resolvePath(inDotClaude ? folderOf(holder) : holder, 'AGENTS.md');
  const agents = context.files.exists(beside) === 'file' ? context.files.read(beside) : undefined;
  // The one may be a link to the other, or a copy.
  if (agents === undefined || agents.text === file.text || leadsTo(beside, readImports(path, context))) return [];
  const line = inDotClaude ? '@../AGENTS.md' : '@AGENTS.md';
  const eol = /\r\n|\r|\n/.exec(file.text)?.[0] ?? '\n';
  const at = Math.max(bodyStart(file.text), file.text.charCodeAt(0) === 0xfeff ? 1 : 0);
  // Frontmatter that ends with the file may have no line end.
  const behindFence = /[^\r\n\uFEFF]/.test(file.text.charAt(at - 1));
  return [
    {
      code: 'agents-not-read',
      severity: 'information',
      message: `Claude Code does not read the AGENTS.md beside this file. Import it with a line \`${line}\`, or leave it to other tools.`,
      span: { start: at, end: at },
      fixes: [
        {
          title: `Add ${line}`,
          kind: 'bridge-agents',
          edits: [{ start: at, end: at, text: `${behindFence ? eol : ''}${line}${eol}${eol}` }],
        },
      ],
    },
  ];
}

const leadsTo = (path: string, nodes: readonly ImportNode[]): boolean =>
  nodes.some((node) => node.path === path || leadsTo(path, node.imports));
