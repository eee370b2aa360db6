import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export interface Page {
  webview: vscode.Webview;
  /** The folder the page may read: where the bundles lie. */
  dist: vscode.Uri;
  title: string;
  script: string;
  styles: readonly string[];
  /** Data the page starts with, without a round trip. */
  data?: unknown;
  /** The page shows pictures that lie in its `localResourceRoots`. */
  pictures?: boolean;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (char) => escapes[char] ?? char);

/** JSON that cannot end the script element it stands in. */
export function embeddedJson(data: unknown): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

/** The only place that writes a page and its content security policy: nothing is allowed but our own script, styles, font, and pictures where a page has some. */
export function webviewHtml({ webview, dist, title, script, styles, data, pictures = false }: Page): string {
  const nonce = randomBytes(16).toString('base64');
  const uri = (file: string) => escapeHtml(webview.asWebviewUri(vscode.Uri.joinPath(dist, file)).toString());
  const { cspSource } = webview;
  const images = pictures ? `; img-src ${cspSource}` : '';
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource}; font-src ${cspSource}${images}`;
  return `<!DOCTYPE html>
<html lang="${escapeHtml(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
${styles.map((file) => `<link rel="stylesheet" href="${uri(file)}">`).join('\n')}
</head>
<body>
<div id="root"></div>
<script type="application/json" id="initial-data">${data === undefined ? '' : embeddedJson(data)}</script>
<script nonce="${nonce}" src="${uri(script)}"></script>
</body>
</html>`;
}
