import * as z from 'zod';
import type { Severity } from '../core/problem.ts';
import type { Reply } from './wire.ts';

const key = z.string().min(1).max(200);
const place = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('field'), key }),
  /** Where a problem is, by its number in the state of that version. */
  z.strictObject({ kind: z.literal('problem'), version: z.int(), index: z.int().min(0) }),
]);

/** What the form can do to the file. Texts have `\n` between their lines. */
const change = z.discriminatedUnion('what', [
  /** A text as the box shows it, or the items of a list; null for a field without a value. A field that is not there is added. */
  z.strictObject({
    what: z.literal('setField'),
    key,
    value: z.union([z.string().max(1_000_000), z.array(z.string().max(10_000)).max(2000), z.null()]),
  }),
  z.strictObject({ what: z.literal('removeField'), key }),
  z.strictObject({ what: z.literal('setBody'), body: z.string().max(5_000_000) }),
  /** `title` makes sure that it is the fix the person saw. */
  z.strictObject({ what: z.literal('applyFix'), problem: z.int().min(0), fix: z.int().min(0), title: z.string().max(1000) }),
]);
export type AgentFormChange = z.infer<typeof change>;

/** What the page asks of the host. It names operations of the form, never VS Code commands. */
export const agentFormRequest = z.discriminatedUnion('kind', [
  /** The page listens now: the host answers with `init`. */
  z.strictObject({ kind: z.literal('ready') }),
  /**
   * `base` is the version of the state that the page has seen. A field that changed since is not overwritten: the reply fails with
   * `file.stale`.
   */
  z.strictObject({ kind: z.literal('change'), id: z.int(), base: z.int(), change }),
  /** Shows the file as text, at a place in it. */
  z.strictObject({ kind: z.literal('openFile'), at: place.optional() }),
  /** Keys that were held back until the last change had arrived. */
  z.strictObject({ kind: z.literal('perform'), what: z.enum(['undo', 'redo', 'save']) }),
]);
export type AgentFormRequest = z.infer<typeof agentFormRequest>;
export type FormPlace = z.infer<typeof place>;

/** What a box shows: a text, or the items of a list. */
export type BoxValue = string | readonly string[];

export interface FormField {
  key: string;
  /** Of a read-only field the text as it stands in the file. */
  value: BoxValue;
  /** The value is none that the field's control can hold. */
  readOnly: boolean;
}

export interface FormProblem {
  code: string;
  severity: Severity;
  message: string;
  /** Claude Code ignores the file because of it. */
  fatal: boolean;
  /** The key of the field, `null` for the file as a whole. */
  field: string | null;
  inBody: boolean;
  fixes: readonly { title: string; preferred: boolean }[];
}

/** The file as the form shows it. */
export interface AgentFormState {
  /** Of the document. A state with a lower one than the page has is late, and ignored. */
  version: number;
  fileName: string;
  isDeleted: boolean;
  isReadOnly: boolean;
  frontmatter: 'read' | 'none' | 'unclosed';
  /** The known fields that are present, in the documented order. */
  fields: readonly FormField[];
  /** Fields that Claude Code does not know, as they stand in the file. */
  others: readonly { key: string; raw: string }[];
  body: string;
  /** In the order of the file. */
  problems: readonly FormProblem[];
}

/** What can be chosen, beside what the documentation names. */
export interface FormSuggestions {
  tools: readonly Suggestion[];
  skills: readonly Suggestion[];
  models: readonly Suggestion[];
  agents: readonly Suggestion[];
}

export interface Suggestion {
  value: string;
  description: string;
}

/** What the host tells the page. */
export type AgentFormMessage =
  /** `strings`: translated texts by their English original. */
  | { kind: 'init'; state: AgentFormState; suggestions: FormSuggestions; strings: Readonly<Record<string, string>> }
  | { kind: 'state'; state: AgentFormState }
  | { kind: 'suggestions'; suggestions: FormSuggestions }
  /** `state` is that after the change, or that which stands against it. */
  | { kind: 'reply'; id: number; reply: Reply<null>; state: AgentFormState };

/** Kept by the page while it is hidden and across reloads. */
export interface AgentFormViewState {
  version: 1;
  scrollTop: number;
  /** The box that had the focus. */
  focused: string | null;
  /** Fields added in the form that have no value yet. */
  adding: readonly string[];
  /** What was typed and is not in the file: `base` is what the file had. */
  drafts: readonly { key: string; shown: BoxValue; base: BoxValue }[];
}
