import * as vscode from 'vscode';
import { statuses, type Status } from '../core/task.ts';
import type { Workflow } from '../core/workflow.ts';
import type { BoardConfig } from '../protocol/boardMessages.ts';
import type { Disposable } from '../util/disposable.ts';
import type { SettingId } from './contributions.generated.ts';

export const groupings = ['status', 'priority', 'assignee', 'label', 'parent'] as const;
export type GroupBy = (typeof groupings)[number];

/** The only place that reads settings. A value of the wrong shape (settings.json is typed by hand) counts as not set. */
export interface Settings {
  density(folder: vscode.Uri): BoardConfig['density'];
  workflow(folder: vscode.Uri): Workflow;
  groupBy(): GroupBy;
  /** Empty: ask git's configuration. */
  userName(folder: vscode.Uri): string;
  /** Whether problems in a file of Claude Code are reported. */
  validates(file: vscode.Uri): boolean;
  /** Whether facts stand above the first line of instruction files. */
  showsCodeLens(file: vscode.Uri): boolean;
  /** Browser that jobs use; empty: one that is installed. */
  browserPath(): string;
  browserArguments(): readonly string[];
  /** Most runs of jobs at once in this window. */
  maxParallelJobs(): number;
  /** How many finished runs of a job are kept. */
  keptRuns(folder: vscode.Uri): number;
  /** `affects` tells whether a setting changed, for a folder when one is given. */
  onDidChange(listener: (affects: (id: SettingId, folder?: vscode.Uri) => boolean) => void): Disposable;
  /** Settings that differ from their default, for diagnostics; what names the user or their folders is left out. */
  changed(folder?: vscode.Uri): Record<string, unknown>;
}

const named: ReadonlySet<SettingId> = new Set(['claudetask.user.name', 'claudetask.jobs.browserPath', 'claudetask.jobs.browserArguments']);

function read(id: SettingId, folder?: vscode.Uri): unknown {
  return vscode.workspace.getConfiguration(undefined, folder ?? null).get<unknown>(id);
}

const isStatus = (value: unknown): value is Status => statuses.some((status) => status === value);
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const whole = (value: unknown, least: number, most: number): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined;

/** Exported for its test. */
export function toWorkflow(wip: unknown, moves: unknown, blockers: unknown, checklist: unknown): Workflow {
  const wipLimits: Partial<Record<Status, number>> = {};
  const allowedMoves: Partial<Record<Status, readonly Status[]>> = {};
  for (const status of statuses) {
    const limit = isObject(wip) ? wip[status] : undefined;
    if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1) wipLimits[status] = limit;
    const targets = isObject(moves) ? moves[status] : undefined;
    if (Array.isArray(targets)) allowedMoves[status] = targets.filter(isStatus);
  }
  return { wipLimits, allowedMoves, requireBlockersDone: blockers === true, requireChecklistComplete: checklist === true };
}

export function createSettings(ids: readonly SettingId[]): Settings {
  return {
    density: (folder) => (read('claudetask.board.density', folder) === 'compact' ? 'compact' : 'comfortable'),
    workflow: (folder) =>
      toWorkflow(
        read('claudetask.workflow.wipLimits', folder),
        read('claudetask.workflow.allowedMoves', folder),
        read('claudetask.workflow.requireBlockersDone', folder),
        read('claudetask.workflow.requireChecklistComplete', folder),
      ),
    groupBy: () => {
      const value = read('claudetask.tree.groupBy');
      return groupings.find((grouping) => grouping === value) ?? 'status';
    },
    userName: (folder) => {
      const value = read('claudetask.user.name', folder);
      return typeof value === 'string' ? value.trim() : '';
    },
    validates: (file) => read('claudetask.validation.enabled', file) !== false,
    showsCodeLens: (file) => read('claudetask.instructions.codeLens', file) !== false,
    browserPath: () => {
      const value = read('claudetask.jobs.browserPath');
      return typeof value === 'string' ? value.trim() : '';
    },
    browserArguments: () => {
      const value = read('claudetask.jobs.browserArguments');
      return Array.isArray(value) ? value.filter((one) => typeof one === 'string').slice(0, 50) : [];
    },
    maxParallelJobs: () => whole(read('claudetask.jobs.maxParallel'), 1, 20) ?? 2,
    keptRuns: (folder) => whole(read('claudetask.jobs.keepRuns', folder), 0, 10_000) ?? 50,
    onDidChange: (listener) =>
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('claudetask')) listener((id, folder) => event.affectsConfiguration(id, folder));
      }),
    changed: (folder) => {
      const configuration = vscode.workspace.getConfiguration(undefined, folder ?? null);
      const found: Record<string, unknown> = {};
      for (const id of ids) {
        if (named.has(id)) continue;
        const value = configuration.get<unknown>(id);
        if (JSON.stringify(value) !== JSON.stringify(configuration.inspect(id)?.defaultValue)) found[id] = value;
      }
      return found;
    },
  };
}
