import ignore from 'ignore';
import type { FieldValue, MarkdownDocument } from '../markdown/frontmatter.ts';
import { readAsClaudeCode } from '../markdown/claudeReading.ts';
import { expandBraces } from './glob.ts';

/** A file of `.claude/rules`. */
export interface Rule {
  /** As written, one entry per glob. Null: always loaded. */
  paths: readonly string[] | null;
}

/**
 * Takes any file, however broken. `paths` is text with commas or a list of such (measured with CLI 2.1.330): what is neither says nothing, and globs
 * that all mean everything are as good as none.
 */
export function readRule(document: MarkdownDocument): Rule {
  const paths = globsIn(readAsClaudeCode(document)?.values.paths);
  return { paths: linesOf(paths).every((line) => line === '' || line === '**') ? null : paths };
}

const linesOf = (paths: readonly string[]) => paths.flatMap(expandBraces).map((glob) => glob.replace(/\/\*\*\/?$/, ''));

function globsIn(value: FieldValue | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(globsIn);
  return typeof value === 'string' ? splitAtCommas(value) : [];
}

/** Commas in braces are of the glob. */
function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '{') depth += 1;
    else if (char === '}') depth = Math.max(0, depth - 1);
    if (at < text.length && (char !== ',' || depth > 0)) continue;
    const part = text.slice(from, at).trim();
    if (part !== '') parts.push(part);
    from = at + 1;
  }
  return parts;
}

const compiled = new Map<string, (path: string) => boolean>();
const mostCompiled = 2000;

/**
 * Globs are read as lines of a .gitignore (measured with CLI 2.1.330): `src` and `src/` mean all below, a name without a slash is found in every
 * folder, a leading slash is the project, capitals do not count, `[ab]` is one of two, `!` takes out. Braces are on top of that.
 */
function matcherOf(paths: readonly string[]): (path: string) => boolean {
  const key = JSON.stringify(paths);
  let matcher = compiled.get(key);
  if (matcher === undefined) {
    const lines = linesOf(paths).filter((line) => line !== '' && !/[\r\n]/.test(line));
    // To Claude Code `[!a]` and `[^a]` are sets of two signs.
    const rules = ignore().add(lines.map((line) => line.replaceAll(/\[([!^])([^\]]+)\]/g, '[$2$1]')));
    matcher = (path) => path !== '' && rules.ignores(path);
    if (compiled.size >= mostCompiled) compiled.clear();
    compiled.set(key, matcher);
  }
  return matcher;
}

/** Whether reading that file loads the rule. `relativePath` is relative to the project, with slashes and without `..`. */
export function ruleMatches(rule: Rule, relativePath: string): boolean {
  return rule.paths === null || matcherOf(rule.paths)(relativePath);
}
