import { stepWords } from '../../core/jobs/stepWords.ts';
import type { Step } from '../../protocol/jobs/jobFile.ts';
import type { StepLine } from '../../protocol/jobs/pageMessages.ts';

/** The steps of a job one below the other, each with the path by which log entries name it. */
export function stepLines(steps: readonly Step[]): StepLine[] {
  const lines: StepLine[] = [];
  const add = (list: readonly Step[], before: string, depth: number): void => {
    for (const [index, step] of list.entries()) {
      const path = `${before}${index}`;
      lines.push({ path, depth, words: stepWords(step), isDisabled: step.disabled === true });
      if ('steps' in step) add(step.steps ?? [], `${path}.steps.`, depth + 1);
      if ('else' in step) add(step.else ?? [], `${path}.else.`, depth + 1);
    }
  };
  add(steps, '', 0);
  return lines;
}

/** Where a step stands in the value of its file: `3.steps.1` is `steps`, 3, `steps`, 1. */
export function placeOfStep(path: string): (string | number)[] {
  return ['steps', ...path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))];
}
