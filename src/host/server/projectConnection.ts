import type { FileView, Files } from '../../app/filePorts.ts';
import { AppError } from '../../core/appError.ts';
import { withMcpServer } from '../../core/mcpConfig.ts';
import { launcherPath, launcherText, mcpEntry } from './launcher.ts';

/** A file that is to be written. */
export interface PlannedFile {
  /** Absolute, with `/`. */
  path: string;
  /** As it is; undefined when there is none. */
  there: FileView | undefined;
  before: string;
  text: string;
}

/** What it takes that Claude Code finds ClaudeTask in a folder. */
export interface ConnectionPlan {
  config: PlannedFile;
  launcher: PlannedFile;
  /** The entry of our name that is replaced, as it stands in the file. */
  replaced: string | undefined;
}

export const serverName = 'claudetask';

/** Says what would be written, and writes nothing. Throws `file.outside`, `file.unreadable` and `input.invalid`. */
export async function planConnection(files: Files, folder: string, program: string): Promise<ConnectionPlan> {
  const config = await readInside(files, folder, '.mcp.json');
  const launcher = await readInside(files, folder, launcherPath);
  const change = withMcpServer(config.before, serverName, mcpEntry);
  if (!change.ok) throw new AppError('input.invalid', change.message, { field: '.mcp.json' });
  return {
    config: { ...config, text: change.text },
    launcher: { ...launcher, text: launcherText(program) },
    replaced: change.before,
  };
}

export const isNew = ({ before, text }: PlannedFile): boolean => before !== text;

/** Writes a file unless it was changed since it was read. Answers whether it was written. */
export async function writePlanned(files: Files, { path, there, text }: PlannedFile): Promise<boolean> {
  const outcome = await files.write(path, Buffer.from(text), { expected: there?.hash ?? null });
  return outcome.kind === 'written';
}

/** Nobody may lead us out of the folder by a link. */
async function readInside(files: Files, folder: string, name: string): Promise<Omit<PlannedFile, 'text'>> {
  const path = `${await files.resolve(folder)}/${name}`;
  if ((await files.resolve(path)) !== path) {
    const message = `${name} is a symbolic link, or lies behind one. Nothing was written. Put a file there instead.`;
    throw new AppError('file.outside', message, { path });
  }
  const there = await files.read(path);
  return { path, there, before: there === undefined ? '' : decode(path, there.bytes) };
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new AppError('file.unreadable', `${path} is not a text in UTF-8. Save it as one first; nothing was written.`, { path }, error);
  }
}
