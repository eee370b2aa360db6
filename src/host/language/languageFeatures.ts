// Loaded when a document that may concern us is looked at, or in idle time: with it come the parsers.
import type { Sources } from '../../app/instructionModel.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { catalogPath, type ClaudeFolder } from '../claude/claudeFolders.ts';
import { ClosedFiles, importedBy, meets } from './closedFiles.ts';
import { CodeActions } from './codeActions.ts';
import { FileChecks } from './fileChecks.ts';
import { FrontmatterHelp } from './frontmatterHelp.ts';
import { ImportCompletion } from './importCompletion.ts';
import { ImportDrop } from './importDrop.ts';
import { ImportHelp } from './importHelp.ts';
import { hasLenses, InstructionLenses } from './instructionLenses.ts';
import { InstructionStatus } from './instructionStatus.ts';
import type { LanguageDeps } from './languageDeps.ts';
import { OpenFiles } from './openFiles.ts';
import { ProblemReports } from './problemReports.ts';
import { mayImport, type Subjects } from './subjects.ts';

/** Everything that knows what is in a file. */
export class LanguageFeatures implements Disposable {
  readonly frontmatter: FrontmatterHelp;
  readonly imports: ImportHelp;
  readonly importCompletion: ImportCompletion;
  readonly drop: ImportDrop;
  readonly actions: CodeActions;
  readonly lenses: InstructionLenses;
  readonly #closedFiles: ClosedFiles;
  readonly #openFiles: OpenFiles;
  readonly #subscriptions = new DisposableStore();
  readonly #followed = new WeakSet<ClaudeFolder>();
  #isStarted = false;

  constructor(deps: LanguageDeps, subjects: Subjects, sources: Sources) {
    const { claude, settings, log } = deps;
    const fail = (error: unknown) => log.error('A file of Claude Code could not be checked', error);
    const checks = new FileChecks(sources);
    const closedFiles = this.#subscriptions.add(new ClosedFiles({ claude, subjects, checks, fail }));
    const openFiles = this.#subscriptions.add(new OpenFiles({ checks, subjects, fail }));
    this.#subscriptions.add(new ProblemReports({ claude, openFiles, closedFiles, settings }));
    this.#subscriptions.add(new InstructionStatus({ openFiles, fail }));
    this.lenses = this.#subscriptions.add(new InstructionLenses({ openFiles, settings }));
    this.frontmatter = new FrontmatterHelp(subjects);
    this.imports = new ImportHelp({ subjects, checks, sources: deps.sources });
    this.importCompletion = new ImportCompletion({ subjects, sources: deps.sources });
    this.drop = new ImportDrop(subjects);
    this.actions = new CodeActions({ openFiles, checks });
    this.#openFiles = openFiles;
    this.#closedFiles = closedFiles;
    this.#subscriptions.add(
      claude.onDidChange(({ folder, change: { changed, removed } }) => {
        if (![...changed, ...removed].some(({ kind }) => kind === 'settings')) return;
        checks.forgetSettings(folder);
        openFiles.recheck(({ subject }) => subject.folder === folder && mayImport(subject.kind));
        closedFiles.recheckAll(folder);
      }),
    );
    const followModels = () => {
      for (const folder of claude.all) this.#followModel(folder, fail);
    };
    followModels();
    this.#subscriptions.add(claude.onDidChangeFolders(followModels));
    this.#subscriptions.add(
      openFiles.onDidCheck(({ document, file }) => {
        if (hasLenses(file)) subjects.setImports(catalogPath(document.uri), importedBy(file));
      }),
    );
    this.#subscriptions.add(
      deps.stores.onDidChangeFolders(() => {
        if (this.#isStarted) void this.start().catch(fail);
      }),
    );
    this.#subscriptions.add(
      sources.onDidChange((list) => {
        const paths = new Set(list);
        sources.snapshot.forget(paths);
        if (list.some((path) => path.endsWith('/package.json'))) checks.forgetPackages();
        openFiles.recheck(({ asked }) => meets(paths, asked));
        closedFiles.recheck(paths);
      }),
    );
  }

  /** Checks every file of the workspace, in slices. */
  start(): Promise<void> {
    this.#isStarted = true;
    return this.#closedFiles.start();
  }

  /** What is said of agents, skills and memories follows from the others too. */
  #followModel(folder: ClaudeFolder, fail: (error: unknown) => void): void {
    if (this.#followed.has(folder)) return;
    this.#followed.add(folder);
    this.#subscriptions.add(
      folder.agents.onDidChange(({ structure, paths }) =>
        this.#openFiles.recheck(({ subject: { folder: own, kind, path } }) => {
          if (own !== folder || kind === 'rule' || kind === 'instructions' || kind === 'imported') return false;
          // Its own change on the disk says nothing new of what is typed.
          return structure || [...paths].some((one) => one !== path);
        }),
      ),
    );
    folder.agents.ready().catch(fail);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
