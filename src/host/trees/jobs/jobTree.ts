import * as vscode from 'vscode';
import { needsPerson } from '../../../core/jobs/run.ts';
import type { JobRun } from '../../../protocol/jobs/runs.ts';
import { Burst } from '../../../util/burst.ts';
import { DisposableStore, type Disposable } from '../../../util/disposable.ts';
import type { FolderJobs } from '../../jobs/folderJobs.ts';
import type { JobFolders } from '../../jobs/jobFolders.ts';
import { moreItem } from '../moreItem.ts';
import { JobNodes, type JobTreeNode, type MoreNode } from './jobNode.ts';
import { folderRow, jobRow, jobTooltip, needsYouRow, runRow } from './jobRows.ts';
import { runTooltip } from './runWords.ts';

/** Changes that come within this time are drawn together; milliseconds. */
const burstTimes = { quiet: 60, longest: 250 } as const;
/** With more nodes than this to redraw, the whole tree is quicker. */
const manyNodes = 100;
/** Runs a job shows at first, and how many more each time. */
const pageSize = 10;

/** The Jobs view's rows: what needs the person, jobs, and their runs. */
export class JobTree implements vscode.TreeDataProvider<JobTreeNode>, Disposable {
  readonly #folders: JobFolders;
  readonly #changed = new vscode.EventEmitter<JobTreeNode[] | undefined>();
  readonly #subscriptions = new DisposableStore();
  readonly #followed = new Map<FolderJobs, Disposable>();
  readonly #shownRuns = new Map<string, number>();
  /** Which folders show the group "Needs you", and of which runs. */
  readonly #needing = new Map<FolderJobs, string>();
  /** `undefined` stands for the whole tree. */
  readonly #burst = this.#subscriptions.add(new Burst<JobTreeNode | undefined>(burstTimes, (nodes) => this.#redraw(nodes)));

  readonly nodes = new JobNodes();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(folders: JobFolders) {
    this.#folders = folders;
    this.#subscriptions.add(folders.onDidChangeFolders(() => this.#reset()));
  }

  async getChildren(node?: JobTreeNode): Promise<JobTreeNode[]> {
    switch (node?.kind) {
      case undefined:
        return await this.#roots();
      case 'folder':
        return this.#inFolder(node.jobs);
      case 'needsYou':
        return waitingRuns(node.jobs).map(({ id, job }) => this.nodes.ask(node.jobs, job, id));
      case 'job':
        return this.#inJob(node.jobs, node.job, node.id);
      case 'run':
      case 'ask':
      case 'more':
        return [];
    }
  }

  async #roots(): Promise<JobTreeNode[]> {
    const folders = await this.#folders.load();
    await Promise.all(folders.map((jobs) => this.#follow(jobs)));
    const [only] = folders;
    if (folders.length === 1 && only) return this.#inFolder(only);
    // With nothing to show the welcome text speaks, and it needs an empty tree.
    if (folders.every((jobs) => jobs.jobs.length === 0)) return [];
    return folders.map((jobs) => this.nodes.folder(jobs));
  }

  async #follow(jobs: FolderJobs): Promise<void> {
    if (!this.#followed.has(jobs) && !this.#subscriptions.isDisposed) {
      const following = new DisposableStore();
      following.add(
        jobs.onDidChange(({ all, jobs: names, asks }) => {
          if (all) this.#burst.add([undefined]);
          for (const name of names) this.#touch(jobs, name);
          if (asks) this.#touchNeedsYou(jobs);
        }),
      );
      following.add(
        jobs.engine.onDidProgress(({ run }) => {
          const job = jobs.run(run)?.job;
          if (job !== undefined) this.#burst.add([this.nodes.job(jobs, job), this.nodes.run(jobs, job, run)]);
        }),
      );
      this.#followed.set(jobs, following);
    }
    await jobs.load();
  }

