import type { CatalogChange, ClaudeCatalog } from '../../../src/app/claudeCatalog.ts';
import type { FileOperations } from '../../../src/app/fileOperations.ts';
import { createFileOperations } from '../../../src/app/fileOperations.ts';
import { createClaudeCatalog } from '../../../src/app/folderCatalog.ts';
import type { Store } from '../../../src/app/ports.ts';
import type { DocumentVersion } from '../../../src/core/document.ts';
import { Emitter } from '../../../src/util/emitter.ts';
import { open } from '../store/rig.ts';
import type { RiggedStore } from '../store/rig.ts';
import { disk, logInto } from './rig.ts';
import type { Disk } from './rig.ts';

/** A catalog over real files, with a real database once there is one. */
export interface Library extends AsyncDisposable {
  readonly rig: Disk;
  readonly catalog: ClaudeCatalog;
  readonly operations: FileOperations;
  readonly changes: CatalogChange[];
  /** Makes the database, as the first task would. */
  openStore(): Promise<Store>;
  /** Oldest first; the content as text, null for a deletion. */
  versions(path: string): Promise<(Pick<DocumentVersion, 'cause' | 'note'> & { by: string; content: string | null })[]>;
}

export async function library(content: Readonly<Record<string, string>> = {}): Promise<Library> {
  const rig = await disk(content);
  let rigged: Promise<RiggedStore> | undefined;
  let store: Store | undefined;
  const opened = new Emitter<Store>();
  const openStore = async () => {
    rigged ??= open(rig.places.folder);
    const isNew = store === undefined;
    store = (await rigged).store;
    if (isNew) opened.fire(store);
    return store;
  };
  const catalog = createClaudeCatalog({
    files: rig.files,
    places: rig.places,
    history: {
      get store() {
        return store;
      },
      onDidOpen: opened.event,
      open: openStore,
    },
    clock: { now: () => Date.now() },
    log: logInto(rig.complaints),
  });
  const changes: CatalogChange[] = [];
  catalog.onDidChange((change) => changes.push(change));
  return {
    rig,
    catalog,
    operations: createFileOperations({ files: rig.files, catalog, store: openStore, log: logInto(rig.complaints) }),
    changes,
    openStore,
    async versions(path) {
      await catalog.settled();
      const { versions } = await (await openStore()).call('document.versions', { path });
      return await Promise.all(
        versions.reverse().map(async ({ version, cause, note, actor }) => {
          const { content: base64 } = await store!.call('document.version', { path, version });
          return { cause, note, by: actor.name, content: base64 === null ? null : Buffer.from(base64, 'base64').toString() };
        }),
      );
    },
    async [Symbol.asyncDispose]() {
      catalog.dispose();
      await (await rigged)?.store.close();
      await rig[Symbol.asyncDispose]();
    },
  };
}
