import { statuses, type Status, type TaskRow } from '../../core/task.ts';
import type { BoardViewState } from '../../protocol/boardMessages.ts';
import { isRecord } from '../shared/record.ts';

export function isStatus(value: unknown): value is Status {
  return statuses.some((status) => status === value);
}

export function isTaskRow(value: unknown): value is TaskRow {
  return (
    isRecord(value) &&
    typeof value['id'] === 'number' &&
    typeof value['version'] === 'number' &&
    isStatus(value['status']) &&
    Array.isArray(value['labels'])
  );
}

/** The rows a mutation answers with. */
export function changedRows(value: unknown): TaskRow[] {
  return isRecord(value) && Array.isArray(value['tasks']) ? value['tasks'].filter(isTaskRow) : [];
}

export function foundIds(value: unknown): number[] {
  return isRecord(value) && Array.isArray(value['ids']) ? value['ids'].filter((id) => typeof id === 'number') : [];
}

/** State kept by an older or newer build that does not fit is dropped: it is arrangement only. */
export function isViewState(value: unknown): value is BoardViewState {
  return (
    isRecord(value) &&
    value['version'] === 1 &&
    typeof value['folder'] === 'string' &&
    typeof value['filter'] === 'string' &&
    Array.isArray(value['collapsed']) &&
    value['collapsed'].every(isStatus) &&
    typeof value['scrollLeft'] === 'number' &&
    isRecord(value['scrollTop'])
  );
}
