// The other engines and the server we measure against. They stay out of package.json: the product needs no compiler and no native module,
// so `npm ci` must not need them either.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const benchDir = path.join(root, '.bench');
const peersDir = path.join(benchDir, 'peers');
const hostDir = path.join(root, '.vscode-test', 'host');

/** Newest first: better-sqlite3 brings a binary for most platforms since 13, older ones are compiled. */
const betterSqlite = ['13.2.0', '12.11.1'];
const wasmSqlite = '0.8.60';
const fastify = '5.12.8';

/** The Node that runs the extension host of our test rig: all subjects run under it, so that all have the same V8 and libuv. */
export function hostNode() {
  const node = path.join(hostDir, 'node24');
  if (fs.existsSync(node)) return node;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  throw new Error(`There is no Node 24 in ${hostDir}. Run "npm start" or "npm test" once: they install the VS Code host that has it.`);
}

function works(node) {
  const probe =
    "const D=require('better-sqlite3');const d=new D(':memory:');const v=d.prepare('select sqlite_version() v').get().v;d.close();" +
    "require('node-sqlite3-wasm');const f=require('fastify/package.json').version;require('fastify');" +
    "process.stdout.write(require('better-sqlite3/package.json').version+' '+v+' fastify '+f)";
  try {
    return execFileSync(node, ['-e', probe], { cwd: peersDir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

/** Installs the peers into `.bench/peers` unless they are there and load. Gives the folder and what was found. */
export function installPeers(say = (line) => process.stderr.write(`${line}\n`)) {
  const node = hostNode();
  let found = fs.existsSync(path.join(peersDir, 'node_modules')) ? works(node) : undefined;
  const failures = [];
  for (const version of found ? [] : betterSqlite) {
    say(
      `bench: installing better-sqlite3 ${version}, node-sqlite3-wasm ${wasmSqlite} and fastify ${fastify} into .bench/peers (a compiler may run for a minute)`,
    );
    fs.mkdirSync(peersDir, { recursive: true });
    fs.writeFileSync(
      path.join(peersDir, 'package.json'),
      JSON.stringify(
        {
          name: 'claudetask-bench-peers',
          private: true,
          dependencies: { 'better-sqlite3': version, 'node-sqlite3-wasm': wasmSqlite, fastify },
        },
        null,
        2,
      ),
    );
    // The Node package of the host has the headers, so that node-gyp downloads none.
    const nodeHome = path.resolve(path.dirname(fs.realpathSync(node)), '..');
    const headers = fs.existsSync(path.join(nodeHome, 'include', 'node')) ? { npm_config_nodedir: nodeHome } : {};
    try {
      execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: peersDir,
        env: { ...process.env, ...headers, PATH: `${path.dirname(fs.realpathSync(node))}${path.delimiter}${process.env.PATH}` },
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
      });
    } catch (error) {
      failures.push(`${version}: ${String(error.stderr ?? error).slice(-2000)}`);
      continue;
    }
    found = works(node);
    if (found) break;
    failures.push(`${version}: installed, but does not load under ${node}`);
  }
  if (!found) throw new Error(`The peers of the benches could not be installed.\n${failures.join('\n')}`);
  return { dir: peersDir, node, versions: found };
}
