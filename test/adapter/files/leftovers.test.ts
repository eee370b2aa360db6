import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { build } from 'esbuild';
import { nameBeside } from '../../../src/files/temporary.ts';
import { disk } from './rig.ts';
import type { Disk } from './rig.ts';

/** Of every kind, wherever a scan looks for one. */
const everywhere = [
  'CLAUDE.md',
  'repo/AGENTS.md',
  'repo/CLAUDE.md',
  'repo/.claude/settings.json',
  'repo/app/CLAUDE.md',
  'repo/app/CLAUDE.local.md',
  'repo/app/AGENTS.md',
  'repo/app/.claude/CLAUDE.md',
  'repo/app/.claude/settings.json',
  'repo/app/.claude/settings.local.json',
  'repo/app/.claude/agents/team/x.md',
  'repo/app/.claude/commands/x.md',
  'repo/app/.claude/skills/deploy/SKILL.md',
  'repo/app/web/CLAUDE.md',
  'repo/app/web/.claude/skills/local/SKILL.md',
  'home/.claude/CLAUDE.md',
  'home/.claude/settings.json',
  'home/.claude/skills/mine/SKILL.md',
  'managed/CLAUDE.md',
  'managed/managed-settings.json',
];
const contents = (files: readonly string[]) => Object.fromEntries(files.map((file) => [file, '0\n']));

/** Leaves a file as a process does that is killed in the middle of the guarded exchange. */
function leave(file: string): string {
  const aside = nameBeside(file, 'aside');
  fs.writeFileSync(nameBeside(file, 'tmp'), 'new');
  fs.renameSync(file, aside);
  return aside;
}

/** File systems tell times apart by some milliseconds only. */
function untilLater(than: string): void {
  const { ctimeMs } = fs.statSync(than);
  const probe = `${than}.probe`;
  do fs.writeFileSync(probe, '');
  while (fs.statSync(probe).ctimeMs <= ctimeMs);
  fs.rmSync(probe);
}

async function found(rig: Disk, under?: readonly string[]): Promise<string[]> {
  const { entries } = await rig.files.scan(rig.places, under === undefined ? {} : { under });
  return entries.map((entry) => path.relative(rig.workspace.folder, entry.path)).sort();
}

/** When an entry was changed cannot be set: the time passes instead. */
function aMinuteLater(t: TestContext): void {
  const now = Date.now;
  t.mock.method(Date, 'now', () => now() + 60_000);
}

describe('a file that a killed process has left under another name', () => {
  test('gets its name back at the next look, wherever a file is looked for', async (t) => {
    await using rig = await disk(contents(everywhere));
    const left = everywhere.map((file) => leave(rig.workspace.file(file)));
    aMinuteLater(t);
    assert.deepEqual(await found(rig), [...everywhere].sort());
    for (const file of everywhere) assert.equal(rig.read(rig.workspace.file(file)), '0\n');
    for (const aside of left) assert.ok(!fs.existsSync(aside));
  });

  test('gets it back also when only that file is looked for', async (t) => {
    await using rig = await disk(contents(everywhere));
    for (const file of everywhere) leave(rig.workspace.file(file));
    aMinuteLater(t);
    for (const file of everywhere) assert.deepEqual(await found(rig, [rig.workspace.file(file)]), [file]);
  });

  test('stays where it is when there is another by now, and of several the newest gets its name back', async (t) => {
    await using rig = await disk({ 'repo/app/CLAUDE.md': 'one', 'repo/app/AGENTS.md': 'old' });
    const old = leave(rig.at('AGENTS.md'));
    fs.writeFileSync(rig.at('AGENTS.md'), 'new');
    // Names are random: the newest is as often the first as the last of them.
    for (let i = 0; i < 8; i++) {
      untilLater(leave(rig.at('CLAUDE.md')));
      fs.writeFileSync(rig.at('CLAUDE.md'), `${i}`);
    }
    leave(rig.at('CLAUDE.md'));
    aMinuteLater(t);
    assert.deepEqual(await found(rig), ['repo/app/AGENTS.md', 'repo/app/CLAUDE.md']);
    assert.deepEqual([rig.read(rig.at('AGENTS.md')), fs.readFileSync(old, 'utf8'), rig.read(rig.at('CLAUDE.md'))], ['new', 'old', '7']);
  });

  test('waits while a writer may be at work, and gets its name back then without another look', async (t) => {
    await using rig = await disk({ 'repo/app/CLAUDE.md': 'x' });
    leave(rig.at('CLAUDE.md'));
    t.mock.timers.enable({ apis: ['setTimeout'] });
    assert.deepEqual(await found(rig), []);
    t.mock.timers.tick(1000);
    assert.ok(!fs.existsSync(rig.at('CLAUDE.md')));
    t.mock.timers.tick(9001);
    assert.equal(rig.read(rig.at('CLAUDE.md')), 'x');
  });

  test('is there again, whole and never an older one, after each of fifty kills', { timeout: 180_000 }, async (t) => {
    await using rig = await disk(contents(everywhere));
    const program = rig.workspace.file('killedWriter.cjs');
    await build({
      entryPoints: ['test/adapter/files/killedWriter.ts'],
      outfile: program,
      bundle: true,
      platform: 'node',
      logLevel: 'error',
    });
    const files = everywhere.map((file) => rig.workspace.file(file));
    const before = new Map(files.map((file) => [file, 0]));
    aMinuteLater(t);
    let gone = 0;
    for (let kill = 1; kill <= 50; kill++) {
      // Every other at whatever moment, every other in the middle of an exchange.
      const moment = kill % 2 === 0 ? 0 : files.length + Math.ceil(Math.random() * 100);
      const writer = fork(program, [String(kill * 1_000_000), String(moment), ...files], { execArgv: [] });
      const exited = once(writer, 'exit');
      await once(writer, 'message');
      if (moment === 0) {
        const until = performance.now() + Math.random() * 5;
        while (performance.now() < until);
        writer.kill('SIGKILL');
      }
      assert.deepEqual(await exited, [null, 'SIGKILL']);
      gone += files.filter((file) => !fs.existsSync(file)).length;
      assert.deepEqual(await found(rig), [...everywhere].sort());
      for (const file of files) {
        const content = rig.read(file);
        assert.match(content, /^\d+\n$/);
        assert.ok(Number(content) >= before.get(file)!, `${file}: ${content} after ${before.get(file)}`);
        before.set(file, Number(content));
      }
    }
    assert.ok(gone >= 25, `${gone} files were gone`);
  });
});
