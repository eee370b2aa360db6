import type * as vscode from 'vscode';
import { classify } from '../../core/claudePlaces.ts';
import { isInside, nameOf } from '../../core/filePath.ts';
import { Emitter } from '../../util/emitter.ts';
import { catalogPath, type ClaudeFolder, type ClaudeFolders } from '../claude/claudeFolders.ts';

/** `imported` is any Markdown file that an instruction file imports. */
export type SubjectKind = 'agent' | 'skill' | 'command' | 'rule' | 'instructions' | 'memory' | 'imported';

/** A file that Claude Code reads. */
export interface Subject {
  folder: ClaudeFolder;
  path: string;
  kind: SubjectKind;
}

/** Knows of each document whether it concerns us. */
export class Subjects {
  readonly #claude: ClaudeFolders;
  /** What each instruction file imports, over all hops. */
  readonly #imports = new Map<string, ReadonlySet<string>>();
  readonly #importedBy = new Map<string, number>();
  readonly #importsChanged = new Emitter<ReadonlySet<string>>();

  /** These files are imported now, or are no longer. */
  readonly onDidChangeImported = this.#importsChanged.event;

  constructor(claude: ClaudeFolders) {
    this.#claude = claude;
  }

  /** A quick look at the path, which most documents do not get beyond. */
  mayBe(uri: vscode.Uri): boolean {
    if (uri.scheme !== 'file') return false;
    const path = catalogPath(uri);
    return (
      isClaudePath(path) || this.#importedBy.has(path) || this.#claude.all.some(({ catalog }) => isInside(catalog.places.claudeHome, path))
    );
  }

  async of(uri: vscode.Uri): Promise<Subject | undefined> {
    if (!this.mayBe(uri)) return undefined;
    const folder = await this.#claude.of(uri);
    if (folder === undefined) return undefined;
    const path = catalogPath(uri);
    // Plugins are known from then on.
    await folder.catalog.ready();
    const kind = this.kindOf(folder, path);
    return kind === undefined ? undefined : { folder, path, kind };
  }

  kindOf(folder: ClaudeFolder, path: string): SubjectKind | undefined {
    const kind = classify(path, folder.catalog.places)?.kind;
    switch (kind) {
      case 'agent':
      case 'skill':
      case 'command':
      case 'rule':
        return kind;
      case 'memory':
        return nameOf(path) === 'MEMORY.md' ? kind : this.#imported(path);
      case 'instructions':
        // Other tools read it, too: it is checked as Claude Code's only when a file of Claude Code's imports it.
        return nameOf(path) === 'AGENTS.md' ? this.#imported(path) : kind;
      case 'agentLog':
      case 'settings':
      case undefined:
        return this.#imported(path);
    }
  }

  #imported(path: string): 'imported' | undefined {
    return this.#importedBy.has(path) ? 'imported' : undefined;
  }

  /** Takes in what an instruction file imports, over all hops; nothing once it is gone. */
  setImports(path: string, imported: ReadonlySet<string>): void {
    const before = this.#imports.get(path) ?? new Set<string>();
    const changed = new Set<string>();
    for (const one of imported) {
      if (before.has(one)) continue;
      const times = this.#importedBy.get(one) ?? 0;
      this.#importedBy.set(one, times + 1);
      if (times === 0) changed.add(one);
    }
    for (const one of before) {
      if (imported.has(one)) continue;
      const times = this.#importedBy.get(one) ?? 0;
      if (times > 1) this.#importedBy.set(one, times - 1);
      else if (this.#importedBy.delete(one)) changed.add(one);
    }
    if (imported.size > 0) this.#imports.set(path, imported);
    else this.#imports.delete(path);
    if (changed.size > 0) this.#importsChanged.fire(changed);
  }
}

/** Whether Claude Code follows the imports of such a file. */
export const mayImport = (kind: SubjectKind): boolean => kind === 'instructions' || kind === 'rule' || kind === 'imported';

const isClaudePath = (path: string) => /\/(?:CLAUDE(?:\.local)?\.md|\.claude\/.*\.md)$/s.test(path);
