import type * as z from 'zod';
import { AppError } from '../core/appError.ts';

type Issue = z.core.$ZodIssue;

/** `labels[3]`; the patch around the fields of an update is not what a person calls the field. */
function fieldName(path: readonly PropertyKey[]): string {
  const parts = path[0] === 'patch' && path.length > 1 ? path.slice(1) : path;
  return parts.reduce<string>(
    (name, part) => (typeof part === 'number' ? `${name}[${part}]` : name === '' ? String(part) : `${name}.${String(part)}`),
    '',
  );
}

const counted = (count: number | bigint, noun: string) => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
const nouns: Readonly<Record<string, string>> = { string: 'character', array: 'item' };

/** The check's own words where it has some, else ours for what zod found. */
export function complaint(issue: Issue): string {
  const zods = /^(Invalid|Too|Unrecognized)/;
  if (!zods.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `is not ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_value':
      return `is none of ${issue.values.map(String).join(', ')}`;
    case 'too_big': {
      const noun = nouns[issue.origin];
      return noun === undefined ? `is more than ${issue.maximum}` : `has more than ${counted(issue.maximum, noun)}`;
    }
    case 'too_small': {
      const noun = nouns[issue.origin];
      if (noun === undefined) return issue.inclusive === false ? `is not more than ${issue.minimum}` : `is less than ${issue.minimum}`;
      return `has less than ${counted(issue.minimum, noun)}`;
    }
    case 'invalid_format':
      return issue.format === 'url' ? 'is not a web address' : `is not a valid ${issue.format}`;
    default:
      return 'is not valid';
  }
}

function inputError(operation: string, issue: Issue): AppError {
  if (issue.code === 'unrecognized_keys') {
    const field = fieldName([...issue.path, issue.keys[0] ?? '']).slice(0, 100);
    return new AppError('input.invalid', `${operation} does not know a field ${field}. Check its spelling.`, { field });
  }
  const field = fieldName(issue.path);
  const name = field === '' ? `The input of ${operation}` : field;
  return new AppError('input.invalid', `${name} ${complaint(issue)}`, { field: field.replace(/[.[].*/, '') });
}

/** Parses what a caller gave. Throws `input.invalid`, whose message begins with the name of the field. */
export function parseInput<S extends z.ZodType>(operation: string, schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw issue === undefined ? new AppError('input.invalid', `The input of ${operation} is not valid`) : inputError(operation, issue);
}
