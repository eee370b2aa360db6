import * as z from 'zod';

/** Where a loop over pages is. `done`: this page has been read; the next one is to be opened. */
const pageSpot = z.strictObject({
  page: z.int().min(1),
  /** Address of this page and of the first one; the same when the site does not change it. Null when it cannot be kept. */
  url: z.string().nullable(),
  first: z.string().nullable(),
  done: z.boolean(),
});
export type PageSpot = z.output<typeof pageSpot>;

const level = z.strictObject({
  /** Index of the step to do in its list. */
  i: z.int().min(0),
  branch: z.enum(['steps', 'else']).optional(),
  /** forEach: index of the item. */
  item: z.int().min(0).optional(),
  spot: pageSpot.optional(),
  /** request: the page of the answer to go on with. */
  next: z.strictObject({ number: z.int(), url: z.string(), body: z.string().nullable() }).optional(),
});
/** One list of steps, from the job's own to the innermost. */
export type Level = z.output<typeof level>;

export type Collected = 'complete' | 'partial';

const checkpoint = z.strictObject({
  v: z.literal(1),
  levels: z.array(level).max(100),
  /** A step that changes something was begun, and it is not known whether it was done. */
  begun: z.string().nullable(),
  vars: z.record(z.string(), z.unknown()),
  results: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
  /** Steps whose rows are too many to be written with every checkpoint: they are read again when the run is taken up. */
  dropped: z.array(z.string()).optional(),
  collected: z.record(z.string(), z.enum(['complete', 'partial'])),
  pages: z.int(),
  records: z.int(),
});
export type Checkpoint = z.output<typeof checkpoint>;

/** Null for what an older version, or a damaged database, left: the run then begins anew, which reads the same records again. */
export function readCheckpoint(value: unknown): Checkpoint | null {
  const result = checkpoint.safeParse(value);
  return result.success ? result.data : null;
}

/** Characters of a step's rows, as JSON. */
const mostResultSize = 100_000;

interface Progress extends Pick<Checkpoint, 'begun' | 'vars' | 'results' | 'pages' | 'records'> {
  /** Grows by what is found to be too large: that need not be measured again. */
  dropped: Set<string>;
  levels: readonly Level[];
  collected: ReadonlyMap<string, Collected>;
}

export function checkpointOf(now: Progress): Checkpoint {
  for (const [id, rows] of Object.entries(now.results)) {
    if (!now.dropped.has(id) && rows.length > 0 && JSON.stringify(rows).length > mostResultSize) now.dropped.add(id);
  }
  return {
    v: 1,
    levels: now.levels.map((one) => ({ ...one })),
    begun: now.begun,
    vars: now.vars,
    results: Object.fromEntries(Object.entries(now.results).filter(([id]) => !now.dropped.has(id))),
    dropped: [...now.dropped],
    collected: Object.fromEntries(now.collected),
    pages: now.pages,
    records: now.records,
  };
}
