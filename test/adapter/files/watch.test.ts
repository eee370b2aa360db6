import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { eventually } from '../../rig/eventually.ts';
import { disk } from './rig.ts';
import type { Disk } from './rig.ts';

async function watched(rig: Disk, path: string, recursive: boolean) {
  const bursts: (readonly string[])[] = [];
  const watch = rig.files.watch([{ path, recursive }], (paths) => bursts.push(paths));
  await watch.ready;
  const saw = (file: string) => eventually(`news of ${file}`, () => bursts.some((paths) => paths.includes(file)), 10_000);
  return { bursts, watch, saw };
}

describe('watching a folder', () => {
  test('tells of files that come, change and go, also in folders that come later', async () => {
    await using rig = await disk({ 'home/.claude/agents/x.md': 'x' });
    const { saw } = await watched(rig, rig.home('.claude/agents'), true);
    rig.put(rig.home('.claude/agents/x.md'), 'changed');
    await saw(rig.home('.claude/agents/x.md'));
    rig.put(rig.home('.claude/agents/team/deep/y.md'), 'y');
    await saw(rig.home('.claude/agents/team'));
    // The folder is watched by the time it is told.
    rig.put(rig.home('.claude/agents/team/deep/z.md'), 'z');
    await saw(rig.home('.claude/agents/team/deep/z.md'));
    fs.rmSync(rig.home('.claude/agents/x.md'));
    await saw(rig.home('.claude/agents/x.md'));
  });

  test('tells of 500 files that change at once in few bursts', async () => {
    await using rig = await disk({ 'home/.claude/agents/x.md': 'x' });
    const { bursts } = await watched(rig, rig.home('.claude/agents'), true);
    const files = Array.from({ length: 500 }, (_, i) => rig.home(`.claude/agents/a${i}.md`));
    for (const file of files) fs.writeFileSync(file, 'x');
    await eventually('news of all', () => files.every((file) => bursts.some((paths) => paths.includes(file))));
    assert.ok(bursts.length <= 5, `${bursts.length} bursts`);
  });

  test('that is not there yet begins when it comes, and again when it was replaced', async () => {
    await using rig = await disk();
    const { saw, bursts } = await watched(rig, rig.home('.claude/agents'), true);
    for (const round of ['first', 'second']) {
      rig.put(rig.home('.claude/agents/x.md'), 'x');
      await saw(rig.home('.claude/agents'));
      rig.put(rig.home(`.claude/agents/${round}.md`), 'x');
      await saw(rig.home(`.claude/agents/${round}.md`));
      bursts.length = 0;
      fs.rmSync(rig.home('.claude'), { recursive: true });
      await saw(rig.home('.claude/agents'));
      bursts.length = 0;
    }
  });

  test('alone tells nothing of what is in folders below', async () => {
    await using rig = await disk({ 'home/.claude/projects/p/a.txt': '' });
    const { saw, bursts } = await watched(rig, rig.home('.claude'), false);
    rig.put(rig.home('.claude/projects/p/b.txt'), 'x');
    rig.put(rig.home('.claude/CLAUDE.md'), 'x');
    await saw(rig.home('.claude/CLAUDE.md'));
    assert.deepEqual(
      bursts.flat().filter((path) => path.includes('/projects/')),
      [],
    );
  });

  test('is shared by all who ask, and ends with the last of them', async () => {
    await using rig = await disk({ 'home/.claude/agents/x.md': 'x' });
    const first = await watched(rig, rig.home('.claude/agents'), true);
    const second = await watched(rig, rig.home('.claude/agents'), true);
    const handles = () => process.getActiveResourcesInfo().filter((kind) => kind === 'FSEvent').length;
    const open = process.getActiveResourcesInfo();
    first.watch.dispose();
    rig.put(rig.home('.claude/agents/x.md'), 'y');
    await second.saw(rig.home('.claude/agents/x.md'));
    assert.deepEqual(first.bursts, []);
    second.watch.dispose();
    assert.equal(handles(), 0, open.join());
    assert.deepEqual(rig.complaints, []);
  });
});
