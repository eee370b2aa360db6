import { createAgentModel } from './app/claudeModel/folderAgents.ts';
import { createFileOperations } from './app/fileOperations.ts';
import { createClaudeCatalog } from './app/folderCatalog.ts';
import type { Log } from './app/ports.ts';
import type { Actor } from './core/actor.ts';
import { encodeFile } from './core/markdown/fileText.ts';
import { createFiles } from './files/diskFiles.ts';
import { findPlaces } from './files/places.ts';
import { hashOf } from './files/readFile.ts';
import type { ClaudeFolder } from './host/claude/claudeFolders.ts';
import type { FolderTasks } from './host/folderTasks.ts';

/** The part of the composition root that is loaded when something first asks for Claude Code's files. */
export async function openClaudeFolder(tasks: FolderTasks, user: Actor, log: Log): Promise<ClaudeFolder> {
  const files = createFiles(log);
  const places = await findPlaces(tasks.folder.uri.fsPath);
  const catalog = createClaudeCatalog({ files, places, history: tasks, clock: { now: () => Date.now() }, log });
  const agents = createAgentModel({ catalog, log });
  return {
    tasks,
    catalog,
    operations: createFileOperations({ files, catalog, store: () => tasks.open(), log }),
    agents,
    user,
    hashOf: (text) => hashOf(encodeFile(text)),
    close: async () => {
      agents.dispose();
      await catalog.settled();
      catalog.dispose();
      await files.close();
    },
  };
}
