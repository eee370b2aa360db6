import { AppError } from '../core/appError.ts';
import { classify, fromDocumentPath, toDocumentPath } from '../core/claudePlaces.ts';
import type { ClaudePlaces } from '../core/claudePlaces.ts';
import type { DocumentKind, DocumentRow } from '../core/document.ts';
import { foldersDownTo, relativeInside } from '../core/filePath.ts';
import { decodeFile } from '../core/markdown/fileText.ts';
import { Burst } from '../util/burst.ts';
import { DisposableStore } from '../util/disposable.ts';
import { Emitter } from '../util/emitter.ts';
import type { CatalogChange, CatalogDeps, CatalogText, ClaudeCatalog, SaveReason, SearchGaps } from './claudeCatalog.ts';
import { readInstalledPlugins } from './claudePlugins.ts';
import { DocumentHistory, stranger } from './documentHistory.ts';
import { ExpectedSaves } from './expectedSaves.ts';
import type { FileEntry, FileView } from './filePorts.ts';
import type { Store } from './ports.ts';
import { TextCache } from './textCache.ts';

const burstTimes = { quiet: 100, longest: 1000 } as const;
/** Files read at a time. */
const width = 16;
/** In `~/.claude`, where much is written all the time, what concerns us. */
const ownInHome = /^(CLAUDE\.md|settings(\.local)?\.json|(agents|skills|commands|rules|agent-memory)(\/|$))/;

/** Looks at nothing until it is asked, or the folder's database is open. */
export function createClaudeCatalog(deps: CatalogDeps): ClaudeCatalog {
  return new Catalog(deps);
}

class Catalog implements ClaudeCatalog {
  readonly #deps: CatalogDeps;
  readonly #history: DocumentHistory;
  readonly #changed = new Emitter<CatalogChange>();
  readonly #subscriptions = new DisposableStore();
  readonly #ending = new AbortController();
  readonly #burst: Burst<string>;
  readonly #entries = new Map<string, FileEntry>();
  /** Of every file that was ever read. */
  readonly #hashes = new Map<string, string>();
  readonly #texts = new TextCache();
  readonly #expected: ExpectedSaves;
  #places: ClaudePlaces;
  #gaps: SearchGaps = { unreadable: [], incomplete: false };
  #starting: Promise<void> | undefined;
  #catchingUp: Promise<void> | undefined;
  /** All that was found before is in the database: from then on each change is brought there. */
  #isCaughtUp = false;
  #work: Promise<void> = Promise.resolve();

  readonly onDidChange = this.#changed.event;

  constructor(deps: CatalogDeps) {
    this.#deps = deps;
    this.#places = deps.places;
    this.#expected = new ExpectedSaves(deps.clock);
    this.#history = new DocumentHistory(deps.files.base64, deps.log);
    this.#burst = this.#subscriptions.add(new Burst<string>(burstTimes, (paths) => this.#update(paths)));
    this.#subscriptions.add(deps.history.onDidOpen((store) => this.#record(store)));
    this.#subscriptions.add(
      deps.files.onDidFindLateWrite(({ path, bytes }) => {
        if (this.#entries.has(path)) void this.keep(path, [bytes], 'Another program wrote this while the file was being replaced.');
      }),
    );
    if (deps.history.store !== undefined) this.#record(deps.history.store);
  }

  get places(): ClaudePlaces {
    return this.#places;
  }

  ready(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    const { claudeHome } = this.#deps.places;
    const targets = [
      { path: `${claudeHome}/agents`, recursive: true },
      { path: `${claudeHome}/skills`, recursive: true },
      { path: claudeHome, recursive: false },
    ];
    // Watched before it is scanned, so that nothing falls between.
    const watch = this.#subscriptions.add(this.#deps.files.watch(targets, (paths) => this.#update(paths)));
    await watch.ready;
    await this.refresh();
  }

