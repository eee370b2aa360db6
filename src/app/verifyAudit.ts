import { canonicalForm } from '../core/auditChain.ts';
import type { OperationOutput } from '../protocol/operations.ts';
import { readBody } from './auditLog.ts';
import { checkJobs } from './jobs/verifyJobs.ts';
import type { Upkeep } from './operation.ts';
import type { AuditRow } from './storePorts.ts';

type Problem = OperationOutput<'audit.verify'>['problems'][number];

/** Rows and tasks looked at before waiting callers are let in. */
const rowSlice = 200;
const taskSlice = 1000;
/** More are of no use to anybody. */
const most = 100;

const rowText = (row: AuditRow) => `${row.revision} (${row.summary || row.operation}, by ${row.actor.name})`;
const range = (from: number, to: number) => (from === to ? `Row ${from}` : `Rows ${from} to ${to}`);

/** Reads the whole audit log and the history it seals, in slices, and tells what does not fit together. Changes made meanwhile are left out. */
export async function verifyAudit({ stores, maintenance, hash }: Upkeep): Promise<OperationOutput<'audit.verify'>> {
  const { audit, history, documents } = stores;
  const jobs = checkJobs(stores);
  const newest = audit.newest();
  const last = newest?.revision ?? 0;
  const given = audit.lastGiven();
  const recorded = maintenance.recordedAnchor();
  const problems: Problem[] = [];
  const broken: AuditRow[] = [];
  let rows = 0;
  let listed = 0;
  let listedVersions = 0;
  let previous: AuditRow | undefined;

  const hashOf = (row: AuditRow, tasks: readonly number[]) => hash(canonicalForm(row, history.sealed(row.revision, tasks)));

  function look(row: AuditRow): void {
    const expected = (previous?.revision ?? 0) + 1;
    const gap = row.revision > expected;
    if (gap)
      problems.push({
        kind: 'gap',
        revision: expected,
        message: `${range(expected, row.revision - 1)} of the audit log ${expected === row.revision - 1 ? 'is' : 'are'} missing.`,
      });
    const body = readBody(row.body);
    const versions = body?.documents ?? [];
    listed += body?.tasks.length ?? 0;
    listedVersions += versions.length;
    if (body === undefined) {
      problems.push({ kind: 'unreadable', revision: row.revision, message: `Row ${rowText(row)} of the audit log cannot be read.` });
    } else if (hashOf(row, body.tasks) !== row.hash) {
      broken.push(row);
    } else if (!gap && row.previousHash !== (previous?.hash ?? '') && !broken.includes(previous ?? row)) {
      problems.push({
        kind: 'edited',
        revision: row.revision,
        message: `Row ${rowText(row)} of the audit log does not follow from the row before it: one of the two was replaced.`,
      });
    }
    if (body?.job !== undefined) jobs.look(row, body.job);
    if (documents.intact(versions) < versions.length) {
      problems.push({
        kind: 'edited',
        revision: row.revision,
        message: `A version of a file that row ${rowText(row)} recorded was changed or removed afterwards.`,
      });
    }
    if (recorded?.revision === row.revision && recorded.hash !== row.hash) {
      problems.push({
        kind: 'edited',
        revision: row.revision,
        message: `Row ${rowText(row)} of the audit log is not the one that was noted beside the database: the log was rewritten.`,
      });
    }
    previous = row;
  }

  for (let from = 1; from <= last && problems.length < most;) {
    const page = audit.page(from, rowSlice).filter((row) => row.revision <= last);
    for (const row of page) look(row);
    rows += page.length;
    const end = page.at(-1)?.revision;
    if (end === undefined) break;
    from = end + 1;
    await maintenance.pause();
  }

  // Rows that are missing or broken say more than what does not fit because of them.
  if (broken.length === 0 && problems.every(({ kind }) => kind === 'edited'))
    problems.push(...(await jobs.finish(last, () => maintenance.pause())));
  problems.push(...explain(broken, (row, tasks) => hashOf(row, tasks)));

  const found = await tallyTasks({ stores, maintenance }, last);
  if (found.rows > listed && problems.length === 0) {
    problems.push({
      kind: 'edited',
      revision: last,
      message: `The history of the tasks has ${found.rows - listed} more entries than the audit log knows of: some were added from outside.`,
    });
  }
  // What was written while we read is not missing.
  const lastNow = audit.newest()?.revision ?? 0;
  const added = documents.total() - listedVersions;
  if (added > 0 && lastNow === last && problems.length === 0) {
    problems.push({
      kind: 'edited',
      revision: last,
      message: `There are ${added} more versions of files than the audit log knows of: some were added from outside.`,
    });
  }
  const known = Math.max(given, recorded?.revision ?? 0, found.newest > lastNow ? found.newest : 0);
  if (known > last) {
    problems.push({
      kind: 'cutTail',
      revision: last + 1,
      message: `The audit log ends at row ${last}, but ${range(last + 1, known).toLowerCase()} had been written. Its end was cut off.`,
    });
  }
  return { rows, problems: problems.slice(0, most).sort((a, b) => a.revision - b.revision) };
}

/** How much history there is up to a revision, and the largest revision that tasks and their history carry. */
async function tallyTasks(
  { stores, maintenance }: Pick<Upkeep, 'stores' | 'maintenance'>,
  upTo: number,
): Promise<{ rows: number; newest: number }> {
  let rows = 0;
  let newest = 0;
  const largest = stores.tasks.largestId();
  for (let from = 1; from <= largest; from += taskSlice) {
    const to = from + taskSlice - 1;
    const tally = stores.history.tally(from, to, upTo);
    rows += tally.rows;
    newest = Math.max(newest, tally.newest, stores.audit.largestInTasks(from, to));
    await maintenance.pause();
  }
  return { rows, newest };
}

/** Tells rows that changed places from rows whose content was changed. */
function explain(broken: readonly AuditRow[], hashOf: (row: AuditRow, tasks: readonly number[]) => string): Problem[] {
  const candidates = broken.slice(0, 50);
  return broken.map((row): Problem => {
    const tasks = readBody(row.body)?.tasks ?? [];
    const origin = candidates.find((other) => other !== row && hashOf({ ...row, revision: other.revision }, tasks) === row.hash);
    if (origin !== undefined) {
      return {
        kind: 'order',
        revision: row.revision,
        message: `Row ${rowText(row)} of the audit log stands in the place of another: it was written as row ${origin.revision}.`,
      };
    }
    return {
      kind: 'edited',
      revision: row.revision,
      message: `Row ${rowText(row)} of the audit log was changed after it was written, or the history of its tasks was.`,
    };
  });
}
