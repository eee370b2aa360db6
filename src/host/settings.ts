import * as vscode from 'vscode';
import type { Workflow } from '../core/workflow.ts';
import { toWorkflow } from '../core/workflowSettings.ts';
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
  /** Whether the local server starts with the window. */
  serverEnabled(): boolean;
  /** 0: one that is free. */
  serverPort(): number;
  /** Exact origins of web pages that may call. */
  allowedOrigins(): readonly string[];
  /** Which tools MCP clients are offered. */
  serverTools(): 'core' | 'all';
  /** Sets the rules of the board that are named, for this folder. */
  setWorkflow(folder: vscode.Uri, rules: Partial<Workflow>): Promise<void>;
  /** `affects` tells whether a setting changed, for a folder when one is given. */
  onDidChange(listener: (affects: (id: SettingId, folder?: vscode.Uri) => boolean) => void): Disposable;
  /** Settings that differ from their default, for diagnostics; what names the user or their folders is left out. */
  changed(folder?: vscode.Uri): Record<string, unknown>;
}

const named: ReadonlySet<SettingId> = new Set([
  'claudetask.user.name',
  'claudetask.jobs.browserPath',
  'claudetask.jobs.browserArguments',
  'claudetask.server.allowedOrigins',
]);

const workflowRules = [
  'wipLimits',
  'allowedMoves',
  'requireBlockersDone',
  'requireChecklistComplete',
] as const satisfies (keyof Workflow)[];

/** Scheme, host and port and nothing else: what a browser sends. */
const isOrigin = (value: string): boolean => URL.canParse(value) && new URL(value).origin === value;

function read(id: SettingId, folder?: vscode.Uri): unknown {
  return vscode.workspace.getConfiguration(undefined, folder ?? null).get<unknown>(id);
}

const whole = (value: unknown, least: number, most: number): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined;

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
    serverEnabled: () => read('claudetask.server.enabled') === true,
    serverPort: () => whole(read('claudetask.server.port'), 0, 65_535) ?? 0,
    allowedOrigins: () => {
      const value = read('claudetask.server.allowedOrigins');
      return Array.isArray(value) ? value.filter((one) => typeof one === 'string' && isOrigin(one)) : [];
    },
    serverTools: () => (read('claudetask.server.tools') === 'all' ? 'all' : 'core'),
    setWorkflow: async (folder, rules) => {
      const configuration = vscode.workspace.getConfiguration(undefined, folder);
      for (const rule of workflowRules) {
        const id: SettingId = `claudetask.workflow.${rule}`;
        if (rules[rule] !== undefined) await configuration.update(id, rules[rule], vscode.ConfigurationTarget.WorkspaceFolder);
      }
    },
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
