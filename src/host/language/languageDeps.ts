import type { Sources } from '../../app/instructionModel.ts';
import type { Log } from '../../app/ports.ts';
import type { ClaudeFolders } from '../claude/claudeFolders.ts';
import type { Settings } from '../settings.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';

/** What the language features work with. */
export interface LanguageDeps {
  claude: ClaudeFolders;
  stores: WorkspaceStores;
  settings: Pick<Settings, 'validates' | 'showsCodeLens' | 'onDidChange'>;
  log: Log;
  /** First called when a file that concerns us is open, or idle time has come. */
  sources(): Promise<Sources>;
}
