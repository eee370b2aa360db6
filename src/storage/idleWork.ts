/** Work that nobody waits for. No timer runs unless something was committed since the last time. */
export interface IdleWork {
  /** Something was committed. */
  committed(): void;
  /** Keeps checkpoints from writing to the main file until the function that is answered is called. */
  holdCheckpoints(): () => void;
  dispose(): void;
}

export interface IdleWorkDeps {
  walBytes(): number;
  /** Moves what the log holds into the main file. Must not throw. */
  checkpoint(): void;
  /** One small piece of other work; true while more is left. Must not throw. */
  slice(): boolean;
  /** Whether a caller waits now. */
  busy(): boolean;
  /** After a checkpoint with nothing else to do. */
  rested(): void;
}

/** Milliseconds of rest before the idle work begins. */
const rest = 1000;
/** Above the first size a short pause is enough for a checkpoint; above the second it is made between two batches. */
const softWalLimit = 16 * 1024 * 1024;
const hardWalLimit = 64 * 1024 * 1024;
const shortRest = 50;

export function createIdleWork(deps: IdleWorkDeps): IdleWork {
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;
  let armedShort = false;
  let lastCommit = 0;
  let holds = 0;
  let postponed = false;
  let disposed = false;

  function checkpoint(): void {
    if (holds > 0) postponed = true;
    else deps.checkpoint();
  }

  const restFor = () => (holds === 0 && deps.walBytes() > softWalLimit ? shortRest : rest);

  function arm(delay: number): void {
    if (timer !== undefined) clearTimeout(timer);
    armedShort = delay <= shortRest;
    timer = setTimeout(wake, delay);
  }

  function wake(): void {
    timer = undefined;
    const missing = restFor() - (performance.now() - lastCommit);
    if (missing > 1 || deps.busy()) return arm(Math.max(missing, 10));
    checkpoint();
    work();
  }

  /** Slice by slice, with the event loop's turn in between; a caller goes first and the rest follows after the next pause. */
  function work(): void {
    turn = undefined;
    if (disposed) return;
    if (deps.busy()) return arm(rest);
    if (deps.slice()) turn = setImmediate(work);
    else deps.rested();
  }

  return {
    committed() {
      lastCommit = performance.now();
      if (deps.walBytes() > hardWalLimit) checkpoint();
      const delay = restFor();
      if (!disposed && (timer === undefined || (delay === shortRest && !armedShort))) arm(delay);
    },
    holdCheckpoints() {
      holds++;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        if (--holds > 0 || !postponed || disposed) return;
        postponed = false;
        lastCommit = performance.now();
        if (timer === undefined) arm(rest);
      };
    },
    dispose() {
      disposed = true;
      if (timer !== undefined) clearTimeout(timer);
      if (turn !== undefined) clearImmediate(turn);
      timer = undefined;
    },
  };
}