  #inFolder(jobs: FolderJobs): JobTreeNode[] {
    const waiting = waitingRuns(jobs);
    this.#needing.set(jobs, keyOf(waiting));
    const nodes: JobTreeNode[] = jobs.jobs.map(({ name }) => this.nodes.job(jobs, name));
    return waiting.length > 0 ? [this.nodes.needsYou(jobs), ...nodes] : nodes;
  }

  #inJob(jobs: FolderJobs, job: string, id: string): JobTreeNode[] {
    const runs = jobs.runsOf(job);
    const limit = this.#shownRuns.get(id) ?? pageSize;
    const nodes: JobTreeNode[] = runs.slice(0, limit).map((run) => this.nodes.run(jobs, job, run.id));
    if (runs.length > limit) nodes.push(this.nodes.more(jobs, job, runs.length - limit));
    return nodes;
  }

  /** Shows the next runs of a job, reading them when they are not at hand. */
  async showMore({ jobs, job }: MoreNode): Promise<void> {
    const node = this.nodes.job(jobs, job);
    const shown = (this.#shownRuns.get(node.id) ?? pageSize) + pageSize;
    this.#shownRuns.set(node.id, shown);
    if (jobs.runsOf(job).length <= shown) await jobs.loadEarlier(job);
    this.#changed.fire([node]);
  }

  getTreeItem(node: JobTreeNode): vscode.TreeItem {
    switch (node.kind) {
      case 'folder':
        return folderRow(node);
      case 'needsYou':
        return needsYouRow(node, waitingRuns(node.jobs).length);
      case 'job': {
        const job = node.jobs.job(node.job);
        // Gone between the question and the answer: the view is redrawn in a moment.
        return job ? jobRow(node, job) : new vscode.TreeItem(node.job);
      }
      case 'run':
      case 'ask': {
        const run = node.jobs.run(node.run);
        return run ? runRow(node, run) : new vscode.TreeItem(String(node.run));
      }
      case 'more':
        return moreItem(node, Math.min(node.hidden, pageSize));
    }
  }

  resolveTreeItem(item: vscode.TreeItem, node: JobTreeNode): vscode.TreeItem {
    if (node.kind === 'job') {
      const job = node.jobs.job(node.job);
      if (job) item.tooltip = jobTooltip(node, job);
    } else if (node.kind === 'run' || node.kind === 'ask') {
      const run = node.jobs.run(node.run);
      if (run) item.tooltip = runTooltip(run);
    }
    return item;
  }

  getParent(node: JobTreeNode): JobTreeNode | undefined {
    switch (node.kind) {
      case 'folder':
        return undefined;
      case 'needsYou':
      case 'job':
        return this.#folders.all.length > 1 ? this.nodes.folder(node.jobs) : undefined;
      case 'ask':
        return this.nodes.needsYou(node.jobs);
      case 'run':
      case 'more':
        return this.nodes.job(node.jobs, node.job);
    }
  }

  // ---- changes

  /** The row of a job, with its runs. */
  #touch(jobs: FolderJobs, name: string): void {
    this.#burst.add([this.nodes.job(jobs, name)]);
  }

  #touchNeedsYou(jobs: FolderJobs): void {
    const waiting = waitingRuns(jobs);
    const before = this.#needing.get(jobs) ?? '';
    // The group comes and goes with its runs; what they ask may change while they stay.
    if ((before === '') === (waiting.length === 0)) {
      if (waiting.length > 0) this.#burst.add([this.nodes.needsYou(jobs)]);
      return;
    }
    this.#burst.add([this.#folders.all.length > 1 ? this.nodes.folder(jobs) : undefined]);
  }

  #redraw(nodes: readonly (JobTreeNode | undefined)[]): void {
    const known = nodes.filter((node) => node !== undefined);
    this.#changed.fire(known.length < nodes.length || known.length > manyNodes ? undefined : known);
  }

  #reset(): void {
    for (const [jobs, following] of this.#followed) {
      if (this.#folders.all.includes(jobs)) continue;
      following.dispose();
      this.#followed.delete(jobs);
      this.#needing.delete(jobs);
      this.nodes.clear();
    }
    this.#changed.fire(undefined);
  }

  dispose(): void {
    for (const following of this.#followed.values()) following.dispose();
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}

/** The oldest first: it has waited longest. */
function waitingRuns(jobs: FolderJobs): JobRun[] {
  return [...jobs.runs].filter(needsPerson).sort((a, b) => a.id - b.id);
}

const keyOf = (runs: readonly JobRun[]): string => runs.map(({ id }) => id).join();
