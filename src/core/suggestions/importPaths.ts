import { folderOf, relativePath, resolvePath } from '../filePath.ts';
import { scanCode } from '../instructions/codeLines.ts';
import { bodyStart } from '../instructions/markdownRegions.ts';
import { regionAt } from '../instructions/regionAt.ts';
import type { Span } from '../markdown/textEdit.ts';

/** An import that is being typed. */
export interface ImportCursor {
  /** What was typed behind the `@` as far as the last `/`, with its blanks unescaped; empty for the folder of the file. */
  folder: string;
  /** What follows: the name that is being typed, also behind the cursor. */
  span: Span;
}

/** As `findImports` has it: at the start of a line or of a quotation, or behind white space, perhaps within emphasis. */
const typedImport = /(?:^[> \t]*|\s)[*_~]*@((?:\\ |[^\s`@])*)$/u;
/** Longer paths are not typed. */
const longest = 1024;

/** The import at a place, if a path is being typed there and Claude Code would read it as one. */
export function importCursor(text: string, offset: number): ImportCursor | undefined {
  const line = text.slice(Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1), offset - longest) + 1, offset);
  const found = line.includes('@') ? typedImport.exec(line) : null;
  const typed = found?.[1];
  if (typed === undefined || offset < bodyStart(text) || regionAt(scanCode(text), offset - 1) !== undefined) return undefined;
  const cut = typed.lastIndexOf('/') + 1;
  const rest = /^(?:\\ |[^\s`*/@])*/.exec(text.slice(offset, offset + longest))?.[0] ?? '';
  return { folder: typed.slice(0, cut).replaceAll('\\ ', ' '), span: { start: offset - (typed.length - cut), end: offset + rest.length } };
}

/** Where the names come from that could follow. Absolute. */
export function importFolder({ folder }: ImportCursor, file: string, home: string): string {
  return folder.startsWith('~/') ? resolvePath(home, folder.slice(2)) : resolvePath(folderOf(file), folder);
}

/** A path as it is written behind an `@`. */
export const escapeImport = (path: string): string => path.replaceAll(' ', '\\ ');

/** The import of a file as it is written in another: relative where that leads somewhere. */
export function importOf(target: string, from: string): string {
  return `@${escapeImport(relativePath(folderOf(from), target))}`;
}

/** How far a file is from another, in steps from folder to folder: the nearer comes first. */
export function stepsBetween(target: string, from: string): number {
  return relativePath(folderOf(from), target).split('/').length;
}

/** Smaller comes first: Markdown, other text, folders, names without an ending. */
export function importRank(name: string, isFolder: boolean): number {
  if (isFolder) return 2;
  if (/\.md$/i.test(name)) return 0;
  return name.lastIndexOf('.') > 0 ? 1 : 3;
}
