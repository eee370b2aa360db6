import { AppError } from '../../core/appError.ts';
import { inOrder } from '../../core/fixes.ts';
import { readYamlSource } from '../../core/jobs/yamlSource.ts';
import type { Path, YamlSource } from '../../core/jobs/yamlSource.ts';
import { lineAt, linesOf } from '../../core/markdown/lines.ts';
import type { Span } from '../../core/markdown/textEdit.ts';
import type { Fix, Problem } from '../../core/problem.ts';
import { jobFile } from '../../protocol/jobs/jobFile.ts';
import type { JobDefinition } from '../../protocol/jobs/jobFile.ts';
import { checkJob } from './jobChecks.ts';
import type { JobFault } from './jobFaults.ts';
import { faultsOf, pathWords } from './jobFaults.ts';

/** A problem of a job file. Line and column count from 1. */
export interface JobProblem extends Problem {
  path: string;
  line: number;
  column: number;
}

/** A job file as it was read. */
export interface JobReading {
  /** Undefined when there is an error. */
  definition: JobDefinition | undefined;
  /** The plain value as it is written, half-written values too: what is sent to the runner, and parsed there again. */
  source: unknown;
  /** In the order of the file. */
  problems: JobProblem[];
  valueSpan(path: Path): Span;
  keySpan(path: Path): Span;
}

/** Reads a job file, YAML or JSON. Never throws: what is wrong with it is in `problems`. */
export function readJobFile(text: string): JobReading {
  const yaml = readYamlSource(text);
  const problems: Problem[] = [...yaml.problems];
  let definition: JobDefinition | undefined;
  if (yaml.problems.length === 0) {
    const faults: JobFault[] = [];
    const result = jobFile.safeParse(yaml.value, { reportInput: true });
    if (result.success) faults.push(...checkJob(result.data, yaml.value));
    else faults.push(...(yaml.value === null ? [emptyFile] : faultsOf(result.error.issues, yaml.value)));
    problems.push(...faults.slice(0, mostFaults).map((fault) => problemOf(fault, yaml, text)));
    if (result.success && !problems.some(({ severity }) => severity === 'error')) definition = result.data;
  }
  const placeOf = placesIn(text);
  return {
    definition,
    source: yaml.value,
    problems: inOrder(problems).map((problem) => ({ path: '', ...problem, ...placeOf(problem.span.start) })),
    valueSpan: yaml.valueSpan,
    keySpan: yaml.keySpan,
  };
}

/** The definition of a job that has to be right. @throws AppError `job.invalid`, with the problems. */
export function definitionOf(name: string, reading: JobReading): JobDefinition {
  if (reading.definition !== undefined) return reading.definition;
  const problems = reading.problems
    .filter(({ severity }) => severity === 'error')
    .map(({ message, path, line, column }) => ({ message, path, line, column }));
  const [first] = problems;
  const more =
    problems.length > 1 ? ` There ${problems.length === 2 ? 'is one more error' : `are ${problems.length - 1} more errors`}.` : '';
  throw new AppError('job.invalid', `The job ${name} cannot be run: line ${first?.line ?? 1}: ${first?.message ?? ''}${more}`, {
    problems,
  });
}

const emptyFile: JobFault = {
  path: [],
  at: 'value',
  message: 'The file is empty. A job needs name, version, hosts and steps.',
  code: 'job-missing',
};

const mostFaults = 200;

function problemOf(fault: JobFault, yaml: YamlSource, text: string): Problem & { path: string } {
  const { path, at, message, code, instead, severity = 'error' } = fault;
  const span = spanOf(fault, at === 'key' ? yaml.keySpan(path) : yaml.valueSpan(path), text);
  const quote = /^["']/.exec(text.slice(span.start, span.end))?.[0] ?? '';
  const fixes: Fix[] =
    instead === undefined
      ? []
      : [{ title: `Write ${instead}`, kind: code, preferred: true, edits: [{ ...span, text: quote + instead + quote }] }];
  return { code, severity, message, span, path: pathWords(path), ...(fixes.length === 0 ? {} : { fixes }) };
}

/** The part that is meant, else the first line. */
function spanOf({ part }: JobFault, { start, end }: Span, text: string): Span {
  const found = part === undefined ? -1 : text.slice(start, end).indexOf(part);
  if (part !== undefined && found !== -1) return { start: start + found, end: start + found + part.length };
  return { start, end: Math.min(end, lineAt(text, start, text.length).end) };
}

/** Line and column of places, from 1. */
function placesIn(text: string): (offset: number) => { line: number; column: number } {
  const starts = linesOf(text, { start: 0, end: text.length }).map(({ start }) => start);
  return (offset) => {
    const line = starts.findLastIndex((start) => start <= offset);
    return { line: Math.max(0, line) + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}
