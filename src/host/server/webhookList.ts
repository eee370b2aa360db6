import type { OperationOutput } from '../../protocol/operations.ts';
import type { FolderTasks } from '../folderTasks.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';
import type { WebhookSecrets } from './webhookSecrets.ts';

export interface ListedWebhook {
  tasks: FolderTasks;
  webhook: OperationOutput<'webhook.list'>['webhooks'][number];
  /** Whether this machine has what signs its messages. Without it nothing is sent from here. */
  hasSecret: boolean;
}

/** The webhooks of all folders whose databases are open, in the order of the workspace. */
export async function listWebhooks(stores: WorkspaceStores, secrets: WebhookSecrets): Promise<ListedWebhook[]> {
  const lists = stores.all.map(async (tasks) => {
    // The state of a store that cannot answer is told beside its tasks.
    const answer = await tasks.store?.call('webhook.list', {}).catch(() => undefined);
    return await Promise.all(
      (answer?.webhooks ?? []).map(async (webhook) => ({
        tasks,
        webhook,
        hasSecret: (await secrets.get(tasks.key, webhook.id)) !== undefined,
      })),
    );
  });
  return (await Promise.all(lists)).flat();
}
