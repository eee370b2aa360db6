import * as net from 'node:net';

/** The text of a request, exactly as it goes out: `headers` with every repetition and in this order. */
export function requestText(line: string, headers: readonly string[], body = ''): string {
  return [`${line} HTTP/1.1`, ...headers, '', body].join('\r\n');
}

export interface RawAnswer {
  status: number;
  /** Names in lower case; of repeated ones all values. */
  headers: ReadonlyMap<string, readonly string[]>;
  body: string;
}

function parsed(text: string): RawAnswer {
  const cut = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, cut < 0 ? text.length : cut).split('\r\n');
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return { status: Number(first.split(' ')[1] ?? 0), headers, body: cut < 0 ? '' : text.slice(cut + 4) };
}

const isWhole = (text: string): boolean => {
  const { status, headers, body } = parsed(text);
  if (!text.includes('\r\n\r\n')) return false;
  const length = headers.get('content-length')?.[0];
  return (
    status < 200 || status === 204 || (length !== undefined && Buffer.byteLength(body) >= Number(length)) || body.endsWith('0\r\n\r\n')
  );
};

/** Sends these bytes and nothing else, and answers what comes back, when it is whole or the connection has ended. Status 0: nothing came. */
export function sendRaw(port: number, text: string | Buffer): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let got = '';
    const done = () => {
      socket.destroy();
      resolve(parsed(got));
    };
    socket.on('connect', () => socket.write(text));
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1');
      if (isWhole(got)) done();
    });
    socket.on('close', done);
    socket.on('error', done);
  });
}

/** Milliseconds until the server ends a connection over which these bytes come, one after the other, with a pause. */
export function timeUntilDropped(port: number, chunks: Iterable<string>, pause: number): Promise<number> {
  const began = performance.now();
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const rest = chunks[Symbol.iterator]();
    const timer = setInterval(() => {
      const next = rest.next();
      if (next.done !== true) socket.write(next.value);
    }, pause);
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      clearInterval(timer);
      resolve(performance.now() - began);
    });
  });
}
