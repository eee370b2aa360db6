import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fieldOf, readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';
import type { Problem } from '../../../src/core/problem.ts';
import { assignSkill, unassignSkill } from '../../../src/core/skills/assignSkill.ts';
import { newSkill } from '../../../src/core/skills/newSkill.ts';
import { placeOf, readSkill } from '../../../src/core/skills/skill.ts';
import { findSkillProblems } from '../../../src/core/skills/skillProblems.ts';
import type { SkillContext } from '../../../src/core/skills/skillProblems.ts';
import { applyFix } from '../agents/agentFiles.ts';
import { skillCases } from './skillCases.ts';

const here = '/w/.claude/skills/release/SKILL.md';

function problemsOf(text: string, path = here, context: Partial<SkillContext> = {}): Problem[] {
  const document = readMarkdown(text);
  const place = placeOf(path);
  const skill = readSkill(document, 'command' in place ? place.command : '');
  return findSkillProblems({ path, document, skill }, { agentNames: null, skills: null, ...context });
}

const skillText = (...lines: string[]) =>
  ['---', 'name: release', 'description: Makes releases', ...lines, '---', '', '# Release', ''].join('\n');

interface Case {
  says: string;
  text: string;
  code: string;
  at?: string;
  severity?: Problem['severity'];
  path?: string;
  context?: Partial<SkillContext>;
  /** A line the first fix writes. */
  fixed?: string;
}

const command = '/w/.claude/commands/release.md';

const cases: readonly Case[] = [
  {
    says: 'a file laid flat into skills never loads',
    text: skillText(),
    code: 'flat-skill',
    path: '/w/.claude/skills/release.md',
    severity: 'error',
  },
  {
    says: 'the folder synced is reserved',
    text: skillText(),
    code: 'reserved-skill',
    path: '/w/.claude/skills/synced/SKILL.md',
    severity: 'error',
  },
  {
    says: 'frontmatter that is never closed is not read',
    text: '---\ndescription: x\n',
    code: 'frontmatter-unclosed',
    at: '---',
    severity: 'error',
  },
  {
    says: 'broken YAML leaves the text only',
    text: '---\nname: release\ndescription: Use it.\n<example>\nuser: "x"\n---\nx\n',
    code: 'yaml-broken',
    severity: 'error',
    fixed: 'name: release',
  },
  {
    says: 'a colon in a plain value loads on the second try',
    text: '---\nname: release\ndescription: Use it: often\n---\nx\n',
    code: 'yaml-lenient',
    severity: 'warning',
    fixed: 'Use it: often',
  },
  {
    says: 'with Windows line ends it does not',
    text: '---\r\nname: release\r\ndescription: Use it: often\r\n---\r\nx\r\n',
    code: 'yaml-broken',
    severity: 'error',
    fixed: 'Use it: often',
  },
  {
    says: 'a skill without a description is not found by Claude',
    text: '---\nname: release\n---\nx\n',
    code: 'no-description',
    severity: 'warning',
  },
  {
    says: 'a long description is cut',
    text: skillText(`when_to_use: ${'word '.repeat(400)}`),
    code: 'long-description',
    at: 'Makes releases',
  },
  {
    says: 'the folder names the command',
    text: skillText().replace('name: release', 'name: Release Helper'),
    code: 'name-differs',
    at: 'Release Helper',
    severity: 'information',
    fixed: 'name: release',
  },
  { says: 'a field that does not exist is ignored', text: skillText('mood: good'), code: 'unknown-field', at: 'mood' },
  {
    says: 'tools are called allowed-tools',
    text: skillText('tools: Read'),
    code: 'misnamed-field',
    at: 'tools',
    fixed: 'allowed-tools: Read',
  },
  {
    says: 'a field twice is not valid YAML',
    text: skillText('model: opus', 'model: sonnet'),
    code: 'duplicate-field',
    at: 'model',
    fixed: 'model: sonnet',
  },
  {
    says: 'a hint in brackets is a list',
    text: skillText('argument-hint: [version]'),
    code: 'argument-hint-type',
    at: '[version]',
    fixed: '"[version]"',
  },
  { says: 'context knows fork only', text: skillText('context: forked'), code: 'unknown-context', at: 'forked', fixed: 'context: fork' },
  { says: 'the shell is one of two', text: skillText('shell: zsh'), code: 'unknown-shell', at: 'zsh', fixed: 'shell: bash' },
  { says: 'an agent needs a fork', text: skillText('agent: Explore'), code: 'needs-fork', at: 'agent', fixed: 'context: fork' },
  {
    says: 'an agent must exist',
    text: skillText('context: fork', 'agent: explor'),
    code: 'unknown-agent',
    at: 'explor',
    context: { agentNames: new Set(['Explore']) },
    fixed: 'agent: Explore',
  },
  { says: 'a long file is a hint', text: `${skillText()}${'line\n'.repeat(500)}`, code: 'long-skill', severity: 'hint' },
  { says: 'compatibility has a limit', text: skillText(`compatibility: ${'x'.repeat(501)}`), code: 'long-compatibility' },
  {
    says: 'a command is not called by its name field',
    text: skillText(),
    code: 'ignored-in-command',
    at: 'name',
    path: command,
    severity: 'information',
  },
  {
    says: 'a skill comes before a command of its name',
    text: '---\ndescription: x\n---\nx\n',
    code: 'command-shadowed',
    path: command,
    context: { skills: new Set(['release']) },
  },
];

