import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { createAgentModel } from '../../src/app/claudeModel/folderAgents.ts';
import { createFileOperations } from '../../src/app/fileOperations.ts';
import { createClaudeCatalog } from '../../src/app/folderCatalog.ts';
import type { Actor } from '../../src/core/actor.ts';
import { withSlashes } from '../../src/core/filePath.ts';
import { encodeFile } from '../../src/core/markdown/fileText.ts';
import { createFiles } from '../../src/files/diskFiles.ts';
import { hashOf } from '../../src/files/readFile.ts';
import { ClaudeFolders, type ClaudeFolder } from '../../src/host/claude/claudeFolders.ts';
import { FolderTasks } from '../../src/host/folderTasks.ts';
import type { WorkspaceStores } from '../../src/host/workspaceStores.ts';
import { openStore } from '../../src/storage/storeClient.ts';
import { Emitter } from '../../src/util/emitter.ts';
import { tempWorkspace } from '../rig/tempWorkspace.ts';

export const user: Actor = { kind: 'user', name: 'ana' };

/** A folder of its own with real files, a home folder beside it, and a real database once something opens it. */
export interface ClaudeFolderRig extends AsyncDisposable {
  readonly stores: WorkspaceStores;
  readonly folders: ClaudeFolders;
  readonly folder: ClaudeFolder;
  uri(name: string): vscode.Uri;
  write(name: string, content: string | Uint8Array): void;
  read(name: string): Buffer;
  /** Versions of a document, oldest first: cause, author, content. */
  versions(name: string): Promise<string[]>;
}

/**
 * `files` are those of the folder; names that begin with `~/` are in the home folder. The folder is one of its own, or the first of the
 * window, which VS Code watches: there the test clears up.
 */
export async function claudeFolder(files: Readonly<Record<string, string>>, inWindow?: vscode.WorkspaceFolder): Promise<ClaudeFolderRig> {
  const workspace = await tempWorkspace({ 'app/.keep': '', 'home/.claude/.keep': '', 'managed/.keep': '' });
  const root = inWindow?.uri.fsPath ?? workspace.file('app');
  const at = (name: string) => (name.startsWith('~/') ? workspace.file('home', name.slice(2)) : path.join(root, name));
  const write = (name: string, content: string | Uint8Array) => {
    fs.mkdirSync(path.dirname(at(name)), { recursive: true });
    fs.writeFileSync(at(name), content);
  };
  for (const [name, content] of Object.entries(files)) write(name, content);

  const extension = vscode.extensions.getExtension('claudetask.claudetask');
  if (!extension) throw new Error('The extension is not there.');
  const dist = path.join(extension.extensionPath, 'dist');
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const open = () =>
    Promise.resolve(openStore({ directory: root, workerFile: path.join(dist, 'storage.js'), assets: dist, actor: user, log }));
  const tasks = new FolderTasks(inWindow ?? { uri: vscode.Uri.file(root), name: 'app', index: 0 }, open);
  const stores = {
    all: [tasks],
    isReady: true,
    get: (key: string) => (key === tasks.key ? tasks : undefined),
    onDidChangeFolders: new Emitter<void>().event,
    onDidChangeState: new Emitter<unknown>().event,
  } as unknown as WorkspaceStores;
  const disk = createFiles(log);
  const slashed = (name: string) => withSlashes(workspace.file(name));
  const places = {
    folder: withSlashes(root),
    repositoryRoot: withSlashes(root),
    home: slashed('home'),
    claudeHome: slashed('home/.claude'),
    managed: slashed('managed'),
    plugins: [],
  };
  const catalog = createClaudeCatalog({ files: disk, places, history: tasks, clock: { now: () => Date.now() }, log });
  const agents = createAgentModel({ catalog, log });
  const folders = new ClaudeFolders({
    stores,
    openFolder: () =>
      Promise.resolve({
        tasks,
        catalog,
        agents,
        operations: createFileOperations({ files: disk, catalog, store: () => tasks.open(), log }),
        user,
        hashOf: (text: string) => hashOf(encodeFile(text)),
        close: async () => {
          agents.dispose();
          await catalog.settled();
          catalog.dispose();
          await disk.close();
        },
      }),
  });
  const folder = await folders.open(tasks);
  return {
    stores,
    folders,
    folder,
    uri: (name) => vscode.Uri.file(at(name)),
    write,
    read: (name) => fs.readFileSync(at(name)),
    versions: async (name) => {
      await catalog.settled();
      const store = await tasks.open();
      const { versions } = await store.call('document.versions', { path: name });
      return await Promise.all(
        versions.reverse().map(async ({ version, cause, actor }) => {
          const { content } = await store.call('document.version', { path: name, version });
          return `${cause} ${actor.name}: ${content === null ? 'gone' : Buffer.from(content, 'base64').toString()}`;
        }),
      );
    },
    async [Symbol.asyncDispose]() {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await folders.close();
      await tasks.close();
      await workspace[Symbol.asyncDispose]();
    },
  };
}
