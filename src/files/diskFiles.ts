import type { Files, ScanOptions } from '../app/filePorts.ts';
import type { Log } from '../app/ports.ts';
import type { ClaudePlaces } from '../core/claudePlaces.ts';
import { LateWrites } from './lateWrites.ts';
import { Leftovers } from './leftovers.ts';
import { readFile } from './readFile.ts';
import { realPathOf } from './realPath.ts';
import { Scan } from './scan.ts';
import { Watchers } from './watchers.ts';
import { FileWriter } from './writer.ts';

function decode(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  // Node reads over what is not base64.
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** The files of this computer. */
export function createFiles(log: Log): Files {
  const late = new LateWrites(log);
  const writer = new FileWriter(late);
  const leftovers = new Leftovers(log);
  const watchers = new Watchers(log);
  return {
    read: readFile,
    write: (path, bytes, options) => writer.write(path, bytes, options),
    move: (from, to, expected) => writer.move(from, to, expected),
    remove: (path, expected) => writer.remove(path, expected),
    resolve: realPathOf,
    scan: async (places: ClaudePlaces, options: ScanOptions = {}) => {
      const scan = new Scan(places, leftovers, options);
      return await (options.under === undefined ? scan.everything() : scan.under(options.under));
    },
    watch: (targets, onChanged) => watchers.watch(targets, onChanged),
    base64: { encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'), decode },
    onDidFindLateWrite: late.onDidFind,
    async close() {
      watchers.dispose();
      leftovers.dispose();
      await late.dispose();
    },
  };
}
