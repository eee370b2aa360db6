import * as z from 'zod';
import { canonicalForm } from '../../core/auditChain.ts';
import { actorKinds } from '../../core/actor.ts';
import type { OperationOutput } from '../../protocol/operations.ts';
import type { RunningHash } from './ports.ts';
import { sealedRow } from '../../protocol/jobs/runs.ts';

/*
 * A report of the audit log is a text of lines, each a JSON object: a header, the rows as they are sealed in the database, a footer. Its rule is
 * written down in docs/audit-report.md, with a program that checks it: never change the one without the other, nor either for `version` 1.
 */

type Row = OperationOutput<'job.auditTrail'>['rows'][number];
export interface ReportHeader {
  claudetask: 'audit-report';
  version: 1;
  /** Milliseconds since 1970. */
  madeAt: number;
  /** The run whose rows these are; null for the whole log. */
  run: number | null;
  /** The newest row of the log when the report was made. */
  head: { revision: number; hash: string } | null;
}

const header = z.object({
  claudetask: z.literal('audit-report'),
  version: z.literal(1),
  madeAt: z.int(),
  run: z.int().nullable(),
  head: z.object({ revision: z.int(), hash: z.string() }).nullable(),
});
const reportRow = sealedRow.extend({ actor: z.object({ kind: z.enum(actorKinds), name: z.string() }) });
const footer = z.object({ rows: z.int(), sha256: z.string() });

/** More problems are of no use to anybody. */
const mostProblems = 100;

/** The lines of a report, each with its line break. */
export async function* reportLines(head: ReportHeader, rows: AsyncIterable<Row>, newHash: () => RunningHash): AsyncGenerator<string> {
  const all = newHash();
  let count = 0;
  const line = (value: unknown): string => {
    const text = `${JSON.stringify(value)}\n`;
    all.add(text);
    return text;
  };
  yield line(head);
  for await (const row of rows) {
    count++;
    yield line(row);
  }
  yield `${JSON.stringify({ rows: count, sha256: all.end() })}\n`;
}

export interface Verification {
  header: ReportHeader | null;
  rows: number;
  /** In sentences. None: the report is whole, and each row is as it was sealed. */
  problems: string[];
}

/** Checks a report by itself, without the database. */
export function verifyReport(text: string, newHash: () => RunningHash): Verification {
  const problems: string[] = [];
  const lines = text.split('\n');
  if (lines.pop() !== '') problems.push('The report does not end with a line break: it was cut off.');
  const all = newHash();
  for (const line of lines.slice(0, -1)) all.add(`${line}\n`);
  const head = parsed(header, lines[0]);
  const foot = parsed(footer, lines.at(-1));
  const rows = lines.slice(1, -1);
  if (head === undefined) problems.push('Line 1 is not the header of a report of ClaudeTask.');
  if (foot === undefined) problems.push('The last line is not the footer of a report: the end is missing.');
  else {
    if (foot.rows !== rows.length) problems.push(`The report has ${rows.length} rows; its footer says ${foot.rows}.`);
    if (foot.sha256 !== all.end()) problems.push('The report was changed after it was made: its SHA-256 is not the one in its footer.');
  }
  problems.push(...rowProblems(rows, head, newHash));
  return { header: head ?? null, rows: rows.length, problems: problems.slice(0, mostProblems) };
}

function rowProblems(rows: readonly string[], head: ReportHeader | undefined, newHash: () => RunningHash): string[] {
  const problems: string[] = [];
  let previous: Row | undefined;
  for (const [index, line] of rows.entries()) {
    const row = parsed(reportRow, line);
    if (row === undefined) {
      problems.push(`Line ${index + 2} is no row of an audit log.`);
      continue;
    }
    const hash = newHash();
    hash.add(canonicalForm({ ...row, actor: row.actor }, row.history));
    if (hash.end() !== row.hash) problems.push(`Row ${row.revision} was changed: it does not have the hash it was sealed with.`);
    const after = previous?.revision ?? 0;
    if (row.revision <= after) problems.push(`Row ${row.revision} stands behind row ${after}.`);
    else if (row.revision === after + 1) {
      if (row.previousHash !== (previous?.hash ?? '')) problems.push(`Row ${row.revision} does not follow from the row before it.`);
    } else if (head?.run === null) {
      problems.push(`Rows are missing before row ${row.revision}.`);
    }
    if (head?.head?.revision === row.revision && head.head.hash !== row.hash) {
      problems.push(`Row ${row.revision} is not the one that the header names.`);
    }
    previous = row;
  }
  if (head?.run === null && head.head !== null && previous?.revision !== head.head.revision) {
    problems.push(`The rows end with row ${previous?.revision ?? 0}; the header says row ${head.head.revision}.`);
  }
  return problems;
}

function parsed<S extends z.ZodType>(schema: S, line: string | undefined): z.output<S> | undefined {
  try {
    return schema.parse(JSON.parse(line ?? ''));
  } catch {
    return undefined;
  }
}
