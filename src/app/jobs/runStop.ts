/** How the work on a run ended here. `again`: it may be taken up again by itself. */
export type Ending = { state: 'done' | 'failed' | 'cancelled' | 'taken' } | { state: 'lost'; again: boolean; progress: boolean };

/** Ends a run from outside. */
export class Stop extends Error {
  readonly ending: 'cancelled' | 'lost' | 'taken';

  constructor(ending: Stop['ending'], message: string) {
    super(message);
    this.ending = ending;
  }
}
