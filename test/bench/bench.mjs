// npm run bench -- <name> [--json FILE] [--quick]
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { benchDir, hostNode, installPeers, root } from './peers.mjs';

const benches = {
  store: 'durable commits, throughput of 64 callers, reads, against better-sqlite3 and seven other ways to store tasks',
  open: '100k tasks + 1M audit rows: cold open, open after kill -9, memory, search',
  claude: 'agents and CLAUDE.md: parse and check, typing, the view of 5,000 agents, merged preview, against plain yaml',
  board: '10,000 cards in real VS Code: first cards, DOM size, filter, scrolling, bundle size',
  server: 'requests a second over 10,000 tasks against fastify + better-sqlite3, events to a WebSocket, search for the like, MCP over HTTP',
  jobs: '50 pages of a table by the runner against a raw playwright-core script and raw CDP; start; the extension host’s pauses; a host that limits spikes',
  activation: "activation time in VS Code's own figure, empty and with 10k tasks",
  idle: 'CPU of the extension host with and without us, with 10k tasks and nothing happening',
};
const needPeers = new Set(['store', 'server']);
/** These look at what users install. */
const needPackage = new Set(['board', 'jobs', 'activation', 'idle']);

const args = process.argv.slice(2);
const name = args.find((a, i) => (!a.startsWith('-') && !(args[i - 1] ?? '').startsWith('--')) || a in benches);
if (name === undefined || !(name in benches)) {
  console.log('Usage: npm run bench -- <name> [--json FILE] [--quick]\n');
  for (const [key, what] of Object.entries(benches)) console.log(`  ${key.padEnd(11)} ${what}`);
  if (name !== undefined) console.error(`\nThere is no bench called "${name}".`);
  process.exit(name === undefined ? 0 : 2);
}

const out = path.join(benchDir, 'build');
fs.mkdirSync(out, { recursive: true });
const here = path.join(root, 'test', 'bench');
const processes = fs
  .readdirSync(here)
  .filter((f) => f.endsWith('.process.ts'))
  .map((f) => path.join(here, f));
const shared = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  outExtension: { '.js': '.cjs' },
  logLevel: 'warning',
  outdir: out,
};
await build({ ...shared, entryPoints: [path.join(here, `${name}.bench.ts`)], packages: 'external' });
// What is measured is bundled as the product is: libraries left outside would cost time and memory that users do not pay.
const asShipped = { ...shared, minify: true, keepNames: true, external: ['sql.js', 'playwright-core'], mainFields: ['module', 'main'] };
await build({ ...asShipped, entryPoints: processes });
// The storage thread of the product; the same that says when the disk has something; and with the workload's transaction for operations.
const worker = path.join(root, 'src', 'storage', 'worker.ts');
await build({ ...asShipped, entryPoints: { productWorker: worker, markedWorker: path.join(here, 'markedWorker.ts') } });
const rawDomain = {
  name: 'raw-domain',
  setup: (b) => b.onResolve({ filter: /\/domainParts\.ts$/ }, () => ({ path: path.join(here, 'rawDomain.ts') })),
};
await build({ ...asShipped, entryPoints: { rawWorker: worker }, plugins: [rawDomain] });
// sql.js stays the two unmodified files it is, as in the product.
for (const f of ['sql-wasm.js', 'sql-wasm.wasm']) fs.copyFileSync(path.join(root, 'node_modules', 'sql.js', 'dist', f), path.join(out, f));

if (needPackage.has(name) && !args.includes('--packaged')) {
  console.error('bench: packaging the extension (--packaged takes out/claudetask.vsix as it is)');
  execFileSync('npm', ['run', '--silent', 'package'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}
const peers = needPeers.has(name) ? installPeers() : undefined;
const run = spawnSync(hostNode(), ['--expose-gc', path.join(out, `${name}.bench.cjs`), ...args.filter((a) => a !== name)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, BENCH_ROOT: root, BENCH_DIR: benchDir, BENCH_PEERS: peers?.dir ?? '', BENCH_PEER_VERSIONS: peers?.versions ?? '' },
});
process.exit(run.status ?? 1);
