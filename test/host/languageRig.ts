import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { createAgentModel } from '../../src/app/claudeModel/folderAgents.ts';
import { createFileOperations } from '../../src/app/fileOperations.ts';
import { createClaudeCatalog } from '../../src/app/folderCatalog.ts';
import type { Store } from '../../src/app/ports.ts';
import { AppError } from '../../src/core/appError.ts';
import { encodeFile } from '../../src/core/markdown/fileText.ts';
import type { Task, TaskRow } from '../../src/core/task.ts';
import { createFiles } from '../../src/files/diskFiles.ts';
import { hashOf } from '../../src/files/readFile.ts';
import { ClaudeFolders } from '../../src/host/claude/claudeFolders.ts';
import { WorkspaceSources } from '../../src/host/claude/workspaceSources.ts';
import { settingIds } from '../../src/host/contributions.generated.ts';
import type { LanguageDeps } from '../../src/host/language/languageDeps.ts';
import { createSettings } from '../../src/host/settings.ts';
import { WorkspaceStores } from '../../src/host/workspaceStores.ts';
import { DisposableStore } from '../../src/util/disposable.ts';
import { memoryStore } from './memoryStore.ts';

export const never = new vscode.CancellationTokenSource().token;

/** The Markdown of a hover; empty without one. */
export function textOf(hover: vscode.Hover | undefined): string {
  const [content] = hover?.contents ?? [];
  return content instanceof vscode.MarkdownString ? content.value : '';
}

export interface LanguageRig extends AsyncDisposable {
  deps: LanguageDeps;
  errors: unknown[];
  /** A path in the folder of this rig. */
  file(name: string): string;
  write(name: string, text: string): string;
  open(name: string, text?: string): Promise<vscode.TextDocument>;
  /** Replaces what is in the editor, as if it was typed. */
  type(document: vscode.TextDocument, text: string): Promise<void>;
}

/** The real layers over a folder inside the workspace of the window, and a store that answers for the given tasks. */
export async function languageRig(name: string, tasks: readonly TaskRow[] = []): Promise<LanguageRig> {
  const parts = new DisposableStore();
  const errors: unknown[] = [];
  const workspaceFolder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(workspaceFolder);
  const top = workspaceFolder.uri.fsPath;
  const folder = path.join(top, name);
  fs.mkdirSync(folder, { recursive: true });
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (_: string, cause?: unknown) => {
      // The extension itself shows its own under the same name.
      if (!String(cause).includes('LanguageStatusItem')) errors.push(cause);
    },
  };
  const store = taskStore(tasks);
  const settings = createSettings(settingIds);
  const stores = parts.add(new WorkspaceStores({ log, settings, openStore: () => Promise.resolve(store) }));
  await stores.start();
  if (tasks.length > 0) await stores.all[0]?.open();
  const claude = new ClaudeFolders({
    stores,
    openFolder: (folderTasks) => {
      const files = createFiles(log);
      const places = {
        folder: top,
        repositoryRoot: top,
        home: `${top}/none`,
        claudeHome: `${top}/none/.claude`,
        managed: `${top}/none/managed`,
        plugins: [],
      };
      const catalog = createClaudeCatalog({ files, places, history: folderTasks, clock: { now: () => Date.now() }, log });
      const agents = createAgentModel({ catalog, log });
      return Promise.resolve({
        tasks: folderTasks,
        catalog,
        agents,
        operations: createFileOperations({ files, catalog, store: () => folderTasks.open(), log }),
        user: { kind: 'user', name: 'ana' },
        hashOf: (text) => hashOf(encodeFile(text)),
        close: async () => {
          agents.dispose();
          catalog.dispose();
          await files.close();
        },
      });
    },
  });
  const sources = parts.add(new WorkspaceSources());
  const write = (file: string, text: string) => {
    const target = path.join(folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
    for (const { catalog } of claude.all) catalog.notifyChanged([target]);
    return target;
  };
  return {
    deps: { claude, stores, settings, log, sources: () => Promise.resolve(sources) },
    errors,
    file: (file) => path.join(folder, file),
    write,
    open: async (file, text) => {
      if (text !== undefined) write(file, text);
      const document = await vscode.workspace.openTextDocument(path.join(folder, file));
      await vscode.window.showTextDocument(document, { preview: false });
      return document;
    },
    type: async (document, text) => {
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
      assert.ok(await vscode.workspace.applyEdit(edit));
    },
    [Symbol.asyncDispose]: async () => {
      await vscode.workspace.saveAll(false);
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      parts.dispose();
      await claude.close();
      fs.rmSync(folder, { recursive: true, force: true });
      assert.deepEqual(errors, []);
    },
  };
}

function taskStore(tasks: readonly TaskRow[]): Store {
  const rows = memoryStore(tasks);
  const whole = (row: TaskRow): Task => ({
    ...row,
    description: '',
    analysis: null,
    gitBranch: null,
    worktreePath: null,
    checklist: [{ id: 1, text: 'Write the test', done: false }],
    contract: null,
    stageResults: [],
    testingUrls: [],
    origin: null,
    source: null,
    dependsOn: [],
    blocks: [],
  });
  return Object.assign(rows, {
    call: async (name: string, input: { id?: number; text?: string }) => {
      if (name === 'task.list')
        return { revision: 1, total: tasks.length, tasks: tasks.filter(({ title }) => title.includes(input.text ?? '')) };
      if (name === 'document.list') return { revision: 1, documents: [] };
      if (name !== 'task.get') return { revision: 1, columns: [] };
      const found = tasks.find(({ id }) => id === input.id);
      if (found === undefined) throw new AppError('task.notFound', `There is no task ${input.id}.`);
      return whole(found);
    },
  }) as Store;
}
