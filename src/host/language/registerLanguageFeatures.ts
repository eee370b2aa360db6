import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { fixAllKind, importDropKind } from './kinds.ts';
import type { LanguageDeps } from './languageDeps.ts';
import type { LanguageFeatures } from './languageFeatures.ts';
import { Subjects } from './subjects.ts';
import type { TaskMentions } from './taskMentions.ts';

// Not by language: newer versions of VS Code have their own for agents, skills and rules.
const markdown: vscode.DocumentSelector = { scheme: 'file', pattern: '**/*.md' };
const anyFile: vscode.DocumentSelector = { scheme: 'file' };

/** Milliseconds after the start at which the files of the workspace are looked at, unless one of them is opened before. */
const idleAfter = 2000;

/**
 * Registers everything that editors show of Claude Code's files, and of `#12`. Nothing is loaded before a document that may concern us is
 * asked about; any Markdown file may be imported by one, so the path decides and not the selector.
 */
export function registerLanguageFeatures(deps: LanguageDeps): Disposable {
  const parts = new DisposableStore();
  const subjects = new Subjects(deps.claude);
  let loading: Promise<LanguageFeatures> | undefined;
  const load = () => (loading ??= loadFeatures());
  const loadFeatures = async () => {
    const [{ LanguageFeatures: Features }, sources] = await Promise.all([import('./languageFeatures.ts'), deps.sources()]);
    return parts.add(new Features(deps, subjects, sources));
  };
  let mentions: Promise<TaskMentions> | undefined;
  const loadMentions = () =>
    (mentions ??= import('./taskMentions.ts').then(({ TaskMentions: Mentions }) => parts.add(new Mentions(deps.stores))));
  const hasTasks = ({ uri }: vscode.TextDocument) => {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    return folder !== undefined && deps.stores.get(folder.uri.toString())?.store !== undefined;
  };

  const { languages } = vscode;
  parts.add(
    languages.registerCompletionItemProvider(
      markdown,
      {
        provideCompletionItems: async (document, position, token, context) =>
          subjects.mayBe(document.uri)
            ? await (await load()).frontmatter.provideCompletionItems(document, position, token, context)
            : undefined,
      },
      ' ',
      ',',
      '[',
      '(',
    ),
  );
  parts.add(
    languages.registerCompletionItemProvider(
      markdown,
      {
        provideCompletionItems: async (document, position, token) =>
          subjects.mayBe(document.uri)
            ? await (await load()).importCompletion.provideCompletionItems(document, position, token)
            : undefined,
      },
      '@',
      '/',
    ),
  );
  parts.add(
    languages.registerCompletionItemProvider(
      markdown,
      {
        provideCompletionItems: async (document, position, token, context) =>
          hasTasks(document) ? await (await loadMentions()).provideCompletionItems(document, position, token, context) : undefined,
      },
      '#',
    ),
  );
  parts.add(
    languages.registerHoverProvider(markdown, {
      provideHover: async (document, position, token) => {
        if (!subjects.mayBe(document.uri)) return undefined;
        const { frontmatter, imports } = await load();
        return (await frontmatter.provideHover(document, position, token)) ?? (await imports.provideHover(document, position, token));
      },
    }),
  );
  parts.add(
    languages.registerHoverProvider(anyFile, {
      provideHover: async (document, position, token) =>
        hasTasks(document) ? await (await loadMentions()).provideHover(document, position, token) : undefined,
    }),
  );
  parts.add(
    languages.registerDocumentLinkProvider(markdown, {
      provideDocumentLinks: async (document, token) =>
        subjects.mayBe(document.uri) ? await (await load()).imports.provideDocumentLinks(document, token) : undefined,
    }),
  );
  parts.add(
    languages.registerDocumentLinkProvider(anyFile, {
      provideDocumentLinks: async (document, token) =>
        hasTasks(document) ? await (await loadMentions()).provideDocumentLinks(document, token) : undefined,
    }),
  );
  parts.add(registerActions(subjects, load));
  parts.add(registerLenses(subjects, load));
  parts.add(registerDrop(subjects, load));

  const fail = (error: unknown) => deps.log.error('The files of Claude Code could not be looked at', error);
  const timer = setTimeout(() => {
    if (vscode.workspace.workspaceFolders === undefined) return;
    load()
      .then((features) => features.start())
      .catch(fail);
  }, idleAfter);
  parts.add({ dispose: () => clearTimeout(timer) });
  const openOurs = (document: vscode.TextDocument) => {
    if (loading === undefined && subjects.mayBe(document.uri)) void load().catch(fail);
  };
  parts.add(vscode.workspace.onDidOpenTextDocument(openOurs));
  for (const document of vscode.workspace.textDocuments) openOurs(document);
  return parts;
}

function registerActions(subjects: Subjects, load: () => Promise<LanguageFeatures>): Disposable {
  return vscode.languages.registerCodeActionsProvider(
    markdown,
    {
      provideCodeActions: async (document, range, context, token) =>
        subjects.mayBe(document.uri) ? await (await load()).actions.provideCodeActions(document, range, context, token) : undefined,
      resolveCodeAction: async (action) => await (await load()).actions.resolveCodeAction(action),
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, fixAllKind] },
  );
}

/** VS Code asks for lenses at once: what changes later is told once the rest is loaded. */
function registerLenses(subjects: Subjects, load: () => Promise<LanguageFeatures>): Disposable {
  const changed = new vscode.EventEmitter<void>();
  const following = new DisposableStore();
  following.add(changed);
  let isFollowing = false;
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: async (document, token) => {
      if (!subjects.mayBe(document.uri)) return undefined;
      const { lenses } = await load();
      if (!isFollowing) following.add(lenses.onDidChangeCodeLenses(() => changed.fire()));
      isFollowing = true;
      return await lenses.provideCodeLenses(document, token);
    },
  };
  following.add(vscode.languages.registerCodeLensProvider(markdown, provider));
  return following;
}

function registerDrop(subjects: Subjects, load: () => Promise<LanguageFeatures>): Disposable {
  return vscode.languages.registerDocumentDropEditProvider(
    markdown,
    {
      provideDocumentDropEdits: async (document, position, dropped, token) =>
        subjects.mayBe(document.uri) ? await (await load()).drop.provideDocumentDropEdits(document, position, dropped, token) : undefined,
    },
    { dropMimeTypes: ['text/uri-list'], providedDropEditKinds: [importDropKind] },
  );
}
