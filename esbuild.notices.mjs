// The licences of what the package ships from others: dist/THIRD-PARTY-NOTICES.txt, which esbuild.mjs writes.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(fileURLToPath(import.meta.url));

const mit = (owner) => `Copyright (c) ${owner}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files
(the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge,
publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do
so, subject to the following conditions: The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE
FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const publicDomain = 'SQLite is in the public domain: its authors disclaim copyright to the source code.';

/** Inside sql-wasm.wasm and sql-wasm.js, without a package of their own. */
const insideSqlJs = [
  { title: 'SQLite (inside sql.js)', licence: 'Public domain', text: publicDomain },
  { title: 'Emscripten runtime (inside sql.js)', licence: 'MIT', text: mit('2010-2014 Emscripten authors, see AUTHORS file') },
];

/** Licences of all packages whose code the given bundles hold, and of the files copied beside them. */
export function noticesText(metafile) {
  const names = new Set(['sql.js', '@vscode/codicons', 'playwright-core']);
  for (const output of Object.values(metafile.outputs)) {
    for (const input of Object.keys(output.inputs)) {
      const name = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(input)?.[1];
      if (name) names.add(name);
    }
  }
  const packages = [...names].sort().map((name) => {
    const folder = path.join(root, 'node_modules', name);
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const files = fs
      .readdirSync(folder)
      .filter((file) => /^(licen[cs]e|copying|notice|thirdparty)/i.test(file))
      .sort();
    if (files.length === 0)
      throw new Error(`The package ${name} is bundled and has no licence file: its notice must be written by hand in esbuild.notices.mjs.`);
    const text = files
      .map((file) =>
        fs
          .readFileSync(path.join(folder, file), 'utf8')
          .replace(/^\uFEFF/, '')
          .replaceAll('\r\n', '\n')
          .trim(),
      )
      .join('\n\n');
    return { title: `${name} ${manifest.version}`, licence: manifest.license, text };
  });
  const line = '-'.repeat(80);
  const parts = [...packages, ...insideSqlJs].map(
    ({ title, licence, text }) => `${line}\n${title}\nLicence: ${licence}\n${line}\n\n${text}\n`,
  );
  return `ClaudeTask contains the following third-party software.\n\n${parts.join('\n')}`;
}
