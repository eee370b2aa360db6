import type * as z from 'zod';
import { disableAgent, enableAgent } from '../core/agents/disabling.ts';
import { refuseName } from '../core/agents/names.ts';
import { AppError } from '../core/appError.ts';
import type { DocumentKind } from '../core/document.ts';
import { decodeFile, encodeFile } from '../core/markdown/fileText.ts';
import { applyEdits } from '../core/markdown/textEdit.ts';
import type { FileOperationOutput, fileOperationContracts } from '../protocol/fileOperations.ts';
import type { FileWork } from './fileOperations.ts';
import { finish, shownPath, toBytes, writable } from './fileWork.ts';

type Contracts = typeof fileOperationContracts;
type Input<N extends keyof Contracts> = z.output<Contracts[N]['input']>;
type Written = FileOperationOutput<'skill.create'>;
type Scope = Input<'skill.create'>['scope'];

const claudeFolder: Readonly<Record<Scope, string>> = { project: '.claude', user: '~/.claude' };

export async function createSkill(work: FileWork, { scope, name, ...input }: Input<'skill.create'>): Promise<Written> {
  const refused = refuseName(name);
  if (refused !== undefined) throw new AppError('input.invalid', refused, { field: 'name' });
  return await createFile(work, `${claudeFolder[scope]}/skills/${name}/SKILL.md`, 'skill', input);
}

export async function createCommand(work: FileWork, { scope, file, ...input }: Input<'command.create'>): Promise<Written> {
  return await createFile(work, `${claudeFolder[scope]}/commands/${file}`, 'command', input);
}

export async function createRule(work: FileWork, { scope, file, ...input }: Input<'rule.create'>): Promise<Written> {
  return await createFile(work, `${claudeFolder[scope]}/rules/${file}`, 'rule', input);
}

async function createFile(work: FileWork, path: string, kind: DocumentKind, input: Parameters<typeof toBytes>[0]): Promise<Written> {
  const file = await writable(work, path, kind);
  const outcome = await work.files.write(file, toBytes(input, work.files.base64), { expected: null });
  if (outcome.kind === 'conflict') throw new AppError('file.exists', `${path} exists already. Choose another name.`, { path });
  return await finish(work, file, outcome, { cause: 'claudetask' });
}

export async function putMemory(work: FileWork, input: Input<'memory.put'>): Promise<Written> {
  return await putFile(work, 'memory', input);
}

export async function putAgentLog(work: FileWork, input: Input<'agentLog.put'>): Promise<Written> {
  return await putFile(work, 'agentLog', input);
}

async function putFile(work: FileWork, kind: DocumentKind, { path, expectedHash, ...input }: Input<'memory.put'>): Promise<Written> {
  const file = await writable(work, path, kind);
  const outcome = await work.files.write(file, toBytes(input, work.files.base64), { expected: expectedHash });
  return await finish(work, file, outcome, { cause: 'claudetask' });
}

/** Changes nothing but the line that forbids the agent. */
export async function setAgentEnabled(
  work: FileWork,
  { name, enabled, settings }: Input<'agent.setEnabled'>,
): Promise<FileOperationOutput<'agent.setEnabled'>> {
  const path = settings ?? `${claudeFolder.project}/settings.local.json`;
  const file = await writable(work, path, 'settings');
  const view = await work.files.read(file);
  const text = view === undefined ? '' : decodeFile(view.bytes);
  const change = enabled ? enableAgent(text, name) : disableAgent(text, name);
  if (!change.ok) throw new AppError('input.invalid', `${path}: ${change.message}`, { path, span: change.span });
  if (change.edits.length === 0) return { path: shownPath(work.catalog, file), hash: view?.hash ?? null };
  const outcome = await work.files.write(file, encodeFile(applyEdits(text, change.edits)), { expected: view?.hash ?? null });
  return await finish(work, file, outcome, { cause: 'claudetask', note: enabled ? `Enabled ${name}` : `Disabled ${name}` });
}
