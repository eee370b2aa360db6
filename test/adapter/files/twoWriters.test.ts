import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { test } from 'node:test';
import { bytes, disk, text } from './rig.ts';

const edits = 1000;

test('a thousand edits by us and by another program lose nothing that either has saved', { timeout: 60_000 }, async () => {
  await using rig = await disk({ 'repo/app/x.md': 'start' });
  const file = rig.at('x.md');
  /** Contents of the other program that we were shown, in whatever way. */
  const seen = new Set<string>();
  const see = (content: Uint8Array | undefined) => content !== undefined && seen.add(text(content));
  rig.files.onDidFindLateWrite((late) => see(late.bytes));

  const saved: string[] = [];
  const other = fork(path.resolve('test/adapter/files/outsideWriter.mjs'), [file], { execArgv: [] });
  other.on('message', (message: { saved?: string }) => message.saved !== undefined && saved.push(message.saved));

  let current = await rig.files.read(file);
  let ours = 0;
  let conflicts = 0;
  let passedOver = 0;
  for (let i = 0; i < edits || saved.length < 200; i++) {
    see(current?.bytes);
    const content = bytes(`ours ${i}\n${'y'.repeat(i % 3000)}`);
    const outcome = await rig.files.write(file, content, { expected: current?.hash ?? null });
    if (outcome.kind === 'written') {
      ours++;
      current = outcome.file;
    } else {
      conflicts++;
      passedOver += outcome.passedOver.length;
      for (const one of outcome.passedOver) see(one);
      assert.equal(text(outcome.ours), text(content), 'what was not written is given back');
      current = outcome.theirs;
    }
  }
  see(current?.bytes);
  const exited = once(other, 'exit');
  other.send('stop');
  await exited;
  see((await rig.files.read(file))?.bytes);
  // What was written into a replaced file is looked for at the end, too.
  await rig.files.close();

  const lost = saved.filter((content) => !seen.has(content));
  assert.deepEqual(
    lost.map((content) => content.split('\n')[0]),
    [],
  );
  assert.ok(ours > 50 && conflicts > 50 && saved.length >= 200, JSON.stringify({ ours, conflicts, saved: saved.length, passedOver }));
});
