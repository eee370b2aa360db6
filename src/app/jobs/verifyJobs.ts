import type { OperationOutput } from '../../protocol/operations.ts';
import type { AuditRow, Stores } from '../storePorts.ts';
import { addSeal, emptySeal } from './jobStorePorts.ts';
import type { SealedJob, SealedRecords } from './jobStorePorts.ts';

type Problem = OperationOutput<'audit.verify'>['problems'][number];

/** Records looked at before waiting callers are let in. */
const slice = 500;
/** Records that one problem names. */
const mostNamed = 5;

interface Check {
  /** Takes in an audit row, in their order, with what it seals of jobs. */
  look(row: AuditRow, sealed: SealedJob): void;
  /** Compares what the rows up to `last` sealed with what is there. What was changed since is left out. */
  finish(last: number, pause: () => Promise<void>): Promise<Problem[]>;
}

const by = (row: AuditRow) => `row ${row.revision} (${row.summary})`;
const collectionName = (job: string, collection: string) => `${job}\n${collection}`;

/** Finds runs, log entries, records and links to tasks that are not as the audit log sealed them. */
export function checkJobs({ audit, jobRuns, jobRecords }: Stores): Check {
  const problems: Problem[] = [];
  const runs = new Map<number, { row: AuditRow; seal: string | undefined }>();
  /** Rows whose log entries are not kept any more: well if their run was forgotten later. */
  const forgotten = new Map<number, AuditRow>();
  const collections = new Map<string, { row: AuditRow; of: SealedRecords }>();
  let trail = 0;

  const edited = (revision: number, message: string) => problems.push({ kind: 'edited', revision, message });

  function look(row: AuditRow, { job, run, seal, log, records = [], links, pruned = [] }: SealedJob): void {
    if (run !== undefined) {
      trail++;
      runs.set(run, { row, seal });
      const found = log === undefined ? 'changed' : jobRuns.doneIntact(run, row.revision, log);
      if (found === 'forgotten') forgotten.set(run, row);
      if (found === 'changed')
        edited(row.revision, `The log of run ${run} is not as ${by(row)} sealed it: entries were changed, moved or removed.`);
    }
    if (job !== undefined) for (const of of records) collections.set(collectionName(job, of.collection), { row, of });
    if (links !== undefined && jobRecords.linksSeal(row.revision) !== links) {
      edited(row.revision, `Which records got the tasks of ${by(row)} was changed afterwards.`);
    }
    for (const id of pruned) {
      runs.delete(id);
      forgotten.delete(id);
    }
  }

  function checkRuns(last: number): void {
    const isLater = (id: number) => jobRuns.revisions(id, last + 1, 1).length > 0;
    const there = new Set(jobRuns.ids());
    for (const [id, { row, seal }] of runs) {
      if (isLater(id)) continue;
      if (!there.has(id)) edited(row.revision, `Run ${id} was removed after ${by(row)} changed it last.`);
      else if (jobRuns.seal(id) !== seal) edited(row.revision, `Run ${id} was changed after ${by(row)}.`);
      else if (!jobRuns.definitionIntact(id)) edited(row.revision, `What run ${id} was given to do was changed after ${by(row)}.`);
    }
    for (const id of there)
      if (!runs.has(id) && !isLater(id)) edited(last, `The audit log knows nothing of run ${id}: it was added from outside.`);
    for (const [id, row] of forgotten) edited(row.revision, `What ${by(row)} did in run ${id} was removed from its log.`);
  }

  async function checkCollection(
    id: number,
    { row, of }: { row: AuditRow; of: SealedRecords },
    last: number,
    pause: () => Promise<void>,
  ): Promise<void> {
    const changed: string[] = [];
    let seal = emptySeal;
    for (let from: number | null = 0; from !== null;) {
      const found = jobRecords.check(id, from, slice);
      changed.push(...found.changed);
      seal = addSeal(seal, found.seal);
      from = found.next;
      await pause();
    }
    if (changed.length === 0 && seal === of.seal) return;
    if (wasChangedSince(id, last)) return;
    const named = changed.slice(0, mostNamed).join(', ');
    const more = changed.length > mostNamed ? ` and ${changed.length - mostNamed} more` : '';
    const what = changed.length > 0 ? `were changed: ${named}${more}` : 'were added, removed or replaced';
    edited(row.revision, `Records of ${of.collection} are not as ${by(row)} sealed them: some ${what}.`);
  }

  const isNewer = (last: number) => (audit.newest()?.revision ?? 0) > last;

  function wasChangedSince(id: number, last: number): boolean {
    const now = jobRecords.sealed().find((one) => one.id === id);
    return isNewer(last) && (now === undefined || now.revision > last);
  }

  async function checkRecords(last: number, pause: () => Promise<void>): Promise<void> {
    const there = jobRecords.sealed();
    for (const { id, job, collection, revision } of there) {
      const name = collectionName(job, collection);
      const sealed = collections.get(name);
      collections.delete(name);
      if (revision > last && isNewer(last)) continue;
      if (sealed === undefined) edited(last, `The audit log knows nothing of the records of ${collection}: they were added from outside.`);
      else await checkCollection(id, sealed, last, pause);
    }
    if (isNewer(last)) return;
    for (const { row, of } of collections.values()) {
      if (of.total > 0) edited(row.revision, `The records of ${of.collection} were removed after ${by(row)}.`);
    }
  }

  return {
    look,
    async finish(last, pause) {
      checkRuns(last);
      const added = jobRuns.trailLength() - trail;
      if (added > 0 && !isNewer(last)) {
        edited(last, `The logs of runs have ${added} more parts than the audit log knows of: some were added from outside.`);
      }
      await checkRecords(last, pause);
      return problems;
    },
  };
}
