import { readMarkdown } from '../markdown/frontmatter.ts';
import { readRule } from '../rules/rule.ts';
import type { FileView } from './sourceFiles.ts';

const known = new WeakMap<FileView, { globs: readonly string[] | null }>();

/** The globs of a rule, or of a file that a rule imports: then `paths` counts there, too. Null for a file without. Read once per content. */
export function globsOf(file: FileView): readonly string[] | null {
  if (!/^\uFEFF?---/.test(file.text)) return null;
  let entry = known.get(file);
  if (entry === undefined) {
    entry = { globs: readRule(readMarkdown(file.text)).paths };
    known.set(file, entry);
  }
  return entry.globs;
}
