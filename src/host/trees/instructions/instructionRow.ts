import * as vscode from 'vscode';
import type { InstructionPicture } from '../../../app/instructionModel.ts';
import type { ImportNode } from '../../../core/instructions/importGraph.ts';
import type { InstructionFile } from '../../../core/instructions/loadOrder.ts';
import type { ClaudeFolder } from '../../claude/claudeFolders.ts';

/** When a file is loaded: at the start of a session, once Claude reads certain files, or not at all. */
export const groups = ['start', 'demand', 'unread'] as const;
export type Group = (typeof groups)[number];

export interface FolderRow {
  kind: 'folder';
  id: string;
  folder: ClaudeFolder;
}
export interface GroupRow {
  kind: 'group';
  id: string;
  folder: ClaudeFolder;
  group: Group;
}
export interface FileRow {
  kind: 'file';
  id: string;
  folder: ClaudeFolder;
  group: Group;
  path: string;
}
export interface ImportRow {
  kind: 'import';
  id: string;
  folder: ClaudeFolder;
  parent: FileRow | ImportRow;
  /** As it was when the parent's rows were last asked for. */
  node: ImportNode;
}
export type InstructionRow = FolderRow | GroupRow | FileRow | ImportRow;

/** The file in which an import stands. */
export const importerOf = ({ parent }: ImportRow): string => (parent.kind === 'file' ? parent.path : parent.node.path);

/** The rows handed out so far: VS Code knows a row by its identity. */
export class RowTable {
  readonly #rows = new Map<string, InstructionRow>();

  folder(folder: ClaudeFolder): FolderRow {
    return this.#keep({ kind: 'folder', id: folder.tasks.key, folder });
  }

  group(folder: ClaudeFolder, group: Group): GroupRow {
    return this.#keep({ kind: 'group', id: `${folder.tasks.key} ${group}`, folder, group });
  }

  file(folder: ClaudeFolder, group: Group, path: string): FileRow {
    return this.#keep({ kind: 'file', id: `${folder.tasks.key} ${group} ${path}`, folder, group, path });
  }

  imports(parent: FileRow | ImportRow, nodes: readonly ImportNode[]): ImportRow[] {
    const seen = new Map<string, number>();
    return nodes.map((node) => {
      const count = seen.get(node.path) ?? 0;
      seen.set(node.path, count + 1);
      const id = `${parent.id}>${node.path}${count === 0 ? '' : `#${count}`}`;
      const row = this.#keep({ kind: 'import', id, folder: parent.folder, parent, node });
      row.node = node;
      return row;
    });
  }

  /** The row that something from outside is, if it is one of ours. */
  find(value: unknown): InstructionRow | undefined {
    if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string') return undefined;
    const row = this.#rows.get(value.id);
    return row === value ? row : undefined;
  }

  clear(): void {
    this.#rows.clear();
  }

  #keep<R extends InstructionRow>(row: R): R {
    const kept = this.#rows.get(row.id);
    // The id begins with the folder and names the kind of row by its form, so the same id is the same kind.
    if (kept?.kind === row.kind && kept.folder === row.folder) return Object.assign(kept, row);
    this.#rows.set(row.id, row);
    return row;
  }
}

export const groupOf = ({ when }: InstructionFile): Group =>
  when.kind === 'always' ? 'start' : when.kind === 'never' ? 'unread' : 'demand';

export function filesIn(picture: InstructionPicture, group: Group): InstructionFile[] {
  return picture.files.filter((file) => groupOf(file) === group);
}

/** Without what merely looks like an import. */
export const shownImports = (nodes: readonly ImportNode[]): ImportNode[] =>
  nodes.filter(({ ref, state }) => ref.suspicion === null || state === 'loaded');

const asMeant: ReadonlySet<ImportNode['state']> = new Set(['loaded', 'duplicate', 'excluded', 'unapproved']);

/** Imports that Claude Code does not follow although nobody has told it not to. */
export const isBroken = ({ state }: ImportNode): boolean => !asMeant.has(state);

export const brokenIn = (nodes: readonly ImportNode[]): number =>
  shownImports(nodes).reduce((sum, node) => sum + (isBroken(node) ? 1 : 0) + brokenIn(node.imports), 0);

/** Errors and warnings of a file as the Problems panel has them. */
export function problemsOf(path: string): { errors: number; warnings: number; messages: readonly string[] } {
  const found = vscode.languages.getDiagnostics(vscode.Uri.file(path)).filter(({ source }) => source === 'ClaudeTask');
  const errors = found.filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
  const warnings = found.filter(({ severity }) => severity === vscode.DiagnosticSeverity.Warning);
  return { errors: errors.length, warnings: warnings.length, messages: [...errors, ...warnings].map(({ message }) => message) };
}
