import { hasLiteralNewlines, toBlockScalar } from './markdown/escapes.ts';
import type { MarkdownDocument } from './markdown/frontmatter.ts';
import { findMojibake, mojibakeEdits } from './markdown/mojibake.ts';
import type { Problem } from './problem.ts';

/** `---` between the fences ends the frontmatter for Claude Code, even within a line (anthropics/claude-code#89404; so does the CLI 2.1.330). */
function dashes(document: MarkdownDocument): Problem[] {
  const { frontmatter, text } = document;
  if (frontmatter === null) return [];
  const problems: Problem[] = [];
  for (const match of text.slice(frontmatter.span.start, frontmatter.span.end).matchAll(/-{3,}/g)) {
    // The first is the one that counts; of a table or a ruled comment nobody wants every line.
    if (problems.length === 10) break;
    const start = frontmatter.span.start + match.index;
    const end = start + match[0].length;
    const isDash = match[0] === '---' && text.charAt(start - 1) === ' ' && text.charAt(end) === ' ';
    problems.push({
      code: 'dashes-in-frontmatter',
      severity: 'warning',
      message:
        'Claude Code ends the frontmatter at the first three hyphens, even within a line: what follows becomes prompt. Write something else.',
      span: { start, end },
      fixes: isDash ? [{ title: 'Write a dash (—)', kind: 'replace-dashes', preferred: true, edits: [{ start, end, text: '—' }] }] : [],
    });
  }
  return problems;
}

function byteOrderMark({ text }: MarkdownDocument): Problem[] {
  if (text.charCodeAt(0) !== 0xfeff) return [];
  const span = { start: 0, end: 1 };
  return [
    {
      code: 'byte-order-mark',
      severity: 'warning',
      message: 'The file begins with a byte order mark. Claude Code before 2.1.239 does not see the frontmatter behind it.',
      span,
      fixes: [{ title: 'Remove the byte order mark', kind: 'remove-bom', preferred: true, edits: [{ ...span, text: '' }] }],
    },
  ];
}

function literalNewlines(document: MarkdownDocument): Problem[] {
  const problems: Problem[] = [];
  for (const field of document.frontmatter?.fields ?? []) {
    if (!hasLiteralNewlines(field)) continue;
    const edits = toBlockScalar(document, field.key);
    problems.push({
      code: 'literal-newline',
      severity: 'information',
      message:
        field.key === 'description'
          ? 'Each `\\n` in `description` is a backslash and an n. Claude Code makes line breaks of them for agents; nothing else does.'
          : `Claude reads the \`\\n\` in \`${field.key}\` as a backslash and an n, not as line breaks.`,
      span: field.valueSpan,
      fixes: [{ title: `Write ${field.key} on lines of its own`, kind: 'block-scalar', edits }],
    });
  }
  return problems;
}

function mojibake({ text }: MarkdownDocument): Problem[] {
  const spans = findMojibake(text);
  const first = spans[0];
  if (first === undefined) return [];
  const edits = mojibakeEdits(text);
  const places = spans.length === 1 ? 'here' : `here and in ${spans.length - 1} other ${spans.length === 2 ? 'place' : 'places'}`;
  return [
    {
      code: 'mojibake',
      severity: 'warning',
      message: `The file was once read in the wrong encoding and saved again: “${text.slice(first.start, first.end)}” ${places} was another character.`,
      span: first,
      fixes: [{ title: 'Repair the characters', kind: 'repair-mojibake', preferred: true, edits }],
    },
  ];
}

function invalidBytes({ text }: MarkdownDocument): Problem[] {
  const found = /(?<![\uD800-\uDBFF])[\uDC80-\uDCFF]/.exec(text);
  if (found === null) return [];
  const message =
    'From here on the file holds bytes that are not UTF-8; Claude reads replacement characters. They stay as they are when the file is saved.';
  return [{ code: 'not-utf8', severity: 'warning', message, span: { start: found.index, end: found.index + 1 } }];
}

/** What is wrong with the characters of any file with frontmatter, whatever its fields mean. */
export function findTextProblems(document: MarkdownDocument): Problem[] {
  return [...byteOrderMark(document), ...dashes(document), ...literalNewlines(document), ...mojibake(document), ...invalidBytes(document)];
}
