import { findImports, type ImportRef, mayImport } from './imports.ts';
import { type MarkdownRegions, readRegions } from './markdownRegions.ts';

/** A file as it was when the snapshot was taken. The same object stands for the same content: what is worked out from it is kept with it. */
export interface FileView {
  text: string;
  /** Size on disk. */
  bytes: number;
  /** Not text: `text` says nothing then. */
  binary?: boolean;
}

/** A snapshot of files that is already in memory. Paths are absolute, with `/`, also on Windows (`C:/…`). */
export interface SourceFiles {
  /** Undefined when it is not there, is a folder, or cannot be read. */
  read(path: string): FileView | undefined;
  exists(path: string): 'file' | 'folder' | undefined;
  /** Names in a folder, to offer the nearest one. Empty when it is unknown. */
  list(folder: string): readonly string[];
  /** Where links lead; undefined when it is not there. Without this, nothing is taken for a link. */
  realPath?(path: string): string | undefined;
}

/** The path itself where nothing is known of links. */
export function realPathOf(files: SourceFiles, path: string): string {
  return files.realPath?.(path) ?? path;
}

/** Claude Code skips an instruction file above this size (memory.md). */
export const maxInstructionBytes = 4 * 1024 * 1024;

const regions = new WeakMap<FileView, MarkdownRegions>();
const wholeRegions = new WeakMap<FileView, MarkdownRegions>();
const imports = new WeakMap<FileView, readonly ImportRef[]>();

function kept<Value>(cache: WeakMap<FileView, Value>, file: FileView, work: () => Value): Value {
  const known = cache.get(file);
  if (known !== undefined) return known;
  const value = work();
  cache.set(file, value);
  return value;
}

/** A link whose address has no scheme, as most have. */
export const localLink = /\](?:\(|:)\s*<?(?![a-z][a-z0-9+.-]*:)[^\s)>]/i;

/** `readRegions`, once per content, of the parts that hold a possible import, a comment or a local link. */
export function regionsOf(file: FileView): MarkdownRegions {
  const isWanted = (part: string) => mayImport(part) || part.includes('<!--') || localLink.test(part);
  return wholeRegions.get(file) ?? kept(regions, file, () => readRegions(file.text, isWanted));
}

/** `readRegions` of the whole text, once per content. */
export function wholeRegionsOf(file: FileView): MarkdownRegions {
  return kept(wholeRegions, file, () => readRegions(file.text));
}

/** `findImports`, once per content. Nothing is looked for in what Claude Code does not read. */
export function importsOf(file: FileView): readonly ImportRef[] {
  if (file.binary === true || file.bytes > maxInstructionBytes) return [];
  return kept(imports, file, () => (mayImport(file.text) ? findImports(file.text, regionsOf(file)) : []));
}
