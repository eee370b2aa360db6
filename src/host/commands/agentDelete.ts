import * as vscode from 'vscode';
import { AppError } from '../../core/appError.ts';
import { fromDocumentPath } from '../../core/claudePlaces.ts';
import type { DocumentRow } from '../../core/document.ts';
import { stemOf } from '../../core/agents/names.ts';
import type { ClaudeFolder } from '../claude/claudeFolders.ts';
import { runShown } from '../registerAll.ts';
import { say } from '../say.ts';
import { timeName } from '../words.ts';
import { askAgents, askClaudeFolder, documentPathOf, isEditable, nameOfTarget, uriOfTarget, type AgentTarget } from './agentTarget.ts';
import type { ClaudeCommandDeps } from './claudeDeps.ts';
import { saveFirst } from './claudeText.ts';
import { closeTabsOf } from './followMove.ts';
import type { Handler } from './handler.ts';

interface Deleted {
  folder: ClaudeFolder;
  path: string;
  name: string;
  /** Of the content; null when no version has it, so that it cannot be brought back. */
  version: number | null;
}

/** The number of the newest version that has a content; null when none has, or there is no database. */
async function lastContent(folder: ClaudeFolder, path: string): Promise<number | null> {
  const { store } = folder.tasks;
  if (store === undefined) return null;
  try {
    const { versions } = await store.call('document.versions', { path, limit: 10 });
    return versions.find(({ hash }) => hash !== null)?.version ?? null;
  } catch (error) {
    if (AppError.is(error, 'document.notFound')) return null;
    throw error;
  }
}

async function canComeBack(folder: ClaudeFolder): Promise<boolean> {
  try {
    await folder.catalog.startHistory();
    return true;
  } catch {
    return false;
  }
}

async function deleteOne(target: AgentTarget): Promise<Deleted> {
  const { folder } = target;
  const path = documentPathOf(target);
  const { hash } = await folder.operations.call('agent.get', { path }, { actor: folder.user });
  await folder.operations.call('agent.delete', { path, expectedHash: hash }, { actor: folder.user });
  await closeTabsOf(uriOfTarget(target));
  return { folder, path, name: nameOfTarget(target), version: await lastContent(folder, path) };
}

async function bringBack(deps: ClaudeCommandDeps, { folder, path, version }: Deleted): Promise<void> {
  if (version === null) return;
  await folder.operations.call('agent.restore', { path, version, expectedHash: null }, { actor: folder.user });
  await folder.agents.loaded();
  await deps.agentView.reveal(fromDocumentPath(path, folder.catalog.places));
}

async function deleteAgents(deps: ClaudeCommandDeps, targets: readonly AgentTarget[]): Promise<void> {
  const [first] = targets;
  if (first === undefined) return;
  const names = targets.map(nameOfTarget).join(', ');
  const keeps = (await Promise.all([...new Set(targets.map(({ folder }) => folder))].map(canComeBack))).every(Boolean);
  if (!keeps) {
    const go = vscode.l10n.t('Delete Agent');
    const detail = vscode.l10n.t('No versions are kept here, so it cannot be restored.');
    if ((await vscode.window.showWarningMessage(vscode.l10n.t('Delete {0}?', names), { modal: true, detail }, go)) !== go) return;
  }
  // What is restored later is what was seen last, unsaved changes included.
  for (const target of targets) if (!(await saveFirst(uriOfTarget(target)))) return;
  const deleted: Deleted[] = [];
  try {
    for (const target of targets) deleted.push(await deleteOne(target));
  } finally {
    // The command is done; the offer stays as long as it is shown.
    if (deleted.length > 0) void runShown(deps.log, 'agent: undo a deletion', () => offerUndo(deps, deleted));
  }
}

async function offerUndo(deps: ClaudeCommandDeps, deleted: readonly Deleted[]): Promise<void> {
  const undo = vscode.l10n.t('Undo');
  const [only] = deleted;
  const message =
    deleted.length === 1 && only ? vscode.l10n.t('Deleted {0}.', only.name) : vscode.l10n.t('Deleted {0} agents.', deleted.length);
  const canUndo = deleted.every(({ version }) => version !== null);
  const picked = await vscode.window.showInformationMessage(message, ...(canUndo ? [undo] : []));
  if (picked === undo) for (const one of deleted) await bringBack(deps, one);
}

async function restore(deps: ClaudeCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Restore Deleted Agent');
  const folder = await askClaudeFolder(deps, args, title);
  if (folder === undefined) return;
  if (!folder.tasks.isOpen) {
    const start = vscode.l10n.t('Start Keeping Versions');
    const message = vscode.l10n.t('No versions are kept in {0} yet, so none can be restored.', folder.tasks.folder.name);
    if ((await vscode.window.showInformationMessage(message, start)) === start) await folder.catalog.startHistory();
    return;
  }
  const store = await folder.tasks.open();
  await folder.catalog.settled();
  const { documents } = await store.call('document.list', { kind: 'agent', deleted: true, limit: 1000 });
  const items = documents.toSorted((a, b) => b.savedAt - a.savedAt).map(rowItem);
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No agent was deleted since versions are kept in {0}.', folder.tasks.folder.name),
    );
    return;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Last deleted first'),
    matchOnDescription: true,
  });
  if (picked === undefined) return;
  const version = await lastContent(folder, picked.row.path);
  if (version === null)
    throw new AppError('document.notFound', vscode.l10n.t('No content of {0} was kept.', picked.row.path), { path: picked.row.path });
  await bringBack(deps, { folder, path: picked.row.path, name: picked.label, version });
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(fromDocumentPath(picked.row.path, folder.catalog.places)));
  say(vscode.l10n.t('Restored {0}.', picked.row.path));
}

const rowItem = (row: DocumentRow) => ({
  label: stemOf(row.path),
  description: `${row.path} · ${vscode.l10n.t('deleted {0}', timeName(row.savedAt))}`,
  row,
});

export function agentDeleteHandlers(deps: ClaudeCommandDeps): Record<`claudetask.agent.${'delete' | 'restore'}`, Handler> {
  return {
    'claudetask.agent.delete': async (...args) =>
      deleteAgents(deps, await askAgents(deps, args, { title: vscode.l10n.t('Delete Agent'), only: isEditable })),
    'claudetask.agent.restore': (...args) => restore(deps, args),
  };
}
