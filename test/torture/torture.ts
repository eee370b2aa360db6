/**
 * Kills windows that write, with SIGKILL at random moments, and looks after each kill whether everything that was
 * acknowledged is there. Started by `torture.mjs`.
 */
import { fork, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { freeWorkflow } from '../../src/core/workflow.ts';
import { domainParts } from '../../src/storage/domainParts.ts';
import { realFileCalls } from '../../src/storage/engine/fileCalls.ts';
import { openCopy } from '../../src/storage/engine/readOnlyCopy.ts';
import { readBinding } from '../../src/storage/engine/walBinding.ts';
import { engineAssets, storeNames } from '../../src/storage/names.ts';
import type { Go } from './writer.ts';

const here = __dirname;
const native = spawnSync('sqlite3', ['-version']).status === 0;
const takeoverLimit = 2000;
/** Rounds on one database before a fresh one is begun, so that checks stay quick. */
const roundsPerDatabase = 40;

interface Summary {
  kills: number;
  rounds: number;
  ownerKills: number;
  acknowledged: number;
  lost: number;
  duplicated: number;
  integrityFailures: number;
  nativeFailures: number;
  auditFailures: number;
  slowTakeovers: number;
  slowestTakeoverMs: number;
  foreignReads: number;
  nativeSqlite: boolean;
  seconds: number;
}

interface Writer {
  process: ChildProcess;
  role: string;
  wrote: boolean;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const between = (from: number, to: number) => from + Math.random() * (to - from);

function start(): Writer {
  const child = fork(path.join(here, 'writer.js'), [path.join(here, 'storage.js'), here], { execArgv: [] });
  const writer: Writer = { process: child, role: 'starting', wrote: false };
  child.on('message', (message: { role?: string; first?: boolean }) => {
    if (message.role !== undefined) writer.role = message.role;
    if (message.first === true) writer.wrote = true;
  });
  return writer;
}

async function until(limit: number, probe: () => boolean): Promise<number | undefined> {
  const began = performance.now();
  while (!probe()) {
    if (performance.now() - began > limit) return undefined;
    await pause(3);
  }
  return performance.now() - began;
}

async function kill(writer: Writer): Promise<void> {
  if (writer.process.exitCode !== null || writer.process.signalCode !== null) return;
  const gone = once(writer.process, 'exit');
  writer.process.kill('SIGKILL');
  await gone;
}

/** Newest acknowledged version by task, and its title. */
type Acknowledged = Map<number, { version: number; title: string }>;

function readAcks(file: string, into: Acknowledged): void {
  if (!fs.existsSync(file)) return;
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    const [id, version, title] = line.split('\t');
    // A last line may be cut by the kill.
    if (title === undefined) continue;
    const before = into.get(Number(id));
    if (before === undefined || before.version < Number(version)) into.set(Number(id), { version: Number(version), title });
  }
  fs.rmSync(file);
}

const say = (text: string) => process.stderr.write(`${text}\n`);

/** Looks at a copy with our engine, and at the files as they lie with the native one. */
async function check(directory: string, acknowledged: Acknowledged, summary: Summary): Promise<void> {
  const names = storeNames(directory);
  const anchor = readBinding(realFileCalls, names.database)?.anchor ?? null;
  const copy = await openCopy(engineAssets(here), names.database);
  try {
    const found = new Map<number, { version: number; title: string }>();
    for (const row of copy.prepare<{ id: number; version: number; title: string }>('SELECT id, version, title FROM task').each())
      found.set(row.id, row);
    for (const [id, want] of acknowledged) {
      const row = found.get(id);
      if (row !== undefined && row.title === want.title && row.version >= want.version) continue;
      summary.lost++;
      say(`LOST task ${id} version ${want.version} "${want.title}", found ${JSON.stringify(row)}`);
    }
    const titles = new Set([...found.values()].map((row) => row.title));
    if (titles.size !== found.size) {
      summary.duplicated += found.size - titles.size;
      say(`DUPLICATED ${found.size - titles.size} tasks`);
    }
    const integrity = copy.prepare<{ integrity_check: string }>('PRAGMA integrity_check').get()?.integrity_check;
    if (integrity !== 'ok') {
      summary.integrityFailures++;
      say(`INTEGRITY ${integrity}`);
    }
    const never = () => Promise.reject(new Error('not in this copy'));
    const dispatcher = domainParts.createDispatcher(copy, {
      status: () => {
        throw new Error('not in this copy');
      },
      backup: never,
      export: never,
      restore: never,
      recordedAnchor: () => anchor,
      pause: () => Promise.resolve(),
    });
    const audit = await dispatcher.maintain({
      requestId: crypto.randomUUID(),
      operation: 'audit.verify',
      input: {},
      actor: { kind: 'user', name: 'torture' },
      workflow: freeWorkflow,
    });
    const problems = (audit as { problems: unknown[] }).problems;
    if (problems.length > 0) {
      summary.auditFailures++;
      say(`AUDIT ${JSON.stringify(problems)}`);
    }
    if (!native) return;
    // Killed while the log had only begun or was being taken away: a native program then cannot make the log it needs, or, at exactly
    // the 32 bytes of a header, gives up with "locking protocol", while the dead owner's shield stands. The next owner takes it away.
    const walSize = fs.statSync(names.wal, { throwIfNoEntry: false })?.size ?? 0;
    if (walSize <= 32) fs.rmSync(names.shield, { recursive: true, force: true });
    const { stdout, stderr } = spawnSync('sqlite3', ['-batch', names.database, 'PRAGMA integrity_check; SELECT count(*) FROM task;'], {
      encoding: 'utf8',
    });
    if (stdout.trim() !== `ok\n${found.size}`) {
      summary.nativeFailures++;
      say(`NATIVE ${stdout} ${stderr}, expected ${found.size} tasks`);
    }
  } finally {
    copy.close();
  }
}

function readAsForeigner(directory: string, summary: Summary): void {
  if (!native) return;
  const reader = spawn(
    'sqlite3',
    ['-batch', storeNames(directory).database, 'SELECT count(*), max(id) FROM task; SELECT count(*) FROM task WHERE title > 0;'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  reader.stdout.once('data', () => summary.foreignReads++);
}

async function main(): Promise<void> {
  const wanted = Number(process.argv[process.argv.indexOf('--kills') + 1] ?? Number.NaN);
  const kills = process.argv.includes('--kills') && wanted > 0 ? wanted : 500;
  const began = performance.now();
  const summary: Summary = {
    kills: 0,
    rounds: 0,
    ownerKills: 0,
    acknowledged: 0,
    lost: 0,
    duplicated: 0,
    integrityFailures: 0,
    nativeFailures: 0,
    auditFailures: 0,
    slowTakeovers: 0,
    slowestTakeoverMs: 0,
    foreignReads: 0,
    nativeSqlite: native,
    seconds: 0,
  };
  const base = fs.mkdtempSync(path.join(os.tmpdir(), 'claudetask-torture-'));
  const spares = [start(), start()];
  let directory = '';
  let acknowledged: Acknowledged = new Map();

  const killOne = async (writer: Writer) => {
    if (writer.role === 'owner') summary.ownerKills++;
    await kill(writer);
    summary.kills++;
  };

  while (summary.kills < kills) {
    if (summary.rounds % roundsPerDatabase === 0) {
      if (directory !== '') fs.rmSync(directory, { recursive: true, force: true });
      directory = fs.mkdtempSync(path.join(base, 'ws-'));
      acknowledged = new Map();
    }
    const pair = spares.splice(0, 2);
    const acks = pair.map((_, i) => path.join(base, `acks-${i}`));
    pair.forEach((writer, i) => {
      const dice = Math.random();
      const go: Go = {
        directory,
        acks: acks[i] ?? '',
        name: `r${summary.rounds}w${i}`,
        extra: dice < 0.1 ? 'backup' : dice < 0.15 ? 'reopen' : 'none',
      };
      writer.process.send({ go });
    });
    // The next two load while these two write.
    spares.push(start(), start());
    if ((await until(15_000, () => pair.some((writer) => writer.wrote))) === undefined) say('NO WRITE within 15 s');
    await pause(between(5, 150));
    readAsForeigner(directory, summary);
    await pause(between(0, 30));

    const owner = pair.find((writer) => writer.role === 'owner') ?? pair[0];
    const client = pair.find((writer) => writer !== owner);
    const [victim, survivor] = Math.random() < 0.75 ? [owner, client] : [client, owner];
    if (victim === undefined || survivor === undefined) throw new Error('a pair of one');
    const wasOwner = victim.role === 'owner';
    await killOne(victim);
    if (wasOwner && survivor.role === 'client') {
      const took = await until(10_000, () => survivor.role === 'owner');
      summary.slowestTakeoverMs = Math.max(summary.slowestTakeoverMs, Math.round(took ?? 10_000));
      if (took === undefined || took > takeoverLimit) {
        summary.slowTakeovers++;
        say(`SLOW takeover: ${took === undefined ? 'none within 10 s' : Math.round(took)}`);
      }
    }
    await pause(between(5, 80));
    if (summary.kills < kills) await killOne(survivor);
    else await kill(survivor);

    const before = acknowledged.size;
    for (const file of acks) readAcks(file, acknowledged);
    summary.acknowledged += acknowledged.size - before;
    await check(directory, acknowledged, summary);
    summary.rounds++;
    if (summary.rounds % 25 === 0) say(`${summary.kills} kills, ${summary.acknowledged} tasks acknowledged, ${summary.lost} lost`);
  }
  await Promise.all(spares.map(kill));
  fs.rmSync(base, { recursive: true, force: true });
  summary.seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  const bad =
    summary.lost + summary.duplicated + summary.integrityFailures + summary.nativeFailures + summary.auditFailures + summary.slowTakeovers;
  process.exitCode = bad === 0 ? 0 : 1;
}

void main();
