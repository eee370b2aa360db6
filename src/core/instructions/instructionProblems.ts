import { readMarkdown } from '../markdown/frontmatter.ts';
import type { Problem } from '../problem.ts';
import { findTextProblems } from '../textProblems.ts';
import { agentsProblems } from './agentsBridge.ts';
import { nameOf } from '../filePath.ts';
import { ignoreProblems } from './gitIgnored.ts';
import type { ImportContext } from './importGraph.ts';
import { importProblems } from './importProblems.ts';
import { linkProblems } from './linkProblems.ts';
import { markupProblems } from './markupProblems.ts';
import { scriptProblems } from './scriptProblems.ts';
import { secretProblems } from './secretProblems.ts';
import { sizeProblems } from './sizeProblems.ts';
import { maxInstructionBytes } from './sourceFiles.ts';

export interface InstructionContext extends ImportContext {
  /** `instructions` is CLAUDE.md and CLAUDE.local.md; of a `rule` the frontmatter is left to core/rules; `text` is what is imported, a memory or a log. */
  kind: 'instructions' | 'rule' | 'text';
  /** Top folder of the git repository; null when there is none. */
  gitRoot: string | null;
  /** Every package.json of the workspace: a script that any of them has is not called unknown. */
  packageFiles: readonly string[];
}

/** What the author of an instruction file would want to know, in file order. `path` is absolute and is read from `context.files`. */
export function findInstructionProblems(path: string, context: InstructionContext): Problem[] {
  const file = context.files.read(path);
  if (file === undefined || file.binary === true) return [];
  const size = sizeProblems(path, file, context.kind);
  // Claude Code does not read the file then, and neither does anybody else: nothing more is worth the time.
  if (file.bytes > maxInstructionBytes) return size;
  const problems = [
    ...size,
    ...(context.kind === 'rule' ? [] : textProblems(file.text)),
    ...importProblems(path, context),
    ...linkProblems(path, file, context),
    ...scriptProblems(path, file, context),
    ...markupProblems(file),
    ...secretProblems(file.text),
    ...(nameOf(path) === 'CLAUDE.local.md' ? ignoreProblems(path, context) : []),
    ...(nameOf(path) === 'CLAUDE.md' ? agentsProblems(path, file, context) : []),
  ];
  return problems.sort((a, b) => a.span.start - b.span.start);
}

/** What core/rules tells of a rule. A byte order mark matters to frontmatter only. */
function textProblems(text: string): Problem[] {
  const document = readMarkdown(text);
  return findTextProblems(document).filter(({ code }) => code !== 'byte-order-mark' || document.frontmatter !== null);
}
