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
    const result: { scriptId: string; url: string; functions: unknown }[] = [];
    const maps: Record<string, unknown> = {};
    for (const { url, scriptId, source, functions } of await page.coverage.stopJSCoverage()) {
      const file = builtPageFile(path.basename(new URL(url).pathname));
      if (!fs.existsSync(`${file}.map`)) continue;
      const fileUrl = pathToFileURL(file).href;
      result.push({ scriptId, url: fileUrl, functions });
      maps[fileUrl] = { lineLengths: (source ?? '').split('\n').map((line) => line.length), data: absoluteMap(`${file}.map`) };
    }
    fs.mkdirSync(folder, { recursive: true });
    const name = `coverage-${process.pid}-page-${++written}.json`;
    fs.writeFileSync(path.join(folder, name), JSON.stringify({ result, 'source-map-cache': maps }));
  };
}

/** A source map with the whole paths of its sources. */
function absoluteMap(file: string): unknown {
  const map = JSON.parse(fs.readFileSync(file, 'utf8')) as { sources: string[] };
  return { ...map, sources: map.sources.map((source) => path.resolve(path.dirname(file), source)) };
}
