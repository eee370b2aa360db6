import * as vscode from 'vscode';
import { type ClaudePlaces, toDocumentPath } from '../../../core/claudePlaces.ts';
import { folderOf, nameOf } from '../../../core/filePath.ts';
import type { ImportNode } from '../../../core/instructions/importGraph.ts';
import type { InstructionFile, InstructionRole } from '../../../core/instructions/loadOrder.ts';
import type { Group } from './instructionRow.ts';

export function groupName(group: Group): string {
  switch (group) {
    case 'start':
      return vscode.l10n.t('At start');
    case 'demand':
      return vscode.l10n.t('On demand');
    case 'unread':
      return vscode.l10n.t('Not read');
  }
}

export function groupMeaning(group: Group): string {
  switch (group) {
    case 'start':
      return vscode.l10n.t('Claude Code loads these files when a session starts, in this order.');
    case 'demand':
      return vscode.l10n.t('Claude Code loads each of these files once it reads a file that it applies to.');
    case 'unread':
      return vscode.l10n.t('Claude Code does not load these files.');
  }
}

export const linesText = (lines: number) => (lines === 1 ? vscode.l10n.t('1 line') : vscode.l10n.t('{0} lines', lines));
export const filesText = (files: number) => (files === 1 ? vscode.l10n.t('1 file') : vscode.l10n.t('{0} files', files));
export const importsText = (imports: number) => (imports === 1 ? vscode.l10n.t('1 import') : vscode.l10n.t('{0} imports', imports));
export const problemsText = (problems: number) => (problems === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', problems));

/** `~1.4k tokens`: an estimate, and no more exact than that. */
export function tokensText(tokens: number): string {
  return vscode.l10n.t('~{0} tokens', tokens < 1000 ? String(tokens) : `${Number((tokens / 1000).toPrecision(tokens < 100_000 ? 2 : 3))}k`);
}

const rulesFolder = /^.*\/rules\//;

/** The file's name; of a rule also the folders in which it lies among the rules. */
export const fileLabel = ({ path, role }: InstructionFile): string =>
  role === 'rule' || role === 'userRule' ? path.replace(rulesFolder, '') : nameOf(path);

/** Where a file lies, as a person would write it; empty for the workspace folder itself. */
export function placeOf({ path, role }: InstructionFile, places: ClaudePlaces): string {
  const folder = role === 'rule' || role === 'userRule' ? (rulesFolder.exec(path)?.[0].slice(0, -1) ?? folderOf(path)) : folderOf(path);
  return role === 'managed' ? folder : (toDocumentPath(folder, places) ?? folder).replace(/\/$/, '');
}

/** What makes Claude Code load a file, where that is not just the start of a session. */
export function whenText({ when }: InstructionFile, places: ClaudePlaces): string | undefined {
  switch (when.kind) {
    case 'always':
      return undefined;
    case 'inFolder':
      return vscode.l10n.t('for files in {0}', toDocumentPath(when.folder, places) ?? when.folder);
    case 'matching':
      return vscode.l10n.t('for {0}', when.globs.join(', '));
    case 'never':
      switch (when.reason) {
        case 'excluded':
          return vscode.l10n.t('left out by claudeMdExcludes');
        case 'tooLarge':
          return vscode.l10n.t('larger than 4 MiB');
        case 'unreadable':
          return vscode.l10n.t('cannot be read');
        case 'agentsMd':
          return vscode.l10n.t('a CLAUDE.md is read instead');
        case 'unapproved':
          return vscode.l10n.t('outside the folder, not allowed');
      }
  }
}

/** Why a file is not read, and what to do about it. */
export function unreadReason({ when }: InstructionFile): string | undefined {
  if (when.kind !== 'never') return undefined;
  switch (when.reason) {
    case 'excluded':
      return vscode.l10n.t('A settings file leaves it out by claudeMdExcludes.');
    case 'tooLarge':
      return vscode.l10n.t('Claude Code skips instruction files larger than 4 MiB. Move parts of it to other files.');
    case 'unreadable':
      return vscode.l10n.t('It is no text, or there is no permission to read it.');
    case 'agentsMd':
      return vscode.l10n.t(
        'Claude Code reads AGENTS.md only when no CLAUDE.md has text, here or above. Import it with an @ and its path in a CLAUDE.md to load it.',
      );
    case 'unapproved':
      return vscode.l10n.t('A link leads out of the folder, and you did not allow that when Claude Code asked.');
  }
}

export function roleText(role: InstructionRole): string {
  switch (role) {
    case 'managed':
      return vscode.l10n.t('Deployed by an administrator');
    case 'user':
      return vscode.l10n.t('Yours, for all projects');
    case 'userRule':
      return vscode.l10n.t('A rule of yours, for all projects');
    case 'project':
      return vscode.l10n.t('Of the project');
    case 'local':
      return vscode.l10n.t('Yours, for this project only');
    case 'rule':
      return vscode.l10n.t('A rule of the project');
    case 'nested':
      return vscode.l10n.t('Of a folder in the project');
    case 'agentsMd':
      return vscode.l10n.t('For other tools');
  }
}

/** What keeps an import from being loaded, or is worth knowing of one that is; undefined when there is nothing to say. */
export function importText({ state, outside }: ImportNode): string | undefined {
  switch (state) {
    case 'loaded':
      return outside ? vscode.l10n.t('outside the folder, allowed') : undefined;
    case 'missing':
      return vscode.l10n.t('not found');
    case 'circular':
      return vscode.l10n.t('imports itself, not loaded again');
    case 'duplicate':
      return vscode.l10n.t('loaded already');
    case 'tooDeep':
      return vscode.l10n.t('more than 4 imports deep, not loaded');
    case 'folder':
      return vscode.l10n.t('a folder, not loaded');
    case 'tooLarge':
      return vscode.l10n.t('larger than 4 MiB, not loaded');
    case 'binary':
      return vscode.l10n.t('not imported because of its name');
    case 'excluded':
      return vscode.l10n.t('left out by claudeMdExcludes');
    case 'unapproved':
      return vscode.l10n.t('outside the folder, not allowed');
    case 'unreadable':
      return vscode.l10n.t('cannot be read');
  }
}
