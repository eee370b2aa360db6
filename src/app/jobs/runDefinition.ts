import * as z from 'zod';
import { AppError } from '../../core/appError.ts';
import { collectionOf } from '../../core/jobs/collection.ts';
import type { JobDefinition, Step } from '../../protocol/jobs/jobFile.ts';
import { readJobFile } from './readJobFile.ts';

/** A job as a run has it: what happens to files later does not matter to it. */
export interface RunDefinition {
  definition: JobDefinition;
  /** The plain value as the user wrote it: what the runner gets. */
  source: unknown;
  /** The same of the jobs that it runs, by name. */
  jobs: Readonly<Record<string, unknown>>;
  /** One of them, or the job itself, may change something on a website. */
  writes: boolean;
  /** Inputs that are secret, and the name of the secret that opens the session. */
  secrets: readonly string[];
  token: string | null;
  /** The browser profile that no other run may use meanwhile. */
  profile: string | null;
  /** The browser is ours and shows no window. */
  hidden: boolean;
  /** The collections it reads, and whether their records have keys. */
  collections: ReadonlyMap<string, boolean>;
  /** Where to look whether there is a network. */
  host: string | undefined;
}

/** How a job's text takes those of its sub-jobs along: as comments, so that the whole is a job file still. */
const mark = '#claudetask:job ';
const subJob = z.object({ name: z.string(), text: z.string() });
const mostJobs = 50;

/** Reads the job files that a job runs, and theirs. Fails with `job.invalid` when one is missing, is wrong, or runs itself in the end. */
export async function collectJobs(
  name: string,
  text: string,
  definition: JobDefinition,
  read: (name: string) => Promise<{ text: string; definition: JobDefinition | undefined } | undefined>,
): Promise<string> {
  const found = new Map<string, string>();
  const visit = async (of: JobDefinition, trail: readonly string[]): Promise<void> => {
    for (const wanted of jobsRunBy(of.steps)) {
      if (trail.includes(wanted)) throw invalid(`${[...trail, wanted].join(' runs ')}: a job that runs itself never ends.`);
      if (found.has(wanted)) continue;
      const file = await read(wanted);
      if (file === undefined) throw invalid(`${trail.at(-1)} runs the job ${wanted}, and there is no such file.`);
      if (file.definition === undefined) throw invalid(`${trail.at(-1)} runs the job ${wanted}, whose file has errors.`);
      found.set(wanted, file.text);
      if (found.size > mostJobs) throw invalid(`${name} runs more than ${mostJobs} other jobs.`);
      await visit(file.definition, [...trail, wanted]);
    }
  };
  await visit(definition, [name]);
  const lines = [...found].map(([of, content]) => `${mark}${JSON.stringify({ name: of, text: content })}\n`);
  return lines.length === 0 ? text : `${text}${text.endsWith('\n') ? '' : '\n'}${lines.join('')}`;
}

const invalid = (message: string) => new AppError('job.invalid', message, { problems: [] });

function jobsRunBy(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    if (step.disabled === true) return [];
    if ('runJob' in step) return [step.runJob];
    return [...('steps' in step ? jobsRunBy(step.steps ?? []) : []), ...('else' in step ? jobsRunBy(step.else ?? []) : [])];
  });
}

function collectionsRead(steps: readonly Step[]): [string, boolean][] {
  return steps.flatMap((step): [string, boolean][] => [
    ...('extract' in step && step.extract !== undefined
      ? ([[collectionOf(step, step.extract), step.extract.key !== undefined]] satisfies [string, boolean][])
      : []),
    ...('steps' in step ? collectionsRead(step.steps ?? []) : []),
    ...('else' in step ? collectionsRead(step.else ?? []) : []),
  ]);
}

/** Reads the text of a run. Fails with `job.invalid`. */
export function readDefinition(text: string): RunDefinition {
  const whole = readJobFile(text);
  if (whole.definition === undefined) throw invalid('The job of this run cannot be read any more.');
  const { definition, source } = whole;
  const all = [definition];
  const jobs: Record<string, unknown> = {};
  for (const { name, text: content } of subJobsOf(text)) {
    const inner = readJobFile(content);
    if (inner.definition === undefined) throw invalid(`The job ${name} of this run cannot be read any more.`);
    jobs[name] = inner.source;
    all.push(inner.definition);
  }
  const { session } = definition;
  return {
    definition,
    source,
    jobs,
    writes: all.some(({ mode }) => mode === 'write'),
    secrets: Object.entries(definition.inputs ?? {}).flatMap(([name, input]) => (input.secret === true ? [name] : [])),
    token: session !== undefined && 'endpoint' in session ? (session.token ?? null) : null,
    profile: profileOf(definition),
    collections: new Map(all.flatMap(({ steps }) => collectionsRead(steps))),
    hidden: session === undefined || ('profile' in session && session.window !== true),
    host: definition.hosts.map((pattern) => pattern.replace(/^\*\./, ''))[0],
  };
}

function subJobsOf(text: string): z.output<typeof subJob>[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith(mark)) return [];
    try {
      return [subJob.parse(JSON.parse(line.slice(mark.length)))];
    } catch {
      // Somebody wrote a remark like ours.
      return [];
    }
  });
}

/** A job without a session has a profile of its own that is called `default`. */
function profileOf({ session }: JobDefinition): string | null {
  if (session === undefined) return 'default';
  return 'profile' in session ? session.profile : null;
}
