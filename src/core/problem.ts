import type { Span, TextEdit } from './markdown/textEdit.ts';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** A way out of a problem, offered and never applied unasked. */
export type Fix = {
  /** A verb first: "Quote the description". */
  title: string;
  /** Fixes of one kind can be applied to a whole file, or to all files, at once. */
  kind: string;
  preferred?: boolean;
} & (
  | { edits: readonly TextEdit[] }
  /** Something outside the file: making a file, or a line in another one. The path is absolute. */
  | { create: { path: string; content: string } }
  | { appendLine: { path: string; line: string } }
);

/** Something about a file that its author would want to know, with the reason in words. */
export interface Problem {
  /** Stable, kebab-case: shown behind the message and linked to its explanation. */
  code: string;
  severity: Severity;
  message: string;
  span: Span;
  /** True when Claude Code does not load the file because of it. */
  fatal?: boolean;
  fixes?: readonly Fix[];
}
