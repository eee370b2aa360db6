import { inOrder } from '../fixes.ts';
import { yamlFault } from '../frontmatterFaults.ts';
import { readItems, removeItem } from '../listField.ts';
import type { ItemList, ListItem } from '../listField.ts';
import { fieldOf, readMarkdown } from '../markdown/frontmatter.ts';
import type { FrontmatterField, MarkdownDocument } from '../markdown/frontmatter.ts';
import { removeField, renameField, setField } from '../markdown/frontmatterEdit.ts';
import { applyEdits, trimEdit } from '../markdown/textEdit.ts';
import type { TextEdit } from '../markdown/textEdit.ts';
import { nearest } from '../nearest.ts';
import type { Fix, Problem } from '../problem.ts';
import { findTextProblems } from '../textProblems.ts';
import { braceExpansions, maxExpansions, unescapedBrackets } from './glob.ts';

/** `globs` as a list under the name `paths`. Cursor takes a line with commas; a list is how Claude Code documents it. */
function globsToPaths(document: MarkdownDocument, field: FrontmatterField): TextEdit[] {
  const rename = renameField(document, field.key, 'paths');
  const renamed = applyEdits(document.text, rename);
  const after = readMarkdown(renamed);
  const paths = fieldOf(after, 'paths');
  if (paths === undefined || Array.isArray(paths.value)) return rename;
  const items = readItems(after, paths).items.map((item) => item.text);
  const text = applyEdits(renamed, setField(after, 'paths', items));
  return trimEdit(document.text, { start: 0, end: document.text.length, text });
}

function cursorKey(document: MarkdownDocument, field: FrontmatterField): Problem {
  const remove: Fix = { title: `Remove ${field.key}`, kind: 'remove-field', edits: removeField(document, field.key) };
  const own = 'is a key of Cursor and does nothing in Claude Code';
  const common = { code: 'cursor-key', severity: 'warning', span: field.keySpan } as const;
  if (field.key === 'alwaysApply') {
    const message = `\`alwaysApply\` ${own}: a rule without \`paths\` is always loaded.`;
    return { ...common, message, fixes: [{ ...remove, preferred: true }] };
  }
  if (fieldOf(document, 'paths') !== undefined) {
    return { ...common, message: `\`globs\` ${own}; \`paths\` is set as well.`, fixes: [{ ...remove, preferred: true }] };
  }
  const hasGlobs = readItems(document, field).items.length > 0;
  const rename: Fix = { title: 'Rename to paths', kind: 'rename-field', preferred: true, edits: globsToPaths(document, field) };
  const message = `\`globs\` ${own}: the rule is always loaded. The field is called \`paths\`.`;
  return { ...common, message, fixes: hasGlobs ? [rename, remove] : [remove] };
}

function keyProblems(document: MarkdownDocument): Problem[] {
  const problems: Problem[] = [];
  for (const field of document.frontmatter?.fields ?? []) {
    const { key } = field;
    if (key === 'globs' || key === 'alwaysApply') problems.push(cursorKey(document, field));
    else if (key !== 'paths') {
      const isMisspelt = fieldOf(document, 'paths') === undefined && (key === 'path' || nearest(key, ['paths']).length > 0);
      const rename: Fix = { title: 'Rename to paths', kind: 'rename-field', preferred: true, edits: renameField(document, key, 'paths') };
      problems.push({
        code: isMisspelt ? 'misnamed-field' : 'unknown-field',
        severity: isMisspelt ? 'warning' : 'hint',
        message: `Claude Code does not know the field \`${key}\` in a rule and ignores it.${isMisspelt ? ' Did you mean `paths`?' : ''}`,
        span: field.keySpan,
        fixes: isMisspelt ? [rename] : [],
      });
    }
  }
  return problems;
}

/** A backslash before every bracket; in double quotes YAML takes the first of two for itself. */
function escapeBrackets(document: MarkdownDocument, item: ListItem): TextEdit[] {
  const backslash = document.text.charAt(item.outer.start) === '"' ? '\\\\' : '\\';
  const source = document.text.slice(item.span.start, item.span.end);
  const edits: TextEdit[] = [];
  for (let at = 0; at < source.length; at++) {
    if (source.charAt(at) === '\\') at += backslash.length === 2 ? (source.startsWith('\\\\', at) ? 2 : 1) : 1;
    else if (source.charAt(at) === '[') edits.push({ start: item.span.start + at, end: item.span.start + at, text: backslash });
  }
  return edits;
}

