import { folderOf, nameOf, relativePath, resolvePath } from '../instructions/filePath.ts';
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

/** As `findImports` has it: at the start of a line or behind white space, perhaps within emphasis. */
const typedImport = /(?:^|\s)[*_~]*@((?:\\ |[^\s`@])*)$/u;
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

const textFile =
  /\.(?:md|mdx|mdc|markdown|txt|rst|adoc|org|json|jsonc|ya?ml|toml|csv|tsv|xml|html?|css|scss|less|[cm]?[jt]sx?|vue|svelte|py|rb|go|rs|java|kts?|scala|swift|[ch](?:pp|s)?|cc|hpp|cs|fs|php|lua|r|jl|dart|exs?|hs|clj|sql|graphql|gql|proto|tf|sh|bash|zsh|fish|ps1|bat|gradle|prisma|ini|cfg|conf|env|properties)$/i;
const picture =
  /\.(?:png|jpe?g|gif|webp|avif|bmp|ico|svg|pdf|zip|gz|tgz|tar|7z|rar|exe|dll|so|dylib|bin|wasm|woff2?|ttf|otf|mp[34]|mov|webm|wav|ogg|db|sqlite|docx?|xlsx?|pptx?|jar|class|pyc|node|vsix)$/i;

/** Whether a file is likely to hold text, by its name. */
export const mayBeText = (path: string): boolean => !picture.test(nameOf(path));

/** Smaller comes first: Markdown, other text, folders, the rest. */
export function importRank(name: string, isFolder: boolean): number {
  if (isFolder) return 2;
  if (/\.(?:md|mdx|markdown)$/i.test(name)) return 0;
  return textFile.test(name) ? 1 : 3;
}
