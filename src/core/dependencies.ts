/**
 * The cycle that would arise if `from` waited for `to`, as ids along it with `from` at both ends; undefined when there is none.
 * `dependsOn` gives the tasks a task waits for now. Walks only what is reachable from `to`.
 */
export function findCycle(from: number, to: number, dependsOn: (id: number) => readonly number[]): number[] | undefined {
  if (from === to) return [from, from];
  const reachedFrom = new Map<number, number>([[to, from]]);
  const waiting = [to];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const next of dependsOn(id)) {
      if (next === from) return [...pathTo(id, from, reachedFrom), from];
      if (reachedFrom.has(next)) continue;
      reachedFrom.set(next, id);
      waiting.push(next);
    }
  }
  return undefined;
}

function pathTo(end: number, start: number, reachedFrom: ReadonlyMap<number, number>): number[] {
  const path = [end];
  for (let id = reachedFrom.get(end); id !== undefined; id = reachedFrom.get(id)) {
    path.push(id);
    if (id === start) break;
  }
  return path.reverse();
}

/** `#1 waits for #3, #3 waits for #2, #2 waits for #1`. */
export function cycleText(cycle: readonly number[], verb = 'waits for'): string {
  return cycle
    .slice(0, -1)
    .map((id, i) => `#${id} ${verb} #${cycle[i + 1]}`)
    .join(', ');
}
