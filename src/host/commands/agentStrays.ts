import * as vscode from 'vscode';
import { strayReason, type StrayFile } from '../../core/agents/whyMissing.ts';
import type { ClaudeFolder } from '../claude/claudeFolders.ts';

/** Folders that are looked into at most, and how deep: what is no place for agents may hold anything. */
const most = { folders: 300, depth: 4 } as const;
const searched = new Set(['agents', 'agent', 'subagents', 'Agents', 'commands', 'skills']);

/** Files that look as if they were meant to be agents and lie where Claude Code does not look. */
export async function findStrays({ catalog, agents }: ClaudeFolder): Promise<StrayFile[]> {
  const { folder, claudeHome } = catalog.places;
  const strays: StrayFile[] = [];
  let looked = 0;
  const look = async (path: string, depth: number): Promise<void> => {
    if (depth > most.depth || ++looked > most.folders) return;
    for (const [name, type] of await list(path)) {
      const inner = `${path}/${name}`;
      if (type & vscode.FileType.Directory) {
        // Directly in `.claude` and in the folder itself only folders with telling names.
        if (depth > 0 || searched.has(name)) await look(inner, depth + 1);
      } else {
        const why = strayReason(inner);
        if (why !== undefined) strays.push({ path: inner, why });
      }
    }
  };
  await look(`${folder}/.claude`, 0);
  await look(claudeHome, 0);
  for (const name of ['agents', 'agent']) await look(`${folder}/${name}`, 1);
  for (const { entry } of agents.agents.values()) {
    if (entry.problem === 'danglingLink') strays.push({ path: entry.path, why: 'broken-link' });
  }
  return strays;
}

async function list(path: string): Promise<[string, vscode.FileType][]> {
  try {
    return await vscode.workspace.fs.readDirectory(vscode.Uri.file(path));
  } catch {
    // Most of these folders do not exist.
    return [];
  }
}
