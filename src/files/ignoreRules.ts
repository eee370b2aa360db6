import * as fs from 'node:fs';
import * as path from 'node:path';
import ignore from 'ignore';
import type { Ignore } from 'ignore';

/** The rules of a folder's `.gitignore` and of those above it, the innermost first. */
export interface IgnoreRules {
  folder: string;
  rules: Ignore;
  outer: IgnoreRules | undefined;
}

/** With the rules that a folder adds to those above it. A file that cannot be read has no rules. */
export async function withRulesOf(folder: string, outer: IgnoreRules | undefined): Promise<IgnoreRules | undefined> {
  try {
    const text = await fs.promises.readFile(path.join(folder, '.gitignore'), 'utf8');
    return { folder, rules: ignore().add(text), outer };
  } catch {
    return outer;
  }
}

/** The innermost rule that says anything decides. Folders above are taken as not ignored: nobody came this far otherwise. */
export function isIgnored(folder: string, rules: IgnoreRules | undefined): boolean {
  for (let level = rules; level !== undefined; level = level.outer) {
    const { ignored, unignored } = level.rules.test(`${folder.slice(level.folder.length + 1)}/`);
    if (ignored) return true;
    if (unignored) return false;
  }
  return false;
}
