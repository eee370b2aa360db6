import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ClaudePlaces } from '../core/claudePlaces.ts';
import { foldersDownTo } from '../core/filePath.ts';
import { toSlashes } from './slashes.ts';

/** Where an administrator puts files for all users (memory.md, settings.md). */
function managedFolder(env: NodeJS.ProcessEnv): string {
  switch (process.platform) {
    case 'darwin':
      return '/Library/Application Support/ClaudeCode';
    case 'win32':
      return path.join(env['ProgramFiles'] ?? 'C:\\Program Files', 'ClaudeCode');
    default:
      return '/etc/claude-code';
  }
}

/** Of a worktree or a submodule `.git` is a file. */
async function holdsRepository(folder: string): Promise<boolean> {
  try {
    await fs.promises.stat(path.join(folder, '.git'));
    return true;
  } catch {
    return false;
  }
}

/** Where Claude Code looks for files when it is started in a folder. The plugins are not looked for. */
export async function findPlaces(folder: string, env: NodeJS.ProcessEnv = process.env): Promise<ClaudePlaces> {
  const here = toSlashes(path.resolve(folder));
  const home = toSlashes(os.homedir());
  const configured = env['CLAUDE_CONFIG_DIR'];
  const levels = foldersDownTo(here).reverse();
  const inRepository = await Promise.all(levels.map(holdsRepository));
  return {
    folder: here,
    repositoryRoot: levels[inRepository.indexOf(true)] ?? here,
    home,
    claudeHome: configured === undefined || configured === '' ? `${home}/.claude` : toSlashes(path.resolve(configured)),
    managed: toSlashes(managedFolder(env)),
    plugins: [],
  };
}
