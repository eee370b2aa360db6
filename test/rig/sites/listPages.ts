import { escape, html, type Exchange } from './exchange.ts';
import { rfi, rfisOfPage, shownCost, shownDate, type Rfi } from './rfis.ts';

const headings = ['Number', 'Subject', 'Status', 'Assignee', 'Due', 'Cost'];

function cells(one: Rfi, bad: boolean): string[] {
  const broken = bad && one.id % 5 === 0;
  return [
    `<a href="/rfis/${one.id}">${one.number}</a>`,
    escape(one.subject),
    one.status,
    `<a href="mailto:${one.email}">${escape(one.assignee)}</a>`,
    broken ? 'soon' : shownDate(one.due),
    broken ? 'to be told' : shownCost(one.cost),
  ];
}

function rows(at: Exchange, page: number): string {
  const { total, perPage, drifted, badRows, empty } = at.state.switches;
  const list = empty ? [] : rfisOfPage(page, perPage, total);
  if (!drifted)
    return `<table class="rfis"><thead><tr>${headings.map((one) => `<th>${one}</th>`).join('')}</tr></thead><tbody>${list
      .map(
        (one) =>
          `<tr data-id="${one.id}">${cells(one, badRows)
            .map((cell) => `<td>${cell}</td>`)
            .join('')}</tr>`,
      )
      .join('')}</tbody></table>`;
  // Subject and number change places, a column of boxes comes first: by heading the values are found all the same.
  const order = [1, 0, 2, 3, 4, 5];
  return `<div class="x1"><table class="x2"><thead><tr><th></th>${order.map((i) => `<th><span>${headings[i]!}</span></th>`).join('')}</tr></thead><tbody>${list
    .map((one) => {
      const all = cells(one, badRows);
      return `<tr class="x3"><td><input type="checkbox" aria-label="Select"></td>${order.map((i) => `<td>${all[i]!}</td>`).join('')}</tr>`;
    })
    .join('')}</tbody></table></div>`;
}

function nextLink(at: Exchange, page: number, last: number): string {
  const { lastPage, next } = at.state.switches;
  const to = page < last ? page + 1 : lastPage === 'same' ? page : lastPage === 'first' ? 1 : 0;
  if (to === 0 && lastPage === 'missing') return '';
  if (to === 0 && lastPage === 'aria-disabled') return '<a class="next" role="link" aria-disabled="true">Next</a>';
  if (to === 0) return '<button class="next" disabled>Next</button>';
  const address = `/rfis?page=${to}`;
  if (next === 'button') return `<button class="next" onclick="location.href='${address}'">Next</button>`;
  if (next === 'handled') return `<a class="next" href="#" onclick="event.preventDefault(); location.href='${address}'">Next</a>`;
  return `<a class="next" rel="next" href="${address}">Next</a>`;
}

/** `/rfis?page=n` */
export function rfiList(at: Exchange): boolean {
  const { state, url } = at;
  if (url.pathname !== '/rfis' || at.request.method !== 'GET') return false;
  const { switches } = state;
  state.listPages++;
  if (switches.expireAfter !== null && state.listPages >= switches.expireAfter) {
    switches.expireAfter = null;
    state.sessions.clear();
  }
  const page = Number(url.searchParams.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(switches.total / switches.perPage));
  const content = switches.spinner ? '<div class="spinner" role="progressbar" aria-label="Loading"></div>' : rows(at, page);
  return html(
    at,
    `RFIs, page ${page}`,
    `<header><nav aria-label="Main"><a href="/rfis">RFIs</a> <a href="/rfis/new">New RFI</a> <a href="/export">Export</a></nav></header>
    <main><h1>RFIs</h1>${content}
    <nav aria-label="Pages">${page > 1 ? `<a rel="prev" href="/rfis?page=${page - 1}">Previous</a>` : ''}
    <span>Page ${page} of ${last}</span> ${nextLink(at, page, last)}</nav></main>`,
  );
}

/** `/rfis/:id`, `/rfis/new`, `POST /rfis` */
export function rfiPage(at: Exchange): boolean {
  const { state, url, request } = at;
  if (url.pathname === '/rfis' && request.method === 'POST') {
    state.written.push(Object.fromEntries(new URLSearchParams(at.body)));
    at.response.writeHead(303, { location: `/rfis/new?saved=${state.written.length}` }).end();
    return true;
  }
  if (url.pathname === '/rfis/new') return html(at, 'New RFI', form(at, url.searchParams.get('saved')));
  const id = /^\/rfis\/(\d+)$/.exec(url.pathname)?.[1];
  if (id === undefined) return false;
  const one = rfi(Number(id) - 1000);
  return html(
    at,
    one.number,
    `<main><h1>${one.number}</h1><dl><dt>Number</dt><dd class="number">${one.number}</dd><dt>Subject</dt><dd class="subject">${escape(one.subject)}</dd>
    <dt>Assignee</dt><dd class="assignee"><a href="mailto:${one.email}">${escape(one.assignee)}</a></dd>
    <dt>Due</dt><dd class="due">${shownDate(one.due)}</dd><dt>Cost</dt><dd class="cost">${shownCost(one.cost)}</dd></dl>
    <a href="/rfis/${one.id + 1}">Next RFI</a></main>`,
  );
}

function form(at: Exchange, saved: string | null): string {
  const { saveButton } = at.state.switches;
  const save =
    saveButton === 'removed'
      ? ''
      : saveButton === 'moved'
        ? '<div><div><button class="z9" id="r7">Save RFI</button></div></div>'
        : '<button id="save" data-testid="save-rfi">Save RFI</button>';
  return `<main><h1>New RFI</h1>${saved === null ? '' : `<p role="status">Saved ${saved}</p>`}
    <form method="post" action="/rfis">
      <label>Subject <input name="subject"></label>
      <label for="status">Status</label><select id="status" name="status"><option value="o">Open</option><option value="c">Closed</option></select>
      <label><input type="checkbox" name="urgent" value="yes"> Urgent</label>
      <label>Attachment <input type="file" name="file"></label>
      ${save} <button type="button" id="cancel">Cancel</button>
    </form>
    ${saveButton === 'duplicate' ? '<dialog open><p>Save before you leave?</p><button form="none">Save RFI</button></dialog>' : ''}</main>`;
}
