import * as vscode from 'vscode';
import { importAt } from '../../core/instructions/imports.ts';
import { type ImportNode, type ImportState, maxHops, readImports, resolveImport } from '../../core/instructions/importGraph.ts';
import { relativePath } from '../../core/filePath.ts';
import { regionAt } from '../../core/instructions/regionAt.ts';
import { type FileView, importsOf, regionsOf } from '../../core/instructions/sourceFiles.ts';
import { countLines, estimateTokens } from '../../core/instructions/tokens.ts';
import type { FileChecks } from './fileChecks.ts';
import { numberText } from './instructionLenses.ts';
import type { LanguageDeps } from './languageDeps.ts';
import { escapeMarkdown } from './markdownText.ts';
import { viewOf } from './sourceDisk.ts';
import { mayImport, type Subject, type Subjects } from './subjects.ts';

const firstLines = 12;
const widest = 160;

/** Hover and links on imports. */
export class ImportHelp implements vscode.HoverProvider, vscode.DocumentLinkProvider {
  readonly #subjects: Subjects;
  readonly #checks: FileChecks;
  readonly #sources: LanguageDeps['sources'];

  constructor({ subjects, checks, sources }: { subjects: Subjects; checks: FileChecks; sources: LanguageDeps['sources'] }) {
    this.#checks = checks;
    this.#subjects = subjects;
    this.#sources = sources;
  }

  async #subject(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<Subject | undefined> {
    const subject = await this.#subjects.of(document.uri);
    return subject !== undefined && mayImport(subject.kind) && !token.isCancellationRequested ? subject : undefined;
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const line = document.lineAt(position.line).text;
    if (!line.includes('@')) return undefined;
    const subject = await this.#subject(document, token);
    if (subject === undefined) return undefined;
    const view = viewOf(document);
    const offset = document.offsetAt(position);
    const ref = importsOf(view).find(({ span }) => offset >= span.start && offset <= span.end);
    const text = ref === undefined ? await this.#inCode(subject, view, offset) : await this.#imported(subject, view, ref.span.start);
    if (text === undefined || token.isCancellationRequested) return undefined;
    const span = ref?.span ?? text.span;
    return new vscode.Hover(text.markdown, new vscode.Range(document.positionAt(span.start), document.positionAt(span.end)));
  }

  async #imported(subject: Subject, view: FileView, start: number) {
    const { path } = subject;
    const [{ snapshot }, context] = await Promise.all([this.#sources(), this.#checks.importContext(subject)]);
    const { value } = await snapshot.settle(
      (files) => {
        const node = readImports(path, context(files)).find(({ ref }) => ref.span.start === start);
        return node && { node, target: node.state === 'missing' ? undefined : files.read(node.path) };
      },
      { instead: new Map([[path, view]]) },
    );
    return value && { span: value.node.ref.span, markdown: importText(subject, value.node, value.target) };
  }

  /** What would be an import, if it did not stand in code. Only for files that are there: much in code has an `@`. */
  async #inCode({ path, folder }: Subject, view: FileView, offset: number) {
    const code = regionAt(regionsOf(view).code, offset);
    if (code === undefined) return undefined;
    const at = view.text.lastIndexOf('@', offset);
    const close = view.text.indexOf('`', at);
    const ref = at < code.start ? undefined : importAt(view.text, at, close === -1 ? code.end : Math.min(close, code.end));
    if (ref === undefined || offset > ref.span.end) return undefined;
    const target = resolveImport(ref, path, folder.catalog.places.home);
    const { snapshot } = await this.#sources();
    const { value } = await snapshot.settle((files) => files.exists(target));
    if (value !== 'file') return undefined;
    return {
      span: ref.span,
      markdown: new vscode.MarkdownString(vscode.l10n.t('No import: it stands in code, where Claude Code follows none.')),
    };
  }

  async provideDocumentLinks(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.DocumentLink[] | undefined> {
    const subject = await this.#subject(document, token);
    if (subject === undefined) return undefined;
    const view = viewOf(document);
    const targets = importsOf(view).map((ref) => ({ ref, path: resolveImport(ref, subject.path, subject.folder.catalog.places.home) }));
    if (targets.length === 0) return undefined;
    const { snapshot } = await this.#sources();
    const { value } = await snapshot.settle((files) => targets.filter(({ path }) => files.exists(path) === 'file'));
    if (token.isCancellationRequested) return undefined;
    return value.map(({ ref, path }) => {
      const range = new vscode.Range(document.positionAt(ref.span.start), document.positionAt(ref.span.end));
      const link = new vscode.DocumentLink(range, vscode.Uri.file(path));
      link.tooltip = vscode.l10n.t('Open imported file');
      return link;
    });
  }
}

function importText({ folder }: Subject, node: ImportNode, target: FileView | undefined): vscode.MarkdownString {
  const { folder: workspace } = folder.catalog.places;
  const isText = target !== undefined && target.binary !== true;
  const head = [`**${escapeMarkdown(relativePath(workspace, node.path))}**`, ...(isText ? sizeOf(target) : [])];
  const parts = [head.join(' · ')];
  const reason = reasonOf(node, workspace);
  if (reason !== undefined) parts.push(escapeMarkdown(reason));
  if (node.outside && node.state !== 'unapproved')
    parts.push(vscode.l10n.t('It lies outside the workspace folder: Claude Code asks once before it loads such a file.'));
  const markdown = new vscode.MarkdownString(parts.join('\n\n'));
  if (isText && target.text !== '') {
    const shown = target.text.split(/\r\n|\r|\n/, firstLines).map((text) => (text.length > widest ? `${text.slice(0, widest)}…` : text));
    markdown.appendCodeblock(shown.join('\n'), 'markdown');
  }
  return markdown;
}

function sizeOf({ text, bytes }: FileView): string[] {
  const lines = countLines(text);
  return [
    lines === 1 ? vscode.l10n.t('1 line') : vscode.l10n.t('{0} lines', numberText(lines)),
    vscode.l10n.t('{0} kB', (bytes / 1000).toFixed(1)),
    vscode.l10n.t('about {0} tokens', numberText(estimateTokens(text))),
  ];
}

function reasonOf(node: ImportNode, folder: string): string | undefined {
  const reasons: Readonly<Record<Exclude<ImportState, 'loaded'>, string>> = {
    missing: vscode.l10n.t('Not found: Claude Code loads nothing for it and does not say so.'),
    circular: vscode.l10n.t(
      'It leads back to itself: {0}. Claude Code loads each file once.',
      (node.cycle ?? []).map((path) => relativePath(folder, path)).join(' → '),
    ),
    duplicate: vscode.l10n.t('It is loaded already by an earlier import; Claude Code loads each file once.'),
    tooDeep: vscode.l10n.t('It is {0} hops away, and Claude Code documents {1}: it may not be loaded.', node.depth, maxHops),
    folder: vscode.l10n.t('It is a folder; Claude Code imports files only.'),
    tooLarge: vscode.l10n.t('It is larger than 4 MiB, and Claude Code skips it.'),
    binary: vscode.l10n.t('Claude Code imports no file whose name ends like this.'),
    excluded: vscode.l10n.t('A settings file leaves it out by claudeMdExcludes, so Claude Code does not load it.'),
    unapproved: vscode.l10n.t('It lies outside the workspace folder, and loading such files was not allowed for this project.'),
    unreadable: vscode.l10n.t('It cannot be read. Claude Code runs with your rights, so it cannot either.'),
  };
  return node.state === 'loaded' ? undefined : reasons[node.state];
}
