import type * as z from 'zod';
import { refuseName, stemOf } from '../core/agents/names.ts';
import { AppError } from '../core/appError.ts';
import { folderOf, relativeInside } from '../core/filePath.ts';
import { decodeFile, encodeFile } from '../core/markdown/fileText.ts';
import { fieldOf, readMarkdown } from '../core/markdown/frontmatter.ts';
import { setField } from '../core/markdown/frontmatterEdit.ts';
import { applyEdits } from '../core/markdown/textEdit.ts';
import type { FileOperationOutput, fileOperationContracts } from '../protocol/fileOperations.ts';
import { restoreVersion } from './documentFiles.ts';
import type { FileView } from './filePorts.ts';
import type { FileWork } from './fileOperations.ts';
import { conflicted, finish, named, readable, readEntry, shownPath, stale, toBytes, toContent, writable } from './fileWork.ts';

type Contracts = typeof fileOperationContracts;
type Input<N extends keyof Contracts> = z.output<Contracts[N]['input']>;
type Written = FileOperationOutput<'agent.update'>;

export async function listAgents({ catalog }: FileWork): Promise<FileOperationOutput<'agent.list'>> {
  const entries = catalog.files('agent');
  const texts = new Map((await catalog.texts(entries)).map((text) => [text.entry.path, text]));
  return { agents: entries.map((entry) => named(catalog, entry, texts.get(entry.path))) };
}

export async function getAgent(work: FileWork, { path }: Input<'agent.get'>): Promise<FileOperationOutput<'agent.get'>> {
  const entry = await readable(work, path, 'agent');
  const { bytes, hash } = await readEntry(work, entry);
  return { ...named(work.catalog, entry, { text: decodeFile(bytes), hash }), hash, ...toContent(bytes, work.files.base64) };
}

export async function createAgent(work: FileWork, input: Input<'agent.create'>): Promise<Written> {
  const path = `${agentsOf(input.scope)}/${input.file}`;
  const file = await writable(work, path, 'agent');
  const outcome = await work.files.write(file, toBytes(input, work.files.base64), { expected: null });
  if (outcome.kind === 'conflict') throw exists(path);
  return await finish(work, file, outcome, { cause: 'claudetask' });
}

export async function updateAgent(work: FileWork, { path, expectedHash, ...input }: Input<'agent.update'>): Promise<Written> {
  const file = await writable(work, path, 'agent');
  const outcome = await work.files.write(file, toBytes(input, work.files.base64), { expected: expectedHash });
  return await finish(work, file, outcome, { cause: 'claudetask' });
}

export async function deleteAgent(work: FileWork, { path, expectedHash }: Input<'agent.delete'>): Promise<{ path: string }> {
  const file = await writable(work, path, 'agent');
  const outcome = await work.files.remove(file, expectedHash);
  if (outcome.kind === 'conflict') throw await conflicted(work, file, outcome);
  await work.catalog.wrote(file, null, { cause: 'delete', actor: work.actor });
  return { path };
}

export async function restoreAgent(work: FileWork, input: Input<'agent.restore'>): Promise<Written> {
  return await restoreVersion(work, await writable(work, input.path, 'agent'), input);
}

export async function moveAgent(work: FileWork, { path, scope, expectedHash }: Input<'agent.move'>): Promise<Written> {
  const from = await writable(work, path, 'agent');
  const entry = await readable(work, path, 'agent');
  const home = entry.scope.kind === 'project' ? `${entry.scope.directory}/.claude` : work.catalog.places.claudeHome;
  const target = `${agentsOf(scope)}/${relativeInside(`${home}/agents`, from) ?? ''}`;
  const to = await writable(work, target, 'agent');
  const moved = await moveFile(work, from, to, expectedHash);
  return await recordMove(work, from, to, moved);
}

/** Moved first and written then: a name that is taken is found out before anything has changed. */
export async function renameAgent(work: FileWork, { path, name, expectedHash }: Input<'agent.rename'>): Promise<Written> {
  const refused = refuseName(name);
  if (refused !== undefined) throw new AppError('input.invalid', refused, { field: 'name' });
  const from = await writable(work, path, 'agent');
  const view = await seen(work, from, expectedHash);
  const document = readMarkdown(decodeFile(view.bytes));
  const wasNamedAfter = fieldOf(document, 'name')?.value === stemOf(from);
  const to = wasNamedAfter ? `${folderOf(from)}/${name}.md` : from;
  const bytes = encodeFile(applyEdits(document.text, setField(document, 'name', name)));
  if (to !== from) await moveFile(work, from, to, expectedHash);
  const outcome = await work.files.write(to, bytes, { expected: expectedHash });
  if (outcome.kind === 'written') {
    return to === from ? await finish(work, to, outcome, { cause: 'rename' }) : await recordMove(work, from, to, outcome.file);
  }
  // Somebody has changed it under its new name already: there it stays, and is told.
  if (to !== from && outcome.theirs !== undefined) await recordMove(work, from, to, outcome.theirs);
  throw await conflicted(work, to, outcome);
}

const agentsOf = (scope: 'project' | 'user') => (scope === 'user' ? '~/.claude/agents' : '.claude/agents');

const exists = (path: string) => new AppError('file.exists', `${path} exists already. Choose another name, or update that file.`, { path });

async function seen(work: FileWork, file: string, expectedHash: string): Promise<FileView> {
  const view = await work.files.read(file);
  if (view === undefined || view.hash !== expectedHash) throw stale(work, file, view);
  return view;
}

async function moveFile(work: FileWork, from: string, to: string, expectedHash: string): Promise<FileView> {
  const view = await seen(work, from, expectedHash);
  const outcome = await work.files.move(from, to, expectedHash);
  if (outcome.kind === 'conflict') throw await conflicted(work, from, outcome);
  return { ...view, path: to };
}

async function recordMove(work: FileWork, from: string, to: string, file: FileView): Promise<Written> {
  const { catalog, actor } = work;
  if (from !== to) {
    await catalog.wrote(from, null, { cause: 'rename', actor, note: `Moved to ${shownPath(catalog, to)}` });
    await catalog.wrote(to, file, { cause: 'rename', actor, note: `Moved from ${shownPath(catalog, from)}` });
  }
  return { path: shownPath(catalog, to), hash: file.hash };
}
