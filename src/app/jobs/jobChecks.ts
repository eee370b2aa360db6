import { hostAllowed, requestAllowed } from '../../core/jobs/allowed.ts';
import { collectionOf } from '../../core/jobs/collection.ts';
import { isPositional } from '../../core/jobs/positional.ts';
import type { Path } from '../../core/jobs/yamlSource.ts';
import { nearest } from '../../core/nearest.ts';
import type { JobDefinition, Step } from '../../protocol/jobs/jobFile.ts';
import type { Extraction } from '../../protocol/jobs/extraction.ts';
import type { Candidate } from '../../protocol/jobs/locator.ts';
import type { JobFault } from './jobFaults.ts';
import { checkTemplates, stepsOf } from './templateChecks.ts';

interface Place {
  step: Step;
  path: Path;
}

/** What the schema cannot say about a job that has passed it. */
export function checkJob(job: JobDefinition, source: unknown): JobFault[] {
  const places = [...stepsOf(job.steps)];
  return [
    ...checkIds(places),
    ...checkCollections(job, places),
    ...checkTemplates(job, source),
    ...checkInputs(job),
    ...places.flatMap((place) => [...checkAddress(place, job), ...checkWrites(place, job), ...checkTargets(place.step, place.path)]),
    ...checkSchedule(job, places),
  ];
}

const error = (path: Path, message: string, more: Partial<JobFault> = {}): JobFault => ({
  path,
  at: 'value',
  code: 'job-value',
  message,
  ...more,
});
const warning = (path: Path, message: string): JobFault => ({ ...error(path, message), severity: 'warning' });

function checkIds(places: readonly Place[]): JobFault[] {
  const ids = new Set<string>();
  return places.flatMap(({ step: { id }, path }) => {
    if (id === undefined) return [];
    if (ids.has(id)) return [error([...path, 'id'], `Another step has the id ${id} already. An id names one step.`)];
    ids.add(id);
    return [];
  });
}

function extractionOf(step: Step): Extraction | undefined {
  return 'extract' in step ? step.extract : undefined;
}

function checkCollections(job: JobDefinition, places: readonly Place[]): JobFault[] {
  const faults: JobFault[] = [];
  const known = new Set<string>();
  let unnamed = 0;
  for (const { step, path } of places) {
    const extract = extractionOf(step);
    if (extract === undefined) continue;
    known.add(collectionOf(step, extract));
    if (extract.into === undefined && step.id === undefined && ++unnamed > 1) {
      faults.push(
        error([...path, 'extract'], 'Two steps extract without saying where to: give the step an id, or extract a collection with into.'),
      );
    }
  }
  // What another job collects is known when it is read.
  const others = places.some(({ step }) => 'runJob' in step);
  const check = (name: string, path: Path) => {
    if (known.has(name)) return;
    const [instead] = nearest(name, known);
    const hint = instead !== undefined ? ` Did you mean ${instead}?` : known.size > 0 ? ` There is ${[...known].join(', ')}.` : '';
    faults.push({
      ...(others ? warning : error)(path, `No step extracts into a collection ${name}.${hint}`),
      ...(instead === undefined ? {} : { instead }),
    });
  };
  for (const { step, path } of places) if ('save' in step) check(step.save, [...path, 'save']);
  for (const [index, { from }] of (job.tasks ?? []).entries()) check(from, ['tasks', index, 'from']);
  return faults;
}

function checkInputs({ inputs = {} }: JobDefinition): JobFault[] {
  return Object.entries(inputs).flatMap(([name, { options, type, default: proposed }]) =>
    type === 'choice' && proposed !== undefined && options?.includes(String(proposed)) === false
      ? [error(['inputs', name, 'default'], `The default of ${name} is not among its options.`)]
      : [],
  );
}

