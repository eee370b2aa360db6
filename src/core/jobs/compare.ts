import { AppError } from '../appError.ts';

/** The conditions that need no page, with their texts rendered. */
export type Comparison =
  | { equals: readonly [string, string] }
  | { contains: readonly [string, string] }
  | { matches: readonly [string, string] }
  | { greater: readonly [string, string] }
  | { less: readonly [string, string] }
  | { empty: string };

/** @throws AppError `job.template` when what is to be compared by size is neither a number nor a date. */
export function holds(comparison: Comparison): boolean {
  if ('equals' in comparison) return comparison.equals[0] === comparison.equals[1];
  if ('contains' in comparison) return comparison.contains[0].includes(comparison.contains[1]);
  if ('matches' in comparison) return new RegExp(comparison.matches[1], 'u').test(comparison.matches[0]);
  if ('empty' in comparison) return comparison.empty.trim() === '';
  return 'greater' in comparison ? difference(comparison.greater) > 0 : difference(comparison.less) < 0;
}

function difference([first, second]: readonly [string, string]): number {
  const [a, b] = [sizeOf(first), sizeOf(second)];
  if (a.kind !== b.kind) {
    throw new AppError('job.template', `A ${a.kind} and a ${b.kind} cannot be compared. Compare two numbers or two dates.`);
  }
  return a.size - b.size;
}

function sizeOf(text: string): { kind: 'number' | 'date'; size: number } {
  const trimmed = text.trim();
  const digits = trimmed.replaceAll(/(?<=\d),(?=\d{3}(?!\d))/g, '');
  if (/^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(digits)) return { kind: 'number', size: Number(digits) };
  if (/^\d{4}-\d\d-\d\d/.test(trimmed)) {
    // A day without a time is that day here.
    const size = Date.parse(trimmed.length === 10 ? `${trimmed}T00:00` : trimmed);
    if (!Number.isNaN(size)) return { kind: 'date', size };
  }
  // The text itself may be something the user typed: it is not in the message.
  throw new AppError('job.template', 'A text that is neither a number nor a date like 2026-03-01 cannot be greater or less than another.');
}
