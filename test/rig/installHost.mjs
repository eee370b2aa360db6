// Installs the VS Code host that tests and `npm start` use: code-server and its Node 24 from npm, into .vscode-test/host.
// No compiler and no install scripts: what they would do and we need is done here.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
export const hostFolder = path.resolve(here, '../../.vscode-test/host');

const codeServer = '4.139.1';
const node = '24.21.0';

/** Parts that no test of ours needs: 0.3 of 0.8 GB. */
const unneeded = [
  'node_modules/@github',
  'node_modules/@microsoft/mxc-sdk',
  'extensions/copilot',
  'extensions/mermaid-markdown-features',
  'extensions/microsoft-authentication',
];

function versionOf(name) {
  try {
    return JSON.parse(fs.readFileSync(path.join(hostFolder, 'node_modules', name, 'package.json'), 'utf8')).version;
  } catch {
    return undefined;
  }
}

/** Installs unless this very version is there already. */
export function installHost(say = console.log) {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new Error(
      `The VS Code host from npm runs on Linux (x64, arm64) only, and this is ${process.platform} ${process.arch}. Put "code" on the PATH and use "npm start".`,
    );
  }
  const nodePackage = `node-linux-${process.arch}`;
  const done = path.join(hostFolder, 'installed.json');
  const wanted = JSON.stringify({ codeServer, node });
  if (fs.existsSync(done) && fs.readFileSync(done, 'utf8') === wanted && fs.existsSync(path.join(hostFolder, 'node24'))) return;

  const npm = (cwd, ...args) =>
    execFileSync('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd,
      stdio: ['ignore', 'ignore', 'inherit'],
      // npm must judge `engines` by the Node that will run the host.
      env: { ...process.env, PATH: `${path.join(hostFolder, 'node_modules', nodePackage, 'bin')}${path.delimiter}${process.env.PATH}` },
    });

  fs.mkdirSync(hostFolder, { recursive: true });
  const server = path.join(hostFolder, 'node_modules/code-server/lib/vscode');
  if (versionOf('code-server') !== codeServer || versionOf(nodePackage) !== node || !fs.existsSync(path.join(server, 'node_modules'))) {
    say(
      `Installing VS Code (code-server ${codeServer}) and its Node ${node} from npm into .vscode-test/host: about half a minute, 0.5 GB.`,
    );
    fs.writeFileSync(path.join(hostFolder, 'package.json'), '{"name":"vscode-host","private":true}\n');
    npm(hostFolder, 'install', '--save-exact', `${nodePackage}@${node}`);
    npm(hostFolder, 'install', '--save-exact', `code-server@${codeServer}`);
    npm(server, 'install', '--omit=dev');
    npm(path.join(server, 'extensions'), 'install', '--omit=dev');
    for (const folder of unneeded) fs.rmSync(path.join(server, folder), { recursive: true, force: true });
  }
  link(path.join(server, 'bin/remote-cli/code-server'), 'code-linux.sh');
  link(path.join(server, 'bin/helpers/browser.sh'), 'browser-linux.sh');
  link(path.join(hostFolder, 'node24'), path.join(hostFolder, 'node_modules', nodePackage, 'bin/node'));
  // Output channels and log files go through a native logger; without one they stay empty.
  fs.copyFileSync(path.join(here, 'spdlogShim.cjs'), path.join(server, 'node_modules/@vscode/spdlog/index.js'));
  // Only ends an orphaned extension host; without it each start logs a long error.
  fs.writeFileSync(path.join(server, 'node_modules/@vscode/native-watchdog/index.js'), 'exports.start = () => {};\n');
  execFileSync(path.join(hostFolder, 'node24'), [path.join(hostFolder, 'node_modules/code-server/out/node/entry.js'), '--version'], {
    stdio: 'ignore',
  });
  fs.writeFileSync(done, wanted);
}

function link(file, target) {
  fs.rmSync(file, { force: true });
  fs.symlinkSync(target, file);
}
