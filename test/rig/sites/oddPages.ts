import { html, type Exchange } from './exchange.ts';

const rows = (prefix: string, n: number): string =>
  Array.from({ length: n }, (_, i) => `<tr><td>${prefix}-${i + 1}</td><td>Row ${i + 1}</td></tr>`).join('');
const table = (prefix: string, n = 3): string =>
  `<table><thead><tr><th>Code</th><th>Text</th></tr></thead><tbody>${rows(prefix, n)}</tbody></table>`;

const pages: Readonly<Record<string, string>> = {
  '/': '<main><h1>Fixture</h1><a href="/rfis">RFIs</a></main>',
  '/free': '<h1>Free</h1>',
  '/popup': `<main><h1>Reports</h1><button id="open" onclick="window.open('/popup/report', 'report', 'width=500,height=400')">Open report</button>
    <a href="/popup/report" target="_blank">Report in a new tab</a></main>`,
  '/popup/report': `<main><h1>Report</h1>${table('REP')}<button onclick="window.close()">Close</button></main>`,
  '/dialogs': `<main><h1>Dialogs</h1><p id="answer"></p>
    <button onclick="alert('Saved'); document.getElementById('answer').textContent = 'alerted'">Alert</button>
    <button onclick="document.getElementById('answer').textContent = confirm('Delete all?') ? 'yes' : 'no'">Confirm</button>
    <button onclick="document.getElementById('answer').textContent = String(prompt('Name?'))">Prompt</button></main>`,
  '/frames': `<main><h1>Frames</h1><iframe id="outer" name="outer" title="Outer" src="/frames/outer"></iframe></main>`,
  '/frames/outer': `<main>${table('OUT')}<button onclick="this.textContent = 'Pressed'">Press me</button>
    <iframe id="inner" title="Inner" src="/frames/inner"></iframe></main>`,
  '/frames/inner': `<main>${table('IN')}<label>Inner field <input name="inner"></label></main>`,
  '/shadow': `<main><h1>Shadow</h1><rfi-list></rfi-list></main><script>
    customElements.define('rfi-row', class extends HTMLElement { connectedCallback() {
      const root = this.attachShadow({ mode: 'open' });
      root.innerHTML = '<span class="code">' + this.getAttribute('code') + '</span> <span class="text"><slot></slot></span>';
    } });
    customElements.define('rfi-list', class extends HTMLElement { connectedCallback() {
      const root = this.attachShadow({ mode: 'open' });
      root.innerHTML = '<div class="list">' + [1, 2, 3].map((i) => '<rfi-row code="SH-' + i + '">Row ' + i + '</rfi-row>').join('') + '</div><button>Reload</button>';
      root.querySelector('button').addEventListener('click', (event) => { event.target.textContent = 'Reloaded'; });
    } });
  </script>`,
  '/slow': `<main><h1>Slow</h1><div id="target"></div></main><script>
    setTimeout(() => { document.getElementById('target').innerHTML = ${JSON.stringify(table('SLOW')).replaceAll('</', '<\\/')}; }, 700);
  </script>`,
  '/spinner':
    '<main><h1>Loading</h1><div role="progressbar" aria-label="Loading"></div></main><script>setInterval(() => { document.title = "Loading " + Date.now(); }, 50)</script>',
  '/tabs': `<main><h1>Tabs</h1><div role="tablist"><button role="tab" aria-selected="true">One</button><button role="tab">Two</button></div></main>`,
  '/inputs': `<main><h1>Inputs</h1><form onsubmit="event.preventDefault(); document.getElementById('sent').textContent = 'sent'">
    <label for="a">Project name</label><input id="a" name="project">
    <input placeholder="Search projects" name="q">
    <label>Password <input type="password" name="pw"></label>
    <label>Code <input name="otp_code" autocomplete="one-time-code"></label>
    <label>E-mail <input type="email" name="mail"></label>
    <label>Phone <input type="tel" name="phone"></label>
    <label>IBAN <input name="iban"></label>
    <label>Trade <select name="trade"><option value="e">Electrical</option><option value="m">Mechanical</option></select></label>
    <label><input type="checkbox" name="agree"> I agree</label>
    <label><input type="radio" name="size" value="s"> Small</label><label><input type="radio" name="size" value="l"> Large</label>
    <label>Notes <textarea name="notes"></textarea></label>
    <div contenteditable="true" role="textbox" aria-label="Remark"></div>
    <label>Files <input type="file" name="f" multiple></label>
    <button data-testid="send" class="btn css-1x2y3z">Send <span>now</span></button>
    <a href="/rfis" title="All RFIs"><img alt="List" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="></a>
    <div id="sent"></div></form></main>`,
};

/** Pages with one peculiarity each. */
export function oddPages(at: Exchange): boolean {
  const { url, response } = at;
  if (url.pathname.startsWith('/limited/')) {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
    return true;
  }
  if (url.pathname === '/hanging') {
    // Never answered: closed with the browser or the site.
    return true;
  }
  if (url.pathname === '/redirect') {
    response.writeHead(302, { location: url.searchParams.get('to') ?? '/' }).end();
    return true;
  }
  const page = pages[url.pathname];
  return page !== undefined && html(at, `Fixture ${url.pathname}`, page);
}
