import type * as z from 'zod';
import { nearest } from '../../core/nearest.ts';
import type { Path } from '../../core/jobs/yamlSource.ts';
import { commonOfStep } from '../../protocol/jobs/plainSteps.ts';
import { stepKindNames } from '../../protocol/jobs/steps.ts';
import { complaint } from '../input.ts';
import { keysAt } from './jobSchema.ts';

type Issue = z.core.$ZodIssue;

/** What is wrong with a value that was read, by its place in the value. */
export interface JobFault {
  path: Path;
  /** Whether it is about the key that leads there, or about the value. */
  at: 'key' | 'value';
  /** A sentence. */
  message: string;
  code: 'job-key' | 'job-missing' | 'job-value' | 'job-template';
  /** `error` unless told. */
  severity?: 'error' | 'warning';
  /** The part of the text that it is about. */
  part?: string;
  /** What was meant, most likely, in place of the key, the word or the part. */
  instead?: string;
}

/** `steps[3].click.role` */
export function pathWords(path: Path): string {
  return path.reduce<string>(
    (words, part) => (typeof part === 'number' ? `${words}[${part}]` : words === '' ? String(part) : `${words}.${String(part)}`),
    '',
  );
}

/** What zod found, with the one alternative that was meant where it could have been several. */
export function faultsOf(issues: readonly Issue[], job: unknown): JobFault[] {
  const faults = issues.flatMap((issue) => faultsOfIssue(issue, [], job));
  // A value with an unknown key often breaks a rule about its keys, too: the key is the reason.
  const withWrongKeys = new Set(faults.flatMap(({ code, path }) => (code === 'job-key' ? [pathWords(path.slice(0, -1))] : [])));
  return faults.filter(({ code, path }) => code !== 'job-value' || !withWrongKeys.has(pathWords(path)));
}

function faultsOfIssue(issue: Issue, base: Path, job: unknown): JobFault[] {
  const path = [...base, ...issue.path];
  if (issue.input === undefined && path.length > 0 && issue.code !== 'custom') return [missing(path)];
  // `goto:` with nothing behind it.
  if (issue.input === null && path.length > 0) return [wrong(path, 'is empty')];
  switch (issue.code) {
    case 'invalid_union': {
      const chosen = closest(issue.errors);
      return chosen === undefined ? otherAlternative(issue, path, job) : chosen.flatMap((one) => faultsOfIssue(one, path, job));
    }
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, job));
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.map((one): JobFault => ({ path, at: 'key', message: `${pathWords(path)} ${complaint(one)}.`, code: 'job-key' }));
    case 'invalid_value':
      return [invalidWord(issue, path)];
    case 'invalid_type':
      return [wrong(path, `is not ${typeWords(issue.expected)}`)];
    default:
      return [issue.code === 'custom' && isStepFault(issue, path) ? unknownStep(issue, path) : wrong(path, complaint(issue))];
  }
}

const wrong = (path: Path, what: string): JobFault => ({
  path,
  at: 'value',
  message: `${pathWords(path) || 'The job'} ${what}.`,
  code: 'job-value',
});

const missing = (path: Path): JobFault => ({
  path: path.slice(0, -1),
  at: 'key',
  message: `${pathWords(path.slice(0, -1)) || 'The job'} needs the key ${String(path.at(-1))}.`,
  code: 'job-missing',
});

function unknownKey(key: string, path: Path, job: unknown): JobFault {
  const known = [...keysAt(job, path).keys()];
  const fault = (message: string, more: Partial<JobFault> = {}): JobFault => ({
    path: [...path, key],
    at: 'key',
    code: 'job-key',
    message,
    ...more,
  });
  if (typeof path.at(-1) === 'number' && stepKindNames.some((kind) => kind === key)) {
    return fault(`A step does one thing. Make ${key} a step of its own.`);
  }
  if (known.includes(key))
    return fault(`${pathWords(path)} cannot have ${key} together with what else it has, or what is in ${key} is wrong.`);
  const [instead] = nearest(key, known);
  const where = path.length === 0 ? 'A job' : pathWords(path);
  const hint = instead === undefined ? `It can have ${listed(known)}` : `Did you mean ${instead}?`;
  return fault(`${where} has no key ${key}. ${hint}${instead === undefined ? '.' : ''}`, instead === undefined ? {} : { instead });
}

const listed = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;

