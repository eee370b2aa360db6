import path from 'node:path';
import type { EngineAssets } from '../../src/storage/engine/sqlJs.ts';

/** sql.js lies beside the bundles, as it does in the product. */
export const buildFolder = (): string => path.dirname(process.argv[1] ?? '');
export const assets = (): EngineAssets => ({
  js: path.join(buildFolder(), 'sql-wasm.js'),
  wasm: path.join(buildFolder(), 'sql-wasm.wasm'),
});
