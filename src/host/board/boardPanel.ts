import * as vscode from 'vscode';
import type { Log } from '../../app/ports.ts';
import { liveStates } from '../../core/jobs/run.ts';
import { statuses, type TaskRow } from '../../core/task.ts';
import type { BoardAction, BoardConfig, BoardMessage, BoardRequest, BoardThing } from '../../protocol/boardMessages.ts';
import type { StoreEvent, StoreState } from '../../protocol/wire.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { SettingId } from '../contributions.generated.ts';
import type { FolderState, FolderTasks } from '../folderTasks.ts';
import type { Settings } from '../settings.ts';
import { webviewHtml } from '../webviewHtml.ts';

export const boardViewType = 'claudetask.board';

/** Cards per column that come with the page, and rows per message after it. */
const firstCards = 60;
const chunk = 2000;
/** The page is shown without cards when the store takes longer; they follow. */
const firstPaint = 250;

const boardSettings: readonly SettingId[] = [
  'claudetask.board.density',
  'claudetask.workflow.wipLimits',
  'claudetask.workflow.allowedMoves',
];

type Init = Extract<BoardMessage, { kind: 'init' }>;

export interface BoardDeps {
  log: Log;
  settings: Settings;
  dist: vscode.Uri;
  icon: { light: vscode.Uri; dark: vscode.Uri };
  /** What the page asked to open. */
  open(folder: FolderTasks, taskId: number, what: BoardThing): void;
}

/** One board in an editor tab: shows the tasks of one folder and passes on what the page asks. */
export class BoardPanel implements Disposable {
  readonly folder: FolderTasks;
  readonly panel: vscode.WebviewPanel;
  readonly #deps: BoardDeps;
  readonly #subscriptions = new DisposableStore();
  #following = false;
  #selection: readonly number[] = [];
  #listening = false;
  /** The text of the page holds cards, which grow old. */
  #hasCards = false;
  /** The first cards, as the page that is starting has them. */
  #embedded: Init | undefined;
  /** Events to send after the snapshot that is on its way; undefined when none is. */
  #held: StoreEvent[] | undefined;
  #filled = false;
  /** Counts the streams of rows begun: a later one ends those before it. */
  #stream = 0;
  #todo: BoardMessage[] = [];

