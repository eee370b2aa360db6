import * as z from 'zod';
import { documentPath } from './document.ts';
import type { Scope } from './operations.ts';
import { line } from './text.ts';

export interface FileOperationContract {
  input: z.ZodType;
  output: z.ZodType;
  mutates: boolean;
  scope: Scope;
}

const query = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) =>
  ({ input, output, mutates: false, scope: 'documents:read' }) as const;
const mutation = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) =>
  ({ input, output, mutates: true, scope: 'documents:write' }) as const;

/** SHA-256 of the bytes that the caller has seen, in hexadecimal. */
const seen = z.string().regex(/^[0-9a-f]{64}$/, 'is not a hash as list and get answer it');
/** Base64 for files that are not UTF-8, so that every byte survives. */
const encoding = z.enum(['utf8', 'base64']);
const content = { content: z.string(), encoding: encoding.optional() };
/** The file's name in the folder of its kind, possibly in a sub-folder: `review/api.md`. */
const fileInFolder = documentPath
  .refine((file) => /\.md$/i.test(file), 'does not end in .md')
  .refine((file) => !/^(~|\.\.)(\/|$)/.test(file), 'leads out of its folder');
/** What an agent is called by. */
const agentId = line(200).refine((name) => /^[^()*]+$/.test(name), 'is no name of an agent');
const writableScope = z.enum(['project', 'user']);

const fileScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('managed') }),
  /** `directory` is where `.claude` lies, as a document path; `.` is the workspace folder. */
  z.object({ kind: z.literal('project'), directory: z.string() }),
  z.object({ kind: z.literal('user') }),
  z.object({ kind: z.literal('plugin'), name: z.string() }),
]);
const file = z.object({ path: z.string(), scope: fileScope, size: z.int(), modifiedAt: z.int(), problem: z.string().nullable() });
const named = file.extend({
  /** As its frontmatter says it; null when it says none. */
  name: z.string().nullable(),
  description: z.string().nullable(),
  hash: z.string().nullable(),
});
const whole = { hash: z.string(), content: z.string(), encoding };
const written = z.object({ path: z.string(), hash: z.string() });
const restoring = z.strictObject({ path: documentPath, version: z.int().positive(), expectedHash: seen.nullable() });

/**
 * What programs can do with agents, skills and instruction files. Paths are document paths. A write names the hash of the content its
 * author has seen; when the file is another by then it fails with `file.stale`, whose details have the content as it is.
 */
export const fileOperationContracts = {
  'agent.list': query(z.strictObject({}), z.object({ agents: z.array(named) })),
  'agent.get': query(z.strictObject({ path: documentPath }), named.extend(whole)),
  'agent.create': mutation(z.strictObject({ scope: writableScope, file: fileInFolder, ...content }), written),
  'agent.update': mutation(z.strictObject({ path: documentPath, ...content, expectedHash: seen }), written),
  /** Sets the name in the file, and names the file after it when it was named after the old one. */
  'agent.rename': mutation(z.strictObject({ path: documentPath, name: z.string().min(1).max(200), expectedHash: seen }), written),
  'agent.move': mutation(z.strictObject({ path: documentPath, scope: writableScope, expectedHash: seen }), written),
  'agent.delete': mutation(z.strictObject({ path: documentPath, expectedHash: seen }), z.object({ path: z.string() })),
  /** Brings a version back; `expectedHash` is null when there is no such file now. */
  'agent.restore': mutation(restoring, written),
  /**
   * Allows or forbids an agent by `permissions.deny` of a settings file: `.claude/settings.local.json` unless a path is given. The hash is
   * null when there is no such file and none was needed. What Claude Code may do is for its user to say.
   */
  'agent.setEnabled': {
    ...mutation(
      z.strictObject({ name: agentId, enabled: z.boolean(), settings: documentPath.optional() }),
      z.object({ path: z.string(), hash: z.string().nullable() }),
    ),
    scope: 'database:admin',
  },
  'instructions.list': query(z.strictObject({}), z.object({ files: z.array(file) })),
  'instructions.get': query(z.strictObject({ path: documentPath.optional() }), file.extend(whole)),
  /** `CLAUDE.md` of the workspace folder unless a path is given; `expectedHash` is null to make a new file. */
  'instructions.put': mutation(z.strictObject({ path: documentPath.optional(), ...content, expectedHash: seen.nullable() }), written),
  'skill.list': query(z.strictObject({}), z.object({ skills: z.array(named) })),
  'skill.create': mutation(z.strictObject({ scope: writableScope, name: z.string().min(1).max(200), ...content }), written),
  'command.create': mutation(z.strictObject({ scope: writableScope, file: fileInFolder, ...content }), written),
  'rule.create': mutation(z.strictObject({ scope: writableScope, file: fileInFolder, ...content }), written),
  /** A file of an agent's memory; `expectedHash` is null to make a new one. */
  'memory.put': mutation(z.strictObject({ path: documentPath, ...content, expectedHash: seen.nullable() }), written),
  'agentLog.put': mutation(z.strictObject({ path: documentPath, ...content, expectedHash: seen.nullable() }), written),
  /** As `agent.restore`, for a file of any kind that versions are kept of. */
  'document.restore': mutation(restoring, written),
} as const satisfies Record<string, FileOperationContract>;

export type FileOperationName = keyof typeof fileOperationContracts;
export type FileOperationInput<N extends FileOperationName> = z.input<(typeof fileOperationContracts)[N]['input']>;
export type FileOperationOutput<N extends FileOperationName> = z.output<(typeof fileOperationContracts)[N]['output']>;