describe('problems of skills and commands', () => {
  for (const { says, text, code, at, severity, path, context, fixed } of cases) {
    test(says, () => {
      const problem = problemsOf(text, path, context).find((one) => one.code === code);
      assert.ok(
        problem,
        `${code} among ${problemsOf(text, path, context)
          .map((one) => one.code)
          .join(', ')}`,
      );
      if (at !== undefined) assert.equal(text.slice(problem.span.start, problem.span.end), at);
      if (severity !== undefined) assert.equal(problem.severity, severity);
      if (fixed === undefined) return;
      const after = applyFix(text, problem.fixes?.[0]);
      assert.ok(after.includes(fixed), after);
      assert.ok(!problemsOf(after, path, context).some((one) => one.code === code), after);
    });
  }

  test('a well-written skill and command have none, and booleans may be words', () => {
    assert.deepEqual(
      problemsOf(skillText('user-invocable: no', 'allowed-tools: Read Bash(git *)', 'license: MIT', 'metadata:', '  version: 1')),
      [],
    );
    assert.deepEqual(problemsOf('Do it with $ARGUMENTS.\n', command), []);
  });

  test('a skill that only people start needs no description', () => {
    assert.deepEqual(problemsOf('---\nname: release\ndisable-model-invocation: true\n---\nx\n'), []);
  });

  test('the flat file can be made into a folder with its text', () => {
    const fix = problemsOf(skillText(), '/w/.claude/skills/release.md')[0]?.fixes?.[0];
    assert.ok(fix !== undefined && 'create' in fix);
    assert.deepEqual(fix.create, { path: '/w/.claude/skills/release/SKILL.md', content: skillText() });
  });
});

