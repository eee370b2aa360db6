import { AppError } from '../../core/appError.ts';
import type { JobDefinition, JobInput } from '../../protocol/jobs/jobFile.ts';
import type { Scalar } from '../../protocol/jobs/values.ts';

/** The inputs of a run: those given, with what is proposed for the others. Fails with `input.invalid`, details.field: the input. */
export function checkInputs(
  { inputs = {} }: Pick<JobDefinition, 'inputs'>,
  given: Readonly<Record<string, Scalar>>,
): Record<string, Scalar> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(inputs, name)) throw wrong(name, `The job has no input called ${name}.`);
    // What is stored with a run can be read by everyone who can read the database.
    if (inputs[name]?.secret === true) throw wrong(name, `The input ${name} is secret and must be given as a secret.`);
  }
  const checked: Record<string, Scalar> = {};
  for (const [name, input] of Object.entries(inputs)) {
    if (input.secret === true) continue;
    const value = given[name] ?? input.default;
    if (value === undefined || value === null || value === '') {
      if (input.optional !== true) throw wrong(name, `The input ${name} is missing.`);
      checked[name] = value ?? null;
    } else {
      checked[name] = checkValue(name, input, value);
    }
  }
  return checked;
}

function checkValue(name: string, { type = 'text', options, pattern }: JobInput, value: string | number | boolean): Scalar {
  const shown = JSON.stringify(value);
  switch (type) {
    case 'number': {
      const number = typeof value === 'number' ? value : Number(value);
      if (!Number.isFinite(number) || typeof value === 'boolean')
        throw wrong(name, `The input ${name} must be a number; ${shown} is none.`);
      return number;
    }
    case 'boolean':
      if (value !== true && value !== false && value !== 'true' && value !== 'false') {
        throw wrong(name, `The input ${name} must be true or false; ${shown} is neither.`);
      }
      return value === true || value === 'true';
    case 'date':
      if (Number.isNaN(Date.parse(String(value)))) throw wrong(name, `The input ${name} must be a date; ${shown} is none.`);
      break;
    case 'choice':
      if (options?.includes(String(value)) !== true) {
        throw wrong(name, `The input ${name} must be one of ${options?.join(', ') ?? ''}; ${shown} is none of them.`);
      }
      break;
    default:
  }
  if (pattern !== undefined && !matches(pattern, String(value))) {
    throw wrong(name, `The input ${name} must match ${pattern}; ${shown} does not.`);
  }
  return value;
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    // The job file says so among its problems.
    return true;
  }
}

const wrong = (field: string, message: string) => new AppError('input.invalid', message, { field });
