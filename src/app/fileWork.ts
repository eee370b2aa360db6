import { AppError } from '../core/appError.ts';
import { classify, fromDocumentPath, toDocumentPath } from '../core/claudePlaces.ts';
import type { FileScope } from '../core/claudePlaces.ts';
import type { DocumentKind } from '../core/document.ts';
import { isInside } from '../core/filePath.ts';
import { decodeFile, encodeFile, hasInvalidBytes } from '../core/markdown/fileText.ts';
import { fieldOf, readMarkdown } from '../core/markdown/frontmatter.ts';
import type { FileOperationOutput } from '../protocol/fileOperations.ts';
import type { ClaudeCatalog, SaveReason } from './claudeCatalog.ts';
import type { Base64, FileEntry, FileView, WriteOutcome } from './filePorts.ts';
import type { FileWork } from './fileOperations.ts';

type Content = { content: string; encoding: 'utf8' | 'base64' };
export type ShownFile = Omit<FileOperationOutput<'instructions.get'>, 'hash' | 'content' | 'encoding'>;
export type NamedFile = FileOperationOutput<'agent.list'>['agents'][number];

export const shownPath = ({ places }: ClaudeCatalog, path: string): string => toDocumentPath(path, places) ?? path;

/** Bytes as text where they are UTF-8, so that nothing changes on the way there and back. */
export function toContent(bytes: Uint8Array, base64: Base64): Content {
  const text = decodeFile(bytes);
  return hasInvalidBytes(text) ? { content: base64.encode(bytes), encoding: 'base64' } : { content: text, encoding: 'utf8' };
}

export function toBytes({ content, encoding }: { content: string; encoding?: 'utf8' | 'base64' | undefined }, base64: Base64): Uint8Array {
  if (encoding !== 'base64') return encodeFile(content);
  const bytes = base64.decode(content);
  if (bytes === undefined) throw new AppError('input.invalid', 'content is not base64.', { field: 'content' });
  return bytes;
}

function shownScope(catalog: ClaudeCatalog, scope: FileScope): ShownFile['scope'] {
  if (scope.kind !== 'project') return scope;
  return { kind: 'project', directory: shownPath(catalog, scope.directory) || '.' };
}

export function shown(catalog: ClaudeCatalog, entry: FileEntry): ShownFile {
  const { path, scope, size, modifiedAt, problem = null } = entry;
  return { path: shownPath(catalog, path), scope: shownScope(catalog, scope), size, modifiedAt: Math.round(modifiedAt), problem };
}

/** With what the frontmatter says; of a file that could not be read that is nothing. */
export function named(catalog: ClaudeCatalog, entry: FileEntry, read: { text: string; hash: string } | undefined): NamedFile {
  const document = read === undefined ? undefined : readMarkdown(read.text);
  const field = (key: string) => {
    const value = document === undefined ? undefined : fieldOf(document, key)?.value;
    return typeof value === 'string' ? value : null;
  };
  return { ...shown(catalog, entry), name: field('name'), description: field('description'), hash: read?.hash ?? null };
}

const nouns: Readonly<Record<DocumentKind, string>> = {
  agent: 'an agent',
  skill: 'a skill',
  command: 'a slash command',
  rule: 'a rule',
  instructions: 'an instruction file',
  memory: 'a file of an agent’s memory',
  agentLog: 'an agent’s log',
  settings: 'a settings file',
};

/** A file that is to be read: one that Claude Code looks for, wherever it lies. The catalog may not have noticed a new one yet. */
export async function readable({ catalog, files }: FileWork, path: string, kind: DocumentKind): Promise<FileEntry> {
  const file = fromDocumentPath(path, catalog.places);
  const entry = catalog.get(file) ?? (await files.scan(catalog.places, { under: [file] })).entries.find((found) => found.path === file);
  if (entry === undefined) throw new AppError('file.notFound', `${path} does not exist.`, { path });
  if (entry.kind !== kind) throw new AppError('file.outside', `${path} is not ${nouns[kind]}.`, { path });
  return entry;
}

/** The content as it is now: its hash must be good for a write. */
export async function readEntry({ catalog, files }: FileWork, entry: FileEntry): Promise<FileView> {
  const view = await files.read(entry.path);
  if (view !== undefined) return view;
  const path = shownPath(catalog, entry.path);
  throw new AppError('file.notFound', `${path} does not exist any more.`, { path });
}

/**
 * Where a file to be written lies. It must be what Claude Code takes for one of the kind, and in the workspace folder or in `~/.claude`,
 * also when every link on the way is followed. Throws `file.outside`.
 */
export async function writable({ catalog, files }: FileWork, path: string, kind: DocumentKind): Promise<string> {
  const { places } = catalog;
  const file = fromDocumentPath(path, places);
  const what = classify(file, places);
  const isOurs = what?.scope.kind === 'project' || what?.scope.kind === 'user';
  const roots = [places.folder, places.claudeHome];
  if (!isOurs || !roots.some((root) => isInside(root, file))) {
    throw new AppError('file.outside', `${path} is not in the workspace folder or in ~/.claude, so it is not written.`, { path });
  }
  if (what.kind !== kind) throw new AppError('file.outside', `${path} is not ${nouns[kind]}, so it is not written.`, { path });
  const [real, ...realRoots] = await Promise.all([file, ...roots].map((one) => files.resolve(one)));
  if (real === undefined || !realRoots.some((root) => isInside(root, real))) {
    throw new AppError('file.outside', `${path} leads out of the workspace folder through a symbolic link, so it is not written.`, {
      path,
    });
  }
  return file;
}

/** The file is not what the caller has seen. What it is comes with the error. */
export function stale({ catalog, files }: FileWork, path: string, theirs: FileView | undefined): AppError {
  const shownAs = shownPath(catalog, path);
  const details = {
    path: shownAs,
    currentHash: theirs?.hash ?? null,
    ...(theirs === undefined ? { content: null } : toContent(theirs.bytes, files.base64)),
  };
  return theirs === undefined
    ? new AppError('file.stale', `${shownAs} was removed in the meantime. Decide whether to make it again.`, details)
    : new AppError('file.stale', `${shownAs} was changed in the meantime. Look at it as it is now and try again.`, details);
}

export async function conflicted(
  work: FileWork,
  path: string,
  outcome: { theirs: FileView | undefined; passedOver: Uint8Array[] },
): Promise<AppError> {
  await work.catalog.keep(path, outcome.passedOver, 'Another program saved this while the file was being written.');
  return stale(work, path, outcome.theirs);
}

/** What became of a write: recorded, or refused. */
export async function finish(
  work: FileWork,
  path: string,
  outcome: WriteOutcome,
  reason: Omit<SaveReason, 'actor'>,
): Promise<{ path: string; hash: string }> {
  if (outcome.kind === 'conflict') throw await conflicted(work, path, outcome);
  await work.catalog.wrote(path, outcome.file, { ...reason, actor: work.actor });
  return { path: shownPath(work.catalog, path), hash: outcome.file.hash };
}
