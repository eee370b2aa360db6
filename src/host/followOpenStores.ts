import type { Store } from '../app/ports.ts';
import { DisposableStore, type Disposable } from '../util/disposable.ts';
import type { FolderTasks } from './folderTasks.ts';
import type { WorkspaceStores } from './workspaceStores.ts';

/** Calls `follow` for each folder whose store is open, once it is. What that answers is let go of with the folder. It opens none. */
export function followOpenStores(stores: WorkspaceStores, follow: (tasks: FolderTasks, store: Store) => Disposable): Disposable {
  const followed = new Map<FolderTasks, DisposableStore>();
  const update = () => {
    const { all } = stores;
    for (const [tasks, following] of followed) {
      if (all.includes(tasks)) continue;
      followed.delete(tasks);
      following.dispose();
    }
    for (const tasks of all) {
      if (followed.has(tasks)) continue;
      const following = new DisposableStore();
      followed.set(tasks, following);
      if (tasks.store === undefined) following.add(tasks.onDidOpen((store) => void following.add(follow(tasks, store))));
      else following.add(follow(tasks, tasks.store));
    }
  };
  const subscriptions = new DisposableStore();
  subscriptions.add({
    dispose: () => {
      for (const following of followed.values()) following.dispose();
      followed.clear();
    },
  });
  subscriptions.add(stores.onDidChangeFolders(update));
  update();
  return subscriptions;
}