  constructor(deps: BoardDeps, folder: FolderTasks, panel: vscode.WebviewPanel) {
    this.#deps = deps;
    this.folder = folder;
    this.panel = panel;
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [deps.dist] };
    panel.iconPath = deps.icon;
    this.#subscriptions.add(webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)));
    this.#subscriptions.add(panel.onDidDispose(() => this.dispose()));
    this.#subscriptions.add(
      panel.onDidChangeViewState(() => {
        // A hidden page is gone; it starts again when shown, and must not start with old cards.
        if (!panel.visible) this.#forgetPage();
      }),
    );
    this.#subscriptions.add(folder.onDidChangeState((state) => this.#onState(state)));
    this.#subscriptions.add(
      deps.settings.onDidChange((affects) => {
        if (boardSettings.some((id) => affects(id, folder.folder.uri))) this.#post({ kind: 'config', config: this.#config() });
      }),
    );
    void this.#start();
  }

  get selection(): readonly number[] {
    return this.#selection;
  }

  /** Asks the page to act; kept until the page listens. */
  do(action: BoardAction, taskId?: number): void {
    const message: BoardMessage = taskId === undefined ? { kind: 'do', action } : { kind: 'do', action, taskId };
    if (this.#listening && this.#filled) this.#post(message);
    else this.#todo.push(message);
  }

  async #start(): Promise<void> {
    const late = new Promise<undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), firstPaint);
      this.#subscriptions.add({ dispose: () => clearTimeout(timer) });
    });
    const init = await Promise.race([this.#init(), late]).catch(() => undefined);
    if (this.#subscriptions.isDisposed) return;
    this.#embedded = init;
    this.#setHtml(init);
  }

  #setHtml(data?: BoardMessage): void {
    this.#hasCards = data !== undefined;
    const { webview, title } = this.panel;
    webview.html = webviewHtml({ webview, dist: this.#deps.dist, title, script: 'board.js', styles: ['codicon.css', 'board.css'], data });
  }

  #forgetPage(): void {
    this.#listening = false;
    this.#filled = false;
    this.#held = undefined;
    this.#embedded = undefined;
    this.#stream++;
    this.#selection = [];
    if (this.#hasCards) this.#setHtml();
  }

  async #receive(message: unknown): Promise<void> {
    const { callForPage, parseBoardRequest } = await import('./boardRequests.ts');
    const request = parseBoardRequest(message);
    if (!request) {
      this.#deps.log.warn('The board sent a message of an unknown shape; it was dropped.');
      return;
    }
    if (request.kind !== 'call') {
      this.#onRequest(request);
      return;
    }
    const reply = await callForPage(() => this.folder.open(), request.operation, request.input);
    if (!reply.ok) this.#deps.log.info(`board: ${request.operation}: ${reply.error.code}: ${reply.error.message}`);
    this.#post({ kind: 'reply', id: request.id, reply });
  }

  #onRequest(request: Exclude<BoardRequest, { kind: 'call' }>): void {
    switch (request.kind) {
      case 'ready': {
        this.#listening = true;
        // A page that is moved to another group starts again from the same text: its cards count once only.
        const init = this.#embedded;
        this.#embedded = undefined;
        if (init) void this.#complete(init, ++this.#stream);
        else void this.#send();
        break;
      }
      case 'resync':
        void this.#send();
        break;
      case 'open':
        this.#deps.open(this.folder, request.taskId, request.what);
        break;
      case 'selection':
        this.#selection = request.ids;
        break;
    }
  }

  /** The first cards. Events that come while they are read are held back until the page has them. */
  async #init(): Promise<Init> {
    const store = await this.folder.open();
    if (!this.#following) {
      this.#following = true;
      this.#subscriptions.add(store.onDidChange((event) => this.#onEvent(event)));
      this.#subscriptions.add(store.onDidReset(() => void (this.#listening && this.#send())));
    }
    this.#held ??= [];
    const [{ revision, columns }, { runs }] = await Promise.all([
      store.call('task.snapshot', { limitPerColumn: firstCards }),
      store.call('job.runs', { states: [...liveStates] }),
    ]);
    const complete = columns.every((column) => column.tasks.length === column.total);
    const ofTasks = runs.filter(({ task }) => task !== null);
    return { kind: 'init', revision, columns, complete, runs: ofTasks, config: this.#config(), state: store.state };
  }

  async #send(): Promise<void> {
    const stream = ++this.#stream;
    try {
      const init = await this.#init();
      if (stream !== this.#stream) return;
      this.#post(init);
      await this.#complete(init, stream);
    } catch (error) {
      if (stream !== this.#stream) return;
      this.#held = undefined;
      this.#deps.log.error(`The board of ${this.folder.folder.name} could not be filled.`, error);
      // An empty board that says why is better than a page that waits.
      const columns = statuses.map((status) => ({ status, total: 0, tasks: [] }));
      this.#post({ kind: 'init', revision: 0, columns, complete: true, runs: [], config: this.#config(), state: this.#state() });
    }
  }

  /** The page has its first cards: now what was held back, then the remaining rows. */
  async #complete(init: Init, stream: number): Promise<void> {
    for (const event of this.#held?.splice(0) ?? []) this.#post({ kind: 'event', event });
    this.#held = undefined;
    this.#filled = true;
    if (!init.complete) await this.#sendRest(init, stream);
    if (stream === this.#stream) for (const message of this.#todo.splice(0)) this.#post(message);
  }

  async #sendRest(init: Init, stream: number): Promise<void> {
    try {
      await this.folder.loadRows();
      const sent = new Set(init.columns.flatMap((column) => column.tasks.map((row) => row.id)));
      const rest: TaskRow[] = [...(this.folder.rows?.values() ?? [])].filter((row) => !sent.has(row.id));
      let complete = false;
      for (let at = 0; stream === this.#stream && !complete; at += chunk) {
        complete = at + chunk >= rest.length;
        this.#post({ kind: 'rest', revision: init.revision, tasks: rest.slice(at, at + chunk), complete });
        // Lets the page draw, and this thread serve others, between two chunks.
        await new Promise<void>((resolve) => void setImmediate(resolve));
      }
    } catch (error) {
      this.#deps.log.error('The remaining cards of the board could not be read.', error);
    }
  }

  #onEvent(event: StoreEvent): void {
    if (this.#held) this.#held.push(event);
    else if (this.#listening) this.#post({ kind: 'event', event });
  }

  #onState(state: FolderState): void {
    this.#post({ kind: 'state', state: this.#state() });
    if (this.#listening && !this.#filled && (state.role === 'owner' || state.role === 'client' || state.role === 'readOnly'))
      void this.#send();
  }

  #state(): StoreState {
    const { state } = this.folder;
    return state.role === 'none' ? { role: 'starting' } : state;
  }

  #config(): BoardConfig {
    const { folder } = this.folder;
    const { wipLimits, allowedMoves } = this.#deps.settings.workflow(folder.uri);
    const density = this.#deps.settings.density(folder.uri);
    return { folderName: folder.name, density, wipLimits, allowedMoves, locale: vscode.env.language, strings: vscode.l10n.bundle ?? {} };
  }

  #post(message: BoardMessage): void {
    if (this.#listening && !this.#subscriptions.isDisposed) void this.panel.webview.postMessage(message);
  }

  dispose(): void {
    this.#stream++;
    this.#subscriptions.dispose();
  }
}
