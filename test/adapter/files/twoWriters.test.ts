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
import { nameBeside } from '../../../src/files/temporary.ts';
import type { Disk } from './rig.ts';
import { bytes, disk, logInto, text } from './rig.ts';

const edits = 1000;
/** Milliseconds after which a meeting ends on a slow or busy machine. */
const patience = 12_000;

type Write = (file: string, content: Uint8Array, expected: string) => Promise<WriteOutcome>;

/** A writer of files, and how it ends: what it has found late is told before. */
interface Ours {
  write: Write;
  onDidFindLateWrite: LateWrites['onDidFind'];
  end(): Promise<void>;
}

/** What two writers of one file did, as each of them told it. */
interface Meeting {
  /** Contents of the other program but those that it has replaced itself. */
  saved: string[];
  /** Contents of the other program that we were shown, in whatever way. */
  seen: Set<string>;
  /** Our writes, in their order. */
  writes: { content: string; outcome: WriteOutcome }[];
  final: string;
}

/** Edits a file again and again, always what it was when last looked at, while another program does so, too. */
async function meet(file: string, manner: 'careful' | 'hasty', ours: Ours): Promise<Meeting> {
  const meeting: Meeting = { saved: [], seen: new Set(), writes: [], final: '' };
  const see = (content: Uint8Array) => meeting.seen.add(text(content));
  ours.onDidFindLateWrite((late) => see(late.bytes));

  const other = fork(path.resolve('test/adapter/files/outsideWriter.mjs'), [file, manner], { execArgv: [] });
  const exited = once(other, 'exit');
  await once(other, 'message');
  other.on('message', (message: { saved: string[] }) => (meeting.saved = message.saved));
  try {
    const begun = performance.now();
    let current = await readFile(file);
    for (let i = 0; i < edits && performance.now() - begun < patience; i++) {
      assert.ok(current, 'a file that nobody removes is always there');
      see(current.bytes);
      const content = `ours ${i}\n${'y'.repeat(i % 3000)}`;
      const outcome = await ours.write(file, bytes(content), current.hash);
      meeting.writes.push({ content, outcome });
      if (outcome.kind === 'conflict') for (const one of outcome.passedOver) see(one);
      current = outcome.kind === 'written' ? outcome.file : outcome.theirs;
    }
    if (current !== undefined) see(current.bytes);
  } finally {
    if (other.connected) other.send('stop');
    await exited;
  }
  meeting.final = fs.readFileSync(file, 'utf8');
  meeting.seen.add(meeting.final);
  await ours.end();
  return meeting;
}

const ofProduct = ({ files }: Disk): Ours => ({
  write: (file, content, expected) => files.write(file, content, { expected }),
  onDidFindLateWrite: files.onDidFindLateWrite,
  end: () => files.close(),
});

/** What the product does to replace a file, but never with the guarded exchange first; nor durably, so that the weak spot comes often. */
function withoutGuard(complaints: string[]): Ours {
  const late = new LateWrites(logInto(complaints));
  return {
    onDidFindLateWrite: late.onDidFind,
    end: () => late.dispose(),
    async write(file, content, expected) {
      const conflict = async (passedOver: Uint8Array[]): Promise<WriteOutcome> => ({
        kind: 'conflict',
        theirs: await readFile(file),
        ours: content,
        passedOver,
      });
      const seen = await readFile(file);
      if (seen?.hash !== expected) return await conflict([]);
      const source = nameBeside(file, 'tmp');
      fs.writeFileSync(source, content);
      try {
        const replaced = await replaceFile({ path: file, target: file, source, bytes: content, expected, contended: false }, late);
        if (replaced.kind === 'conflict') return await conflict(replaced.held);
        return { kind: 'written', file: { ...seen, bytes: content, hash: hashOf(content) } };
      } finally {
        fs.rmSync(source, { force: true });
      }
    },
  };
}

const idOf = (content: string) => content.split('\n', 1)[0] ?? '';
const lost = ({ saved, seen }: Meeting) => saved.filter((content) => !seen.has(content)).map(idOf);
/** Counts up; 0 for what another program has written only in part so far, and for ours. */
const numberOfTheirs = (content: string) => Number(/^theirs (\d+)\n/.exec(content)?.[1] ?? 0);

/**
 * What our writer reported as written is the file afterwards, or was replaced by our next write, which had seen it, or our next write is
 * told of what has replaced it; and nothing that was replaced comes back. Answers how often each was so.
 */
function checkOurs({ writes, final }: Meeting) {
  const counts = { current: 0, replacedByUs: 0, replacedBySeer: 0, replacedUnseen: 0, conflicts: 0 };
  let newest = 0;
  let standing: string | undefined;
  for (const { content, outcome } of writes) {
    if (outcome.kind === 'written') {
      assert.equal(text(outcome.file.bytes), content);
      if (standing !== undefined) counts.replacedByUs++;
      standing = content;
      continue;
    }
    counts.conflicts++;
    assert.equal(text(outcome.ours), content, 'what was not written is given back');
    assert.ok(outcome.theirs);
    const theirs = text(outcome.theirs.bytes);
    const all = [theirs, ...outcome.passedOver.map(text)];
    for (const one of all) assert.doesNotMatch(one, /^ours /, 'what is told as theirs is theirs');
    const number = numberOfTheirs(theirs);
    assert.ok(number === 0 || number >= newest, `${idOf(theirs)} came back after theirs ${newest}`);
    newest = Math.max(newest, ...all.map(numberOfTheirs));
    // The other program says what it had read of ours.
    if (standing !== undefined) {
      if (all.some((one) => one.split('\n')[1] === idOf(standing ?? ''))) counts.replacedBySeer++;
      else counts.replacedUnseen++;
    }
    standing = undefined;
  }
  if (final === standing) counts.current++;
  else assert.ok(numberOfTheirs(final) >= newest, `${idOf(final)} came back after theirs ${newest}`);
  return counts;
}

describe('edits by us and, at the same time, by another program', () => {
  test('that saves as editors do lose nothing that either has saved', { timeout: 60_000 }, async () => {
    await using rig = await disk({ 'repo/app/x.md': 'start' });
    const meeting = await meet(rig.at('x.md'), 'careful', ofProduct(rig));
    assert.deepEqual(lost(meeting), []);
    const counts = checkOurs(meeting);
    assert.ok(counts.replacedByUs > 0 && counts.replacedBySeer > 50 && counts.conflicts > 50, JSON.stringify(counts));
  });

  test('that never waits lose nothing that either has saved', { timeout: 60_000 }, async () => {
    await using rig = await disk({ 'repo/app/x.md': 'start' });
    const meeting = await meet(rig.at('x.md'), 'hasty', ofProduct(rig));
    assert.deepEqual(lost(meeting), []);
    const counts = checkOurs(meeting);
    assert.ok(meeting.saved.length > 20 && counts.conflicts > 50 && counts.replacedBySeer > 0, JSON.stringify(counts));
  });

  test('that never waits do lose without the guard: the test before can fail', { timeout: 60_000 }, async () => {
    let losses = 0;
    for (let round = 0; round < 5 && losses === 0; round++) {
      await using rig = await disk({ 'repo/app/x.md': 'start' });
      losses = lost(await meet(rig.at('x.md'), 'hasty', withoutGuard(rig.complaints))).length;
    }
    assert.ok(losses > 0);
  });
});
