import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import type { WriteOutcome } from '../../../src/app/filePorts.ts';
import { LateWrites } from '../../../src/files/lateWrites.ts';
import { hashOf, readFile } from '../../../src/files/readFile.ts';
import { replaceFile } from '../../../src/files/replaceFile.ts';
import { writeBeside } from '../../../src/files/temporary.ts';
import { bytes, disk, logInto, text } from './rig.ts';

const edits = 1000;

type Write = (file: string, content: Uint8Array, expected: string) => Promise<WriteOutcome>;

/** What two writers of one file did, as each of them told it. */
interface Encounter {
  /** Contents of the other program that it did not replace itself. */
  saved: string[];
  /** Contents of the other program that we were shown, in whatever way. */
  seen: Set<string>;
  /** Our writes, in their order. */
  writes: { content: string; outcome: WriteOutcome }[];
  final: string;
}

/** Edits a file again and again, as whoever looks at it each time, while another program does so, too. `end` tells the last late writes. */
async function meet(file: string, manner: 'careful' | 'hasty', write: Write, late: Pick<LateWrites, 'onDidFind'>, end: () => Promise<void>) {
  const found: Encounter = { saved: [], seen: new Set(), writes: [], final: '' };
  const see = (content: Uint8Array) => found.seen.add(text(content));
  late.onDidFind(({ bytes: content }) => see(content));

  const other = fork(path.resolve('test/adapter/files/outsideWriter.mjs'), [file, manner], { execArgv: [] });
  const exited = once(other, 'exit');
  await once(other, 'message');
  other.on('message', (message: { saved: string[] }) => (found.saved = message.saved));
  try {
    let current = await readFile(file);
    for (let i = 0; i < edits; i++) {
      assert.ok(current, 'a file that nobody removes is always there');
      see(current.bytes);
      const content = `ours ${i}\n${'y'.repeat(i % 3000)}`;
      const outcome = await write(file, bytes(content), current.hash);
      found.writes.push({ content, outcome });
      if (outcome.kind === 'written') {
        current = outcome.file;
      } else {
        for (const one of outcome.passedOver) see(one);
        assert.equal(text(outcome.ours), content, 'what was not written is given back');
        current = outcome.theirs;
      }
    }
    if (current !== undefined) see(current.bytes);
  } finally {
    if (other.connected) other.send('stop');
    await exited;
  }
  found.final = fs.readFileSync(file, 'utf8');
  found.seen.add(found.final);
  await end();
  return found;
}

const nameOf = (content: string) => content.split('\n', 1)[0] ?? '';
const lost = ({ saved, seen }: Encounter) => saved.filter((content) => !seen.has(content)).map(nameOf);

function unguarded(late: LateWrites): Write {
  return async (file, content, expected) => {
    const conflict = async (passedOver: Uint8Array[]) => ({ kind: 'conflict' as const, theirs: await readFile(file), ours: content, passedOver });
    const seen = await readFile(file);
    if (seen?.hash !== expected) return await conflict([]);
    const source = await writeBeside(file, content, { exact: seen.mode });
    try {
      const replaced = await replaceFile({ path: file, target: file, source, bytes: content, expected, contended: false }, late);
      if (replaced.kind === 'conflict') return await conflict(replaced.held);
      return { kind: 'written', file: { ...seen, bytes: content, hash: hashOf(content) } };
    } finally {
      fs.rmSync(source, { force: true });
    }
  };
}

function tally({ writes, saved }: Encounter) {
  const t = { writes: writes.length, written: 0, ourTurn: 0, seer: 0, blind: 0, conflicts: 0, passedOver: 0, back: [] as string[], saved: saved.length };
  let newest = 0;
  const no = (c: string) => Number(/^theirs (\d+)\n/.exec(c)?.[1] ?? 0);
  writes.forEach(({ content, outcome }, i) => {
    if (outcome.kind === 'written') { t.written++;
      const next = writes[i+1]?.outcome;
      if (next?.kind === 'written') t.ourTurn++;
      else if (next) {
        const th = text(next.theirs!.bytes);
        if (th.split('\n')[1] === nameOf(content)) t.seer++; else t.blind++;
      }
    } else { t.conflicts++; t.passedOver += outcome.passedOver.length;
      const all = outcome.passedOver.map(text);
      const th = text(outcome.theirs!.bytes);
      for (const c of [th, ...all]) if (c.startsWith('ours')) t.back.push(`${i} ${nameOf(c)}`);
      const n = no(th);
      if (n !== 0 && n <= newest) t.back.push(`${i} theirs ${n} <= ${newest}`);
      newest = Math.max(newest, n, ...all.map(no));
    }
  });
  return t;
}

describe('exp', () => {
  for (const manner of ['careful', 'hasty'] as const) {
    test(`product ${manner}`, { timeout: 60_000 }, async () => {
      await using rig = await disk({ 'repo/app/x.md': 'start' });
      const t0 = Date.now();
      const found = await meet(rig.at('x.md'), manner, (f, c, expected) => rig.files.write(f, c, { expected }), { onDidFind: rig.files.onDidFindLateWrite }, () => rig.files.close());
      console.log('product', manner, Date.now() - t0, JSON.stringify(tally(found)), 'LOST', lost(found).join());
    });
    test(`control ${manner}`, { timeout: 60_000 }, async () => {
      await using rig = await disk({ 'repo/app/x.md': 'start' });
      const t0 = Date.now();
      const late = new LateWrites(logInto(rig.complaints));
      const found = await meet(rig.at('x.md'), manner, unguarded(late), late, () => late.dispose());
      console.log('control', manner, Date.now() - t0, JSON.stringify(tally(found)), 'LOST', lost(found).join());
    });
  }
});
