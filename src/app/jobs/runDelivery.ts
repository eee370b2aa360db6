import { plainLine } from '../../core/jobs/plainText.ts';
import type { FromRunner } from '../../protocol/jobs/runnerMessages.ts';
import type { LogEntry, RunFile } from '../../protocol/jobs/runs.ts';
import type { Advance, Advances } from './advances.ts';
import { exportOf, formatOf, present } from './exports.ts';
import type { Placed } from './ports.ts';
import type { RunDeps } from './runDeps.ts';

export interface DeliveryDeps extends RunDeps {
  run: number;
  job: string;
  advances: Advances;
}

type Message<K extends FromRunner['kind']> = Extract<FromRunner, { kind: K }>;

/** Puts what a run has made into the workspace, and says so in the log of the run, with the SHA-256. Called in turn among the advances. */
export class RunDelivery {
  readonly #deps: DeliveryDeps;
  /** What collections were when records were last read into them. */
  readonly collections = new Map<string, { fields: string[]; keyed: boolean }>();

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
  }

  async publish({ file, to, ifExists }: Message<'publish'>, step: string): Promise<void> {
    const { disk, folder, folderOf, run, clock } = this.#deps;
    const began = clock.now();
    const placed = await disk.publish({ folder: folderOf(run), path: file }, { folder, path: to, ifExists });
    await this.#record('download', placed, step, began, placed.bytes);
  }

  async export({ collection, to }: Message<'export'>, step: string): Promise<void> {
    const { disk, folder, store, job, run, clock, advances } = this.#deps;
    const began = clock.now();
    const rows = exportOf({
      format: formatOf(to),
      // Until the run is complete there are records of earlier runs among them that may be gone.
      ofRun: run,
      page: (offset, limit) => advances.retried(() => store.call('job.records', { job, collection, offset, limit, changes: present })),
    });
    const placed = await disk.write(rows.content, { folder, path: to, ifExists: 'replace' });
    await this.#record('export', placed, step, began, rows.count());
  }

  /** The collections that were read to their end, as the last of what is recorded of them. */
  async completed(names: readonly string[], keyed: ReadonlyMap<string, boolean>): Promise<NonNullable<Advance['records']>> {
    const { store, job, advances } = this.#deps;
    const unknown = names.filter((name) => !this.collections.has(name));
    if (unknown.length > 0) {
      // Read before the run was taken up again here.
      const { collections } = await advances.retried(() => store.call('job.collections', { job }));
      for (const { collection, fields } of collections) {
        if (unknown.includes(collection)) this.collections.set(collection, { fields, keyed: keyed.get(collection) ?? true });
      }
    }
    return names.flatMap((collection) => {
      const shape = this.collections.get(collection);
      return shape === undefined ? [] : [{ collection, rows: [], complete: true, ...shape }];
    });
  }

  async #record(kind: RunFile['kind'], { path, bytes, sha256 }: Placed, step: string, began: number, count: number): Promise<void> {
    const now = this.#deps.clock.now();
    const entry: LogEntry = {
      step,
      kind: kind === 'export' ? 'export' : 'publish',
      what: plainLine(`Write ${path}`, 500),
      where: null,
      result: 'ok',
      at: began,
      ms: Math.max(0, now - began),
      count,
      sha256,
      message: null,
    };
    await this.#deps.advances.write({ entries: [entry], files: [{ kind, path, bytes, sha256 }] });
  }
}
