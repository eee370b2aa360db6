import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { AppError } from '../../core/appError.ts';
import { createArena } from './connection.ts';
import type { Arena } from './connection.ts';
import { createHeap } from './heap.ts';
import type { Heap } from './heap.ts';
import { pickSqliteApi } from './sqliteApi.ts';
import type { SqliteApi } from './sqliteApi.ts';
import { createSystemCalls } from './systemCalls.ts';
import type { SystemCalls } from './systemCalls.ts';

/** The two files of official sql.js, unmodified, by their absolute paths. */
export interface EngineAssets {
  js: string;
  wasm: string;
}

/** The sql.js this code was written for: the names of its system calls are new letters in every release. */
export const pinned = {
  version: '1.16.0',
  js: '9b96118841c6edfdf53c6f388c1419d1f473cf469df6a6fc2864b386d60bdb5e',
  wasm: '43bbcdd44287e5a2db3b6b5af34b1a3485a7a441285d247976c1ebe3c61f8dbf',
  imports: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN',
} as const;

/** SQLite in WebAssembly, loaded. `systemCalls` is missing when the files are not the pinned ones: then no file can be opened. */
export interface SqlJs {
  api: SqliteApi;
  heap: Heap;
  /** Shared by all databases of the thread. */
  arena: Arena;
  systemCalls: SystemCalls | undefined;
  /** Opens bytes in memory the official way; the answer's `db` is the pointer. */
  openBytes(bytes: Uint8Array): { db: number; close(): void };
}

/** Says how the files differ from the pinned ones, or nothing. */
export function mismatch(assets: EngineAssets): AppError | undefined {
  const wasm = readAsset(assets.wasm);
  return differences(assets, wasm, compile(wasm));
}

function differences(assets: EngineAssets, wasm: Uint8Array, module: WebAssembly.Module | undefined): AppError | undefined {
  const problems: string[] = [];
  if (sha256(readAsset(assets.js)) !== pinned.js) problems.push('sql-wasm.js has another content');
  if (sha256(wasm) !== pinned.wasm) problems.push('sql-wasm.wasm has another content');
  if (module === undefined || importNames(module) !== pinned.imports) problems.push('sql-wasm.wasm asks for other system calls');
  if (problems.length === 0) return undefined;
  return new AppError(
    'store.engineMismatch',
    `The database engine is not the sql.js ${pinned.version} this version was built for (${problems.join('; ')}). ` +
      'Nothing will be written, so that nothing can be lost. Reinstall the extension.',
    { problems, version: pinned.version },
  );
}

function compile(wasm: Uint8Array): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(wasm);
  } catch {
    return undefined;
  }
}

function importNames(module: WebAssembly.Module): string {
  return WebAssembly.Module.imports(module)
    .map((item) => (item.module === 'a' ? item.name : `${item.module}.${item.name}`))
    .join('');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function readAsset(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new AppError(
      'store.engineMismatch',
      `A part of the database engine is missing: ${path}. Reinstall the extension.`,
      { path },
      cause,
    );
  }
}

// `initSqlJs` gives the same module for every call in a process and ignores later configurations, so we keep what we made.
const loaded = new Map<string, Promise<SqlJs>>();

/** Loads and verifies the engine, once per thread. Fails with `store.engineMismatch` unless the files are the pinned ones. */
export async function loadSqlJs(assets: EngineAssets): Promise<SqlJs> {
  const key = resolve(assets.wasm);
  const known = loaded.get(key);
  if (known !== undefined) return await known;
  const wasm = readAsset(assets.wasm);
  // Compiled once: it is a good part of the time to open.
  const module = compile(wasm);
  const wrong = differences(assets, wasm, module);
  if (wrong !== undefined) throw wrong;
  const started = instantiate(assets, module, true);
  loaded.set(key, started);
  return await started;
}

/** Loads whatever sql.js is there for reading copies in memory. It is never let near a file. */
export async function loadForReading(assets: EngineAssets): Promise<SqlJs> {
  const key = `reading:${resolve(assets.wasm)}`;
  const started = loaded.get(key) ?? instantiate(assets, compile(readAsset(assets.wasm)), false);
  loaded.set(key, started);
  return await started;
}

async function instantiate(assets: EngineAssets, compiled: WebAssembly.Module | undefined, withFiles: boolean): Promise<SqlJs> {
  if (compiled === undefined) throw unusable('it is no WebAssembly');
  let heap: Heap | undefined;
  let systemCalls: SystemCalls | undefined;
  // Loaded at run time on purpose: the file assigns to `module`, which breaks in a bundle.
  const init: unknown = createRequire(resolve(assets.js))(resolve(assets.js));
  if (typeof init !== 'function') throw unusable('its entry is no function');
  const module: unknown = await Reflect.apply(init, undefined, [
    {
      instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
        const original = imports['a'];
        if (withFiles && original !== undefined) {
          systemCalls = createSystemCalls(original, () => heap);
          imports = { a: { ...original, ...systemCalls.imports } };
        }
        const instance = new WebAssembly.Instance(compiled, imports);
        const memory = Object.values(instance.exports).find((item) => item instanceof WebAssembly.Memory);
        if (memory !== undefined) heap = createHeap(memory);
        done(instance);
        return {};
      },
      useOldExtensionFunctions: false,
    },
  ]);
  if (typeof module !== 'object' || module === null || heap === undefined) throw unusable('it has no memory');
  const api = pickSqliteApi(module);
  if ('missing' in api) throw unusable(`${api.missing} is missing`);
  const Database: unknown = Reflect.get(module, 'Database');
  return {
    api,
    heap,
    arena: createArena(api),
    systemCalls,
    openBytes(bytes) {
      if (typeof Database !== 'function') throw unusable('Database is missing');
      const opened: unknown = Reflect.construct(Database, [bytes]);
      if (!isOpened(opened)) throw unusable('Database has another shape');
      return opened;
    },
  };
}

function isOpened(value: unknown): value is { db: number; close(): void } {
  return typeof value === 'object' && value !== null && 'db' in value && typeof value.db === 'number' && 'close' in value;
}

function unusable(why: string): AppError {
  return new AppError('store.engineMismatch', `The database engine cannot be used: ${why}. Reinstall the extension.`, {});
}
