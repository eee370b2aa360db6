import fs from 'node:fs';
import path from 'node:path';
import type { CodeServer } from './codeServer.ts';
import { eventually } from './eventually.ts';

interface Announcement {
  pid: number;
  port: number;
  token: string;
  started: number;
  folders: string[];
}

/** Runs code with the `vscode` module inside a live extension host that has the probe extension. */
export class Probe {
  readonly #server: CodeServer;
  readonly #fixed: Announcement | undefined;

  constructor(server: CodeServer, fixed?: Announcement) {
    this.#server = server;
    this.#fixed = fixed;
  }

  /** One probe per living extension host, the newest first. */
  static live(server: CodeServer): Probe[] {
    return announcements(server).map((one) => new Probe(server, one));
  }

  get pid(): number {
    return this.#fixed?.pid ?? announcements(this.#server)[0]?.pid ?? 0;
  }

  /** `code` is the body of an async function with `vscode`, `require` and `args` in scope. Without a fixed host the newest one answers. */
  async run<T>(code: string, args?: unknown): Promise<T> {
    const host = this.#fixed ?? (await eventually('an extension host with the probe', () => announcements(this.#server)[0], 30_000));
    const response = await fetch(`http://127.0.0.1:${host.port}`, {
      method: 'POST',
      headers: { 'x-token': host.token },
      body: JSON.stringify({ code, args }),
    });
    const answer = (await response.json()) as { value: T; error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value;
  }

  command<T>(id: string, ...rest: unknown[]): Promise<T> {
    return this.run<T>('return vscode.commands.executeCommand(args.id, ...args.rest)', { id, rest });
  }
}

function announcements(server: CodeServer): Announcement[] {
  const files = fs.readdirSync(server.probeFolder).filter((name) => name.endsWith('.json'));
  const all = files.map((name) => JSON.parse(fs.readFileSync(path.join(server.probeFolder, name), 'utf8')) as Announcement);
  return all.filter((one) => lives(one.pid)).sort((a, b) => b.started - a.started);
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
