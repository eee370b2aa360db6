import * as fs from 'node:fs';
import * as net from 'node:net';

/** A lock that the kernel frees when its holder dies, however it dies. No heartbeat, no stale file, safe across a laptop's sleep. */
export interface Mutex {
  release(): Promise<void>;
}

/** BSD's O_EXLOCK: open and flock in one call. Node passes the flag through but does not name it. */
const exclusiveLock = 0x20;

const isCode = (error: unknown, ...codes: string[]) => error instanceof Error && 'code' in error && codes.includes(String(error.code));

/** A socket or pipe name can be listened on once. Linux abstract sockets and Windows pipes leave nothing behind. */
function listenOn(name: string): Promise<Mutex | undefined> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.destroy());
    server.once('error', (error) => (isCode(error, 'EADDRINUSE', 'EACCES') ? resolve(undefined) : reject(error)));
    server.listen({ path: name, exclusive: true }, () => {
      resolve({ release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

function lockFile(file: string): Mutex | undefined {
  try {
    const fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_NONBLOCK | exclusiveLock, 0o600);
    return {
      release: () => {
        fs.closeSync(fd);
        return Promise.resolve();
      },
    };
  } catch (error) {
    if (isCode(error, 'EAGAIN', 'EWOULDBLOCK')) return undefined;
    throw error;
  }
}

/** Takes the lock at once, or answers undefined when someone else has it. Throws only when the system forbids locking. */
export function acquireMutex(name: string): Promise<Mutex | undefined> {
  if (process.platform === 'linux' || process.platform === 'win32') return listenOn(name);
  return new Promise((resolve) => resolve(lockFile(name)));
}
