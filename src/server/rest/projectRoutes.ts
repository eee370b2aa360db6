import { jobInputs } from '../../protocol/jobs/runs.ts';
import { route } from './route.ts';
import type { Fields, Route } from './route.ts';

const project = 'Project';
const jobs = 'Jobs';
const oneRun = '/api/runs/{run}';
/** Jobs run in a window only: a server without one, such as that of MCP over stdio, has none. */
const windowless = [501];

const { sort: _sort, ...recordFields } = jobInputs.records.shape;
const { field: sort, descending } = jobInputs.records.shape.sort.unwrap().shape;

function recordsInput({ sort: field, descending: down, ...others }: Fields): unknown {
  if (field === undefined && down === undefined) return others;
  return { ...others, sort: down === undefined ? { field } : { field, descending: down } };
}

/** The project around the tasks, what happens in it, and the jobs. */
export const projectRoutes: readonly Route[] = [
  route('GET', '/api/project/settings', 'project.settings', {
    tag: project,
    summary: 'Reads the rules of the board, and which folder it is.',
  }),
  route('PUT', '/api/project/settings', 'project.updateSettings', {
    tag: project,
    summary: 'Sets the rules that are named, for the folder.',
  }),
  route('POST', '/api/project/validate-path', 'project.validatePath', {
    tag: project,
    summary: 'Says what a path is, if it is in the folder.',
  }),
  route('GET', '/api/events', 'event.since', {
    tag: project,
    summary: 'Lists what happened after a revision, in order. With an upgrade to WebSocket: tells it as it happens.',
    fails: [410],
  }),
  route('GET', '/api/audit/verify', 'audit.verify', { tag: project, summary: 'Checks the audit log from its beginning.' }),
  route('GET', '/api/documents', 'document.list', {
    tag: project,
    summary: 'Lists the files that versions are kept of.',
    paging: {
      field: 'after',
      kind: 'string',
      next: ({ documents }, _start, limit) => (documents.length < limit ? null : (documents.at(-1)?.path ?? null)),
    },
  }),
  route('GET', '/api/jobs', 'jobFile.list', { tag: jobs, summary: 'Lists the job files of the folder.', fails: windowless }),
  route('GET', '/api/jobs/{job}', 'jobFile.read', { tag: jobs, summary: 'Reads a job file.', fails: [413, ...windowless] }),
  route('POST', '/api/jobs/{job}/runs', 'jobFile.run', {
    tag: jobs,
    summary: 'Queues a run of a job, in the browser session of the user.',
    fails: windowless,
    locationOf: ({ run }) => `/api/runs/${run.id}`,
  }),
  route('GET', '/api/jobs/{job}/collections', 'job.collections', { tag: jobs, summary: 'Lists what a job has read, by collection.' }),
  route('GET', '/api/jobs/{job}/records', 'job.records', {
    tag: jobs,
    summary: 'Lists the records of a collection.',
    fields: { ...recordFields, sort: sort.optional(), descending },
    toInput: recordsInput,
    paging: {
      field: 'offset',
      kind: 'number',
      next({ records, total }, start = 0) {
        const end = Number(start) + records.length;
        return records.length > 0 && end < total ? end : null;
      },
    },
  }),
  route('GET', '/api/runs', 'job.runs', {
    tag: jobs,
    summary: 'Lists runs of jobs, newest first.',
    paging: {
      field: 'before',
      kind: 'number',
      next: ({ runs }, _start, limit) => (runs.length < limit ? null : (runs.at(-1)?.id ?? null)),
    },
  }),
  route('GET', oneRun, 'job.run', { tag: jobs, summary: 'Reads a run: its state, inputs, files.' }),
  route('GET', `${oneRun}/log`, 'job.log', {
    tag: jobs,
    summary: 'Lists what a run did, in order.',
    paging: {
      field: 'after',
      kind: 'number',
      next: ({ entries }, _start, limit) => (entries.length < limit ? null : (entries.at(-1)?.n ?? null)),
    },
  }),
  route('POST', `${oneRun}/cancel`, 'jobRun.cancel', { tag: jobs, summary: 'Stops a run.', fails: windowless }),
  route('POST', `${oneRun}/resume`, 'jobRun.resume', {
    tag: jobs,
    summary: 'Queues a run again that failed, was cancelled or lost.',
    fails: windowless,
  }),
];
