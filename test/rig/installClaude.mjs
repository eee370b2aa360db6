// Installs the Claude Code CLI that tests compare our reading with, from npm into .vscode-test. Its licence does not let us ship it.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** The newest that was tried, and the oldest that is supported. */
export const claudeVersions = /** @type {const} */ ({ latest: '2.1.330', oldest: '2.0.77' });

/** @typedef {keyof typeof claudeVersions} ClaudeVersion */

/** Why there is no CLI for this machine; undefined when there is one. The packages for other systems were never tried. */
export function claudeUnavailable() {
  const fits = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
  return fits ? undefined : `the rig knows the Claude CLI for Linux (x64, arm64) only, and this is ${process.platform} ${process.arch}`;
}

/**
 * Installs unless this very version is there already, and gives the executable. That of the oldest is a script, and asks for `node` on the PATH.
 * @param {string} root of the repository
 * @param {ClaudeVersion} version
 */
export function installClaude(root, say = console.log, version = 'latest') {
  const reason = claudeUnavailable();
  if (reason !== undefined) throw new Error(`There is no Claude CLI here: ${reason}.`);
  const number = claudeVersions[version];
  const { folder, name, file, size } = packageOf(version);
  const place = path.join(root, '.vscode-test', folder, 'node_modules', name);
  if (versionIn(place, file) !== number) {
    const target = path.join(root, '.vscode-test', folder);
    say(`Installing the Claude CLI ${number} from npm into .vscode-test/${folder}, for tests only: some seconds, ${size}.`);
    fs.mkdirSync(target, { recursive: true });
    fs.writeFileSync(path.join(target, 'package.json'), '{"name":"claude-cli","private":true}\n');
    const args = ['install', '--save-exact', `${name}@${number}`, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', args, { cwd: target, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return path.join(place, file);
}

/** @param {ClaudeVersion} version */
function packageOf(version) {
  if (version === 'oldest') return { folder: 'claude-2.0.77', name: '@anthropic-ai/claude-code', file: 'cli.js', size: '0.1 GB' };
  // The platform's package itself: the wrapper finds its binary by an install script, and asks for a newer Node than the binary needs.
  return { folder: 'claude', name: `@anthropic-ai/claude-code-linux-${process.arch}`, file: 'claude', size: '0.4 GB' };
}

function versionIn(place, file) {
  const about = path.join(place, 'package.json');
  return fs.existsSync(about) && fs.existsSync(path.join(place, file)) ? JSON.parse(fs.readFileSync(about, 'utf8')).version : undefined;
}
