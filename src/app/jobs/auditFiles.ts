import { AppError } from '../../core/appError.ts';
import { folderOf, nameOf } from '../../core/filePath.ts';
import type { OperationOutput } from '../../protocol/operations.ts';
import type { Clock, Store } from '../ports.ts';
import { auditPage } from './auditPage.ts';
import { reportLines } from './auditReport.ts';
import type { ReportHeader } from './auditReport.ts';
import type { JobDisk, RunningHash } from './ports.ts';

type Row = OperationOutput<'job.auditTrail'>['rows'][number];

export interface AuditRequest {
  store: Store;
  disk: JobDisk;
  clock: Clock;
  newHash(): RunningHash;
  /** Absolute, and ends with `.ndjson`. */
  to: string;
  run: number | null;
}

const pageSize = 500;

/** Writes the audit log, or what concerns one run, as a report for programs, and as a page for people beside it. */
export async function writeAuditReport({ store, disk, clock, newHash, to, run }: AuditRequest) {
  if (!to.endsWith('.ndjson')) throw new AppError('input.invalid', `${to} does not end with .ndjson.`, { field: 'to' });
  const ask = (from: number) => store.call('job.auditTrail', { from, limit: pageSize, ...(run === null ? {} : { run }) });
  const { head } = await ask(0);
  const header: ReportHeader = { claudetask: 'audit-report', version: 1, madeAt: clock.now(), run, head };
  let count = 0;
  async function* rows(): AsyncGenerator<Row> {
    for (let from: number | null = 0; from !== null;) {
      const page: OperationOutput<'job.auditTrail'> = await ask(from);
      for (const row of page.rows) {
        // Changes go on meanwhile.
        if (row.revision > (head?.revision ?? 0)) return;
        count++;
        yield row;
      }
      from = page.next;
    }
  }
  const folder = folderOf(to);
  const ndjson = await disk.write(reportLines(header, rows(), newHash), { folder, path: nameOf(to), ifExists: 'replace' });
  const written = count;
  const facts = { ...header, rows: written, file: ndjson.path, sha256: ndjson.sha256 };
  const html = await disk.write(auditPage(facts, rows()), { folder, path: nameOf(to).replace(/\.ndjson$/, '.html'), ifExists: 'replace' });
  return { ndjson: `${folder}/${ndjson.path}`, html: `${folder}/${html.path}`, rows: written, sha256: ndjson.sha256 };
}