function globProblem(document: MarkdownDocument, list: ItemList, index: number, item: ListItem): Problem | undefined {
  const remove: Fix[] =
    list.located && list.items.length > 1
      ? [{ title: 'Remove the glob', kind: 'remove-glob', edits: removeItem(document, list, index) }]
      : [];
  const { text, span } = item;
  if (text.trim() === '') {
    return { code: 'empty-glob', severity: 'warning', message: 'An empty glob matches no file.', span: item.outer, fixes: remove };
  }
  if (unescapedBrackets(text).length > 0) {
    const escape: Fix = { title: 'Escape the bracket', kind: 'escape-bracket', preferred: true, edits: escapeBrackets(document, item) };
    const message = `In “${text}” what is between brackets stands for one of its characters. Write a folder in brackets with a \`\\\` before the \`[\`.`;
    return { code: 'glob-bracket', severity: 'warning', message, span, fixes: list.located ? [escape, ...remove] : [] };
  }
  const count = braceExpansions(text);
  if (count > maxExpansions) {
    const message = `The braces stand for ${count.toLocaleString('en')} globs; Claude Code takes ${maxExpansions.toLocaleString('en')} at most.`;
    return { code: 'glob-braces', severity: 'error', message, span, fixes: remove };
  }
  if (/^(?:~|[A-Za-z]:[\\/])/.test(text)) {
    const message = `“${text}” is absolute; the globs of a rule are relative to the project, so it matches no file.`;
    return { code: 'glob-absolute', severity: 'warning', message, span };
  }
  const dots = /^!?(?:\.\.?\/)+/.exec(text)?.[0];
  if (dots !== undefined) {
    const message = `“${text}” matches no file: Claude Code takes globs from the project's folder, without \`./\` and \`../\`.`;
    const edits = [{ start: span.start, end: span.start + dots.length, text: '' }];
    const fixes: Fix[] = /^(?:\.\/)+$/.test(dots) ? [{ title: 'Remove ./', kind: 'relative-glob', preferred: true, edits }] : [];
    return { code: 'glob-dots', severity: 'warning', message, span, fixes: list.located ? fixes : [] };
  }
  if (/\\[\w*.]/.test(text)) {
    const message = `In “${text}” the backslash does not separate folders. Write slashes.`;
    const edits = [{ ...span, text: text.replaceAll(/\\(?=[\w*.])/g, '/') }];
    const fixes: Fix[] = list.located ? [{ title: 'Write slashes', kind: 'glob-slashes', preferred: true, edits }] : [];
    return { code: 'glob-backslash', severity: 'warning', message, span, fixes };
  }
  return undefined;
}

function pathsProblems(document: MarkdownDocument): Problem[] {
  const field = fieldOf(document, 'paths');
  if (field === undefined) return [];
  const list = readItems(document, field);
  if (field.value === null || field.value === '' || list.items.length === 0) {
    const span = field.valueSpan.end > field.valueSpan.start ? field.valueSpan : field.keySpan;
    const fixes: Fix[] = [{ title: 'Remove paths', kind: 'remove-field', edits: removeField(document, 'paths') }];
    return [
      {
        code: 'empty-paths',
        severity: 'warning',
        message: '`paths` names no glob. Add one, or remove the field: then the rule is always loaded.',
        span,
        fixes,
      },
    ];
  }
  return list.items.map((item, index) => globProblem(document, list, index, item)).filter((problem) => problem !== undefined);
}

function yamlProblems(document: MarkdownDocument): Problem[] {
  const { frontmatter, unclosed } = document;
  if (unclosed !== null) {
    const message =
      'The frontmatter is opened and never closed, so the rule is always loaded. Put a line of three hyphens after the last field.';
    return [{ code: 'frontmatter-unclosed', severity: 'error', message, span: unclosed }];
  }
  const fault = yamlFault(document);
  if (fault === undefined) return [];
  const { detail, span, fixes } = fault;
  const lenient = frontmatter?.level === 'quoted';
  return [
    {
      code: lenient ? 'yaml-lenient' : 'yaml-broken',
      severity: lenient ? 'warning' : 'error',
      message: `The frontmatter is not valid YAML${detail}. Quote the value: a glob that begins with \`*\` or \`{\` needs it.`,
      span,
      fixes,
    },
  ];
}

/** Everything its author would want to know about a rule, in the order of the file. */
export function findRuleProblems(document: MarkdownDocument): Problem[] {
  return inOrder([...yamlProblems(document), ...findTextProblems(document), ...keyProblems(document), ...pathsProblems(document)]);
}
