/** `longText` may span lines; `list` is a YAML list or the string form its field allows; `yaml` is a structure no form can draw. */
export type FieldKind = 'text' | 'longText' | 'choice' | 'list' | 'integer' | 'boolean' | 'yaml';

export interface FieldChoice {
  value: string;
  /** One sentence without its full stop. */
  description: string;
}

/** What is known of one frontmatter field: form, completion, hover and diagnostics all read it from here. */
export interface FieldSpec {
  key: string;
  kind: FieldKind;
  required: boolean;
  /** Suggestions; with `closed` the only values there are. */
  values?: readonly FieldChoice[];
  closed?: boolean;
  /** Values that still work but are no longer written, with the value that took their place. */
  aliases?: Readonly<Record<string, string>>;
  /** How a string is cut into items, for lists that may be written as one. */
  separator?: 'comma' | 'space';
  /** Markdown, two or three sentences. */
  hover: string;
}
