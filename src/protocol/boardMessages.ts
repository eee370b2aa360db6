import * as z from 'zod';
import type { Status, TaskRow } from '../core/task.ts';
import type { JobRun } from './jobs/runs.ts';
import type { Reply, StoreEvent, StoreState } from './wire.ts';

/** What a card can open. */
export const boardThings = ['origin', 'description', 'run', 'job'] as const;
export type BoardThing = (typeof boardThings)[number];

/** What the board asks of the host. It may name operations of the table, never VS Code commands. */
export const boardRequest = z.discriminatedUnion('kind', [
  /** The page listens now: the host answers with `init`. */
  z.strictObject({ kind: z.literal('ready') }),
  z.strictObject({ kind: z.literal('call'), id: z.int(), operation: z.string().max(100), input: z.unknown() }),
  /** Open what belongs to a task: its origin in the editor, its description, the run that works for it, or the choice of a job to run for it. */
  z.strictObject({ kind: z.literal('open'), taskId: z.int().positive(), what: z.enum(boardThings) }),
  /** Missed a revision, or was hidden: send `init` anew. */
  z.strictObject({ kind: z.literal('resync') }),
  /** The cards selected now, so that commands and native menus know them. */
  z.strictObject({ kind: z.literal('selection'), ids: z.array(z.int().positive()).max(5000) }),
]);
export type BoardRequest = z.infer<typeof boardRequest>;

/** Looks and rules of the board, from the settings. */
export interface BoardConfig {
  /** Name of the workspace folder, the page's heading. */
  folderName: string;
  density: 'comfortable' | 'compact';
  wipLimits: Partial<Record<Status, number>>;
  allowedMoves: Partial<Record<Status, readonly Status[]>>;
  /** The reader's language, for dates: a BCP 47 tag. */
  locale: string;
  /** Translated texts by their English original; a missing one is shown in English. */
  strings: Readonly<Record<string, string>>;
}

export interface BoardColumn {
  status: Status;
  /** Live tasks in the column, loaded or not. */
  total: number;
  tasks: TaskRow[];
}

/** What the host tells the board. */
export type BoardMessage =
  /** The first cards of each column at once; `rest` follows. */
  | {
      kind: 'init';
      revision: number;
      columns: BoardColumn[];
      complete: boolean;
      /** Runs that are not over and work for a task; from then on events tell of them. */
      runs: JobRun[];
      config: BoardConfig;
      state: StoreState;
    }
  /** The remaining rows, in chunks; the last one has `complete: true`. */
  | { kind: 'rest'; revision: number; tasks: TaskRow[]; complete: boolean }
  | { kind: 'event'; event: StoreEvent }
  | { kind: 'config'; config: BoardConfig }
  | { kind: 'state'; state: StoreState }
  | { kind: 'reply'; id: number; reply: Reply }
  /** A command asks the page to act on its focused or selected cards. */
  | { kind: 'do'; action: BoardAction; taskId?: number };

/** Actions that VS Code commands and keybindings send to the page. */
export const boardActions = ['focusFilter', 'quickAdd', 'reveal', 'moveLeft', 'moveRight', 'moveUp', 'moveDown', 'rename'] as const;
export type BoardAction = (typeof boardActions)[number];

/** Kept by the page across reloads (`setState`): navigation and arrangement only, never data. */
export interface BoardViewState {
  version: 1;
  folder: string;
  filter: string;
  collapsed: Status[];
  scrollLeft: number;
  scrollTop: Partial<Record<Status, number>>;
  focusedId: number | null;
}
