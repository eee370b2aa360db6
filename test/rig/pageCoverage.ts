import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';

let written = 0;

/** The built file of a page by its name: in a coverage run the one that is not minified, which has lines to count. */
export function builtPageFile(name: string): string {
  const readable = path.resolve('out', 'page', name);
  return process.env['NODE_V8_COVERAGE'] && fs.existsSync(readable) ? readable : path.resolve('dist', name);
}

/**
 * Measures what a page runs of our bundles, when a coverage run asks for it, and gives what ends the measuring. The result lies beside Node's
 * own, in the same form, so that one report holds both.
 */
export async function coverPage(page: Page): Promise<() => Promise<void>> {
  const folder = process.env['NODE_V8_COVERAGE'];
  if (!folder) return async () => {};
  await page.coverage.startJSCoverage({ resetOnNavigation: false });
  return async () => {
    const result = (await page.coverage.stopJSCoverage()).flatMap(({ url, scriptId, functions }) => {
      const file = builtPageFile(path.basename(new URL(url).pathname));
      return fs.existsSync(file) ? [{ scriptId, url: pathToFileURL(file).href, functions }] : [];
    });
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, `coverage-${process.pid}-page-${++written}.json`), JSON.stringify({ result }));
  };
}
