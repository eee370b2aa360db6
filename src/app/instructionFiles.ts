import type * as z from 'zod';
import type { FileOperationOutput, fileOperationContracts } from '../protocol/fileOperations.ts';
import type { FileWork } from './fileOperations.ts';
import { finish, named, readable, readEntry, shown, toBytes, toContent, writable } from './fileWork.ts';

type Contracts = typeof fileOperationContracts;
type Input<N extends keyof Contracts> = z.output<Contracts[N]['input']>;

/** What is meant when no path is given. */
const mainFile = 'CLAUDE.md';

export async function listInstructions({ catalog }: FileWork): Promise<FileOperationOutput<'instructions.list'>> {
  return { files: catalog.files('instructions').map((entry) => shown(catalog, entry)) };
}

export async function getInstructions(
  work: FileWork,
  { path = mainFile }: Input<'instructions.get'>,
): Promise<FileOperationOutput<'instructions.get'>> {
  const entry = await readable(work, path, 'instructions');
  const { bytes, hash } = await readEntry(work, entry);
  return { ...shown(work.catalog, entry), hash, ...toContent(bytes, work.files.base64) };
}

export async function putInstructions(
  work: FileWork,
  { path = mainFile, expectedHash, ...input }: Input<'instructions.put'>,
): Promise<FileOperationOutput<'instructions.put'>> {
  const file = await writable(work, path, 'instructions');
  const outcome = await work.files.write(file, toBytes(input, work.files.base64), { expected: expectedHash });
  return await finish(work, file, outcome, { cause: 'claudetask' });
}

export async function listSkills({ catalog }: FileWork): Promise<FileOperationOutput<'skill.list'>> {
  const entries = catalog.files('skill');
  const texts = new Map((await catalog.texts(entries)).map((text) => [text.entry.path, text]));
  return { skills: entries.map((entry) => named(catalog, entry, texts.get(entry.path))) };
}
