/**
 * Twenty clients at one server for so many minutes: writers, readers, claimers, agents over MCP, and followers of events whose connections are cut
 * at random. Fails when a write or an event was lost or came twice, or the heap of the server grew. Started by `torture.mjs`.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { HttpClient } from '../../bench/httpClient.ts';
import { median, round } from '../../bench/report.ts';
import { SubjectProcess } from '../../bench/subject.ts';
import { eventually } from '../../rig/eventually.ts';
import { lookAfterwards } from './afterwards.ts';
import { agent } from './agent.ts';
import { SoakFollower } from './follower.ts';
import { Gate } from './gate.ts';
import { createLedger, failed } from './ledger.ts';
import { claimer, createReady, reader, writer } from './restClients.ts';
import type { Turn } from './restClients.ts';
import type { SoakCommand, SoakEnd, SoakMemory, SoakServer } from './server.ts';

const crowd = { writer: 5, reader: 3, claimer: 4, agent: 3, follower: 5 } as const;
type Kind = keyof typeof crowd;
/** Fewer than claimers, so that some find nothing. */
const readyTasks = 3;
/** Milliseconds. */
const warmUp = 60_000;
const sampleEvery = 30_000;
/** The heap after a collection may grow by this part. */
const growthLimit = 0.05;

const minutes = Number(process.argv[process.argv.indexOf('--soak') + 1]);
if (!(minutes >= 2)) throw new Error('--soak takes minutes, at least 2: the first is for warming up.');

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const between = (from: number, to: number) => from + Math.random() * (to - from);
const say = (text: string) => process.stderr.write(`${text}\n`);
const megabytes = (bytes: number) => Math.round((bytes / 2 ** 20) * 100) / 100;

async function main(): Promise<void> {
  const began = performance.now();
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'claudetask-soak-'));
  const names = Object.entries(crowd).flatMap(([kind, count]) => Array.from({ length: count }, (_one, n) => `${kind}-${n + 1}`));
  const server = new SubjectProcess<SoakCommand>('server', path.join(__dirname, 'soakServer.js'));
  const { origin, tokens } = await server.send<SoakServer>({ do: 'open', directory, clients: names });
  const of = (kind: Kind) => names.flatMap((name, n) => (name.startsWith(`${kind}-`) ? [{ name, token: tokens[n] ?? '' }] : []));

  const ledger = createLedger();
  const gate = new Gate();
  const connections: HttpClient[] = [];
  const clientOf = (token: string): HttpClient => {
    const client = new HttpClient(origin, token, 1);
    connections.push(client);
    return client;
  };
  const turns: Turn[] = [
    ...of('writer').map(({ name, token }) => writer(ledger, clientOf(token), name)),
    ...of('reader').map(({ token }) => reader(ledger, clientOf(token))),
    ...of('claimer').map(({ token }) => claimer(ledger, clientOf(token))),
    ...of('agent').map(({ name, token }) => agent(ledger, clientOf(token), name)),
  ];
  const followers = of('follower').map(({ token }) => new SoakFollower(origin, token, gate));
  await Promise.all(followers.map((follower) => follower.connect()));
  const [first] = connections;
  if (first === undefined) throw new Error('nobody came');
  await createReady(ledger, first, readyTasks);

  let over = false;
  const stubborn = async (what: () => Promise<void>): Promise<void> => {
    await what().catch((error: unknown) => failed(ledger, error instanceof Error ? error.message : String(error)));
  };
  const loops = [
    ...turns.map(async (turn) => {
      while (!over) {
        await stubborn(() => gate.pass(turn));
        await pause(between(2, 30));
      }
    }),
    ...followers.map(async (follower) => {
      while (!over) {
        await pause(between(500, 8000));
        if (!over) await stubborn(() => follower.kill());
      }
    }),
  ];

  const samples: SoakMemory[] = [];
  const end = began + minutes * 60_000;
  for (let at = began + warmUp; at <= end; at += sampleEvery) {
    await pause(Math.max(0, at - performance.now()));
    // Of a server with nothing to do: what is under way would be counted as well.
    await gate.hold();
    await pause(200);
    const memory = await server.send<SoakMemory>({ do: 'memory' });
    gate.release();
    samples.push(memory);
    say(
      `${Math.round((performance.now() - began) / 1000)} s: heap ${megabytes(memory.heap)} MB, resident ${megabytes(memory.resident)} MB, ${ledger.requests} requests, ${[...ledger.failures.values()].reduce((a, b) => a + b, 0)} failures`,
    );
  }
  over = true;
  await Promise.all(loops);

  const last = ledger.changes.reduce((newest, [revision]) => Math.max(newest, revision), 0);
  await eventually('all followers were told the last change', () => followers.every(({ at }) => at >= last), 20_000).catch(say);
  await pause(500);
  for (const follower of followers) follower.end();
  for (const client of connections) client[Symbol.dispose]();
  const { auditProblems, complaints } = await server.send<SoakEnd>({ do: 'finish' });
  await server.end();
  const findings = await lookAfterwards(directory, __dirname, ledger, followers, say);
  fs.rmSync(directory, { recursive: true, force: true });

  const third = Math.max(1, Math.floor(samples.length / 3));
  const heaps = samples.map(({ heap }) => heap);
  const growth = median(heaps.slice(-third)) / median(heaps.slice(0, third)) - 1;
  const sum = (count: (follower: SoakFollower) => number) => followers.reduce((total, follower) => total + count(follower), 0);
  const summary = {
    minutes,
    clients: names.length,
    requests: ledger.requests,
    acknowledged: ledger.changes.length + ledger.agentChanges,
    claims: ledger.claims,
    claimedTwice: ledger.claimedTwice,
    nothingToClaim: ledger.nothingToClaim,
    eventsTold: sum(({ revisions }) => revisions.length),
    followersCut: sum(({ kills }) => kills),
    snapshots: sum(({ snapshots }) => snapshots),
    closedByServer: followers.flatMap(({ closed }) => closed),
    ...findings,
    auditProblems: auditProblems.length,
    failures: Object.fromEntries(ledger.failures),
    complaints,
    heapMb: heaps.map(megabytes),
    externalMb: samples.map(({ external }) => megabytes(external)),
    residentMb: samples.map(({ resident }) => megabytes(resident)),
    heapGrowth: round(growth),
    load: round(os.loadavg()[0] ?? Number.NaN),
    seconds: Math.round((performance.now() - began) / 1000),
  };
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  const isGood =
    summary.lostWrites === 0 &&
    summary.unknownWrites === 0 &&
    summary.lostEvents === 0 &&
    summary.repeatedEvents === 0 &&
    summary.snapshots === 0 &&
    summary.claimedTwice === 0 &&
    summary.closedByServer.length === 0 &&
    summary.auditProblems === 0 &&
    summary.integrity === 'ok' &&
    complaints.length === 0 &&
    ledger.failures.size === 0 &&
    growth <= growthLimit;
  process.exitCode = isGood ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
