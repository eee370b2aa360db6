import type { Problem } from '../problem.ts';
import { nameOf } from '../filePath.ts';
import { type FileView, maxInstructionBytes } from './sourceFiles.ts';
import { countLines } from './tokens.ts';

/** Lines an instruction file should stay under (memory.md). */
export const targetLines = 200;

export function sizeProblems(path: string, file: FileView, kind: 'instructions' | 'rule' | 'text'): Problem[] {
  if (file.bytes > maxInstructionBytes) {
    const size = (file.bytes / 1024 / 1024).toFixed(1);
    const message = `Claude Code skips ${nameOf(path)} because it is larger than 4 MiB (${size} MiB). Move parts of it to other files.`;
    return [{ code: 'instructions-too-large', severity: 'error', fatal: true, message, span: { start: 0, end: 0 } }];
  }
  const lines = countLines(file.text);
  if (kind === 'text' || lines <= targetLines) return [];
  const message = `${nameOf(path)} has ${lines} lines; Anthropic advises to stay under ${targetLines}. Longer files cost context in every session and are followed less well: move what concerns some files only to \`.claude/rules\` with \`paths\`, or to nested CLAUDE.md files.`;
  return [{ code: 'instructions-too-long', severity: 'information', message, span: lineSpan(file.text, targetLines) }];
}

/** Line `index` from 0, without its line end. */
function lineSpan(text: string, index: number): { start: number; end: number } {
  const ends = /\r\n|\r|\n/g;
  let start = 0;
  for (let line = 0; line < index && ends.exec(text) !== null; line += 1) start = ends.lastIndex;
  ends.lastIndex = start;
  return { start, end: ends.exec(text)?.index ?? text.length };
}
