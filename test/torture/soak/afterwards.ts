import { openCopy } from '../../../src/storage/engine/readOnlyCopy.ts';
import { engineAssets, storeNames } from '../../../src/storage/names.ts';
import type { SoakFollower } from './follower.ts';
import type { Ledger } from './ledger.ts';

export interface Findings {
  /** Acknowledged changes that the database does not have. */
  lostWrites: number;
  /** Changes in the database that no client was told of: a request that was made twice. */
  unknownWrites: number;
  lostEvents: number;
  repeatedEvents: number;
  integrity: string;
}

/** Compares what was acknowledged and what was told with the database of a folder, which nobody has open. */
export async function lookAfterwards(
  directory: string,
  assets: string,
  ledger: Ledger,
  followers: readonly SoakFollower[],
  say: (text: string) => void,
): Promise<Findings> {
  const copy = await openCopy(engineAssets(assets), storeNames(directory).database);
  try {
    let lostWrites = 0;
    const lost = (what: string): void => {
      if (lostWrites++ < 20) say(`LOST ${what}`);
    };
    const history = new Set<string>();
    for (const row of copy.prepare<{ revision: number; task: number }>('SELECT revision, task_id AS task FROM history').each())
      history.add(`${row.revision}:${row.task}`);
    for (const [revision, task] of ledger.changes) if (!history.has(`${revision}:${task}`)) lost(`change ${revision} of task ${task}`);
    const tasks = new Map<number, { version: number; title: string }>();
    for (const row of copy.prepare<{ id: number; version: number; title: string }>('SELECT id, version, title FROM task').each())
      tasks.set(row.id, row);
    for (const [id, version] of ledger.versions) {
      const found = tasks.get(id)?.version ?? 0;
      if (found < version) lost(`version ${version} of task ${id}, found ${found}`);
    }
    for (const [id, title] of ledger.titles) if (tasks.get(id)?.title !== title) lost(`title of task ${id}`);

    const revisions = [...copy.prepare<{ revision: number }>('SELECT revision FROM audit ORDER BY revision').each()].map(
      (row) => row.revision,
    );
    let lostEvents = 0;
    let repeatedEvents = 0;
    for (const [n, follower] of followers.entries()) {
      const due = revisions.filter((revision) => revision > (follower.start ?? 0));
      const told = new Set(follower.revisions);
      const missing = due.filter((revision) => !told.has(revision));
      lostEvents += missing.length;
      repeatedEvents += follower.revisions.length - told.size;
      if (missing.length > 0) say(`LOST ${missing.length} events of follower ${n}, the first ${missing[0]}`);
      if (!follower.revisions.every((revision, i) => revision === due[i])) {
        if (missing.length === 0 && follower.revisions.length === told.size) repeatedEvents++;
        say(`ORDER: follower ${n} was not told what the database has, in its order`);
      }
    }
    const integrity = copy.prepare<{ integrity_check: string }>('PRAGMA integrity_check').get()?.integrity_check ?? 'no answer';
    const acknowledged = ledger.changes.length + ledger.agentChanges;
    return { lostWrites, unknownWrites: revisions.length - acknowledged, lostEvents, repeatedEvents, integrity };
  } finally {
    copy.close();
  }
}
