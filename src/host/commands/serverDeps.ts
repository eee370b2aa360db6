import type { Conflicts } from '../documents/showConflict.ts';
import type { JobTexts } from '../jobs/jobTexts.ts';
import type { LocalApi } from '../server/localApi.ts';
import type { WebhookSecrets } from '../server/webhookSecrets.ts';
import type { Settings } from '../settings.ts';
import type { ApiView } from '../trees/api/apiView.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';

/** What commands on the local server and its clients work with. */
export interface ServerCommandDeps {
  stores: WorkspaceStores;
  api: LocalApi;
  view: ApiView;
  secrets: WebhookSecrets;
  settings: Settings;
  conflicts: Conflicts;
  /** Documents of the scheme `claudetask-api`. */
  texts(): JobTexts;
  /** Absolute path of the MCP server for stdio. */
  program: string;
}
