import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import { placeOf, readSkill } from '../../../src/core/skills/skill.ts';
import { runClaude, skipWithoutClaude } from '../../rig/claudeCli.ts';
import { tempWorkspace } from '../../rig/tempWorkspace.ts';
import { skillCases } from '../../unit/skills/skillCases.ts';
import { toldOf } from './listing.ts';

const skill = (description: string) => `---\ndescription: ${description}\n---\nDo it.\n`;

describe('which skills and commands the real Claude CLI has', { skip: skipWithoutClaude }, () => {
  test('is as the table says: the slash command, and what Claude is told', async () => {
    await using project = await tempWorkspace(Object.fromEntries(skillCases.map(({ path, text }) => [`.claude/${path}`, text])));
    const run = await runClaude({ folder: project.folder });
    const told = toldOf(run, 'skills');
    const wrong: string[] = [];
    for (const { says, command, typed, description } of skillCases) {
      if (run.init.slash_commands.includes(command) !== typed) wrong.push(`${says}: /${command} is ${typed ? 'missing' : 'there'}`);
      const entry = [...told].find(([name]) => name === command || name.startsWith(`${command} (`));
      if ((entry?.[1].split('\n')[0] ?? null) !== description) wrong.push(`${says}: Claude is told ${entry?.[1]}`);
    }
    assert.deepEqual(wrong, []);
  });

  test('is the skill before the command, and the one of the user before that of the project', async () => {
    await using home = await tempWorkspace({ '.claude/skills/both/SKILL.md': skill('user'), '.claude/commands/ours.md': skill('user') });
    await using project = await tempWorkspace({
      '.claude/skills/both/SKILL.md': skill('project'),
      '.claude/skills/twice/SKILL.md': skill('skill'),
      '.claude/commands/twice.md': skill('command'),
      '.claude/commands/folder/twice.md': skill('folder'),
      '.claude/commands/ours.md': skill('project'),
    });
    const told = toldOf(await runClaude({ folder: project.folder, home: home.folder }), 'skills');
    assert.deepEqual(
      ['both', 'twice', 'folder:twice', 'ours'].map((name) => told.get(name)),
      ['user', 'skill', 'folder', 'user'],
    );
    assert.deepEqual(placeOf('/w/.claude/commands/folder/twice.md'), { kind: 'command', command: 'folder:twice' });
  });

  test('flags are true by a few words only', async () => {
    const words = ['true', 'yes', 'on', '1', '"TRUE "', 'false', 'no', 'y', '2', 'maybe', '""', '', '[true]'];
    const text = (flag: string, word: string) => `---\ndescription: x\n${flag}: ${word}\n---\nDo it.\n`;
    const files = words.flatMap((word, index) => [
      [`.claude/skills/manual-${index}/SKILL.md`, text('disable-model-invocation', word)],
      [`.claude/skills/typed-${index}/SKILL.md`, text('user-invocable', word)],
    ]);
    await using project = await tempWorkspace(Object.fromEntries(files));
    const run = await runClaude({ folder: project.folder });
    const told = toldOf(run, 'skills');
    for (const [index, word] of words.entries()) {
      const manual = readSkill(readMarkdown(text('disable-model-invocation', word)), 'x').manualOnly;
      assert.equal(manual, !told.has(`manual-${index}`), `disable-model-invocation: ${word}`);
      const typed = readSkill(readMarkdown(text('user-invocable', word)), 'x').userInvocable;
      assert.equal(typed, run.init.slash_commands.includes(`typed-${index}`), `user-invocable: ${word}`);
    }
  });
});
