import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as z from 'zod';
import { syncFolder } from '../util/atomicWrite.ts';
import type { StoreNames } from './names.ts';

/**
 * While we run, `<database>-shm` is a folder. Other SQLite programs then cannot make their shared memory there and fall back
 * to reading: they see every committed row but cannot write, checkpoint or delete the log, which they would otherwise do
 * even after a mere select. The folder also says who the owner is, and holds the token that lets this user's windows in.
 */
export interface Shield {
  readonly inode: bigint;
  readonly token: string;
  /** Tells other hosts and containers, which cannot see our mutex, that we live. */
  beat(): void;
  release(): void;
}

export type ShieldAttempt =
  | { kind: 'taken'; shield: Shield }
  /** `-shm` is a file: a native program uses the database, or died using it. */
  | { kind: 'foreignProgram' }
  /** A live owner that our mutex does not reach: another host, container, or another path to the same folder. */
  | { kind: 'foreignOwner'; owner: OwnerRecord };

const ownerRecord = z.object({
  host: z.string(),
  bootId: z.string(),
  namespaces: z.string(),
  pid: z.int(),
  mutex: z.string(),
});
export type OwnerRecord = z.infer<typeof ownerRecord>;

/** Milliseconds between two signs of life, and after how many without one an owner elsewhere counts as gone. */
export const heartbeat = 15_000;
const staleAfter = 3 * heartbeat;

const ownerFile = (shield: string) => path.join(shield, 'owner.json');
const tokenFile = (shield: string) => path.join(shield, 'token');

function tryRead(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function link(file: string): string {
  try {
    return fs.readlinkSync(file);
  } catch {
    return '';
  }
}

function whoWeAre(mutex: string): OwnerRecord {
  return {
    host: os.hostname(),
    bootId: tryRead('/proc/sys/kernel/random/boot_id'),
    namespaces: `${link('/proc/self/ns/net')} ${link('/proc/self/ns/pid')}`,
    pid: process.pid,
    mutex: mutex.replace('\0', '@'),
  };
}

function readOwner(shield: string): OwnerRecord | undefined {
  try {
    const parsed = ownerRecord.safeParse(JSON.parse(fs.readFileSync(ownerFile(shield), 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Age by the file system's own clock, which may differ from ours on a network drive. */
function ageOf(file: string, folder: string): number {
  const probe = path.join(folder, `.probe-${randomBytes(6).toString('hex')}`);
  fs.writeFileSync(probe, '');
  try {
    return fs.statSync(probe).mtimeMs - fs.statSync(file).mtimeMs;
  } finally {
    fs.rmSync(probe, { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether the owner that left this shield may still be at work, asked by a process that holds the mutex. */
function isAlive(owner: OwnerRecord, names: StoreNames): boolean {
  const self = whoWeAre(names.mutex);
  const sameKernel = owner.host === self.host && owner.bootId === self.bootId && owner.namespaces === self.namespaces;
  // The same lock in the same kernel: we hold it, so the other one is gone.
  if (sameKernel && owner.mutex === self.mutex) return false;
  if (sameKernel && !isRunning(owner.pid)) return false;
  return ageOf(ownerFile(names.shield), names.folder) < staleAfter;
}

function kindOf(file: string): 'none' | 'folder' | 'file' {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  return stat === undefined ? 'none' : stat.isDirectory() ? 'folder' : 'file';
}

/** The token a client shows to the owner; undefined while there is none, or when it belongs to another user. */
export function readToken(names: StoreNames): string | undefined {
  const token = tryRead(tokenFile(names.shield));
  return token === '' ? undefined : token;
}

/** Puts the shield up. Call it with the mutex held. A shield left by a dead owner is replaced. */
export function raiseShield(names: StoreNames): ShieldAttempt {
  const found = kindOf(names.shield);
  if (found === 'file') return { kind: 'foreignProgram' };
  if (found === 'folder') {
    const owner = readOwner(names.shield);
    if (owner !== undefined && isAlive(owner, names)) return { kind: 'foreignOwner', owner };
  }
  // Made complete under another name first: nobody ever sees half a shield. The old one stays until the new one exists,
  // so that the two never have the same inode, by which an owner that was only asleep sees that its time is over.
  const suffix = randomBytes(6).toString('hex');
  const fresh = `${names.shield}.${suffix}.new`;
  const token = randomBytes(32).toString('hex');
  fs.mkdirSync(fresh, { mode: 0o755 });
  try {
    fs.writeFileSync(tokenFile(fresh), token, { mode: 0o600 });
    fs.writeFileSync(ownerFile(fresh), JSON.stringify(whoWeAre(names.mutex)));
    const old = `${names.shield}.${suffix}.old`;
    if (found === 'folder') fs.renameSync(names.shield, old);
    fs.renameSync(fresh, names.shield);
    fs.rmSync(old, { recursive: true, force: true });
  } catch (error) {
    fs.rmSync(fresh, { recursive: true, force: true });
    if (kindOf(names.shield) === 'file') return { kind: 'foreignProgram' };
    throw error;
  }
  syncFolder(names.folder);
  const inode = fs.statSync(names.shield, { bigint: true }).ino;
  return { kind: 'taken', shield: { inode, token, beat: () => beat(names, inode), release: () => release(names, inode) } };
}

function isOurs(names: StoreNames, inode: bigint): boolean {
  return fs.statSync(names.shield, { bigint: true, throwIfNoEntry: false })?.ino === inode;
}

function beat(names: StoreNames, inode: bigint): void {
  if (!isOurs(names, inode)) return;
  const now = new Date();
  try {
    fs.utimesSync(ownerFile(names.shield), now, now);
  } catch {
    // The guard before the next transaction finds out what happened to the folder.
  }
}

function release(names: StoreNames, inode: bigint): void {
  if (!isOurs(names, inode)) return;
  fs.rmSync(names.shield, { recursive: true, force: true });
}

/** Whether someone whom our mutex does not stop still holds the database. */
export function isHeldElsewhere(names: StoreNames): boolean {
  const found = kindOf(names.shield);
  if (found !== 'folder') return found === 'file';
  const owner = readOwner(names.shield);
  return owner !== undefined && isAlive(owner, names);
}
