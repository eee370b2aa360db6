import type { Files } from '../../app/filePorts.ts';
import type { McpServerEntry } from '../../core/mcpConfig.ts';

/** Where the launcher lies in a folder. Git ignores it: it names a path of this machine. */
export const launcherPath = '.claudetask/mcp.cjs';

const mark = '// Written by ClaudeTask: starts the MCP server of the installed extension on this folder.';

/**
 * What `.mcp.json` says of our server: nothing of this machine and no token, so that it can be committed. Claude Code sets the variable for the
 * server, but does not know it itself when it reads the file: there it is the folder that Claude Code was started in.
 */
export const mcpEntry: McpServerEntry = {
  type: 'stdio',
  command: 'node',
  args: ['${CLAUDE_PROJECT_DIR:-.}/.claudetask/mcp.cjs', '--name', 'Claude Code'],
};

/** The launcher for a server program of an installed extension. An update of VS Code's brings the program to another folder beside it. */
export function launcherText(program: string): string {
  return `${mark}
// It is written anew when ClaudeTask was updated. Git ignores it: others run "ClaudeTask: Connect Claude Code..." once.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const known = ${JSON.stringify(program)};

/** After an update the program lies in a folder of another version, until VS Code opens this folder again. */
function newest() {
  const extension = path.dirname(path.dirname(known));
  const extensions = path.dirname(extension);
  const prefix = path.basename(extension).replace(/-\\d.*$/, '-');
  const installed = fs.existsSync(extensions) ? fs.readdirSync(extensions) : [];
  return installed
    .filter((name) => name.startsWith(prefix))
    .map((name) => path.join(extensions, name, 'dist', path.basename(known)))
    .filter((file) => fs.existsSync(file))
    .sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs)[0];
}

const program = fs.existsSync(known) ? known : newest();
if (program === undefined) {
  process.stderr.write('ClaudeTask is not installed any more, or was moved. Open this folder in VS Code with ClaudeTask once.\\n');
  process.exitCode = 1;
} else {
  process.argv.push('--folder', path.dirname(__dirname));
  require(program);
}
`;
}

/** Writes the launcher anew when one of ours is there and says something else. Answers whether it did. */
export async function refreshLauncher(files: Files, folder: string, program: string): Promise<boolean> {
  const path = `${await files.resolve(folder)}/${launcherPath}`;
  const there = await files.read(path);
  // A repository may bring a file or a link of that name: only what we wrote ourselves is written over.
  if (there === undefined || there.realPath !== path || !Buffer.from(there.bytes).toString('utf8').startsWith(mark)) return false;
  const bytes = Buffer.from(launcherText(program));
  if (bytes.equals(there.bytes)) return false;
  return (await files.write(path, bytes, { expected: there.hash })).kind === 'written';
}
