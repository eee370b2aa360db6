// `npm run torture -- --kills 500`: builds the storage thread as the extension does, and kills windows that use it.
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
    writer: join(root, 'test/torture/writer.ts'),
  },
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
  const { status } = spawnSync(process.execPath, [join(out, 'torture.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
