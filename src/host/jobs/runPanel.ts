// Loaded with the first page of a run: the schemas and the YAML library would cost activation time.
import * as vscode from 'vscode';
import type { OpenAsk } from '../../app/jobs/jobEngine.ts';
import { readJobFile } from '../../app/jobs/readJobFile.ts';
import { stepLines } from '../../app/jobs/stepLines.ts';
import { AppError } from '../../core/appError.ts';
import { isOver } from '../../core/jobs/run.ts';
import { runRequest, type RunAction, type RunAsk, type RunDetails, type RunMessage } from '../../protocol/jobs/pageMessages.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import { Burst } from '../../util/burst.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { CommandId } from '../contributions.generated.ts';
import type { HostLog } from '../log.ts';
import { webviewHtml } from '../webviewHtml.ts';
import type { FolderJobs } from './folderJobs.ts';
import { replyTo, runCommand } from './pageReply.ts';
import { RunFiles } from './runFiles.ts';

export interface JobPanelDeps {
  log: HostLog;
  dist: vscode.Uri;
  icon: { light: vscode.Uri; dark: vscode.Uri };
}

/** Entries of one answer. The page asks on while it gets so many. */
const logPage = 1000;
const bursts = { quiet: 50, longest: 100 } as const;

/** The page of one run: shows how it goes, and passes on what the person does there. */
export class RunPanel implements Disposable {
  readonly #deps: JobPanelDeps;
  readonly #jobs: FolderJobs;
  readonly #id: number;
  readonly #panel: vscode.WebviewPanel;
  readonly #files: RunFiles;
  readonly #subscriptions = new DisposableStore();
  readonly #burst = this.#subscriptions.add(new Burst<'run'>(bursts, () => void this.#sendDetails()));
  #isListening = false;
  #details: RunDetails | undefined;
  /** The newest row; the details may be of before. */
  #run: JobRun | undefined;

  constructor(deps: JobPanelDeps, jobs: FolderJobs, run: number, panel: vscode.WebviewPanel) {
    this.#deps = deps;
    this.#jobs = jobs;
    this.#id = run;
    this.#panel = panel;
    const { engine, tasks } = jobs;
    this.#files = new RunFiles(tasks.folder.uri, engine.folderOf(run));
    const { webview } = panel;
    panel.iconPath = deps.icon;
    webview.options = { enableScripts: true, localResourceRoots: [deps.dist, this.#files.folder] };
    this.#subscriptions.add(webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)));
    this.#subscriptions.add(panel.onDidDispose(() => this.dispose()));
    this.#subscriptions.add(
      panel.onDidChangeViewState(() => {
        // A hidden page is gone; it will say when it listens again.
        if (!panel.visible) this.#isListening = false;
      }),
    );
    this.#subscriptions.add(
      engine.onDidChangeRuns((change) => {
        const changed = change.kind === 'rows' ? change.runs.find(({ id }) => id === run) : undefined;
        if (change.kind === 'rows' && changed === undefined) return;
        if (change.kind === 'reset' || changed?.state !== this.#run?.state) this.#details = undefined;
        this.#run = changed;
        this.#burst.add(['run']);
      }),
    );
    this.#subscriptions.add(
      engine.onDidProgress(({ run: of, ...progress }) => {
        if (of === run) this.#post({ kind: 'progress', progress });
      }),
    );
    this.#subscriptions.add(engine.onDidChangeAsks(() => this.#post({ kind: 'asks', asks: this.#asks() })));
    webview.html = webviewHtml({
      webview,
      dist: deps.dist,
      title: panel.title,
      script: 'run.js',
      styles: ['codicon.css', 'run.css'],
      data: { folder: tasks.key, run },
      pictures: true,
    });
  }

  async #receive(message: unknown): Promise<void> {
    const parsed = runRequest.safeParse(message);
    if (!parsed.success) {
      this.#deps.log.warn('The page of a run sent a message of an unknown shape; it was dropped.');
      return;
    }
    const request = parsed.data;
    if (request.kind === 'ready') {
      this.#isListening = true;
      await this.#init();
      return;
    }
    const reply = await replyTo(this.#deps.log, `run page: ${request.kind}`, async () => {
      switch (request.kind) {
        case 'log':
          return await (await this.#jobs.tasks.open()).call('job.log', { run: this.#id, after: request.after, limit: logPage });
        case 'snapshot':
          return { text: await this.#files.text(request.path) };
        case 'act':
          await this.#act(request.action);
          return null;
      }
    });
    this.#post({ kind: 'reply', id: request.id, reply });
  }

