import type * as vscode from 'vscode';
import type { ScheduleMemory } from '../../app/jobs/ports.ts';
import type { Scalar } from '../../protocol/jobs/values.ts';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): value is Scalar => value === null || ['string', 'number', 'boolean'].includes(typeof value);

const inputsKey = (folder: string, job: string) => `jobs.inputs.${folder}#${job}`;
const hostsKey = (folder: string) => `jobs.hosts.${folder}`;
const schedulesKey = (folder: string) => `jobs.schedules.${folder}`;

/** What is remembered of jobs in this workspace, on this machine: no secret ever. */
export class JobMemory {
  readonly #memento: vscode.Memento;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
  }

  /** What a run of the job was given the last time. */
  inputs(folder: string, job: string): Record<string, Scalar> {
    const kept: unknown = this.#memento.get(inputsKey(folder, job));
    return isObject(kept) ? Object.fromEntries(Object.entries(kept).filter((entry): entry is [string, Scalar] => isScalar(entry[1]))) : {};
  }

  async rememberInputs(folder: string, job: string, inputs: Readonly<Record<string, Scalar>>): Promise<void> {
    await this.#memento.update(inputsKey(folder, job), Object.keys(inputs).length > 0 ? inputs : undefined);
  }

  /** What the person has been told that jobs of this folder do, and has let them do, as `agreementsOf` names it. */
  agreed(folder: string): ReadonlySet<string> {
    return new Set(this.#strings(hostsKey(folder)));
  }

  async agree(folder: string, what: readonly string[]): Promise<void> {
    await this.#memento.update(hostsKey(folder), [...new Set([...this.agreed(folder), ...what])]);
  }

  /** Jobs of a folder whose schedule the person has switched on. */
  schedules(folder: string): ScheduleMemory {
    const key = schedulesKey(folder);
    const all = (): Map<string, number> => {
      const kept: unknown = this.#memento.get(key);
      const entries = isObject(kept) ? Object.entries(kept) : [];
      return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
    };
    return {
      all,
      set: async (job, since) => {
        const jobs = all();
        if (since === undefined) jobs.delete(job);
        else jobs.set(job, since);
        await this.#memento.update(key, jobs.size > 0 ? Object.fromEntries(jobs) : undefined);
      },
    };
  }

  #strings(key: string): string[] {
    const kept: unknown = this.#memento.get(key);
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
  }
}
