import type { Span } from '../markdown/textEdit.ts';
import { nearest } from '../nearest.ts';
import type { Fix, Problem } from '../problem.ts';
import { folderOf, nameOf, relativePath } from '../filePath.ts';
import { type ImportContext, type ImportNode, isImportable, maxHops, readImports, resolveImport } from './importGraph.ts';
import { importAt, type ImportRef } from './imports.ts';
import { type ImportSuspicion, withoutPunctuation } from './importSuspicion.ts';
import { regionAt } from './regionAt.ts';
import { importsOf, realPathOf, regionsOf } from './sourceFiles.ts';

/** Problems of what a file imports, and those further down that are its matter: told at the import that leads to them. */
export function importProblems(path: string, context: ImportContext): Problem[] {
  const text = context.files.read(path)?.text ?? '';
  const own = readImports(path, context).flatMap((node) => [
    ...ownProblem(path, node, text, context),
    ...(node.state === 'loaded' ? deeperProblems(path, node, context) : []),
  ]);
  return [...own, ...unread(path, context)];
}

function inCode({ raw, span }: ImportRef): Problem {
  const message = `Claude Code imports \`${raw}\` though it stands in code: in a list it follows what has blanks around it there, too.`;
  return { code: 'import-in-code', severity: 'information', message, span };
}

const behindSign = /(?<=["'([{<:;,|!])@(?=[\w.~/-])/g;

/** What was likely meant as an import of a file that is there, and is none because of what stands before the `@`. */
function unread(path: string, context: ImportContext): Problem[] {
  const file = context.files.read(path);
  if (file === undefined || file.binary === true) return [];
  const problems: Problem[] = [];
  const taken = new Set(importsOf(file).map(({ span }) => span.start));
  for (const { index: at } of file.text.matchAll(behindSign)) {
    const ref = importAt(file.text, at);
    const target = ref === undefined ? undefined : cutTarget(path, ref, context);
    if (ref === undefined || target === undefined || taken.has(at)) continue;
    const { body, code, comments, links } = regionsOf(file);
    if (at < body.start || [code, comments, links].some((regions) => regionAt<Span>(regions, at) !== undefined)) continue;
    const end = at + 1 + target.written.length;
    const message = `\`@${target.written}\` is no import: Claude Code wants white space on both sides of one.`;
    const [before, behind] = [file.text.charAt(at - 1), file.text.charAt(end)].map((char) => (/\S/.test(char) ? ' ' : ''));
    const edits = [{ start: at, end, text: `${before}@${target.written}${behind}` }];
    const fixes: Fix[] = [{ title: 'Put blanks around it', kind: 'import-blanks', edits }];
    problems.push({ code: 'import-not-read', severity: 'information', message, span: { start: at, end }, fixes });
  }
  return problems;
}

/** The file that an import would lead to without the punctuation behind it; undefined when there is none. */
function cutTarget(from: string, ref: ImportRef, { files, home }: ImportContext): { written: string; path: string } | undefined {
  const written = withoutPunctuation(ref.raw.slice(1));
  const path = resolveImport({ ...ref, path: written.replaceAll('\\ ', ' ') }, realPathOf(files, from), home);
  return files.exists(path) === 'file' && isImportable(path) ? { written, path } : undefined;
}

function punctuated(from: string, { ref }: ImportNode, context: ImportContext): Problem | undefined {
  const target = cutTarget(from, ref, context);
  if (target === undefined || target.written === ref.raw.slice(1)) return undefined;
  const end = ref.span.start + 1 + target.written.length;
  const message = `Claude Code takes \`${ref.raw.slice(target.written.length + 1)}\` for a part of the path, so it does not load \`${target.written}\`. Put a blank behind it.`;
  const edits = [{ start: end, end, text: ' ' }];
  const fixes: Fix[] = [{ title: `Put a blank behind @${target.written}`, kind: 'import-blanks', preferred: true, edits }];
  return { code: 'import-punctuation', severity: 'warning', message, span: ref.span, fixes };
}

const suspicions: Readonly<Record<Exclude<ImportSuspicion, 'code'>, string>> = {
  'npm-scope': 'a package or an alias',
  email: 'the domain of a mail address',
  decorator: 'a decorator or a doc tag',
  handle: 'a name',
};

function ownProblem(from: string, node: ImportNode, text: string, context: ImportContext): Problem[] {
  const { ref } = node;
  const { span, raw } = ref;
  const target = nameOf(node.path);
  if (ref.suspicion === 'code') return node.state === 'loaded' ? [inCode(ref)] : [];
  switch (node.state) {
    case 'loaded':
      return [];
    case 'missing':
      if (ref.suspicion !== null) return [mistaken(ref, ref.suspicion)];
      return [punctuated(from, node, context) ?? missing(from, node, context)];
    case 'folder': {
      if (ref.suspicion !== null) return [mistaken(ref, ref.suspicion)];
      const message = `\`${raw}\` is a folder: Claude Code imports files only. Name the files, or put it in backticks to name the folder.`;
      return [{ code: 'import-folder', severity: 'warning', message, span, fixes: [backticks(ref)] }];
    }
    case 'circular':
      return [circular(ref, node, context)];
    case 'duplicate': {
      const message = `\`${raw}\` is imported already, here or by another import. Claude Code loads ${target} once.`;
      return [{ code: 'import-duplicate', severity: 'information', message, span, fixes: [removal(ref, text)] }];
    }
    case 'tooLarge': {
      const message = `Claude Code skips ${target} because it is larger than 4 MiB. Import a smaller file.`;
      return [{ code: 'import-too-large', severity: 'warning', message, span }];
    }
    case 'binary': {
      const cut = punctuated(from, node, context);
      if (cut !== undefined) return [cut];
      const end = target.slice(target.lastIndexOf('.'));
      const message = `Claude Code imports no file whose name ends in \`${end}\`. Give it a name that ends in .md, or put the path in backticks to only name it.`;
      return [{ code: 'import-binary', severity: 'warning', message, span, fixes: [backticks(ref)] }];
    }
    case 'excluded': {
      const message = `\`claudeMdExcludes\` in the settings leaves ${target} out: Claude Code does not load it.`;
      return [{ code: 'import-excluded', severity: 'information', message, span, fixes: [removal(ref, text)] }];
    }
    case 'unapproved': {
      const message = `${target} is outside of the workspace, and imports from there are not allowed in this project. Claude Code asks for it when it is started in a terminal.`;
      return [{ code: 'import-unapproved', severity: 'warning', message, span }];
    }
    case 'unreadable': {
      const message = `${target} cannot be read. Check that you may read the file; Claude Code runs with your rights.`;
      return [{ code: 'import-unreadable', severity: 'warning', message, span }];
    }
    case 'tooDeep':
      return [tooDeep(node, node, context)];
  }
}

/**
 * What goes wrong further down and is this file's matter: a chain that gets too deep, and one that comes back to this file. The rest is told in the
 * files it happens in. One problem per import is enough.
 */
function deeperProblems(from: string, top: ImportNode, context: ImportContext): Problem[] {
  const waiting = [...top.imports];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.state === 'tooDeep' && node.ref.suspicion === null) return [tooDeep(top, node, context)];
    if (node.state === 'circular' && node.path === from) return [circular(top.ref, node, context)];
    waiting.push(...node.imports);
  }
  return [];
}

