// Loaded with the first command: what only runs on a click costs no activation time.
import { auditHandlers } from './audit.ts';
import { boardHandlers } from './board.ts';
import type { CommandDeps } from './commandDeps.ts';
import { databaseHandlers } from './database.ts';
import type { AllHandlers } from './handler.ts';
import { helpHandlers } from './help.ts';
import { taskHandlers } from './task.ts';
import { treeHandlers } from './tree.ts';

export function allHandlers(deps: CommandDeps): AllHandlers {
  return {
    ...taskHandlers(deps),
    ...boardHandlers(deps),
    ...treeHandlers(deps),
    ...databaseHandlers(deps),
    ...auditHandlers(deps),
    ...helpHandlers(deps),
  };
}
