import * as vscode from 'vscode';
import { AppError } from '../core/appError.ts';
import { statuses, type Status } from '../core/task.ts';
import type { OperationOutput } from '../protocol/operations.ts';
import type { FolderTasks } from './folderTasks.ts';

export interface Move {
  folder: FolderTasks;
  ids: readonly number[];
  status: Status;
  beforeId?: number;
  afterId?: number;
  /** Called when the workflow says no, before the person has decided what to do about it. */
  refused?: () => void;
}

type Changed = OperationOutput<'task.moveMany'>;

async function call(move: Move, override: boolean): Promise<Changed> {
  const store = await move.folder.open();
  const { status } = move;
  const place = {
    ...(move.beforeId === undefined ? {} : { beforeId: move.beforeId }),
    ...(move.afterId === undefined ? {} : { afterId: move.afterId }),
  };
  const [only] = move.ids;
  if (move.ids.length === 1 && only !== undefined) return store.call('task.move', { id: only, status, ...place, override });
  return store.call('task.moveMany', { ids: [...move.ids], status, ...place, override });
}

/**
 * Moves tasks. A refusal of the workflow is told with its reason and may be overridden; undefined when the tasks stay
 * where they were.
 */
export async function moveTasks(move: Move): Promise<Changed | undefined> {
  try {
    return await call(move, false);
  } catch (error) {
    if (!AppError.is(error, 'workflow.refused')) throw error;
    move.refused?.();
    const anyway = vscode.l10n.t('Move anyway');
    const actions = error.details['overridable'] === false ? [] : [anyway];
    const picked = await vscode.window.showWarningMessage(refusal(error), ...actions);
    return picked === anyway ? call(move, true) : undefined;
  }
}

function refusal(error: AppError): string {
  const intro = vscode.l10n.t('Not moved:');
  return error.message.startsWith('Not moved') ? error.message : `${intro} ${error.message}`;
}

/** The column a finished task was in before, for taking it up again. */
export async function statusBeforeDone(folder: FolderTasks, id: number): Promise<Status> {
  const store = await folder.open();
  const { entries } = await store.call('task.history', { id, limit: 100 });
  for (const entry of entries) {
    const change = entry.changes.find(({ field, to }) => field === 'status' && to === 'Done');
    const before = statuses.find((status) => status === change?.from && status !== 'Done');
    if (before) return before;
  }
  return 'Backlog';
}
