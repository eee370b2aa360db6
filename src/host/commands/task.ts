import type { HandlersOf } from './handler.ts';
import { taskChangeHandlers } from './taskChange.ts';
import { taskCreateHandlers } from './taskCreate.ts';
import { taskEditHandlers } from './taskEdit.ts';
import { taskJobHandlers, type TaskJobDeps } from './taskJob.ts';
import { taskLookHandlers } from './taskLook.ts';
import { undoHandlers } from './undo.ts';

export function taskHandlers(deps: TaskJobDeps): HandlersOf<'task'> {
  return {
    ...taskCreateHandlers(deps),
    ...taskChangeHandlers(deps),
    ...taskEditHandlers(deps),
    ...taskLookHandlers(deps),
    ...taskJobHandlers(deps),
    ...undoHandlers(deps),
  };
}
