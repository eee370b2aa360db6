import * as z from 'zod';
import { folderOf, foldersDownTo } from '../core/filePath.ts';
import { type ImportContext, type ImportNode, readImports } from '../core/instructions/importGraph.ts';
import { type InstructionFile, instructionFiles } from '../core/instructions/loadOrder.ts';
import { mergeInstructions, type PreviewBlock } from '../core/instructions/mergedPreview.ts';
import { type Disposable, DisposableStore } from '../util/disposable.ts';
import { Emitter, type Event } from '../util/emitter.ts';
import type { ClaudeCatalog } from './claudeCatalog.ts';
import type { FileEntry } from './filePorts.ts';
import { OutsideApproval } from './outsideApproval.ts';
import type { SourceSnapshot } from './sourceSnapshot.ts';

/** Files, and word of those that are not as they were. */
export interface Sources {
  readonly snapshot: SourceSnapshot;
  /** Files and folders, many of which nobody has asked for. */
  readonly onDidChange: Event<readonly string[]>;
  /** Wherever these files lie, changes of them are told from now on. */
  follow(paths: readonly string[]): void;
}

/** The instruction files of one workspace folder as they are at one time. */
export interface InstructionPicture {
  /** In the order Claude Code loads them; what it does not read is among them, with the reason. */
  files: readonly InstructionFile[];
  /** What each of them imports, by path. */
  imports: ReadonlyMap<string, readonly ImportNode[]>;
  /** Of all that is loaded when a session starts, imports included. An estimate. */
  tokensAtStart: number;
}

/** What Claude Code is told in one workspace folder, kept up to date. Nothing is read before someone asks. */
export class InstructionModel implements Disposable {
  readonly #catalog: ClaudeCatalog;
  readonly #sources: Sources;
  readonly #subscriptions = new DisposableStore();
  readonly #changed = new Emitter<void>();
  readonly #approval: OutsideApproval;
  #picture: { drawing: Promise<InstructionPicture>; outsideApproved: boolean } | undefined;
  /** What was looked at for any answer so far, and the folders above. */
  readonly #asked = new Set<string>();
  readonly #above = new Set<string>();

  /** What was answered may be another by now. */
  readonly onDidChange = this.#changed.event;

  constructor({ catalog, sources }: { catalog: ClaudeCatalog; sources: Sources }) {
    this.#catalog = catalog;
    this.#sources = sources;
    this.#approval = new OutsideApproval(catalog.places, sources.snapshot.disk);
    this.#subscriptions.add(
      catalog.onDidChange(({ changed, removed }) => {
        const ours = [...changed, ...removed].filter(isOurs).map(({ path }) => path);
        if (ours.length > 0) this.#outdate(ours);
      }),
    );
    this.#subscriptions.add(sources.onDidChange((paths) => this.#onSources(paths)));
  }

  #onSources(paths: readonly string[]): void {
    // A folder that was moved away or has appeared is told without what lies in it.
    const folders = new Set(paths.filter((path) => this.#above.has(path)));
    const below = folders.size === 0 ? [] : [...this.#asked].filter((path) => foldersDownTo(path).some((part) => folders.has(part)));
    const touched = [...paths.filter((path) => this.#asked.has(path)), ...below];
    if (touched.length > 0) this.#outdate(touched);
  }

  #outdate(paths: readonly string[]): void {
    this.#sources.snapshot.forget(paths);
    this.#picture = undefined;
    if (this.#asked.size > 0) this.#changed.fire();
  }

  /** The same object until it has changed. Whether imports from outside are allowed is looked up each time: no change of that is told. */
  async picture(): Promise<InstructionPicture> {
    const outsideApproved = await this.#approval.read();
    if (this.#picture?.outsideApproved === outsideApproved) return await this.#picture.drawing;
    const picture = { drawing: this.#draw(outsideApproved), outsideApproved };
    this.#picture = picture;
    picture.drawing.catch(() => {
      if (this.#picture === picture) this.#picture = undefined;
    });
    return await picture.drawing;
  }

  async #draw(outsideApproved: boolean): Promise<InstructionPicture> {
    const { merged, ...picture } = await this.#ask(outsideApproved, (order, context) => ({
      files: order,
      imports: new Map(
        order.map(({ path, role }) => [path, readImports(path, context, { isUsers: role === 'user' || role === 'userRule' })]),
      ),
      merged: mergeInstructions(order, context),
    }));
    this.#sources.follow([...picture.files, ...[...picture.imports.values()].flatMap(loadedOf)].map(({ path }) => path));
    return { ...picture, tokensAtStart: merged.reduce((sum, { tokens }) => sum + tokens, 0) };
  }

  /** What Claude Code has loaded at the start of a session, and with `forFile` (absolute) once it has read that file. */
  async preview(forFile?: string): Promise<PreviewBlock[]> {
    const outsideApproved = await this.#approval.read();
    const blocks = await this.#ask(outsideApproved, (order, context) =>
      mergeInstructions(order, context, forFile === undefined ? {} : { forFile }),
    );
    this.#sources.follow(blocks.map(({ source }) => source));
    return blocks;
  }

  async #ask<T>(outsideApproved: boolean, work: (order: readonly InstructionFile[], context: ImportContext) => T): Promise<T> {
    await this.#catalog.ready();
    const { places } = this.#catalog;
    const excludes = await readExcludes(this.#catalog);
    const found = [...this.#catalog.files('instructions'), ...this.#catalog.files('rule')].map(({ path }) => path);
    const { value, asked } = await this.#sources.snapshot.settle((files) =>
      work(instructionFiles({ places, files, found }, { excludes, outsideApproved }), {
        files,
        home: places.home,
        workspace: places.folder,
        excludes,
        outsideApproved,
      }),
    );
    for (const path of asked) {
      this.#asked.add(path);
      for (let folder = folderOf(path); !this.#above.has(folder); folder = folderOf(folder)) this.#above.add(folder);
    }
    return value;
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}

const loadedOf = (nodes: readonly ImportNode[]): ImportNode[] =>
  nodes.filter(({ state }) => state === 'loaded').flatMap((node) => [node, ...loadedOf(node.imports)]);

const isOurs = ({ kind }: FileEntry) => kind === 'instructions' || kind === 'rule' || kind === 'settings';

/** `claudeMdExcludes` of all settings levels: they count together (settings.md). */
export async function readExcludes(catalog: ClaudeCatalog): Promise<readonly string[]> {
  const { folder } = catalog.places;
  const settings = catalog.files('settings').filter(({ scope }) => scope.kind !== 'project' || scope.directory === folder);
  return (await catalog.texts(settings)).flatMap(({ text }) => excludesIn(text));
}

const withExcludes = z.object({ claudeMdExcludes: z.array(z.string()) });

/** None when the settings cannot be read: then Claude Code leaves nothing out either. */
function excludesIn(text: string): string[] {
  try {
    const read = withExcludes.safeParse(JSON.parse(text.replace(/^\uFEFF/, '')));
    return read.success ? read.data.claudeMdExcludes : [];
  } catch {
    return [];
  }
}