describe('a skill as it is read', () => {
  test('its place tells what it is', () => {
    assert.deepEqual(placeOf(here), { kind: 'skill', command: 'release' });
    assert.deepEqual(placeOf('C:\\w\\.claude\\skills\\a\\SKILL.md'), { kind: 'skill', command: 'a' });
    assert.deepEqual(placeOf('/w/.claude/skills/a/notes.md'), { kind: 'attachment' });
    assert.deepEqual(placeOf('/w/.claude/skills/a/b/SKILL.md'), { kind: 'attachment' });
    assert.deepEqual(placeOf('/w/.claude/commands/git/push.md'), { kind: 'command', command: 'git:push' });
    assert.deepEqual(placeOf('/w/src/x.md'), { kind: 'elsewhere' });
  });

  test('booleans, lists and the fork come out as Claude Code would use them', () => {
    const text = skillText(
      'disable-model-invocation: yes',
      'user-invocable: "off"',
      'allowed-tools: Read, Bash(git add *) Grep',
      'paths: "src/**/*.{ts,tsx}, test/**"',
      'context: fork',
      'agent: Plan',
    );
    const skill = readSkill(readMarkdown(text), 'release');
    assert.deepEqual([skill.manualOnly, skill.userInvocable, skill.forked, skill.agent], [true, false, true, 'Plan']);
    assert.deepEqual(skill.allowedTools, ['Read', 'Bash(git add *)', 'Grep']);
    assert.deepEqual(skill.paths, ['src/**/*.{ts,tsx}', 'test/**']);
  });

  test('of broken YAML nothing is read', () => {
    const skill = readSkill(readMarkdown('---\ndescription: a\n<x>\nuser: "b"\n---\n'), 'release');
    assert.deepEqual([skill.name, skill.description], ['release', null]);
  });
});

describe('skills of an agent', () => {
  const agent = (line: string) => `---\nname: a\ndescription: b\n${line}color: red\n---\nx\n`;
  const assign = (text: string, skill: string) => applyEdits(text, assignSkill(readMarkdown(text), skill));
  const unassign = (text: string, skill: string) => applyEdits(text, unassignSkill(readMarkdown(text), skill));

  test('keep the form they are written in', () => {
    assert.equal(assign(agent('skills: x, y\n'), 'z'), agent('skills: x, y, z\n'));
    assert.equal(assign(agent('skills: [x]\n'), 'z'), agent('skills: [x, z]\n'));
    assert.equal(assign(agent('skills:\n  - x # first\n'), 'z'), agent('skills:\n  - x # first\n  - z\n'));
    assert.equal(unassign(agent('skills: x, y\n'), 'x'), agent('skills: y\n'));
    assert.equal(unassign(agent('skills:\n  - x\n  - y\n'), 'x'), agent('skills:\n  - y\n'));
  });

  test('begin as a list and end with the field', () => {
    const text = assign(agent(''), 'x');
    assert.deepEqual(fieldOf(readMarkdown(text), 'skills')?.value, ['x']);
    assert.equal(unassign(text, 'x'), agent(''));
    assert.equal(unassign(agent('skills: x\n'), 'x'), agent(''));
  });

  test('are assigned once, and taken away only where they are', () => {
    assert.equal(assign(agent('skills: x\n'), 'x'), agent('skills: x\n'));
    assert.equal(unassign(agent('skills: x\n'), 'y'), agent('skills: x\n'));
    assert.equal(unassign(agent(''), 'y'), agent(''));
  });
});

describe('a new skill', () => {
  test('has no problem, with and without a description', () => {
    assert.deepEqual(problemsOf(newSkill('release', null)), []);
    const text = newSkill('release', 'Makes releases: all of them');
    assert.deepEqual(problemsOf(text), []);
    assert.equal(readSkill(readMarkdown(text), 'release').description, 'Makes releases: all of them');
  });
});

describe('what Claude Code makes of skills and commands', () => {
  for (const { says, path, text, command: name, typed, description } of skillCases) {
    test(says, () => {
      const place = placeOf(`/w/.claude/${path}`);
      const isThere = (place.kind === 'skill' && place.command !== 'synced') || place.kind === 'command';
      const skill = readSkill(readMarkdown(text), name);
      const waits = place.kind === 'skill' && skill.paths.length > 0;
      if (isThere) assert.equal(place.command, name);
      assert.equal(isThere && skill.userInvocable && !waits, typed);
      const isTold = isThere && !skill.manualOnly && !waits;
      assert.equal(isTold, description !== null);
      if (isTold && skill.description !== null) assert.equal([skill.description, skill.whenToUse ?? []].flat().join(' - '), description);
    });
  }
});
