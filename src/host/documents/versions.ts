import * as vscode from 'vscode';
import type { ClaudeFolder, ClaudeFolders } from '../claude/claudeFolders.ts';
import { readVirtualUri, versionScheme, virtualUri } from './folderUri.ts';

/** A file that has versions in the database, whether or not it is still there. */
export interface Recorded {
  folder: ClaudeFolder;
  /** The document path. */
  path: string;
}

/** One version of a file, as a document that can be read. */
export const versionUri = ({ folder, path }: Recorded, version: number): vscode.Uri =>
  virtualUri(versionScheme, folder, path, { path, version: String(version) });

/** Undefined when the version says that the file was deleted. */
export async function versionBytes({ folder, path }: Recorded, version: number): Promise<Uint8Array | undefined> {
  const store = await folder.tasks.open();
  const { content } = await store.call('document.version', { path, version });
  return content === null ? undefined : Buffer.from(content, 'base64');
}

/** What a `versionUri` shows. Versions never change: VS Code asks once, when it opens the document. */
export async function versionText(folders: ClaudeFolders, uri: vscode.Uri): Promise<string> {
  const read = await readVirtualUri(folders, uri);
  const [path, version] = [read?.value('path'), Number(read?.value('version'))];
  if (read === undefined || path === undefined || !Number.isInteger(version)) {
    return vscode.l10n.t('This version belongs to a folder that is not open.');
  }
  // As the editor reads a file: without a byte order mark, and with U+FFFD for what is no UTF-8.
  return new TextDecoder().decode(await versionBytes({ folder: read.folder, path }, version));
}