  async #init(): Promise<void> {
    try {
      const { definition, ...details } = await this.#read();
      const steps = stepLines(readJobFile(definition).definition?.steps ?? []);
      const { run: _, ...progress } = this.#jobs.engine.progress(this.#id) ?? { run: this.#id };
      this.#panel.title = `${details.run.name} #${this.#id}`;
      this.#post({
        kind: 'init',
        steps,
        details,
        asks: this.#asks(),
        progress: 'step' in progress ? progress : null,
        locale: vscode.env.language,
        strings: vscode.l10n.bundle ?? {},
      });
    } catch (error) {
      const body = AppError.is(error) ? error.toBody() : { code: 'internal' as const, message: String(error) };
      this.#deps.log.error(`The run ${this.#id} could not be shown.`, error);
      this.#post({ kind: 'problem', error: body });
    }
  }

  async #read(): Promise<RunDetails & { definition: string }> {
    const store = await this.#jobs.tasks.open();
    const { run, files, healed, resumable, definition } = await store.call('job.run', { run: this.#id });
    this.#run = run;
    const shown = await this.#files.show(files, this.#panel.webview);
    // It may have changed while its files were looked at.
    const details = { run: this.#run, files: shown, healed: healed.map(({ step }) => ({ step })), resumable };
    this.#details = details;
    return { ...details, definition };
  }

  /** The row alone while the run goes on; all there is to know when its state is another, as then there may be files. */
  async #sendDetails(): Promise<void> {
    if (!this.#isListening) return;
    try {
      const before = this.#details;
      const run = this.#run;
      if (before !== undefined && run !== undefined && !isOver(run.state)) {
        this.#post({ kind: 'details', details: { ...before, run } });
        return;
      }
      const { definition: _, ...details } = await this.#read();
      this.#post({ kind: 'details', details });
    } catch (error) {
      this.#deps.log.error(`The run ${this.#id} could not be read.`, error);
    }
  }

  async #act(action: RunAction): Promise<void> {
    const { engine } = this.#jobs;
    switch (action.what) {
      case 'cancel':
        await engine.cancel(this.#id);
        break;
      case 'answer':
        await engine.answer(this.#id, action.ask, action.answer);
        break;
      case 'answerSecrets':
        this.#command('claudetask.job.answer');
        break;
      case 'resume':
        this.#command('claudetask.job.resume');
        break;
      case 'runAgain':
        this.#command('claudetask.job.run');
        break;
      case 'showRecords':
        this.#command('claudetask.job.showRecords');
        break;
      case 'applyHealed':
        this.#command('claudetask.job.applyHealed');
        break;
      case 'openJobFile':
        this.#command('claudetask.job.openFile', action.step === null ? {} : { step: action.step });
        break;
      case 'openFile':
        await vscode.commands.executeCommand('vscode.open', await this.#files.uri(action.path));
        break;
      case 'revealFile':
        await vscode.commands.executeCommand('revealFileInOS', await this.#files.uri(action.path));
        break;
    }
  }

  /** Commands ask the person what they need, which may take long, and tell what went wrong themselves: the page is answered at once. */
  #command(id: CommandId, named: { step?: string } = {}): void {
    const job = (this.#run ?? this.#details?.run)?.job;
    const address = { folder: this.#jobs.tasks.key, run: this.#id, ...(job !== undefined && { job }), ...named };
    runCommand(this.#deps.log, id, address);
  }

  #asks(): RunAsk[] {
    const picture = (ask: OpenAsk): string | null =>
      ask.screenshot === null ? null : this.#panel.webview.asWebviewUri(vscode.Uri.file(ask.screenshot)).toString();
    return this.#jobs.engine
      .asks()
      .filter(({ run }) => run === this.#id)
      .map((ask) => ({ ask: ask.ask, about: ask.about, message: ask.message, screenshot: picture(ask), choices: ask.choices }));
  }

  #post(message: RunMessage): void {
    if (this.#isListening && !this.#subscriptions.isDisposed) void this.#panel.webview.postMessage(message);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
