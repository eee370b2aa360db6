import type { Actor } from '../core/actor.ts';
import { operationContracts } from '../protocol/operations.ts';
import type { AuditStore } from './storePorts.ts';

/** A change that can be undone or redone. */
export interface StackEntry {
  /** The revision that first made the change. */
  target: number;
  /** The revision that last made or unmade it. */
  at: number;
}

/** What a person did and can take back, newest last. Kept in memory, and found again in the audit log after a start. */
export interface UndoStacks {
  topOfUndo(actor: Actor): StackEntry | undefined;
  topOfRedo(actor: Actor): StackEntry | undefined;
  /** A new change: what was undone before it cannot be redone any more. */
  did(actor: Actor, revision: number): void;
  undid(actor: Actor, target: number, revision: number): void;
  redid(actor: Actor, target: number, revision: number): void;
}

interface Stack {
  undo: StackEntry[];
  redo: StackEntry[];
}

const depth = 200;
const undoable: ReadonlySet<string> = new Set(
  Object.entries(operationContracts).flatMap(([name, contract]) => (contract.undoable ? [name] : [])),
);

/** How far back in the audit log a person's own changes are looked for. Bounds the cost where agents write most. */
const reach = 20_000;

function did(stack: Stack, revision: number): void {
  stack.redo = [];
  push(stack.undo, { target: revision, at: revision });
}

function push(entries: StackEntry[], entry: StackEntry): void {
  entries.push(entry);
  if (entries.length > depth) entries.shift();
}

function take(entries: StackEntry[], target: number): boolean {
  const index = entries.findLastIndex((entry) => entry.target === target);
  if (index === -1) return false;
  entries.splice(index, 1);
  return true;
}

function undid(stack: Stack, target: number, revision: number): void {
  if (take(stack.undo, target)) push(stack.redo, { target, at: revision });
}

function redid(stack: Stack, target: number, revision: number): void {
  if (take(stack.redo, target)) push(stack.undo, { target, at: revision });
}

export function createUndoStacks(audit: AuditStore): UndoStacks {
  const stacks = new Map<string, Stack>();

  function of(actor: Actor): Stack {
    const known = stacks.get(actor.name);
    if (known !== undefined) return known;
    const stack: Stack = { undo: [], redo: [] };
    for (const row of audit.recentOf(actor, reach)) {
      if (row.undoOf !== null) undid(stack, row.undoOf, row.revision);
      else if (row.redoOf !== null) redid(stack, row.redoOf, row.revision);
      else if (undoable.has(row.operation)) did(stack, row.revision);
    }
    stacks.set(actor.name, stack);
    return stack;
  }

  /** What has not been looked up yet will find the row in the log. */
  const ifKnown = (actor: Actor, change: (stack: Stack) => void) => {
    const stack = stacks.get(actor.name);
    if (stack !== undefined) change(stack);
  };

  return {
    topOfUndo: (actor) => of(actor).undo.at(-1),
    topOfRedo: (actor) => of(actor).redo.at(-1),
    did: (actor, revision) => ifKnown(actor, (stack) => did(stack, revision)),
    undid: (actor, target, revision) => ifKnown(actor, (stack) => undid(stack, target, revision)),
    redid: (actor, target, revision) => ifKnown(actor, (stack) => redid(stack, target, revision)),
  };
}
