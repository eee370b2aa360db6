// Loaded when the first form opens: the schemas and the YAML library would cost activation time.
import * as vscode from 'vscode';
import { changedKeys, bodyKey, formState } from '../../app/agentForm/formState.ts';
import { formEdits } from '../../app/agentForm/formEdits.ts';
import type { AgentModel } from '../../app/agentModel.ts';
import { readAgent } from '../../core/agents/agent.ts';
import type { AgentContext } from '../../core/agents/agentContext.ts';
import { findAgentProblems } from '../../core/agents/agentProblems.ts';
import { AppError } from '../../core/appError.ts';
import type { MarkdownDocument } from '../../core/markdown/frontmatter.ts';
import { readMarkdown } from '../../core/markdown/frontmatter.ts';
import type { Span, TextEdit } from '../../core/markdown/textEdit.ts';
import type { Fix, Problem } from '../../core/problem.ts';
import {
  agentFormRequest,
  type AgentFormChange,
  type AgentFormMessage,
  type AgentFormRequest,
  type AgentFormState,
  type FormPlace,
} from '../../protocol/agentFormMessages.ts';
import type { Reply } from '../../protocol/wire.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { catalogPath } from '../claude/claudeFolders.ts';
import type { HostLog } from '../log.ts';
import { showError } from '../showError.ts';
import { formSuggestions } from './formSuggestions.ts';

export interface AgentFormEditorDeps {
  log: HostLog;
  /** The agents and skills around a file; undefined when it belongs to no folder of the workspace. */
  modelOf(uri: vscode.Uri): Promise<AgentModel | undefined>;
  post(message: AgentFormMessage): void;
  /** Whether the form has the focus of the window's editors. */
  isActive(): boolean;
  /** Where the file is shown as text. */
  viewColumn(): vscode.ViewColumn | undefined;
}

/** The document as it was last looked at. */
interface Look {
  version: number;
  document: MarkdownDocument;
  problems: readonly Problem[];
}

type ChangeRequest = Extract<AgentFormRequest, { kind: 'change' }>;

/** Each try fails only when someone else changed the document in the same moment. */
const tries = 8;
/** After the files around changed, what is known of them is sent once per burst. */
const suggestionDelay = 300;

const nothingAround: AgentContext = {
  isPlugin: false,
  sameTree: new Map(),
  agentNames: null,
  skills: null,
  skillsFolder: null,
  models: [],
};

