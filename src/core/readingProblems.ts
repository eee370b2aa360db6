import { findRepeatedFields } from './fieldProblems.ts';
import { yamlFault } from './frontmatterFaults.ts';
import { readAsClaudeCode } from './markdown/claudeReading.ts';
import type { FieldValue, MarkdownDocument } from './markdown/frontmatter.ts';
import { fieldOf } from './markdown/frontmatter.ts';
import type { Problem } from './problem.ts';

/** What is wrong with frontmatter that Claude Code reads nevertheless: other tools refuse it, or it reads something else than is meant. */
export function findReadingProblems(document: MarkdownDocument): Problem[] {
  const reading = readAsClaudeCode(document);
  if (reading === null || reading.read === 'never') return [];
  const { unclosed } = document;
  if (unclosed !== null) {
    const message =
      'Nothing closes the frontmatter but hyphens within a line, where Claude Code ends it; other tools find none. Put a line of three hyphens after the last field.';
    return [{ code: 'frontmatter-unclosed', severity: 'warning', message, span: unclosed }];
  }
  const fault = yamlFault(document);
  if (fault === undefined) return [];
  const { detail, span, fixes } = fault;
  const repeated = findRepeatedFields(document);
  if (repeated.length > 0 && reading.read === 'first') return repeated;
  const message =
    reading.read === 'first'
      ? `Claude Code reads this, but other tools do not: it is not valid YAML${detail}. Write the value anew.`
      : `Claude Code reads this only on its second try, and other tools do not: it is not valid YAML${detail}. Quote the value.`;
  const problems: Problem[] = [{ code: 'yaml-lenient', severity: 'warning', message, span, fixes }, ...repeated];
  for (const [key, value] of Object.entries(reading.read === 'second' ? reading.values : {})) {
    const field = fieldOf(document, key);
    if (field === undefined || typeof value !== 'string' || !differs(field.value, value)) continue;
    const told = `Because of that, Claude Code takes all that stands behind \`${key}:\` for text, “${value.slice(0, 80)}”.`;
    const advice = 'Quote the value that breaks YAML.';
    problems.push({ code: 'read-as-text', severity: 'warning', message: `${told} ${advice}`, span: field.valueSpan, fixes });
  }
  return problems;
}

/** Text that stays text, give or take a comment and blanks, is no matter. */
const differs = (meant: FieldValue, read: string) => typeof meant !== 'string' || !read.trim().startsWith(meant.trim());
