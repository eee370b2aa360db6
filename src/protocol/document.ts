import * as z from 'zod';
import { actorKinds } from '../core/actor.ts';
import { documentCauses, documentKinds } from '../core/document.ts';
import { line } from './text.ts';

const wrongStep = /(^|\/)(\.|\.\.)?(\/|$)/;
const leadingUp = /^(\.\.\/)*/;

/** From the workspace folder with `/`, possibly through `../`, or from the home folder after `~/`. Each file has one such path. */
export const documentPath = line(1024)
  .refine((path) => !path.includes('\\'), 'has a backslash; write / between folders')
  .refine((path) => !wrongStep.test(path.replace(leadingUp, '')), 'is not a path like .claude/agents/x.md or ~/.claude/CLAUDE.md')
  .refine((path) => !/^[a-z]:/i.test(path), 'is not relative to the workspace folder or to ~');
export const documentKind = z.enum(documentKinds);

/** `content` is base64; null says that the file is gone. */
const recording = z.strictObject({
  path: documentPath,
  kind: documentKind,
  content: z.string().nullable(),
  cause: z.enum(documentCauses),
  note: line(500).optional(),
});
export type Recording = z.input<typeof recording>;

const number = z.int().positive();

export const documentInput = {
  record: recording,
  recordMany: z.strictObject({
    documents: z
      .array(recording)
      .min(1, 'names no document')
      .max(500, 'names more than 500 documents; split the call')
      .refine((list) => new Set(list.map(({ path }) => path)).size === list.length, 'names a document twice'),
  }),
  /** In the order of the paths; `after` is the last path of the page before. Deleted ones too unless `deleted` says which. */
  list: z.strictObject({
    kind: documentKind.optional(),
    deleted: z.boolean().optional(),
    prefix: z.string().max(1024).optional(),
    limit: z.int().min(1).max(1000).optional(),
    after: z.string().max(1024).optional(),
  }),
  /** Newest first. */
  versions: z.strictObject({ path: documentPath, limit: z.int().min(1).max(500).optional(), beforeVersion: number.optional() }),
  version: z.strictObject({ path: documentPath, version: number }),
} as const;

const hash = z.string().nullable();
export const documentRow = z.object({
  path: z.string(),
  kind: documentKind,
  version: number,
  hash,
  deleted: z.boolean(),
  createdAt: z.int(),
  savedAt: z.int(),
});
export const documentVersion = z.object({
  version: number,
  hash,
  bytes: z.int(),
  savedAt: z.int(),
  actor: z.object({ kind: z.enum(actorKinds), name: z.string() }),
  cause: z.enum(documentCauses),
  note: z.string().nullable(),
});
export const documentChange = z.object({ path: z.string(), kind: documentKind, version: number, deleted: z.boolean() });

export const documentOutput = {
  /** `recorded` is false when the newest version has that content already: then `version` is its number and nothing was written. */
  recorded: z.object({ revision: z.int(), version: z.int(), recorded: z.boolean() }),
  /** Those that were recorded. */
  recordedMany: z.object({ revision: z.int(), documents: z.array(documentChange) }),
  list: z.object({ revision: z.int(), documents: z.array(documentRow) }),
  versions: z.object({ document: documentRow, versions: z.array(documentVersion) }),
  version: documentVersion.extend({ path: z.string(), kind: documentKind, content: z.string().nullable() }),
} as const;
