import { stemOf } from '../../core/agents/names.ts';
import type { ClaudePlaces } from '../../core/claudePlaces.ts';
import { relativeInside } from '../../core/filePath.ts';
import type { MemoryFolder } from '../../core/memory/agentMemory.ts';
import type { FileEntry } from '../filePorts.ts';
import { claudeFolderOf } from './definitions.ts';

const inMemory = /^agent-memory(-local)?\/([^/]+)\/(.+)$/;

/** The memory folders that the files lie in, in the order of their paths. */
export function memoryFoldersOf(files: readonly FileEntry[], places: ClaudePlaces): MemoryFolder[] {
  const folders = new Map<string, Omit<MemoryFolder, 'files'> & { files: string[] }>();
  for (const { path, scope } of files) {
    const found = inMemory.exec(relativeInside(claudeFolderOf(path, scope, places), path) ?? '');
    const [, local, agent, file] = found ?? [];
    if (agent === undefined || file === undefined) continue;
    const folder = path.slice(0, path.length - file.length - 1);
    const known = folders.get(folder);
    if (known !== undefined) known.files.push(file);
    else
      folders.set(folder, {
        agent,
        scope: scope.kind === 'user' ? 'user' : local === undefined ? 'project' : 'local',
        path: folder,
        files: [file],
      });
  }
  return [...folders.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** By the name of the agent; the workspace folder's own logs come before those of folders around or below it. */
export function logsOf(files: readonly FileEntry[], { folder }: ClaudePlaces): Map<string, FileEntry> {
  const own = ({ scope }: FileEntry) => scope.kind === 'project' && scope.directory === folder;
  const logs = new Map<string, FileEntry>();
  for (const entry of files) {
    const name = stemOf(entry.path);
    if (!logs.has(name) || own(entry)) logs.set(name, entry);
  }
  return logs;
}
