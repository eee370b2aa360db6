/** What the processes of the server bench are asked, and what they answer. */

/** A server of tasks. */
export type ServerCommand =
  | { do: 'open'; subject: 'ours' | 'peer'; dir: string; worker: string }
  /** Answers the processor time of the process until now, in microseconds. */
  | { do: 'cpu' }
  | { do: 'history'; id: number }
  /** Ours only: changes one task after the other, each after a pause. */
  | { do: 'writes'; count: number; pauseMs: number }
  /** Ours only: answers milliseconds. */
  | { do: 'similar'; count: number; seed: number }
  /** Waits until work in the background is over. */
  | { do: 'idle' }
  | { do: 'close' };

export interface Opened {
  origin: string;
  token: string;
}

/** A row of history with what the audit says of it, without times. */
export interface HistoryLine {
  revision: number;
  operation: string;
  actor: { kind: string; name: string };
  changes: unknown;
  comment: string | null;
}

/** A change and when it was asked for, was on the disk, and was answered: microseconds of the system's steady clock. */
export interface TimedWrite {
  revision: number;
  asked: number;
  flushed: number;
  answered: number;
}

/** Who asks the servers. */
export type LoadCommand =
  | { do: 'load'; kind: 'GET' | 'PUT'; server: Opened; connections: number; ms: number; seed: number; tasks: number }
  | { do: 'follow'; server: Opened }
  /** What came to the follower since it was last asked, up to this revision. */
  | { do: 'heard'; until: number }
  /** One call after the other of get_task, and of a ping in turn: milliseconds. */
  | { do: 'mcp'; server: Opened; count: number; seed: number; tasks: number }
  | { do: 'close' };

export interface LoadResult {
  count: number;
  ms: number;
  /** Microseconds of the processor that asking took: near all of `ms`, and the servers had more to give. */
  cpu: number;
  /** Milliseconds of each request. */
  times: Float64Array;
}

export interface McpTimes {
  getTask: Float64Array;
  ping: Float64Array;
}

/** Revision, and when its event came: microseconds as in `TimedWrite`. */
export type Heard = [revision: number, at: number][];

export const marksChannel = 'claudetask-bench-flushes';

/** The steady clock of the system is one for all processes. */
export const microseconds = (): number => Number(process.hrtime.bigint() / 1000n);
