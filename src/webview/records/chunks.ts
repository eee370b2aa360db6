import type { JobRecord } from '../../protocol/jobs/runs.ts';

/** Records of one answer. */
export const chunkSize = 200;
/** Chunks that are kept: 12,000 records. */
const kept = 60;
/** The store answers one after another; more would only make a later question wait. */
const atOnce = 2;

export interface ChunkDeps {
  /** Asks for the records from a place on. Null when there is no answer; who asked has said why. */
  load(offset: number, limit: number): Promise<readonly JobRecord[] | null>;
  /** Something came: draw again. */
  changed(): void;
}

/** The part of a long list that was looked at, read in chunks as they come into view. */
export interface Chunks {
  at(index: number): JobRecord | undefined;
  /** Reads what lies between, and what is near; what was asked for before and is far away now is not read. */
  want(first: number, end: number, total: number): void;
  /** Reads all between; false when something of it did not come. */
  readAll(first: number, end: number): Promise<boolean>;
  /** Another list. The old one stays until something of the new has come, so that nothing flickers. */
  reset(): void;
  /** The same list, changed: what is there is shown until the new has come. */
  renew(): void;
  /** Changes with each `reset` and `renew`: an answer to a question of before says nothing any more. */
  generation(): number;
}

export function createChunks({ load, changed }: ChunkDeps): Chunks {
  /** In the order of their last use. */
  const chunks = new Map<number, { records: readonly JobRecord[]; isOld: boolean }>();
  let generation = 0;
  let coming = new Map<number, Promise<boolean>>();
  let wanted: number[] = [];
  /** Chunks that did not come are not asked for again with every drawing. */
  let failed = new Set<number>();
  let isOtherList = false;

  const read = (chunk: number): Promise<boolean> => {
    const before = coming.get(chunk);
    if (before !== undefined) return before;
    const asked = generation;
    const work = (async (): Promise<boolean> => {
      const records = await load(chunk * chunkSize, chunkSize);
      if (asked !== generation) return false;
      coming.delete(chunk);
      if (records !== null) {
        if (isOtherList) chunks.clear();
        isOtherList = false;
        chunks.delete(chunk);
        chunks.set(chunk, { records, isOld: false });
        for (const oldest of chunks.keys()) {
          if (chunks.size <= kept) break;
          chunks.delete(oldest);
        }
        changed();
      } else failed.add(chunk);
      readNext();
      return records !== null;
    })();
    coming.set(chunk, work);
    return work;
  };
  const readNext = (): void => {
    while (coming.size < atOnce) {
      const chunk = wanted.shift();
      if (chunk === undefined) return;
      void read(chunk);
    }
  };
  const isMissing = (chunk: number): boolean => chunks.get(chunk)?.isOld !== false && !coming.has(chunk) && !failed.has(chunk);
  const forget = (): void => {
    generation++;
    coming = new Map();
    wanted = [];
    failed = new Set();
  };

  return {
    generation: () => generation,
    at: (index) => chunks.get(Math.floor(index / chunkSize))?.records[index % chunkSize],
    want: (first, end, total) => {
      const from = Math.floor(first / chunkSize);
      const to = Math.floor(Math.max(first, end - 1) / chunkSize);
      const list: number[] = [];
      for (let chunk = from; chunk <= to; chunk++) {
        const known = chunks.get(chunk);
        if (known !== undefined) {
          chunks.delete(chunk);
          chunks.set(chunk, known);
        }
        list.push(chunk);
      }
      // The chunk behind is read before it is needed.
      if (end % chunkSize > chunkSize / 2 && (to + 1) * chunkSize < total) list.push(to + 1);
      if (first % chunkSize < chunkSize / 2 && from > 0) list.push(from - 1);
      wanted = list.filter(isMissing);
      readNext();
    },
    readAll: async (first, end) => {
      for (let chunk = Math.floor(first / chunkSize); chunk * chunkSize < end; chunk++) {
        if (chunks.get(chunk)?.isOld !== false && !(await read(chunk))) return false;
      }
      return true;
    },
    reset: () => {
      forget();
      isOtherList = true;
      for (const chunk of chunks.values()) chunk.isOld = true;
    },
    renew: () => {
      forget();
      for (const chunk of chunks.values()) chunk.isOld = true;
    },
  };
}
