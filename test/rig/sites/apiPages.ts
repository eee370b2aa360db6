import { once } from 'node:events';
import { html, json, type Exchange } from './exchange.ts';
import { rfi, rfisOfPage } from './rfis.ts';

/** JSON lists and the export. */
export async function api(at: Exchange): Promise<boolean> {
  const { url, state } = at;
  const { total, perPage, gridRows } = state.switches;
  const number = (name: string): number | null => (url.searchParams.has(name) ? Number(url.searchParams.get(name)) : null);
  switch (url.pathname) {
    case '/api/rfis': {
      const limit = number('limit') ?? number('per_page') ?? perPage;
      const offset = number('offset') ?? ((number('page') ?? 1) - 1) * limit;
      const results = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, i) => apiRow(offset + i + 1));
      const more = offset + limit < total;
      const to = (page: number): string => `/api/rfis?page=${page}&per_page=${limit}`;
      const page = Math.floor(offset / limit) + 1;
      return json(
        at,
        {
          results,
          pagination: { limit, offset, totalResults: total, nextUrl: more ? to(page + 1) : null },
        },
        more
          ? { link: `<${to(1)}>; rel="first", <http://${url.host}${to(page + 1)}>; rel="next"`, total: String(total) }
          : { link: `<${to(1)}>; rel="first"`, total: String(total) },
      );
    }
    case '/api/list': {
      // A bare array, as Procore answers.
      const page = number('page') ?? 1;
      return json(
        at,
        rfisOfPage(page, perPage, total).map((one) => apiRow(one.id - 1000)),
      );
    }
    case '/api/issues': {
      const offset = number('offset') ?? 0;
      const limit = number('limit') ?? 100;
      const results = Array.from({ length: Math.max(0, Math.min(limit, gridRows - offset)) }, (_, i) => rfi(offset + i + 1));
      return json(at, { results, total: gridRows });
    }
    case '/api/circle': {
      const page = number('page') ?? 1;
      return json(at, { results: rfisOfPage(page, perPage, total), next: `/api/circle?page=${page === 2 ? 1 : 2}` });
    }
    case '/api/redirect':
      at.response.writeHead(302, { location: url.searchParams.get('to') ?? '/api/rfis' }).end();
      return true;
    case '/api/broken':
      at.response.writeHead(200, { 'content-type': 'application/json' }).end('{"results": [');
      return true;
    case '/export':
      return html(
        at,
        'Export',
        `<main><h1>Export schedule</h1><label>Format <select><option>CSV</option><option>XER</option></select></label>
        <button id="export" onclick="location.href='/export/schedule.csv'">Export</button> <a href="/export/schedule.csv" download>Download as CSV</a></main>`,
      );
    case '/export/schedule.csv':
      await schedule(at);
      return true;
    default:
      return false;
  }
}

function apiRow(n: number): unknown {
  const one = rfi(n);
  return {
    id: one.id,
    number: one.number,
    subject: one.subject,
    status: one.status.toLowerCase(),
    assignee: { name: one.assignee, login: one.email },
    dates: [one.due, null],
    due_date: one.due,
    cost: one.cost,
    custom_fields: { custom_field_7: { data_type: 'string', value: `v${n}` } },
  };
}

export const scheduleFile = (): string =>
  [
    'Activity ID,Activity Name,Start,Finish',
    ...Array.from({ length: 2000 }, (_, i) => `A${1000 + i},Activity ${i},2026-01-05,2026-01-09`),
    '',
  ].join('\r\n');

async function schedule({ state, response }: Exchange): Promise<void> {
  const content = scheduleFile();
  response.writeHead(200, {
    'content-type': 'text/csv',
    'content-disposition': 'attachment; filename="schedule.csv"',
    'content-length': Buffer.byteLength(content),
  });
  if (state.switches.brokenDownloads === 0) return void response.end(content);
  state.switches.brokenDownloads--;
  if (!response.write(content.slice(0, content.length >> 1))) await once(response, 'drain');
  // What was written must have left before the connection breaks, or there is no download that could fail.
  await new Promise((resolve) => setTimeout(resolve, 100));
  response.destroy();
}
