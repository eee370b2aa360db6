import { html, type Exchange } from './exchange.ts';

/** `/grid`: rows of 30 px, of which only those in view and ten around are in the page; loaded in blocks of 100 when first needed. */
const grid = `<main><h1>Issues</h1>
<style>#grid { height: 450px; overflow: auto; position: relative } .row { position: absolute; height: 30px; display: flex; gap: 20px }</style>
<div id="grid" role="grid" aria-label="Issues" tabindex="0"><div id="space"></div></div></main>
<script>
  const grid = document.getElementById('grid'), space = document.getElementById('space');
  const blocks = new Map(); let total = 0;
  const load = async (block) => {
    if (blocks.has(block)) return;
    blocks.set(block, null);
    const answer = await (await fetch('/api/issues?offset=' + block * 100 + '&limit=100')).json();
    blocks.set(block, answer.results); total = answer.total;
    space.style.height = total * 30 + 'px';
    draw();
  };
  const cell = (col, text) => { const one = document.createElement('div'); one.setAttribute('role', 'gridcell'); one.dataset.col = col; one.textContent = text; return one; };
  function draw() {
    const first = Math.max(0, Math.floor(grid.scrollTop / 30) - 10), last = Math.min(total, first + 15 + 20);
    const rows = [];
    for (let i = first; i < last; i++) {
      const block = blocks.get(Math.floor(i / 100));
      if (!block) { void load(Math.floor(i / 100)); continue; }
      const one = block[i % 100]; if (!one) continue;
      const row = document.createElement('div'); row.className = 'row'; row.setAttribute('role', 'row'); row.style.top = i * 30 + 'px';
      row.append(cell('number', one.number), cell('subject', one.subject), cell('status', one.status), cell('due', one.due), cell('cost', one.cost.toFixed(2)));
      rows.push(row);
    }
    for (const old of grid.querySelectorAll('.row')) old.remove();
    grid.append(...rows);
  }
  grid.addEventListener('scroll', () => requestAnimationFrame(draw));
  void load(0);
</script>`;

const list = (lastPage: string, perPage: number): string => `<main><h1>RFIs</h1>
<table><thead><tr><th>Number</th><th>Subject</th><th>Due</th></tr></thead><tbody></tbody></table>
<button id="next">Next</button><p id="where"></p></main>
<script>
  let page = 0, last = 1;
  const body = document.querySelector('tbody'), next = document.getElementById('next');
  async function show(n) {
    body.replaceChildren();
    const answer = await (await fetch('/api/rfis?page=' + n + '&per_page=${perPage}')).json();
    page = n; last = Math.ceil(answer.pagination.totalResults / ${perPage});
    body.append(...answer.results.map((one) => {
      const row = document.createElement('tr');
      for (const text of [one.number, one.subject, one.due_date]) { const cell = document.createElement('td'); cell.textContent = text; row.append(cell); }
      return row;
    }));
    document.getElementById('where').textContent = 'Page ' + page + ' of ' + last;
    if (page === last) {
      if (${JSON.stringify(lastPage)} === 'missing') next.remove();
      if (${JSON.stringify(lastPage)} === 'disabled') next.disabled = true;
      if (${JSON.stringify(lastPage)} === 'aria-disabled') next.setAttribute('aria-disabled', 'true');
    }
  }
  next.addEventListener('click', () => {
    if (page < last) return void show(page + 1);
    if (${JSON.stringify(lastPage)} === 'first') void show(1);
  });
  void show(1);
</script>`;

/** `/grid` and `/spa` */
export function spaPages(at: Exchange): boolean {
  const { switches } = at.state;
  if (at.url.pathname === '/grid') return html(at, 'Issues', grid);
  if (at.url.pathname === '/spa') return html(at, 'RFIs', list(switches.lastPage, switches.perPage));
  return false;
}
