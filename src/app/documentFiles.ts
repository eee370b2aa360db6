import type * as z from 'zod';
import { AppError } from '../core/appError.ts';
import { classify, fromDocumentPath } from '../core/claudePlaces.ts';
import type { FileOperationOutput, fileOperationContracts } from '../protocol/fileOperations.ts';
import type { FileWork } from './fileOperations.ts';
import { finish, writable } from './fileWork.ts';

type Restore = z.output<(typeof fileOperationContracts)['document.restore']['input']>;
type Written = FileOperationOutput<'document.restore'>;

/** Any file that versions are kept of, byte by byte. */
export async function restoreDocument(work: FileWork, input: Restore): Promise<Written> {
  const { places } = work.catalog;
  const kind = classify(fromDocumentPath(input.path, places), places)?.kind;
  if (kind === undefined || kind === 'settings') {
    throw new AppError('file.outside', `${input.path} is no file that versions are kept of, so it is not written.`, { path: input.path });
  }
  return await restoreVersion(work, await writable(work, input.path, kind), input);
}

export async function restoreVersion(work: FileWork, file: string, { path, version, expectedHash }: Restore): Promise<Written> {
  const store = await work.store();
  const { content } = await store.call('document.version', { path, version }, { actor: work.actor });
  const bytes = content === null ? undefined : work.files.base64.decode(content);
  if (bytes === undefined) {
    throw new AppError('document.notFound', `Version ${version} of ${path} says that it was deleted. Choose an earlier one.`, {
      path,
      version,
    });
  }
  const outcome = await work.files.write(file, bytes, { expected: expectedHash });
  return await finish(work, file, outcome, { cause: 'restore', note: `Version ${version}` });
}
