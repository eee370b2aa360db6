// Loaded with the first page of records: the schemas would cost activation time.
import * as vscode from 'vscode';
import { AppError } from '../../core/appError.ts';
import {
  recordsRequest,
  type RangeRequest,
  type RecordSelection,
  type RecordsAction,
  type RecordsMessage,
  type ShownCollection,
} from '../../protocol/jobs/pageMessages.ts';
import type { OperationInput, OperationOutput } from '../../protocol/operations.ts';
import { Burst } from '../../util/burst.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { CommandId } from '../contributions.generated.ts';
import { webviewHtml } from '../webviewHtml.ts';
import type { FolderJobs } from './folderJobs.ts';
import { replyTo, runCommand } from './pageReply.ts';
import type { JobPanelDeps } from './runPanel.ts';

/** A run that reads pages as fast as it can changes records many times a second; a person reads slower. */
const bursts = { quiet: 200, longest: 500 } as const;
/** Records of one question while all keys of a selection are looked up. */
const keyPage = 5000;
/** Most records that tasks are made of at once. */
const maxTasks = 10_000;

/** The page of the records of one job: answers for the ranges it asks for, never all. */
export class RecordsPanel implements Disposable {
  readonly #deps: JobPanelDeps;
  readonly #jobs: FolderJobs;
  readonly #job: string;
  readonly #panel: vscode.WebviewPanel;
  readonly #subscriptions = new DisposableStore();
  readonly #burst = this.#subscriptions.add(new Burst<'records'>(bursts, () => void this.#sendChanged()));
  #isListening = false;
  /** What the page is to show once it listens. */
  #wanted: string | null;

  constructor(deps: JobPanelDeps, jobs: FolderJobs, job: string, collection: string | null, panel: vscode.WebviewPanel) {
    this.#deps = deps;
    this.#jobs = jobs;
    this.#job = job;
    this.#wanted = collection;
    this.#panel = panel;
    const { webview } = panel;
    panel.iconPath = deps.icon;
    webview.options = { enableScripts: true, localResourceRoots: [deps.dist] };
    this.#subscriptions.add(webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)));
    this.#subscriptions.add(panel.onDidDispose(() => this.dispose()));
    this.#subscriptions.add(
      panel.onDidChangeViewState(() => {
        // A hidden page is gone; it will say when it listens again.
        if (!panel.visible) this.#isListening = false;
      }),
    );
    this.#subscriptions.add(
      jobs.engine.onDidChangeRuns((change) => {
        if (change.kind === 'reset' || change.records.some((records) => records.job === job)) this.#burst.add(['records']);
      }),
    );
    webview.html = webviewHtml({
      webview,
      dist: deps.dist,
      title: panel.title,
      script: 'records.js',
      styles: ['codicon.css', 'records.css'],
      data: { folder: jobs.tasks.key },
    });
  }

  /** Turns to a collection. */
  show(collection: string): void {
    this.#wanted = collection;
    if (!this.#isListening) return;
    this.#wanted = null;
    this.#post({ kind: 'show', collection });
  }

  async #receive(message: unknown): Promise<void> {
    const parsed = recordsRequest.safeParse(message);
    if (!parsed.success) {
      this.#deps.log.warn('The page of records sent a message of an unknown shape; it was dropped.');
      return;
    }
    const request = parsed.data;
    if (request.kind === 'ready') {
      this.#isListening = true;
      await this.#init();
      return;
    }
    const reply = await replyTo(this.#deps.log, `records page: ${request.kind}`, async () => {
      if (request.kind === 'range') return await this.#range(request);
      await this.#act(request.action);
      return null;
    });
    this.#post({ kind: 'reply', id: request.id, reply });
  }

  async #collections(): Promise<ShownCollection[]> {
    const store = await this.#jobs.tasks.open();
    const { collections } = await store.call('job.collections', { job: this.#job });
    return collections;
  }

  async #init(): Promise<void> {
    try {
      const collections = await this.#collections();
      const wanted = this.#wanted;
      this.#wanted = null;
      this.#post({
        kind: 'init',
        job: this.#job,
        collections,
        collection: collections[0]?.collection ?? null,
        locale: vscode.env.language,
        strings: vscode.l10n.bundle ?? {},
      });
      if (wanted !== null && collections.some(({ collection }) => collection === wanted)) this.#post({ kind: 'show', collection: wanted });
    } catch (error) {
      const body = AppError.is(error) ? error.toBody() : { code: 'internal' as const, message: String(error) };
      this.#deps.log.error(`The records of ${this.#job} could not be shown.`, error);
      this.#post({ kind: 'problem', error: body });
    }
  }

  async #sendChanged(): Promise<void> {
    if (!this.#isListening) return;
    try {
      this.#post({ kind: 'changed', collections: await this.#collections() });
    } catch (error) {
      this.#deps.log.error(`The records of ${this.#job} could not be read.`, error);
    }
  }

  async #range({ collection, changes, search, sort, offset, limit }: RangeRequest): Promise<OperationOutput<'job.records'>> {
    const store = await this.#jobs.tasks.open();
    return await store.call('job.records', {
      job: this.#job,
      collection,
      offset,
      limit,
      ...(changes !== undefined && { changes }),
      ...(search !== undefined && { search }),
      ...(sort !== undefined && { sort }),
    });
  }

  async #act(action: RecordsAction): Promise<void> {
    switch (action.what) {
      case 'export':
        this.#command('claudetask.job.export', { collection: action.collection });
        break;
      case 'createTasks': {
        const keys = await this.#keysOf(action.collection, action.selection);
        this.#command('claudetask.job.createTasks', { collection: action.collection, keys });
        break;
      }
      case 'showRun':
        this.#command('claudetask.job.showRun', { run: action.run });
        break;
      case 'openTask':
        this.#command('claudetask.task.reveal', { taskId: action.task });
        break;
      case 'openPage':
        await vscode.env.openExternal(vscode.Uri.parse(action.url, true));
        break;
    }
  }

  /** Commands ask the person what they need, which may take long, and tell what went wrong themselves: the page is answered at once. */
  #command(id: CommandId, named: Readonly<Record<string, unknown>>): void {
    runCommand(this.#deps.log, id, { folder: this.#jobs.tasks.key, job: this.#job, ...named });
  }

  /** The keys of all selected records, those that the page has never seen too. */
  async #keysOf(collection: string, selection: RecordSelection): Promise<string[]> {
    if ('keys' in selection) return selection.keys;
    const { except, changes, search } = selection;
    const store = await this.#jobs.tasks.open();
    const left = new Set(except);
    const keys: string[] = [];
    const input: OperationInput<'job.records'> = {
      job: this.#job,
      collection,
      limit: keyPage,
      ...(changes !== undefined && { changes }),
      ...(search !== undefined && { search }),
    };
    for (let offset = 0; ; offset += keyPage) {
      const { total, records } = await store.call('job.records', { ...input, offset });
      if (total - left.size > maxTasks) {
        const message = vscode.l10n.t('No tasks were made: {0} records are more than {1} at once. Filter them first.', total, maxTasks);
        throw new AppError('input.invalid', message, { field: 'keys' });
      }
      for (const { key } of records) if (!left.has(key)) keys.push(key);
      if (records.length < keyPage) return keys;
    }
  }

  #post(message: RecordsMessage): void {
    if (this.#isListening && !this.#subscriptions.isDisposed) void this.#panel.webview.postMessage(message);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
