import { Agent, request } from 'node:http';

export interface HttpAnswer {
  status: number;
  etag: string | undefined;
  text: string;
}

/** A client with a token, over so many connections that are kept. */
export class HttpClient implements Disposable {
  readonly #agent: Agent;
  readonly #port: string;
  readonly #authorization: string;

  constructor(origin: string, token: string, connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#port = new URL(origin).port;
    this.#authorization = `Bearer ${token}`;
  }

  send(method: string, path: string, body?: string, more: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    const headers: Record<string, string | number> = { Authorization: this.#authorization, ...more };
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
      headers['Content-Length'] = Buffer.byteLength(body);
    }
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: this.#port, method, path, headers, agent: this.#agent }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, etag: response.headers.etag, text: Buffer.concat(parts).toString() }),
        );
      });
      sent.once('error', reject);
      sent.end(body);
    });
  }

  /** As `send`, and the answer must be a success. */
  async ask(method: string, path: string, body?: string, more?: Readonly<Record<string, string>>): Promise<HttpAnswer> {
    const answer = await this.send(method, path, body, more);
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.text.slice(0, 300)}`);
    return answer;
  }

  /** A message of MCP; gives its result. Fails on an error, but not on that of a tool. */
  async mcp(method: string, params?: object): Promise<unknown> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, ...(params === undefined ? {} : { params }) });
    const { text } = await this.ask('POST', '/mcp', body, { Accept: 'application/json, text/event-stream' });
    // An answer comes as an event or as it is, as the server likes.
    const data = text.startsWith('{') ? text : (/^data: (\{.*)$/m.exec(text)?.[1] ?? '');
    const answer = JSON.parse(data) as { result?: unknown; error?: unknown };
    if (answer.result === undefined) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
    return answer.result;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
