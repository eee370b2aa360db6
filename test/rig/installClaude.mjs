// Installs the Claude Code CLI that tests compare our reading with, from npm into .vscode-test/claude. Its licence does not let us ship it.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const claudeVersion = '2.1.330';

/** Why there is no CLI for this machine; undefined when there is one. The packages for other systems were never tried. */
export function claudeUnavailable() {
  const fits = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
  return fits ? undefined : `the rig knows the Claude CLI for Linux (x64, arm64) only, and this is ${process.platform} ${process.arch}`;
}

/**
 * Installs unless this very version is there already, and gives the executable.
 * @param {string} root of the repository
 */
export function installClaude(root, say = console.log) {
  const reason = claudeUnavailable();
  if (reason !== undefined) throw new Error(`There is no Claude CLI here: ${reason}.`);
  const folder = path.join(root, '.vscode-test/claude');
  // The platform's package itself: the wrapper finds its binary by an install script, and asks for a newer Node than the binary needs.
  const name = `@anthropic-ai/claude-code-linux-${process.arch}`;
  const place = path.join(folder, 'node_modules', name);
  if (versionIn(place) !== claudeVersion) {
    say(`Installing the Claude CLI ${claudeVersion} from npm into .vscode-test/claude, for tests only: some seconds, 0.4 GB.`);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'package.json'), '{"name":"claude-cli","private":true}\n');
    const args = ['install', '--save-exact', `${name}@${claudeVersion}`, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return path.join(place, 'claude');
}

function versionIn(place) {
  const file = path.join(place, 'package.json');
  return fs.existsSync(file) && fs.existsSync(path.join(place, 'claude')) ? JSON.parse(fs.readFileSync(file, 'utf8')).version : undefined;
}
