import { taskInput, taskPatch } from '../../protocol/task.ts';
import type { ApiOutput } from '../../protocol/api.ts';
import { versionTag } from './preconditions.ts';
import { route } from './route.ts';
import type { Fields, Route } from './route.ts';

type Changed = ApiOutput<'task.update'>;

const tag = 'Tasks';
const one = '/api/tasks/{id}';

/** The tag of the task that the path names. Others may have changed with it, such as those that wait for it. */
function tagOfChanged({ tasks }: Changed, { id }: Fields): string | undefined {
  const row = tasks.find((task) => task.id === id);
  return row === undefined ? undefined : versionTag(row.version);
}

function patchInput({ id, version, comment, ...patch }: Fields): unknown {
  return { id, patch, ...(version === undefined ? {} : { version }), ...(comment === undefined ? {} : { comment }) };
}

const { version, comment } = taskInput.update.shape;
const change = { tag, condition: 'version', tagOf: tagOfChanged } as const;

export const taskRoutes: readonly Route[] = [
  route('GET', '/api/tasks', 'task.list', {
    tag,
    summary: 'Lists tasks: filtered, searched, sorted, a page at a time.',
    paging: {
      field: 'offset',
      kind: 'number',
      next({ tasks, total }, start = 0) {
        const end = Number(start) + tasks.length;
        return tasks.length > 0 && end < total ? end : null;
      },
    },
  }),
  route('POST', '/api/tasks', 'task.create', {
    tag,
    summary: 'Creates a task.',
    tagOf: ({ tasks: [made] }) => (made === undefined ? undefined : versionTag(made.version)),
    locationOf: ({ tasks: [made] }) => `/api/tasks/${made?.id ?? ''}`,
  }),
  route('GET', '/api/tasks/ready', 'task.ready', { tag, summary: 'Lists tasks that anybody may begin now, in the order of the board.' }),
  route('GET', '/api/tasks/similar', 'task.similar', {
    tag,
    summary: 'Finds tasks that speak of the same things as a task or a text.',
    fails: [404],
  }),
  route('GET', '/api/tasks/search', 'task.search', { tag, summary: 'Finds the tasks whose words match, best first.' }),
  route('GET', '/api/tasks/snapshot', 'task.snapshot', { tag, summary: 'Reads the whole board, column by column.' }),
  route('POST', '/api/tasks/claim', 'task.claim', {
    tag,
    id: 'task.claimNext',
    summary: 'Takes the first task that is ready; none is answered when none is.',
    without: ['id'],
  }),
  // Before those with an id, which `bulk` would be taken for.
  route('POST', '/api/tasks/bulk/update', 'task.updateMany', { tag, summary: 'Changes many tasks in the same way: all or none.' }),
  route('POST', '/api/tasks/bulk/move', 'task.moveMany', { tag, summary: 'Moves many tasks to a column: all or none.' }),
  route('POST', '/api/tasks/bulk/delete', 'task.deleteMany', { tag, summary: 'Deletes many tasks: all or none.' }),
  route('POST', '/api/tasks/bulk/restore', 'task.restoreMany', { tag, summary: 'Brings many deleted tasks back: all or none.' }),
  route('POST', '/api/tasks/bulk/archive', 'task.archiveMany', { tag, summary: 'Archives many tasks: all or none.' }),
  route('POST', '/api/tasks/bulk/unarchive', 'task.unarchiveMany', {
    tag,
    summary: 'Brings many archived tasks back to the board: all or none.',
  }),
  route('GET', one, 'task.get', { tag, summary: 'Reads one task.', tagOf: (task) => versionTag(task.version) }),
  route('PUT', one, 'task.update', {
    ...change,
    summary: 'Changes the fields that are named, and no others.',
    fields: { id: taskInput.update.shape.id, ...taskPatch.shape, version, comment },
    toInput: patchInput,
  }),
  route('DELETE', one, 'task.delete', { ...change, summary: 'Deletes a task. It can be restored.' }),
  route('PUT', `${one}/status`, 'task.move', { ...change, summary: 'Moves a task to a column, or within it, held to the workflow.' }),
  route('GET', `${one}/history`, 'task.history', {
    tag,
    summary: 'Lists what was changed in a task, when and by whom, newest first.',
    paging: {
      field: 'beforeRevision',
      kind: 'number',
      next: ({ entries }, _start, limit) => (entries.length < limit ? null : (entries.at(-1)?.revision ?? null)),
    },
  }),
  route('PUT', `${one}/dependencies/{dependsOnId}`, 'task.link', { tag, tagOf: tagOfChanged, summary: 'Lets a task wait for another.' }),
  route('DELETE', `${one}/dependencies/{dependsOnId}`, 'task.unlink', {
    tag,
    tagOf: tagOfChanged,
    summary: 'Lets a task wait for another no more.',
  }),
  route('POST', `${one}/claim`, 'task.claim', {
    tag,
    tagOf: tagOfChanged,
    summary: 'Takes a task, unless another has it.',
    without: ['type', 'priority', 'label'],
  }),
  route('POST', `${one}/stage-results`, 'task.appendStageResult', { ...change, summary: 'Adds what a stage of the work came to.' }),
  route('POST', `${one}/checklist`, 'task.addChecklistItem', { tag, tagOf: tagOfChanged, summary: 'Adds an item to the checklist.' }),
  route('PUT', `${one}/checklist/{itemId}`, 'task.checkChecklistItem', {
    tag,
    tagOf: tagOfChanged,
    summary: 'Checks or unchecks an item.',
  }),
  route('DELETE', `${one}/checklist/{itemId}`, 'task.removeChecklistItem', { tag, tagOf: tagOfChanged, summary: 'Removes an item.' }),
  route('POST', `${one}/archive`, 'task.archive', { ...change, summary: 'Takes a task off the board and keeps it.' }),
  route('POST', `${one}/unarchive`, 'task.unarchive', { ...change, summary: 'Brings an archived task back to the board.' }),
  route('POST', `${one}/restore`, 'task.restore', { ...change, summary: 'Brings a deleted task back.' }),
];
