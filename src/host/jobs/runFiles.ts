import * as vscode from 'vscode';
import { AppError } from '../../core/appError.ts';
import type { ShownFile } from '../../protocol/jobs/pageMessages.ts';
import type { RunFile } from '../../protocol/jobs/runs.ts';

const longestSnapshot = 500_000;
const isPicture = ({ kind, path }: RunFile): boolean => kind === 'screenshot' && /\.(png|jpe?g|webp)$/i.test(path);

/** What a run has made: its own files lie in its folder, what it was asked for in the workspace. */
export class RunFiles {
  /** Holds the run's own files; the page may read from here. */
  readonly folder: vscode.Uri;
  readonly #workspace: vscode.Uri;
  #known: readonly RunFile[] = [];

  constructor(workspace: vscode.Uri, runFolder: string) {
    this.#workspace = workspace;
    this.folder = vscode.Uri.file(runFolder);
  }

  /** The files with addresses of the pictures among them. From then on they, and no others, can be opened. */
  async show(files: readonly RunFile[], webview: vscode.Webview): Promise<ShownFile[]> {
    this.#known = files;
    return await Promise.all(
      files.map(async (file) => {
        const uri = isPicture(file) ? await this.#own(file) : undefined;
        return { ...file, uri: uri === undefined ? null : webview.asWebviewUri(uri).toString() };
      }),
    );
  }

  /** @throws AppError `file.notFound` when the run has no such file any more. */
  async uri(path: string): Promise<vscode.Uri> {
    const file = this.#known.find((one) => one.path === path);
    const uri = file && ((await this.#own(file)) ?? (await existing(this.#workspace, path)));
    if (uri === undefined)
      throw new AppError('file.notFound', vscode.l10n.t('There is no file {0} any more: it was deleted or moved.', path), { path });
    return uri;
  }

  async text(path: string): Promise<string> {
    const bytes = await vscode.workspace.fs.readFile(await this.uri(path));
    return new TextDecoder().decode(bytes.subarray(0, longestSnapshot));
  }

  async #own({ path }: RunFile): Promise<vscode.Uri | undefined> {
    return await existing(this.folder, path);
  }
}

/** A path that leads out of the folder is none: the process that names it has touched foreign pages. */
async function existing(folder: vscode.Uri, path: string): Promise<vscode.Uri | undefined> {
  const parts = path.split('/');
  if (path.includes('\\') || parts.some((part) => part === '' || part === '.' || part === '..')) return undefined;
  const uri = vscode.Uri.joinPath(folder, path);
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.File ? uri : undefined;
  } catch {
    return undefined;
  }
}
