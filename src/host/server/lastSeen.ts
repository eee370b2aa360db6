import type * as vscode from 'vscode';
import type { ClientRecord } from '../../app/apiClients.ts';

const key = 'api.lastSeen';
/** Milliseconds: more exactly than this nobody needs to know it. */
const step = 60_000;

/** When clients were last heard of in this workspace, by their names. */
export class LastSeen {
  readonly #memento: vscode.Memento;
  readonly #seen: Map<string, number>;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
    const kept: unknown = memento.get(key);
    const entries: [string, unknown][] = typeof kept === 'object' && kept !== null ? Object.entries(kept) : [];
    this.#seen = new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  }

  /** A client was heard of. Answers whether that says more than what was known. */
  note(name: string, at: number): boolean {
    const known = this.#seen.get(name);
    if (known !== undefined && at - known < step) return false;
    this.#seen.set(name, at);
    void this.#memento.update(key, Object.fromEntries(this.#seen));
    return true;
  }

  /** Undefined while it was not heard of. A client of its name that was there before is another one. */
  of({ name, createdAt }: ClientRecord): number | undefined {
    const at = this.#seen.get(name);
    return at === undefined || at < createdAt ? undefined : at;
  }
}
