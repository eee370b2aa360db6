import type * as z from 'zod';
import { AppError } from '../core/appError.ts';
import type { DocumentChange } from '../core/document.ts';
import type { documentInput } from '../protocol/document.ts';
import type { OperationOutput } from '../protocol/operations.ts';
import type { Reading } from './operation.ts';
import type { DocumentStore, VersionDraft } from './storePorts.ts';
import type { Work } from './work.ts';

type Input = { [N in keyof typeof documentInput]: z.output<(typeof documentInput)[N]> };

const defaultLimit = { list: 1000, versions: 100 } as const;

function known(documents: DocumentStore, path: string) {
  const document = documents.find(path);
  if (document !== undefined) return document;
  throw new AppError('document.notFound', `No version of ${path} was ever recorded.`, { path });
}

function keep(work: Work, { note, ...draft }: Omit<VersionDraft, 'note'> & { note?: string | undefined }): void {
  const version = work.stores.documents.record({ ...draft, note: note ?? null }, work.actor, work.now);
  if (version !== undefined) work.documents.push(version);
}

/** A content that was saved. That a file is gone which was never known is nothing to record. */
export function record(work: Work, input: Input['record']): OperationOutput<'document.record'> {
  keep(work, input);
  work.summary = `Record ${input.path}`;
  return { revision: work.revision - 1, version: work.stores.documents.find(input.path)?.version ?? 0, recorded: false };
}

export const recorded = (revision: number, documents: readonly DocumentChange[]): OperationOutput<'document.record'> => ({
  revision,
  version: documents[0]?.version ?? 0,
  recorded: true,
});

export function recordMany(work: Work, input: Input['recordMany']): OperationOutput<'document.recordMany'> {
  for (const document of input.documents) keep(work, document);
  const [first] = work.documents;
  work.summary = work.documents.length === 1 ? `Record ${first?.change.path}` : `Record ${work.documents.length} files`;
  return { revision: work.revision - 1, documents: [] };
}

export const recordedMany = (revision: number, documents: DocumentChange[]): OperationOutput<'document.recordMany'> => ({
  revision,
  documents,
});

export function listDocuments({ stores, revision }: Reading, input: Input['list']): OperationOutput<'document.list'> {
  return { revision, documents: stores.documents.list({ limit: defaultLimit.list, ...input }) };
}

export function versionsOf({ stores }: Reading, input: Input['versions']): OperationOutput<'document.versions'> {
  const { id, ...document } = known(stores.documents, input.path);
  return { document, versions: stores.documents.versions(id, input.limit ?? defaultLimit.versions, input.beforeVersion) };
}

export function readVersion({ stores }: Reading, { path, version }: Input['version']): OperationOutput<'document.version'> {
  const { id, kind } = known(stores.documents, path);
  const found = stores.documents.version(id, version);
  if (found === undefined) throw new AppError('document.notFound', `${path} has no version ${version}.`, { path, version });
  return { path, kind, ...found };
}
