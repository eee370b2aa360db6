import type { AgentContext } from '../../core/agents/agentContext.ts';
import { findAgentProblems } from '../../core/agents/agentProblems.ts';
import type { DenyRule } from '../../core/agents/precedence.ts';
import { classify, type ClaudePlaces } from '../../core/claudePlaces.ts';
import type { MemoryFolder } from '../../core/memory/agentMemory.ts';
import { findSkillProblems, type SkillContext } from '../../core/skills/skillProblems.ts';
import { DisposableStore } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';
import type { AgentItem, AgentModel, AgentModelChange, AgentModelDeps, SkillItem, UnreadableSettings } from '../agentModel.ts';
import type { CatalogChange } from '../claudeCatalog.ts';
import type { FileEntry } from '../filePorts.ts';
import { agentTree, claudeFolderOf, isSameState } from './definitions.ts';
import { Shelf } from './shelf.ts';
import { Slices } from './slices.ts';
import { affectedAgents, affectedSkills, isHeeded, readForbidden, survey, type Surroundings } from './surroundings.ts';

/** Files asked of the catalog at a time. */
const batch = 32;

const nothingKnown: ReadonlyMap<string, readonly string[]> = new Map();

/** Looks at nothing until it is asked. */
export function createAgentModel(deps: AgentModelDeps): AgentModel {
  return new FolderAgents(deps);
}

type Step = 'read' | 'survey' | 'check';

class FolderAgents implements AgentModel {
  readonly #deps: AgentModelDeps;
  readonly #changed = new Emitter<AgentModelChange>();
  readonly #subscriptions = new DisposableStore();
  readonly #slices = new Slices();

  readonly #shelf = new Shelf();
  #denied: readonly DenyRule[] = [];
  #unreadableSettings: readonly UnreadableSettings[] = [];
  #known: Surroundings | undefined;
  #firstTrees: ReadonlySet<string> | undefined;

  #starting: Promise<void> | undefined;
  readonly #unread = new Set<string>();
  readonly #unchecked = new Set<string>();
  /** Of both, those that someone looks at. */
  readonly #preferred = new Set<string>();
  #isSurveyed = false;
  #step: Step | undefined;
  #reading: ReadonlySet<string> = new Set();
  readonly #waiting = new Set<{ isDone: () => boolean; resolve: () => void }>();

  readonly onDidChange = this.#changed.event;

  constructor(deps: AgentModelDeps) {
    this.#deps = deps;
  }

  get places(): ClaudePlaces {
    return this.#deps.catalog.places;
  }

  get agents(): ReadonlyMap<string, AgentItem> {
    return this.#shelf.agents;
  }

  get skills(): ReadonlyMap<string, SkillItem> {
    return this.#shelf.skills;
  }

  get commands(): ReadonlyMap<string, SkillItem> {
    return this.#shelf.commands;
  }

  get memory(): readonly MemoryFolder[] {
    return this.#shelf.memory(this.places);
  }

  get logs(): ReadonlyMap<string, FileEntry> {
    return this.#shelf.logs(this.places);
  }

  get denied(): readonly DenyRule[] {
    return this.#denied;
  }

  get unreadableSettings(): readonly UnreadableSettings[] {
    return this.#unreadableSettings;
  }

