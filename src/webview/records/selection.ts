import type { RecordSelection } from '../../protocol/jobs/pageMessages.ts';

/** Which records are selected: some by their keys, or all that are shown but a few. */
export type Selection = { all: false; keys: ReadonlySet<string> } | { all: true; except: ReadonlySet<string> };

export const nothing: Selection = { all: false, keys: new Set() };
export const everything: Selection = { all: true, except: new Set() };

export const isSelected = (selection: Selection, key: string): boolean =>
  selection.all ? !selection.except.has(key) : selection.keys.has(key);

export const countOf = (selection: Selection, total: number): number =>
  selection.all ? Math.max(0, total - selection.except.size) : selection.keys.size;

export function toggled(selection: Selection, key: string): Selection {
  const set = new Set(selection.all ? selection.except : selection.keys);
  if (!set.delete(key)) set.add(key);
  return selection.all ? { all: true, except: set } : { all: false, keys: set };
}

export function withKeys(selection: Selection, keys: readonly string[]): Selection {
  if (!selection.all) return { all: false, keys: new Set([...selection.keys, ...keys]) };
  const added = new Set(keys);
  return { all: true, except: new Set([...selection.except].filter((key) => !added.has(key))) };
}

/** As the host is asked to act on it. */
export function asked(
  selection: Selection,
  filter: Pick<Extract<RecordSelection, { except: string[] }>, 'changes' | 'search'>,
): RecordSelection {
  return selection.all ? { ...filter, except: [...selection.except] } : { keys: [...selection.keys] };
}
