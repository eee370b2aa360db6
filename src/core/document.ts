import type { Actor } from './actor.ts';

/** What Claude Code takes a file for. `settings` are recorded only when ClaudeTask changes them: they may hold keys and tokens. */
export const documentKinds = ['agent', 'skill', 'command', 'rule', 'instructions', 'memory', 'agentLog', 'settings'] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** How a version came about: saved in VS Code, found on the disk, written by an operation of ours … */
export const documentCauses = ['editor', 'outside', 'claudetask', 'restore', 'delete', 'rename'] as const;
export type DocumentCause = (typeof documentCauses)[number];

/** Bytes. Claude Code reads no instruction file that is larger, and neither do we keep one. */
export const documentLimit = 4 * 1024 * 1024;

/** One document as it is in the database: the newest of its versions. */
export interface DocumentRow {
  /** `.claude/agents/x.md`: from the workspace folder, with `/`. `~/.claude/CLAUDE.md`: from the home folder. */
  path: string;
  kind: DocumentKind;
  /** From 1; each saved content is one. */
  version: number;
  /** SHA-256 of the bytes in hexadecimal; null when the file is deleted. */
  hash: string | null;
  deleted: boolean;
  /** Milliseconds since 1970: of the first version, and of this one. */
  createdAt: number;
  savedAt: number;
}

/** One saved content of a document, without the content. */
export interface DocumentVersion {
  version: number;
  /** Null when the version says that the file was deleted; then `bytes` is 0. */
  hash: string | null;
  bytes: number;
  savedAt: number;
  actor: Actor;
  cause: DocumentCause;
  note: string | null;
}

/** What an event tells of a document. */
export interface DocumentChange {
  path: string;
  kind: DocumentKind;
  version: number;
  deleted: boolean;
}