/** One form over one document: turns what the page asks into small edits, and tells it of every change, whoever made it. */
export class AgentFormEditor implements Disposable {
  readonly #deps: AgentFormEditorDeps;
  readonly #document: vscode.TextDocument;
  readonly #path: string;
  readonly #subscriptions = new DisposableStore();
  #model: AgentModel | undefined;
  #look: Look | undefined;
  /** Stays when only what is around the document changed. */
  #last: Pick<Look, 'version' | 'document'> | undefined;
  /** The version in which a field, or the body, was last found changed. */
  readonly #changedAt = new Map<string, number>();
  #work: Promise<unknown> = Promise.resolve();
  /** While a change is made the reply will have the state. */
  #isChanging = false;
  #isListening = false;
  #isPosting = false;
  #isDeleted = false;
  #isReadOnly = false;
  #suggesting: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: AgentFormEditorDeps, document: vscode.TextDocument) {
    this.#deps = deps;
    this.#document = document;
    this.#path = catalogPath(document.uri);
    this.#subscriptions.add(
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document === document && event.contentChanges.length > 0) this.#changed();
      }),
    );
    this.#subscriptions.add({ dispose: () => clearTimeout(this.#suggesting) });
    this.#watchFile();
    void this.#follow();
  }

  /** Handles one message of the page. Requests for a change are made one after another, in their order; each is answered. */
  async receive(message: unknown): Promise<void> {
    const parsed = agentFormRequest.safeParse(message);
    if (!parsed.success) {
      this.#deps.log.warn('The agent form sent a message of an unknown shape; it was dropped.');
      return;
    }
    const request = parsed.data;
    switch (request.kind) {
      case 'ready':
        this.#isListening = true;
        void this.#stat();
        this.#post({ kind: 'init', state: this.#state(), suggestions: formSuggestions(this.#model), strings: vscode.l10n.bundle ?? {} });
        break;
      case 'change': {
        const work = this.#work.then(() => this.#change(request));
        this.#work = work;
        await work;
        break;
      }
      case 'openFile':
        await this.#shown('agent form: open file', () => this.#openFile(request.at));
        break;
      case 'perform':
        await this.#work;
        // The page only held the key back. Without the focus the command would be another editor's.
        if (this.#deps.isActive())
          await vscode.commands.executeCommand(request.what === 'save' ? 'workbench.action.files.save' : request.what);
        else if (request.what === 'save') await this.#document.save();
        break;
    }
  }

  async #follow(): Promise<void> {
    const { log, modelOf } = this.#deps;
    try {
      const model = await modelOf(this.#document.uri);
      if (model === undefined || this.#subscriptions.isDisposed) return;
      this.#model = model;
      this.#subscriptions.add(
        model.onDidChange(() => {
          this.#look = undefined;
          this.#changed();
          this.#suggestLater();
        }),
      );
      await model.loaded();
      if (this.#subscriptions.isDisposed) return;
      this.#look = undefined;
      this.#changed();
      this.#suggestLater();
    } catch (error) {
      log.error('agent form: the agents and skills around the file could not be read', error);
    }
  }

  #watchFile(): void {
    const { uri } = this.#document;
    const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), uri.path.slice(uri.path.lastIndexOf('/') + 1));
    const watcher = this.#subscriptions.add(vscode.workspace.createFileSystemWatcher(pattern, false, true, false));
    this.#subscriptions.add(watcher.onDidCreate(() => void this.#stat()));
    this.#subscriptions.add(watcher.onDidDelete(() => void this.#stat()));
    // The file may be back before the watcher has told that it went.
    this.#subscriptions.add(vscode.workspace.onDidSaveTextDocument((saved) => void (saved === this.#document && this.#stat())));
  }

  /** Whether the file is there and may be written. */
  async #stat(): Promise<void> {
    const { uri } = this.#document;
    const found = await vscode.workspace.fs.stat(uri).then(
      ({ permissions = 0 }) => ({ isReadOnly: (permissions & vscode.FilePermission.Readonly) !== 0 }),
      () => null,
    );
    if (this.#subscriptions.isDisposed) return;
    const isReadOnly = found?.isReadOnly === true || vscode.workspace.fs.isWritableFileSystem(uri.scheme) === false;
    if (this.#isDeleted === (found === null) && this.#isReadOnly === isReadOnly) return;
    this.#isDeleted = found === null;
    this.#isReadOnly = isReadOnly;
    this.#changed();
  }

  #changed(): void {
    if (this.#isPosting || this.#isChanging || !this.#isListening) return;
    this.#isPosting = true;
    // Once per burst: a command may make many changes in one go.
    setImmediate(() => {
      this.#isPosting = false;
      if (!this.#isChanging) this.#post({ kind: 'state', state: this.#state() });
    });
  }

  #suggestLater(): void {
    clearTimeout(this.#suggesting);
    this.#suggesting = setTimeout(() => {
      this.#post({ kind: 'suggestions', suggestions: formSuggestions(this.#model) });
    }, suggestionDelay);
  }

  #current(): Look {
    const { version } = this.#document;
    if (this.#look?.version === version) return this.#look;
    const before = this.#last;
    const document = before?.version === version ? before.document : readMarkdown(this.#document.getText());
    if (before !== undefined && before.version !== version) {
      for (const key of changedKeys(before.document, document)) this.#changedAt.set(key, version);
    }
    this.#last = { version, document };
    const file = { path: this.#path, document, agent: readAgent(document) };
    const problems = findAgentProblems(file, this.#model?.contextFor(this.#path) ?? nothingAround);
    this.#look = { version, document, problems };
    return this.#look;
  }

  #state(): AgentFormState {
    const { version, document, problems } = this.#current();
    return {
      version,
      fileName: this.#path.slice(this.#path.lastIndexOf('/') + 1),
      isDeleted: this.#isDeleted,
      isReadOnly: this.#isReadOnly,
      ...formState(document, problems),
    };
  }

  async #change({ id, base, change }: ChangeRequest): Promise<void> {
    this.#isChanging = true;
    let reply: Reply<null>;
    try {
      await this.#make(base, change);
      reply = { ok: true, value: null };
    } catch (error) {
      if (AppError.is(error)) {
        this.#deps.log.info(`agent form: ${change.what}: ${error.code}: ${error.message}`);
        reply = { ok: false, error: error.toBody() };
      } else {
        this.#deps.log.error(`agent form: ${change.what}`, error);
        reply = { ok: false, error: { code: 'internal', message: error instanceof Error ? error.message : String(error) } };
      }
    } finally {
      this.#isChanging = false;
    }
    this.#post({ kind: 'reply', id, reply, state: this.#state() });
  }

  async #make(base: number, change: AgentFormChange): Promise<void> {
    if (this.#isReadOnly)
      throw new AppError('operation.forbidden', vscode.l10n.t('Not changed: the file is read-only. Copy the agent to change it.'));
    for (let round = 0; round < tries; round++) {
      const look = this.#current();
      const edits = change.what === 'applyFix' ? await this.#fixEdits(look, base, change) : this.#changeEdits(look, base, change);
      if (edits.length === 0 || (await this.#apply(look.version, edits))) return;
    }
    throw new AppError('file.stale', vscode.l10n.t('Not changed: the file is being changed by something else all the time. Try again.'));
  }

  #changeEdits({ document }: Look, base: number, change: Exclude<AgentFormChange, { what: 'applyFix' }>): TextEdit[] {
    const key = change.what === 'setBody' ? bodyKey : change.key;
    if ((this.#changedAt.get(key) ?? 0) > base) {
      const message =
        key === bodyKey
          ? vscode.l10n.t('Not changed: the prompt was changed in the file meanwhile.')
          : vscode.l10n.t('Not changed: {0} was changed in the file meanwhile.', key);
      throw new AppError('file.stale', message);
    }
    return formEdits(document, change);
  }

  async #fixEdits(
    look: Look,
    base: number,
    { problem, fix, title }: Extract<AgentFormChange, { what: 'applyFix' }>,
  ): Promise<readonly TextEdit[]> {
    const found = base === look.version ? look.problems[problem]?.fixes?.[fix] : undefined;
    if (found?.title !== title) {
      throw new AppError('file.stale', vscode.l10n.t('Not changed: the file was changed meanwhile. Look at its problems again.'));
    }
    if ('edits' in found) return found.edits;
    await createFile(found);
    return [];
  }

  /** False when the document is no longer of that version: VS Code refuses such edits, and they are made anew. */
  async #apply(version: number, edits: readonly TextEdit[]): Promise<boolean> {
    if (this.#document.version !== version) return false;
    const change = new vscode.WorkspaceEdit();
    change.set(
      this.#document.uri,
      edits.map(({ start, end, text }) => vscode.TextEdit.replace(this.#range({ start, end }), text)),
    );
    return await vscode.workspace.applyEdit(change);
  }

  #range({ start, end }: Span): vscode.Range {
    return new vscode.Range(this.#document.positionAt(start), this.#document.positionAt(end));
  }

  async #openFile(at: FormPlace | undefined): Promise<void> {
    const span = at && this.#spanOf(at);
    const viewColumn = this.#deps.viewColumn();
    await vscode.window.showTextDocument(this.#document, {
      preview: false,
      ...(viewColumn !== undefined && { viewColumn }),
      ...(span !== undefined && { selection: this.#range(span) }),
    });
  }

  #spanOf(at: FormPlace): Span | undefined {
    const { document, problems, version } = this.#current();
    switch (at.kind) {
      case 'field':
        return document.frontmatter?.fields.findLast(({ key }) => key === at.key)?.keySpan;
      case 'problem':
        return at.version === version ? problems[at.index]?.span : undefined;
    }
  }

  async #shown(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      showError(this.#deps.log, what, error);
    }
  }

  #post(message: AgentFormMessage): void {
    if (this.#isListening && !this.#subscriptions.isDisposed) this.#deps.post(message);
  }

  /** The page is gone, as it is while it is hidden; it will say when it listens again. */
  forgetPage(): void {
    this.#isListening = false;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

/** Makes the file that a fix is about. One that is there by now stays as it is. */
async function createFile(fix: Exclude<Fix, { edits: unknown }>): Promise<void> {
  if (!('create' in fix)) throw new AppError('operation.unknown', vscode.l10n.t('Not changed: this has to be mended in another file.'));
  const uri = vscode.Uri.file(fix.create.path);
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uri, { contents: new TextEncoder().encode(fix.create.content), overwrite: false });
  if (await vscode.workspace.applyEdit(edit)) return;
  throw new AppError(
    'file.exists',
    vscode.l10n.t('{0} was not made: VS Code could not create the file, or it is there already.', uri.fsPath),
  );
}
