import type { TextEdit } from './markdown/textEdit.ts';
import type { Fix, Problem } from './problem.ts';

type EditFix = Fix & { edits: readonly TextEdit[] };

const isEdit = (fix: Fix): fix is EditFix => 'edits' in fix;

/** The fix of each problem that is preferred and changes only the file itself. */
export function preferredFixes(problems: readonly Problem[]): EditFix[] {
  return problems.flatMap((problem) => problem.fixes?.filter(isEdit).find((fix) => fix.preferred === true) ?? []);
}

/** Of each problem the first fix of that kind that changes only the file itself. */
export function fixesOfKind(problems: readonly Problem[], kind: string): EditFix[] {
  return problems.flatMap((problem) => problem.fixes?.filter(isEdit).find((fix) => fix.kind === kind) ?? []);
}

const touches = (a: TextEdit, b: TextEdit) => a.start === b.start || (a.start < b.start ? a.end > b.start : b.end > a.start);

/** The edits of fixes that can be made together. Of those that get in each other's way the earlier one in the list is made; whoever wants the others looks for problems again. */
export function joinFixes(fixes: readonly EditFix[]): TextEdit[] {
  const edits: TextEdit[] = [];
  for (const fix of fixes) {
    if (fix.edits.length > 0 && !fix.edits.some((edit) => edits.some((other) => touches(edit, other)))) edits.push(...fix.edits);
  }
  return edits.sort((a, b) => a.start - b.start);
}
