import type { InstructionModel } from '../../app/instructionModel.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';
import type { ClaudeFolder, ClaudeFolders } from './claudeFolders.ts';
import type { WorkspaceSources } from './workspaceSources.ts';

/** One `InstructionModel` per folder, made when someone first asks, all over the same sources. */
export class InstructionModels implements Disposable {
  readonly #subscriptions = new DisposableStore();
  readonly #models = new Map<ClaudeFolder, Promise<InstructionModel>>();
  readonly #changed = new Emitter<ClaudeFolder>();
  #sources: Promise<WorkspaceSources> | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(folders: ClaudeFolders) {
    this.#subscriptions.add(
      folders.onDidChangeFolders(() => {
        for (const [folder, making] of this.#models) {
          if (folders.all.includes(folder)) continue;
          this.#models.delete(folder);
          void making.then((model) => model.dispose());
        }
      }),
    );
  }

  of(folder: ClaudeFolder): Promise<InstructionModel> {
    const making = this.#models.get(folder) ?? this.#make(folder);
    this.#models.set(folder, making);
    return making;
  }

  async #make(folder: ClaudeFolder): Promise<InstructionModel> {
    const { InstructionModel: Model } = await import('../../app/instructionModel.ts');
    const sources = await this.sources();
    const model = this.#subscriptions.add(new Model({ catalog: folder.catalog, sources }));
    this.#subscriptions.add(model.onDidChange(() => this.#changed.fire(folder)));
    return model;
  }

  /** The files that the models, and whatever else follows imports, look at. */
  sources(): Promise<WorkspaceSources> {
    return (this.#sources ??= this.#openSources());
  }

  async #openSources(): Promise<WorkspaceSources> {
    const { WorkspaceSources: Sources } = await import('./workspaceSources.ts');
    return this.#subscriptions.add(new Sources());
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
    this.#models.clear();
  }
}
