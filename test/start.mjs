// npm start [-- --folder DIR]: sets up, builds, packages, installs ClaudeTask into a VS Code and opens a folder in it.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hostFolder, installHost } from './rig/installHost.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const vsix = path.join(root, 'out/claudetask.vsix');
const { values } = parseArgs({ options: { folder: { type: 'string' } } });

function must(what, command, args, options = {}) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (status === 0) return;
  console.error(`${what} failed.`);
  process.exit(1);
}

const sampleFiles = {
  'README.md': '# Sample\n\nA small workspace to try ClaudeTask in. Its tasks live in `.claudetask/claudetask.db`.\n',
  'src/greeting.js':
    '// Select some lines, and run "ClaudeTask: Add Task from Selection...".\nexport function greeting(name) {\n  return `Hello, ${name}!`;\n}\n',
  'CLAUDE.md': '# Sample\n\nA greeting for everybody. Its style is in @docs/style.md, and what is missing in @docs/missing.md.\n',
  'docs/style.md': '# Style\n\nShort sentences. No abbreviations.\n',
  '.claudetask/jobs/example.job.yaml':
    'name: Title of a page\nversion: 1\nhosts: [example.com]\nsteps:\n  - goto: https://example.com/\n  - id: page\n    extract:\n      fields:\n        title: { css: h1 }\n        link: { css: a, attr: href, as: url }\n',
  '.claude/agents/reviewer.md':
    '---\nname: reviewer\ndescription: Reviews a change before it is committed. Use after every edit.\ntools: Read, Grep, Glob\n---\nRead the change and say what is wrong with it, the worst first.\n',
  // Windows line ends and a colon in an unquoted value: Claude Code ignores this one without a word, and the Agents view says why.
  '.claude/agents/release-notes.md':
    '---\r\nname: release-notes\r\ndescription: Writes release notes. Use when: a version is tagged\r\n---\r\nWrite what changed for the user.\r\n',
};

/** Kept between starts: what you do in it is still there next time. */
function sampleWorkspace() {
  const folder = path.join(root, '.vscode-test/sample');
  if (fs.existsSync(folder)) return folder;
  for (const [name, content] of Object.entries(sampleFiles)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

function requestedFolder(given) {
  const folder = path.resolve(process.env.INIT_CWD ?? process.cwd(), given);
  if (fs.existsSync(folder) && fs.statSync(folder).isDirectory()) return folder;
  console.error(`There is no folder ${folder}. Name an existing one: npm start -- --folder DIR`);
  process.exit(2);
}

function onPath(program) {
  const names = process.platform === 'win32' ? [`${program}.cmd`, `${program}.exe`] : [program];
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => names.some((name) => fs.existsSync(path.join(folder, name))));
}

const free = (port) =>
  new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** The same port each time, when it is free: a page left open finds its server again. */
async function stablePort() {
  for (let port = 8421; port < 8521; port++) if (await free(port)) return port;
  throw new Error('No port between 8421 and 8520 is free.');
}

function alive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Ends the server of a start that was killed itself and could not. One whose start still lives is left alone. */
function endOrphan(file) {
  if (!fs.existsSync(file)) return;
  const { start, server } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const command = `/proc/${server}/cmdline`;
  // The number may be another process's by now.
  if (alive(start) || !fs.existsSync(command) || !fs.readFileSync(command, 'utf8').includes(path.dirname(file))) return;
  console.log('Ending the server that a killed start left behind.');
  process.kill(-server, 'SIGTERM');
}

async function serve(folder) {
  installHost();
  // Short: a unix socket lives in it, whose path may have 107 bytes.
  const profile = path.join(root, '.vscode-test/start');
  const user = path.join(profile, 'data/User');
  for (const one of [user, path.join(profile, 'ext'), path.join(profile, 'home')]) fs.mkdirSync(one, { recursive: true });
  fs.writeFileSync(path.join(profile, 'config.yaml'), 'auth: none\ncert: false\n');
  const settings = path.join(user, 'settings.json');
  // Only the first time: from then on the settings are the user's.
  if (!fs.existsSync(settings)) {
    const quiet = {
      'workbench.startupEditor': 'none',
      'workbench.secondarySideBar.defaultVisibility': 'hidden',
      'chat.disableAIFeatures': true,
      'telemetry.telemetryLevel': 'off',
      'extensions.ignoreRecommendations': true,
    };
    fs.writeFileSync(settings, `${JSON.stringify(quiet, null, 2)}\n`);
  }
  const node = path.join(hostFolder, 'node24');
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|CODE_SERVER|PASSWORD|NODE_OPTIONS|XDG_|npm_)/i.test(name));
  const env = { ...Object.fromEntries(inherited), HOME: path.join(profile, 'home'), EXTENSIONS_GALLERY: '{}' };
  const paths = [
    '--config',
    path.join(profile, 'config.yaml'),
    '--user-data-dir',
    path.join(profile, 'data'),
    '--extensions-dir',
    path.join(profile, 'ext'),
  ];
  const flags = [
    path.join(hostFolder, 'node_modules/code-server/out/node/entry.js'),
    ...paths,
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-getting-started-override',
  ];
  must('Installing the extension', node, [...flags, '--install-extension', vsix, '--force'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });

  const pids = path.join(profile, 'server.json');
  endOrphan(pids);
  const port = await stablePort();
  const log = fs.openSync(path.join(profile, 'server.log'), 'w');
  // A group of its own: the server is a wrapper with children, and Ctrl+C must end them all, once.
  const server = spawn(node, [...flags, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`], {
    env,
    cwd: profile,
    stdio: ['ignore', log, log],
    detached: true,
  });
  fs.writeFileSync(pids, JSON.stringify({ start: process.pid, server: server.pid }));
  const stop = () => {
    try {
      process.kill(-server.pid, 'SIGTERM');
    } catch {
      // It is gone already.
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  server.once('exit', (code) => {
    console.log('ClaudeTask has stopped.');
    process.exit(code ?? 1);
  });
  const address = `http://127.0.0.1:${port}/`;
  const end = Date.now() + 60_000;
  while (
    !(await fetch(`${address}healthz`).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (Date.now() > end) throw new Error(`VS Code did not start; see ${path.join(profile, 'server.log')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  console.log(`\nClaudeTask runs in VS Code, on ${folder}\nOpen  ${address}?folder=${encodeURIComponent(folder)}\nCtrl+C stops it.`);
}

if (!fs.existsSync(path.join(root, 'node_modules/.package-lock.json'))) {
  console.log('Installing dependencies: npm ci');
  must('Installing dependencies', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}
const folder = values.folder === undefined ? sampleWorkspace() : requestedFolder(values.folder);
must('Building and packaging', 'npm', ['run', '--silent', 'package']);
if (onPath('code')) {
  const shell = process.platform === 'win32';
  must('Installing the extension', 'code', ['--install-extension', vsix, '--force'], { shell });
  must('Opening VS Code', 'code', [folder], { shell });
} else await serve(folder);
