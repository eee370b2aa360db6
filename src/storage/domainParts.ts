import { createDispatcher, rebuildSearch } from './dispatcher.ts';
import type { DomainParts } from './liveDatabase.ts';
import { migrations } from './migrations/all.ts';
import { sha256 } from './sha256.ts';

/** The schema and the operations, as the storage thread works with them. */
export const domainParts: DomainParts = {
  migrations,
  createDispatcher: (sql, maintenance) => createDispatcher({ sql, maintenance, clock: { now: () => Date.now() }, hash: sha256 }),
  rebuild: rebuildSearch,
};