  get newFolders(): readonly string[] {
    const first = this.#firstTrees;
    return first === undefined ? [] : [...this.#trees()].filter((tree) => !first.has(tree));
  }

  get isLoaded(): boolean {
    return this.#known !== undefined;
  }

  // ---- which files there are

  ready(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    const { catalog } = this.#deps;
    await catalog.ready();
    if (this.#subscriptions.isDisposed) return;
    this.#subscriptions.add(catalog.onDidChange((change) => this.#take(change)));
    this.#take({ changed: catalog.files(), removed: [] });
    this.#firstTrees = this.#trees();
    void this.#work();
  }

  #trees(): Set<string> {
    return new Set(Array.from(this.#shelf.agents.values(), ({ entry }) => agentTree(entry, this.places)));
  }

  #take({ changed, removed }: CatalogChange): void {
    const paths = new Set<string>();
    let structure = false;
    for (const entry of removed.filter((one) => this.#shelf.holds(one))) {
      paths.add(entry.path);
      structure = true;
      this.#isSurveyed = false;
      this.#shelf.remove(entry);
      for (const set of [this.#unread, this.#unchecked, this.#preferred]) set.delete(entry.path);
    }
    for (const entry of changed.filter((one) => this.#shelf.holds(one))) {
      paths.add(entry.path);
      const { isNew, isUnread, isMeaning } = this.#shelf.put(entry, this.places);
      if (isNew) structure = true;
      if (isMeaning) this.#isSurveyed = false;
      if (isUnread) this.#unread.add(entry.path);
      else for (const set of [this.#unread, this.#unchecked]) set.delete(entry.path);
    }
    if (paths.size === 0) return;
    if (structure) this.#shelf.sort();
    this.#changed.fire({ structure, paths });
    void this.#work();
  }

  // ---- what is in them

  loaded(): Promise<void> {
    return this.#until(() => this.#unread.size === 0 && this.#isSurveyed && (this.#step === undefined || this.#step === 'check'));
  }

  checked(): Promise<void> {
    return this.#until(() => this.#nextStep() === undefined && this.#step === undefined);
  }

  prefer(paths: readonly string[]): Promise<void> {
    for (const path of paths) if (this.#unread.has(path) || this.#unchecked.has(path)) this.#preferred.add(path);
    return this.#until(() => !paths.some((path) => this.#unread.has(path) || this.#reading.has(path)));
  }

  async #until(isDone: () => boolean): Promise<void> {
    await this.ready();
    if (isDone() || this.#subscriptions.isDisposed) return;
    await new Promise<void>((resolve) => void this.#waiting.add({ isDone, resolve }));
  }

  #tellWaiting(): void {
    for (const one of [...this.#waiting]) {
      if (!one.isDone() && !this.#subscriptions.isDisposed) continue;
      this.#waiting.delete(one);
      one.resolve();
    }
  }

  #nextStep(): Step | undefined {
    if (this.#unread.size > 0) return 'read';
    if (!this.#isSurveyed) return 'survey';
    return this.#unchecked.size > 0 ? 'check' : undefined;
  }

  /** Reads and checks until nothing is left to do. Runs once at a time. */
  async #work(): Promise<void> {
    if (this.#step !== undefined || this.#firstTrees === undefined) return;
    while (!this.#subscriptions.isDisposed) {
      this.#step = this.#nextStep();
      if (this.#step === undefined) break;
      try {
        await this.#do(this.#step);
      } catch (error) {
        this.#deps.log.error('Looking at the agents failed', error);
      }
      this.#step = undefined;
      this.#tellWaiting();
    }
    this.#preferred.clear();
    this.#tellWaiting();
  }

  #do(step: Step): Promise<void> {
    if (step === 'read') return this.#readSome();
    return step === 'survey' ? this.#survey() : this.#checkSome();
  }

  /** The next of a set, those that someone looks at first. */
  #next(from: Set<string>): string[] {
    const some: string[] = [];
    for (const path of this.#preferred) {
      if (some.length === batch) return some;
      if (from.delete(path)) some.push(path);
    }
    for (const path of from) {
      if (some.length === batch) break;
      from.delete(path);
      some.push(path);
    }
    return some;
  }

  async #readSome(): Promise<void> {
    const { catalog } = this.#deps;
    const asked = this.#next(this.#unread);
    this.#reading = new Set(asked);
    const texts = await catalog.texts(asked.flatMap((path) => catalog.get(path) ?? []));
    this.#slices.restart();
    const paths = new Set<string>();
    for (const text of texts) {
      const { path } = text.entry;
      if (this.#guarded(path, () => this.#shelf.read(text, this.places))) paths.add(path);
      await this.#slices.breathe();
    }
    this.#reading = new Set();
    for (const path of paths) this.#unchecked.add(path);
    if (paths.size === 0) return;
    this.#isSurveyed = false;
    this.#changed.fire({ structure: false, paths });
  }

  /** A mistake of ours with one file must not hide all others. */
  #guarded(path: string, work: () => boolean): boolean {
    try {
      return work();
    } catch (error) {
      this.#deps.log.error(`${path} could not be looked at`, error);
      return false;
    }
  }

  /** Works out what all files together mean, and which of them must be looked at again because of it. */
  async #survey(): Promise<void> {
    const { catalog } = this.#deps;
    this.#isSurveyed = true;
    const settings = catalog.files('settings').filter((entry) => entry.problem === undefined && isHeeded(entry, this.places));
    const { denied, unreadable } = readForbidden(await catalog.texts(settings));
    this.#slices.restart();
    const before = this.#known;
    const known = survey(this.#shelf.definitions.values(), this.#shelf.skills.values(), this.places, denied);
    this.#known = known;
    this.#denied = denied;
    this.#unreadableSettings = unreadable;
    const paths = new Set<string>();
    for (const [path, item] of this.#shelf.agents) {
      const resolved = known.resolved.get(path);
      if (isSameState(item.resolved, resolved)) continue;
      this.#shelf.agents.set(path, { ...item, resolved });
      paths.add(path);
    }
    for (const path of affectedAgents(this.#shelf.agents, before, known)) this.#unchecked.add(path);
    for (const path of affectedSkills([this.#shelf.skills, this.#shelf.commands], before, known)) this.#unchecked.add(path);
    if (paths.size > 0 || before === undefined) this.#changed.fire({ structure: before === undefined, paths });
  }

  async #checkSome(): Promise<void> {
    const paths = new Set<string>();
    this.#slices.restart();
    for (const path of this.#next(this.#unchecked)) {
      this.#preferred.delete(path);
      if (this.#guarded(path, () => this.#check(path))) paths.add(path);
      await this.#slices.breathe();
    }
    if (paths.size > 0) this.#changed.fire({ structure: false, paths });
  }

  #check(path: string): boolean {
    const agent = this.#shelf.agents.get(path);
    if (agent?.content !== undefined) {
      const problems = findAgentProblems({ path, ...agent.content }, this.contextFor(path));
      this.#shelf.agents.set(path, { ...agent, problems });
      return true;
    }
    const items = this.#shelf.skills.has(path) ? this.#shelf.skills : this.#shelf.commands;
    const item = items.get(path);
    if (item?.content === undefined) return false;
    items.set(path, { ...item, problems: findSkillProblems({ path, ...item.content }, this.skillContextFor()) });
    return true;
  }

  // ---- what each needs to know of the others

  contextFor(path: string): AgentContext {
    const scope = classify(path, this.places)?.scope;
    const isWritable = scope?.kind === 'project' || scope?.kind === 'user';
    const tree = scope === undefined ? '' : agentTree({ path, scope }, this.places);
    return {
      isPlugin: scope?.kind === 'plugin',
      sameTree: this.#known?.trees.get(tree) ?? nothingKnown,
      agentNames: this.#known?.agentNames ?? null,
      skills: this.#known?.skills ?? null,
      skillsFolder: isWritable ? `${claudeFolderOf(path, scope, this.places)}/skills` : null,
      models: [],
    };
  }

  skillContextFor(): SkillContext {
    return { agentNames: this.#known?.agentNames ?? null, skills: this.#known?.skillNames ?? null };
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
    this.#tellWaiting();
  }
}
