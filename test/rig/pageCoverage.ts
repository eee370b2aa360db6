import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';

let written = 0;

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
      const file = path.resolve('dist', path.basename(new URL(url).pathname));
      return fs.existsSync(file) ? [{ scriptId, url: pathToFileURL(file).href, functions }] : [];
    });
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, `coverage-${process.pid}-page-${++written}.json`), JSON.stringify({ result }));
  };
}