  /** One thing after another, so that an older look never replaces a newer one. */
  #next(what: string, work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(async () => {
      if (this.#subscriptions.isDisposed) return;
      try {
        await work();
      } catch (error) {
        if (!this.#subscriptions.isDisposed) this.#deps.log.error(`${what} failed`, error);
      }
    });
    return this.#work;
  }

  refresh(): Promise<void> {
    return this.#next('Looking for the files of Claude Code', async () => {
      const list = `${this.#places.claudeHome}/plugins/installed_plugins.json`;
      const plugins = await this.#deps.files.read(list).catch(() => undefined);
      this.#places = { ...this.#places, plugins: plugins === undefined ? [] : readInstalledPlugins(decodeFile(plugins.bytes)) };
      const found = await this.#deps.files.scan(this.#places, { signal: this.#ending.signal });
      this.#gaps = { unreadable: found.unreadable, incomplete: found.incomplete };
      await this.#take(found.entries, [...this.#entries.values()]);
    });
  }

  notifyChanged(paths: readonly string[]): void {
    if (this.#starting !== undefined || this.#history.isActive) this.#burst.add(paths);
  }

  #update(paths: readonly string[]): void {
    const { claudeHome } = this.#places;
    const ours = paths.filter((path) => path === claudeHome || ownInHome.test(relativeInside(claudeHome, path) ?? 'agents'));
    if (ours.length === 0) return;
    void this.#next('Looking at changed files', async () => {
      const { entries } = await this.#deps.files.scan(this.#places, { under: ours, signal: this.#ending.signal });
      await this.#take(entries, this.#knownUnder(ours));
    });
  }

  #knownUnder(paths: readonly string[]): FileEntry[] {
    const exact = paths.flatMap((path) => this.#entries.get(path) ?? []);
    if (exact.length === paths.length) return exact;
    const asked = new Set(paths);
    return [...this.#entries.values()].filter(({ path }) => foldersDownTo(path).some((part) => asked.has(part)));
  }

  /** Compares what was found with what was known of the same places, tells what is new, and records it. */
  async #take(found: readonly FileEntry[], known: readonly FileEntry[]): Promise<void> {
    const paths = new Set(found.map(({ path }) => path));
    const removed = known.filter(({ path }) => !paths.has(path));
    const changed: FileEntry[] = [];
    for (const entry of removed) this.#forget(entry.path);
    for (const entry of found) {
      const before = this.#entries.get(entry.path);
      if (before !== undefined && before.stamp === entry.stamp && before.problem === entry.problem) continue;
      const hash = this.#hashes.get(entry.path);
      this.#entries.set(entry.path, entry);
      // Written, but not changed: ours, or saved once more.
      if (before !== undefined && hash !== undefined && entry.problem === undefined && (await this.#read(entry))?.hash === hash) continue;
      if (hash !== undefined && !this.#hashes.has(entry.path)) this.#texts.delete(entry.path);
      changed.push(entry);
    }
    if (this.#subscriptions.isDisposed) return;
    if (changed.length > 0 || removed.length > 0) this.#changed.fire({ changed, removed });
    if (!this.#isCaughtUp) return;
    // What is only out of reach, in a folder that cannot be listed or that git ignores now, was not deleted.
    for (const entry of removed) if (await this.#isGone(entry.path)) this.#note(entry, null);
    await this.#noteAll(changed);
    await this.#history.flush();
  }

  async #isGone(path: string): Promise<boolean> {
    try {
      return (await this.#deps.files.read(path)) === undefined;
    } catch {
      return false;
    }
  }

  #forget(path: string): void {
    this.#entries.delete(path);
    this.#hashes.delete(path);
    this.#texts.delete(path);
  }

  /** `taken`: what is read counts as seen. Otherwise a content that is not the one last seen is taken in by itself. */
  async #read(entry: FileEntry, taken = true): Promise<FileView | undefined> {
    try {
      const view = await this.#deps.files.read(entry.path);
      const known = this.#hashes.get(entry.path);
      if (view === undefined) return undefined;
      if (taken || known === undefined) this.#keepHash(view);
      else if (known !== view.hash) this.notifyChanged([entry.path]);
      return view;
    } catch (error) {
      if (!AppError.is(error)) throw error;
      this.#hashes.delete(entry.path);
      const problematic = { ...entry, problem: error.code === 'file.tooLarge' ? 'tooLarge' : 'unreadable' } as const;
      this.#entries.set(entry.path, problematic);
      this.#changed.fire({ changed: [problematic], removed: [] });
      return undefined;
    }
  }

  #keepHash({ path, hash }: FileView): void {
    if (this.#hashes.get(path) !== hash) this.#texts.delete(path);
    this.#hashes.set(path, hash);
  }

  files(kind?: DocumentKind): readonly FileEntry[] {
    const all = [...this.#entries.values()];
    return kind === undefined ? all : all.filter((entry) => entry.kind === kind);
  }

  get(path: string): FileEntry | undefined {
    return this.#entries.get(path);
  }

  get gaps(): SearchGaps {
    return this.#gaps;
  }

  textNow(path: string): CatalogText | undefined {
    return this.#texts.get(path);
  }

  async text(path: string): Promise<CatalogText | undefined> {
    await this.ready();
    const kept = this.#texts.get(path);
    const entry = this.#entries.get(path);
    if (entry === undefined) return undefined;
    if (kept !== undefined && kept.entry.stamp === entry.stamp) return kept;
    // Whoever asks may be sooner than the word that the file has changed: that must still be told, and recorded.
    const view = await this.#read(entry, false);
    if (view === undefined) return undefined;
    const read = { entry, text: decodeFile(view.bytes), hash: view.hash };
    this.#texts.set(path, read);
    return read;
  }

  async texts(entries: readonly FileEntry[]): Promise<CatalogText[]> {
    const found: CatalogText[] = [];
    for (let from = 0; from < entries.length; from += width) {
      const some = await Promise.all(entries.slice(from, from + width).map(({ path }) => this.text(path)));
      for (const one of some) if (one !== undefined) found.push(one);
    }
    return found;
  }

  expectSave(path: string, hash: string, reason: SaveReason): void {
    this.#expected.add(path, hash, reason);
  }

  wrote(path: string, file: FileView | null, reason: SaveReason): Promise<void> {
    return this.#next('Taking in what was written', async () => {
      const { entries } = await this.#deps.files.scan(this.#places, { under: [path] });
      const before = this.#entries.get(path);
      const entry = entries.find((one) => one.path === path);
      if (entry === undefined || file === null) this.#forget(path);
      else {
        this.#entries.set(path, entry);
        this.#keepHash(file);
      }
      const subject = entry ?? before;
      if (subject === undefined) return;
      if (file === null) this.#changed.fire({ changed: [], removed: [subject] });
      else this.#changed.fire({ changed: [subject], removed: [] });
      this.#note(subject, file, reason);
      await this.#history.flush();
    });
  }

  async keep(path: string, contents: readonly Uint8Array[], note: string): Promise<void> {
    if (contents.length === 0) return;
    // Nothing else has these bytes: that is worth a database.
    await this.startHistory();
    await this.#next('Keeping what was replaced', async () => {
      const what = classify(path, this.#places);
      const documentPath = toDocumentPath(path, this.#places);
      if (what === undefined || documentPath === undefined) return;
      for (const bytes of contents)
        this.#history.add({ path: documentPath, kind: what.kind, bytes, cause: 'outside', actor: stranger, note });
      const present = await this.#deps.files.read(path);
      const { cause, actor = stranger } =
        present === undefined ? { cause: 'outside' as const } : this.#expected.reasonOf(path, present.hash);
      this.#history.add({ path: documentPath, kind: what.kind, bytes: present?.bytes ?? null, cause, actor });
      await this.#history.flush();
    });
  }

  async startHistory(): Promise<void> {
    const store = await this.#deps.history.open();
    if (!this.#history.isActive) this.#record(store);
  }

  #record(store: Store): void {
    this.#history.use(store);
    this.#isCaughtUp = false;
    this.#catchingUp = this.ready().then(() => this.#next('Comparing the files with their recorded versions', () => this.#catchUp()));
  }

  /** Records what changed while nobody was looking. */
  async #catchUp(): Promise<void> {
    const rows = await this.#history.known();
    const files = [...this.#entries.values()].filter(isRecorded);
    this.#isCaughtUp = true;
    await this.#noteAll(files, rows);
    const present = new Set(files.map(({ path }) => toDocumentPath(path, this.#places)));
    for (const { path, kind, deleted } of rows.values()) {
      if (deleted || present.has(path)) continue;
      const file = fromDocumentPath(path, this.#places);
      if (await this.#isGone(file)) this.#history.add({ path, kind, bytes: null, cause: 'outside', actor: stranger });
    }
    await this.#history.flush();
  }

  async #noteAll(entries: readonly FileEntry[], rows?: ReadonlyMap<string, DocumentRow>): Promise<void> {
    const recorded = entries.filter((entry) => isRecorded(entry) && entry.problem === undefined);
    for (let from = 0; from < recorded.length && !this.#subscriptions.isDisposed; from += width) {
      const some = recorded.slice(from, from + width);
      const views = await Promise.all(some.map((entry) => this.#read(entry)));
      some.forEach((entry, i) => {
        const view = views[i];
        const path = toDocumentPath(entry.path, this.#places) ?? '';
        if (view !== undefined && rows?.get(path)?.hash !== view.hash) this.#note(entry, view);
      });
      if (this.#history.isFull) await this.#history.flush();
    }
  }

  #note(entry: FileEntry, view: FileView | null, reason?: SaveReason): void {
    const path = toDocumentPath(entry.path, this.#places);
    if (path === undefined || (reason === undefined && !isRecorded(entry))) return;
    const {
      cause,
      actor = stranger,
      note,
    } = reason ?? (view === null ? { cause: 'outside' } : this.#expected.reasonOf(entry.path, view.hash));
    this.#history.add({ path, kind: entry.kind, bytes: view?.bytes ?? null, cause, actor, note });
  }

  async settled(): Promise<void> {
    await this.#starting;
    await this.#catchingUp;
    this.#burst.flush();
    for (let before: Promise<void> | undefined; before !== this.#work;) {
      before = this.#work;
      await before;
    }
    await this.#history.flush();
  }

  dispose(): void {
    this.#ending.abort();
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}

/** Settings may hold keys; what plugins and administrators deploy is not the user's to edit. */
const isRecorded = ({ kind, scope }: FileEntry) => kind !== 'settings' && scope.kind !== 'plugin' && scope.kind !== 'managed';
