import * as vscode from 'vscode';
import { nameOf } from '../../core/filePath.ts';
import type { ClaudeFolder, ClaudeFolders } from '../claude/claudeFolders.ts';

export const previewScheme = 'claudetask-preview';
export const versionScheme = 'claudetask-version';

/** A document of ours, which VS Code may ask for long after it was opened, and in another window session. */
export function virtualUri(scheme: string, folder: ClaudeFolder, title: string, more: Readonly<Record<string, string>>): vscode.Uri {
  const query = new URLSearchParams({ folder: folder.tasks.key, ...more }).toString();
  return vscode.Uri.from({ scheme, path: `/${nameOf(title)}`, query });
}

/** What `virtualUri` was given; undefined when its folder is not open, or when somebody else made it. */
export async function readVirtualUri(
  folders: ClaudeFolders,
  uri: vscode.Uri,
): Promise<{ folder: ClaudeFolder; value(name: string): string | undefined } | undefined> {
  const query = new URLSearchParams(uri.query);
  const key = query.get('folder');
  const folder = (await folders.load()).find(({ tasks }) => tasks.key === key);
  return folder && { folder, value: (name) => query.get(name) ?? undefined };
}
