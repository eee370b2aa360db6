import { WebSocket } from 'ws';
import type { Gate } from './gate.ts';

interface Told {
  kind: 'hello' | 'event' | 'snapshot';
  revision: number;
}

/** Follows the events, loses its connection now and then without a word, and goes on with the last revision that it has. */
export class SoakFollower {
  readonly #address: string;
  readonly #token: string;
  readonly #gate: Gate;
  #ws: WebSocket | undefined;
  /** The revision it began after. */
  start: number | undefined;
  /** All it was told, in order, over all its connections. */
  readonly revisions: number[] = [];
  kills = 0;
  /** It was behind by more than there are events for: never, here. */
  snapshots = 0;
  /** The other side ended the connection. */
  closed: string[] = [];

  constructor(origin: string, token: string, gate: Gate) {
    this.#address = `${origin.replace('http', 'ws')}/api/events`;
    this.#token = token;
    this.#gate = gate;
  }

  get at(): number {
    return this.revisions.at(-1) ?? this.start ?? 0;
  }

  connect(): Promise<void> {
    const query = this.start === undefined ? '' : `?since=${this.at}`;
    const ws = new WebSocket(`${this.#address}${query}`, { headers: { Authorization: `Bearer ${this.#token}` } });
    this.#ws = ws;
    return new Promise((resolve, reject) => {
      ws.once('error', reject);
      ws.on('message', (data: Buffer) => {
        // What was on its way when the connection was cut has come to nobody.
        if (ws !== this.#ws) return;
        const { kind, revision } = JSON.parse(data.toString()) as Told;
        if (kind === 'event') this.revisions.push(revision);
        else if (kind === 'snapshot') this.snapshots++;
        else {
          this.start ??= revision;
          resolve();
        }
      });
      ws.once('close', (code, reason) => {
        if (ws !== this.#ws) return;
        this.closed.push(`${code} ${reason.toString()}`);
        reject(new Error(`a follower was closed with ${code}`));
      });
    });
  }

  /** Cuts the connection and makes another after a while, in which changes go on. */
  async kill(): Promise<void> {
    await this.#gate.pass(async () => {
      this.kills++;
      const cut = this.#ws;
      this.#ws = undefined;
      // What the kernel holds for it is lost as well.
      cut?.terminate();
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 1500));
      await this.connect();
    });
  }

  end(): void {
    const cut = this.#ws;
    this.#ws = undefined;
    cut?.terminate();
  }
}
