import * as z from 'zod';
import type { OperationOutput } from '../../protocol/operations.ts';
import { logEntry } from '../../protocol/jobs/runs.ts';
import type { ReportHeader } from './auditReport.ts';

type Row = OperationOutput<'job.auditTrail'>['rows'][number];

export interface PageFacts extends ReportHeader {
  rows: number;
  /** Name of the report that this page shows, and its SHA-256. */
  file: string;
  sha256: string;
}

const logged = z.object({ job: z.object({ log: z.object({ done: z.object({ entries: z.array(logEntry) }) }) }) });

const style = `body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#1f2430;background:#fff}
h1{font-size:1.4rem}table{border-collapse:collapse;width:100%;margin:1rem 0}caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{border:1px solid #c9cdd6;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}thead th{background:#eef0f4}
td.actions{padding:0 .5rem .3rem 2rem}ol{margin:.2rem 0;padding-left:1.4rem}code{font:12px ui-monospace,monospace;overflow-wrap:anywhere}.failed,.blocked{color:#a31515}
@media(prefers-color-scheme:dark){body{color:#e6e8ee;background:#1f2430}th,td{border-color:#4a5163}thead th{background:#2b3142}.failed,.blocked{color:#ff9b9b}}
@media print{body{margin:0;max-width:none}}`;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (char) => escapes[char] ?? char);
const time = (ms: number): string => `<time>${new Date(ms).toISOString().replace('T', ' ').slice(0, 19)} UTC</time>`;

/** A page for people, which needs nothing beside it and runs no script. What it shows is proven by the report it names. */
export async function* auditPage(facts: PageFacts, rows: AsyncIterable<Row>): AsyncGenerator<string> {
  const title = facts.run === null ? 'Audit log' : `Audit log of run ${facts.run}`;
  yield `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><style>${style}</style></head><body>
<h1>${title}</h1>
<p>Made ${time(facts.madeAt)} by ClaudeTask. ${facts.rows} rows.
${facts.head === null ? 'The log is empty.' : `The newest row of the log was ${facts.head.revision}, with the hash <code>${escape(facts.head.hash)}</code>.`}</p>
<p>This page is for reading. The proof is in <code>${escape(facts.file)}</code>, whose SHA-256 is <code>${escape(facts.sha256)}</code>:
anyone can check it as docs/audit-report.md of ClaudeTask describes.</p>
<table><thead><tr><th scope="col">Row</th><th scope="col">Time</th><th scope="col">By</th><th scope="col">Operation</th><th scope="col">What</th>
<th scope="col">Hash</th></tr></thead><tbody>
`;
  for await (const row of rows) {
    yield `<tr><th scope="row">${row.revision}</th><td>${time(row.at)}</td><td>${escape(`${row.actor.name} (${row.actor.kind})`)}</td><td>${escape(row.operation)}</td><td>${escape(row.summary)}</td><td><code>${escape(row.hash)}</code></td></tr>\n${actions(row.body)}`;
  }
  yield '</tbody></table></body></html>\n';
}

function actions(body: string): string {
  const found = logged.safeParse(parsed(body));
  if (!found.success) return '';
  const items = found.data.job.log.done.entries.map(({ step, what, where, result, at, ms, count, sha256, message }) => {
    const facts = [
      `step ${step}`,
      where,
      count === null ? null : `count ${count}`,
      `${ms} ms`,
      sha256 === null ? null : `SHA-256 ${sha256}`,
      message,
    ];
    const said = facts.filter((fact) => fact !== null).join(' · ');
    return `<li>${time(at)} ${escape(what)} — <span class="${result}">${result}</span> <small>${escape(said)}</small></li>`;
  });
  return items.length === 0 ? '' : `<tr><td colspan="6" class="actions"><ol>${items.join('')}</ol></td></tr>\n`;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
