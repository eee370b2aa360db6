import fs from 'node:fs';
import path from 'node:path';

// npm runs every script in the root of the repository.
export const root = process.cwd();

export const readText = (...parts: string[]) => fs.readFileSync(path.join(root, ...parts), 'utf8');
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the files are ours; the caller knows what they hold
export const readJson = <T>(...parts: string[]) => JSON.parse(readText(...parts)) as T;

/** Paths of our own source files below a folder, with `/`, relative to the root. */
export function sourceFiles(folder: string): string[] {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join(folder, file.split(path.sep).join('/')))
    .filter((file) => /\.(ts|tsx|mjs|cjs|js|css)$/.test(file));
}

/** What a module names in its imports and exports, types included. */
export function importsOf(file: string): string[] {
  const text = readText(file);
  return [...text.matchAll(/^\s*(?:import|export)\s(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm), ...text.matchAll(/\bimport\('([^']+)'\)/g)].map(
    (match) => match[1]!,
  );
}

interface Metafile {
  inputs: Record<string, { bytes: number; imports: { path: string; external?: boolean; kind: string }[] }>;
  outputs: Record<string, { bytes: number; entryPoint?: string; inputs: Record<string, { bytesInOutput: number }> }>;
}

/** What the last build bundled. */
export const metafile = () => readJson<Metafile>('out/meta.json');

/** The build's own functions. They are no part of any bundle, so they are loaded as they stand. */
export function buildScript(): Promise<{
  contributionsSource(manifest: unknown): Promise<string>;
  l10nSources(): string[];
  l10nBundle(sources: readonly string[], known: readonly string[]): string;
}> {
  return import(path.join(root, 'esbuild.mjs'));
}

export function noticesScript(): Promise<{ noticesText(meta: Metafile): string }> {
  return import(path.join(root, 'esbuild.notices.mjs'));
}
