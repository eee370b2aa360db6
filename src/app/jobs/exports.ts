import { AppError } from '../../core/appError.ts';
import { rowFormat } from '../../core/jobs/csv.ts';
import type { RecordChange } from '../../core/jobs/run.ts';
import type { OperationOutput } from '../../protocol/operations.ts';
import type { ExportFormat } from './jobEngine.ts';

/** Records that were there when their collection was last read. */
export const present: RecordChange[] = ['new', 'changed', 'same'];

/** Rows asked for at a time: what is held in memory. */
const pageSize = 2000;

export interface ExportRequest {
  format: ExportFormat;
  /** Only what this run has read. */
  ofRun?: number;
  page(offset: number, limit: number): Promise<OperationOutput<'job.records'>>;
}

/** Fails with `input.invalid` for an ending that we do not write. */
export function formatOf(path: string): ExportFormat {
  const ending = /\.(csv|json|ndjson)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === 'csv' || ending === 'json' || ending === 'ndjson') return ending;
  throw new AppError('input.invalid', `${path} has no ending that tells the format. Name a file that ends with .csv, .json or .ndjson.`, {
    field: 'to',
  });
}

/** The text of a file of records, page by page, and how many rows it has so far. */
export function exportOf({ format, ofRun, page }: ExportRequest): { content: AsyncIterable<string>; count(): number } {
  let count = 0;
  async function* content(): AsyncGenerator<string> {
    for (let offset = 0; ; offset += pageSize) {
      const { total, fields, records } = await page(offset, pageSize);
      const written = rowFormat(format, fields);
      if (written === null) throw new AppError('internal', `There is no way to write ${format}.`);
      if (offset === 0) yield written.head;
      const rows = records.filter(({ run }) => ofRun === undefined || run === ofRun);
      yield rows.map(({ data }, i) => written.row(data, count + i === 0)).join('');
      count += rows.length;
      if (records.length === 0 || offset + records.length >= total) {
        yield written.tail;
        return;
      }
    }
  }
  return { content: content(), count: () => count };
}
