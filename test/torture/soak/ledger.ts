/** What was answered to the clients: at the end the database must say the same. */
export interface Ledger {
  /** Of each change that was acknowledged over REST: its revision and the task. */
  changes: [revision: number, task: number][];
  /** Changes that were acknowledged over MCP, which does not say their revision. */
  agentChanges: number;
  /** Newest acknowledged version by task. */
  versions: Map<number, number>;
  /** Last acknowledged title, of tasks whose title only one client sets. */
  titles: Map<number, string>;
  /** Tasks that a claimer has now. */
  held: Set<number>;
  claims: number;
  claimedTwice: number;
  nothingToClaim: number;
  requests: number;
  /** What went wrong, with how often. */
  failures: Map<string, number>;
}

export function createLedger(): Ledger {
  return {
    changes: [],
    agentChanges: 0,
    versions: new Map(),
    titles: new Map(),
    held: new Set(),
    claims: 0,
    claimedTwice: 0,
    nothingToClaim: 0,
    requests: 0,
    failures: new Map(),
  };
}

export function sawVersion({ versions }: Ledger, task: number, version: number): void {
  if ((versions.get(task) ?? 0) < version) versions.set(task, version);
}

export function failed({ failures }: Ledger, what: string): void {
  failures.set(what, (failures.get(what) ?? 0) + 1);
}
