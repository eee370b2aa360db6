import { checkInputs } from '../../app/jobs/checkInputs.ts';
import { AppError } from '../../core/appError.ts';
import type { JobInput } from '../../protocol/jobs/jobFile.ts';
import type { Scalar } from '../../protocol/jobs/values.ts';

/** A typed text as the value of an input, or what is wrong with it: the rules are those by which a run is started. */
export function parseInputText(name: string, input: JobInput, text: string): { value: Scalar } | { problem: string } {
  const typed = input.secret === true ? text : text.trim();
  try {
    const checked = checkInputs({ inputs: { [name]: { ...input, secret: false, default: undefined } } }, { [name]: typed });
    return { value: typed === '' ? null : (checked[name] ?? null) };
  } catch (error) {
    if (AppError.is(error, 'input.invalid')) return { problem: error.message };
    throw error;
  }
}

export const inputText = (value: Scalar | undefined): string => (value === undefined || value === null ? '' : String(value));