function circular(ref: ImportRef, node: ImportNode, { files, workspace }: ImportContext): Problem {
  const [first = node.path] = node.cycle ?? [];
  const circle = (node.cycle ?? []).map((path) => relativePath(workspace, path)).join(' → ');
  const message = `\`${ref.raw}\` leads back to ${nameOf(first)}: ${circle}. Claude Code loads each file once. Remove one of these imports.`;
  const text = files.read(first)?.text ?? '';
  return { code: 'import-circular', severity: 'warning', message, span: ref.span, fixes: [removal(ref, text)] };
}

function tooDeep(top: ImportNode, deep: ImportNode, context: ImportContext): Problem {
  const shown = relativePath(context.workspace, deep.path);
  const message = `This leads to ${shown} over ${deep.depth} hops, and Claude Code follows ${maxHops}: the file is not loaded. Import it nearer to the top.`;
  return { code: 'import-too-deep', severity: 'warning', message, span: top.ref.span };
}

function missing(from: string, { ref }: ImportNode, { files, home }: ImportContext): Problem {
  const { raw, span } = withoutEnd(ref);
  const written = raw.slice(1);
  const path = resolveImport({ ...ref, path: written.replace(/#.*$/s, '').replaceAll('\\ ', ' ') }, realPathOf(files, from), home);
  const folder = folderOf(path);
  const [near] = nearest(
    nameOf(path),
    files.list(folder).filter((name) => files.exists(`${folder === '/' ? '' : folder}/${name}`) === 'file'),
  );
  const fixes: Fix[] = [];
  if (near !== undefined) {
    const named = written.replaceAll('\\ ', ' ');
    const to = `@${(named.slice(0, named.lastIndexOf('/') + 1) + near).replaceAll(' ', '\\ ')}${span.end < ref.span.end ? ' ' : ''}`;
    fixes.push({ title: `Import ${near}`, kind: 'import-nearest', preferred: true, edits: [{ ...span, text: to }] });
  }
  fixes.push({ title: `Create ${nameOf(path)}`, kind: 'create-import', create: { path, content: '' } }, backticks(ref));
  const message = `\`${raw}\` is not there: no file ${relativePath(folderOf(from), path)}. Claude Code loads nothing for it and does not say so.`;
  return { code: 'import-missing', severity: 'warning', message, span, fixes };
}

function mistaken(ref: ImportRef, suspicion: Exclude<ImportSuspicion, 'code'>): Problem {
  const { raw, span } = withoutEnd(ref);
  const message = `Claude Code takes \`${raw}\` for the import of a file. If it is ${suspicions[suspicion]}, put it in backticks.`;
  return { code: 'import-mistaken', severity: 'information', message, span, fixes: [{ ...backticks(ref), preferred: true }] };
}

function withoutEnd({ raw, span }: ImportRef): Pick<ImportRef, 'raw' | 'span'> {
  const cut = `@${withoutPunctuation(raw.slice(1))}`;
  return { raw: cut, span: { start: span.start, end: span.start + cut.length } };
}

function backticks(ref: ImportRef): Fix {
  const { raw, span } = withoutEnd(ref);
  return { title: `Put ${raw} in backticks`, kind: 'import-backticks', edits: [{ ...span, text: `\`${raw}\`` }] };
}

/** An import that has its line or its list item to itself takes the line along. */
function removal(ref: ImportRef, text: string): Fix {
  const before = /(?:^|[\r\n])([ \t]*(?:[-*+][ \t]+)?)$/.exec(text.slice(Math.max(0, ref.span.start - 200), ref.span.start));
  const after = /^[ \t]*(?:\r\n|\r|\n|$)/.exec(text.slice(ref.span.end, ref.span.end + 200));
  const alone = before !== null && after !== null && (ref.span.start < 200 || before[0].length < 200);
  const span = alone ? { start: ref.span.start - (before[1]?.length ?? 0), end: ref.span.end + after[0].length } : ref.span;
  return { title: `Remove ${ref.raw}`, kind: 'import-remove', edits: [{ ...span, text: '' }] };
}
