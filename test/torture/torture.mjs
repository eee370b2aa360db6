// `npm run torture -- --kills 500`: builds the storage thread as the extension does, and kills windows that use it.
// `npm run torture -- --jobs 100`: kills runners and windows while a browser job of 40 pages goes on. Needs `npm run build` before.
// `npm run torture -- --soak 10`: twenty clients at one local server for ten minutes; what they were told against the database, and the server's heap.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const out = join(root, `out/torture-${process.pid}`);
mkdirSync(out, { recursive: true });
await build({
  entryPoints: {
    storage: join(root, 'src/storage/worker.ts'),
    torture: join(root, 'test/torture/torture.ts'),
    jobs: join(root, 'test/torture/jobs.ts'),
    writer: join(root, 'test/torture/writer.ts'),
    soak: join(root, 'test/torture/soak/soak.ts'),
    soakServer: join(root, 'test/torture/soak/server.ts'),
  },
  packages: 'external',
  outdir: out,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'error',
});
for (const file of ['sql-wasm.js', 'sql-wasm.wasm']) copyFileSync(join(root, 'node_modules/sql.js/dist', file), join(out, file));
try {
  const isSoak = process.argv.includes('--soak');
  const script = isSoak ? 'soak.js' : process.argv.includes('--jobs') ? 'jobs.js' : 'torture.js';
  const options = isSoak ? ['--enable-source-maps', '--expose-gc'] : ['--enable-source-maps'];
  const { status } = spawnSync(process.execPath, [...options, join(out, script), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