function addressOf(step: Step): { address: string; path: Path } | undefined {
  if ('goto' in step) return { address: step.goto, path: ['goto'] };
  if ('request' in step) return { address: step.request, path: ['request'] };
  if ('download' in step && 'url' in step.download) return { address: step.download.url, path: ['download', 'url'] };
  if ('ensureSignedIn' in step && step.ensureSignedIn.url !== undefined)
    return { address: step.ensureSignedIn.url, path: ['ensureSignedIn', 'url'] };
  return undefined;
}

/** An address is judged as far as no template decides it. */
function checkAddress({ step, path }: Place, job: JobDefinition): JobFault[] {
  const found = addressOf(step);
  if (found === undefined) return [];
  const { address } = found;
  const place = [...path, ...found.path];
  const [, scheme, host] = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?/i.exec(address) ?? [];
  if (scheme === undefined) {
    return /^([/?#.]|\{\{|$)/.test(address)
      ? []
      : [error(place, `${address} is no address: begin it with https://, or with / for the site the page is on.`)];
  }
  if (/^about:blank$/i.test(address)) return [];
  // `localhost:8080/x` looks like a scheme.
  if (host === undefined && /^[\w.-]+:\d/.test(address))
    return [error(place, `${address} is no address: begin it with http:// or https://.`)];
  if (!/^https?$/i.test(scheme)) return [error(place, `${scheme}: addresses are not opened, only http and https.`)];
  if (host === undefined || host.includes('{{') || hostAllowed(job.hosts, `${scheme}://${host}`)) return [];
  return [error(place, `${host} is not among the hosts of the job. Add it to hosts, or correct the address.`)];
}

function checkWrites({ step, path }: Place, job: JobDefinition): JobFault[] {
  if (job.mode === 'write') return [];
  if ('upload' in step)
    return [
      warning(
        [...path, 'upload'],
        'The job is read-only: the request that sends the file will be blocked. Set mode: write, or name the request in writes.',
      ),
    ];
  if (step.write === true)
    return [
      warning(
        [...path, 'write'],
        'The job is read-only: what this step changes will be blocked. Set mode: write, or name the request in writes.',
      ),
    ];
  if ('request' in step && step.method !== undefined) {
    const allowed = requestAllowed({ mode: 'read-only', writes: job.writes ?? [] }, step.method, step.request);
    if (!allowed && !step.request.includes('{{')) {
      return [
        warning(
          [...path, 'method'],
          `The job is read-only: this ${step.method} will be blocked. Set mode: write, or name the request in writes.`,
        ),
      ];
    }
  }
  return [];
}

const isTarget = (value: object): value is { candidates: Candidate[] } =>
  'candidates' in value && 'frame' in value && 'fingerprint' in value;

/** Finds the targets of a step wherever they stand in it: the schema has given all of them one form. */
function checkTargets(value: unknown, path: Path): JobFault[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isTarget(value)) {
    if (!value.candidates.every(isPositional)) return [];
    return [
      warning(
        path,
        'This element is known by its place among others only, which changes unnoticed. Add what a person sees of it, such as { role: button, name: Save }.',
      ),
    ];
  }
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'steps' || key === 'else' ? [] : checkTargets(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function checkSchedule(job: JobDefinition, places: readonly Place[]): JobFault[] {
  if (job.schedule === undefined) return [];
  const faults = places.flatMap(({ step, path }) => {
    const extract = extractionOf(step);
    return extract === undefined || extract.key !== undefined
      ? []
      : [
          warning(
            [...path, 'extract'],
            'Without key, records cannot be told apart from run to run: nothing shows as new or changed. Name the field that tells them apart.',
          ),
        ];
  });
  for (const [name, input] of Object.entries(job.inputs ?? {})) {
    if (input.secret === true || (input.default === undefined && input.optional !== true)) {
      faults.push(
        warning(
          ['inputs', name],
          `A scheduled run has to ask for ${name} and waits for the user.${input.secret === true ? '' : ' Give it a default.'}`,
        ),
      );
    }
  }
  return faults;
}
