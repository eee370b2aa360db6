import type { Problem } from './problem.ts';

/** The problems in the order of the file, without fixes that would change nothing: an edit of the text may turn out impossible. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  return problems
    .map((problem) => {
      const fixes = problem.fixes?.filter((fix) => !('edits' in fix) || fix.edits.length > 0);
      return fixes === undefined || fixes.length === problem.fixes?.length ? problem : { ...problem, fixes };
    })
    .toSorted((a, b) => a.span.start - b.span.start);
}
