import type { FolderJobs } from '../../jobs/folderJobs.ts';

interface Node {
  id: string;
  jobs: FolderJobs;
}
export interface FolderNode extends Node {
  kind: 'folder';
}
/** Runs that wait for the person. */
export interface NeedsYouNode extends Node {
  kind: 'needsYou';
}
export interface JobNode extends Node {
  kind: 'job';
  job: string;
}
/** A run below its job, or below "Needs you". */
export interface RunNode extends Node {
  kind: 'run' | 'ask';
  job: string;
  run: number;
}
/** Stands for runs that are not shown yet. */
export interface MoreNode extends Node {
  kind: 'more';
  job: string;
  hidden: number;
}
export type JobTreeNode = FolderNode | NeedsYouNode | JobNode | RunNode | MoreNode;

/** Hands out one object per id: VS Code knows an element by its identity, and only a known one can be refreshed alone. */
export class JobNodes {
  readonly #nodes = new Map<string, JobTreeNode>();

  /** The node that VS Code handed back, when it is one of ours. */
  find(value: unknown): JobTreeNode | undefined {
    if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string') return undefined;
    const node = this.#nodes.get(value.id);
    return node === value ? node : undefined;
  }

  get(id: string): JobTreeNode | undefined {
    return this.#nodes.get(id);
  }

  folder(jobs: FolderJobs): FolderNode {
    return this.#known('folder', { kind: 'folder', id: jobs.tasks.key, jobs });
  }

  needsYou(jobs: FolderJobs): NeedsYouNode {
    return this.#known('needsYou', { kind: 'needsYou', id: `${jobs.tasks.key}?needsYou`, jobs });
  }

  job(jobs: FolderJobs, job: string): JobNode {
    return this.#known('job', { kind: 'job', id: `${jobs.tasks.key}#${job}`, jobs, job });
  }

  run(jobs: FolderJobs, job: string, run: number): RunNode {
    return this.#known('run', { kind: 'run', id: `${jobs.tasks.key}#${job}?run=${run}`, jobs, job, run });
  }

  ask(jobs: FolderJobs, job: string, run: number): RunNode {
    return this.#known('ask', { kind: 'ask', id: `${jobs.tasks.key}?needsYou=${run}`, jobs, job, run });
  }

  more(jobs: FolderJobs, job: string, hidden: number): MoreNode {
    const node = this.#known('more', { kind: 'more', id: `${jobs.tasks.key}#${job}?more`, jobs, job, hidden });
    node.hidden = hidden;
    return node;
  }

  /** Rows of folders that are gone must not be handed out again. */
  clear(): void {
    this.#nodes.clear();
  }

  #known<T extends JobTreeNode>(kind: T['kind'], made: T): T {
    const node = this.#nodes.get(made.id);
    if (node !== undefined && isKind<T>(node, kind)) return node;
    this.#nodes.set(made.id, made);
    return made;
  }
}

const isKind = <T extends JobTreeNode>(node: JobTreeNode, kind: T['kind']): node is T => node.kind === kind;
