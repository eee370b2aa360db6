import picomatch from 'picomatch';
import { readItems } from '../listField.ts';
import { fieldOf } from '../markdown/frontmatter.ts';
import type { MarkdownDocument } from '../markdown/frontmatter.ts';
import { braceExpansions, maxExpansions } from './glob.ts';

/** A file of `.claude/rules`. */
export interface Rule {
  /** Null: always loaded. */
  paths: readonly string[] | null;
}

/** Takes any file, however broken; what no YAML reader takes counts as having no `paths`. */
export function readRule(document: MarkdownDocument): Rule {
  const field = document.frontmatter?.level === 'scanned' ? undefined : fieldOf(document, 'paths');
  if (field === undefined || field.value === null) return { paths: null };
  return { paths: readItems(document, field).items.map((item) => item.text) };
}

const compiled = new Map<string, (path: string) => boolean>();
const mostCompiled = 2000;

function matcherOf(glob: string): (path: string) => boolean {
  let matcher = compiled.get(glob);
  if (matcher === undefined) {
    matcher = braceExpansions(glob) > maxExpansions || glob === '' ? () => false : picomatch(glob, { dot: true });
    if (compiled.size >= mostCompiled) compiled.clear();
    compiled.set(glob, matcher);
  }
  return matcher;
}

/** Whether reading that file loads the rule. `relativePath` is relative to the project, with slashes. */
export function ruleMatches(rule: Rule, relativePath: string): boolean {
  return rule.paths === null || rule.paths.some((glob) => matcherOf(glob)(relativePath));
}