function invalidWord(issue: Issue & { code: 'invalid_value' }, path: Path): JobFault {
  const [instead] = typeof issue.input === 'string' ? nearest(issue.input, issue.values.map(String)) : [];
  const hint = instead === undefined ? '' : ` Did you mean ${instead}?`;
  const one = issue.values.length === 1 ? `is not ${String(issue.values[0])}` : complaint(issue);
  return { ...wrong(path, one), message: `${pathWords(path)} ${one}.${hint}`, ...(instead === undefined ? {} : { instead }) };
}

const isStepFault = ({ message }: Issue, path: Path) => typeof path.at(-1) === 'number' && message.startsWith('is no step');

function unknownStep(issue: Issue, path: Path): JobFault {
  const keys = typeof issue.input === 'object' && issue.input !== null && !Array.isArray(issue.input) ? Object.keys(issue.input) : [];
  for (const key of keys) {
    const [instead] = nearest(key, stepKindNames);
    if (instead !== undefined) {
      return { path: [...path, key], at: 'key', message: `There is no step ${key}. Did you mean ${instead}?`, code: 'job-key', instead };
    }
  }
  const [first] = keys.filter((key) => !Object.hasOwn(commonOfStep, key));
  return {
    path: first === undefined ? path : [...path, first],
    at: first === undefined ? 'value' : 'key',
    message: `${
      first === undefined ? `${pathWords(path)} is no step: it needs a key that says what to do` : `There is no step ${first}`
    }. There are ${stepKindNames.join(', ')}.`,
    code: first === undefined ? 'job-missing' : 'job-key',
  };
}

/** How far from one alternative a value is. A wrong type of the whole is far, a value that is there and wrong is near. */
function distance(issues: readonly Issue[]): number {
  let sum = 0;
  for (const issue of issues) {
    if (issue.code === 'invalid_union' && issue.path.length === 0) sum += Math.min(...issue.errors.map(distance));
    else if (issue.code === 'unrecognized_keys') sum += 10 * issue.keys.length;
    else if (issue.path.length === 0 && issue.code === 'invalid_type') sum += 100;
    else if (issue.path.length === 0 && issue.code === 'invalid_value') sum += 20;
    else if (issue.input === undefined) sum += 5;
    else sum += 1;
  }
  return sum;
}

/** The alternative that was meant; none when several are as near, or when not one key of the value is known. */
function closest(alternatives: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const ranked = alternatives.map((issues) => ({ issues, far: distance(issues) })).toSorted((a, b) => a.far - b.far);
  const [best, next] = ranked;
  return best !== undefined && (next === undefined || best.far < next.far) ? best.issues : undefined;
}

/** None of the alternatives is nearer than another: what they have in common is said, else what there is to choose from. */
function otherAlternative(issue: Issue & { code: 'invalid_union' }, path: Path, job: unknown): JobFault[] {
  const { input } = issue;
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
    const known = [...keysAt(job, path).keys()];
    const unknown = Object.keys(input).filter((key) => !known.includes(key));
    if (unknown.length > 0) return unknown.map((key) => unknownKey(key, path, job));
    return [
      wrong(path, known.length === 0 ? 'cannot be a group of keys' : `needs one of the keys ${listed(known)}, and only what goes with it`),
    ];
  }
  const words = issue.errors.flat().flatMap((one) => (one.code === 'invalid_value' ? one.values.map(String) : []));
  const [instead] = typeof input === 'string' ? nearest(input, words) : [];
  const own = issue.errors.flat().find((one) => one.path.length === 0 && !/^(Invalid|Too|Unrecognized)/.test(one.message));
  const types = [
    ...new Set(
      issue.errors.flat().flatMap((one) => (one.code === 'invalid_type' && one.path.length === 0 ? [typeWords(one.expected)] : [])),
    ),
  ];
  const what = own !== undefined ? own.message : words.length > 0 ? `is none of ${words.join(', ')}` : `is not ${listed(types)}`;
  return [
    {
      ...wrong(path, what),
      message: `${pathWords(path)} ${what}.${instead === undefined ? '' : ` Did you mean ${instead}?`}`,
      ...(instead === undefined ? {} : { instead }),
    },
  ];
}

const typeWords = (type: string) =>
  ({
    object: 'a group of keys',
    record: 'a group of keys',
    array: 'a list',
    tuple: 'a list of two',
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    null: 'empty',
  })[type] ?? type;
