import type { HostLog } from '../log.ts';
import type { Boards } from '../board/boards.ts';
import type { Settings } from '../settings.ts';
import type { TaskView } from '../trees/taskView.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';

/** What commands work with. */
export interface CommandDeps {
  stores: WorkspaceStores;
  view: TaskView;
  boards: Boards;
  log: HostLog;
  settings: Settings;
  /** Of the extension. */
  version: string;
}
