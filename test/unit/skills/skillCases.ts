/** A file below `.claude`, and what Claude Code 2.1.330 makes of it. `skills.test.ts` in test/adapter/claude asks the real one. */
export interface SkillCase {
  says: string;
  path: string;
  text: string;
  /** What would be typed after the slash. */
  command: string;
  /** Whether it can be typed. */
  typed: boolean;
  /** The first line of what Claude is told; null when it is told nothing. */
  description: string | null;
}

const file = (...lines: string[]) => ['---', ...lines, '---', 'First line.', ''].join('\n');
const plain = file('description: Tests');

function skill(says: string, folder: string, text: string, description: string | null, typed = true): SkillCase {
  return { says, path: `skills/${folder}/SKILL.md`, text, command: folder, typed, description };
}

function command(says: string, path: string, text: string, name: string, description: string | null = 'Tests'): SkillCase {
  return { says, path: `commands/${path}`, text, command: name, typed: description !== null, description };
}

export const skillCases: readonly SkillCase[] = [
  skill('a skill is called by its folder', 'plain', plain, 'Tests'),
  skill('whatever its name says', 'named', file('name: other', 'description: Tests'), 'Tests'),
  skill('a folder may have blanks and capitals', 'Upper Case', plain, 'Tests'),
  skill('a byte order mark does no harm', 'bom', `\uFEFF${plain}`, 'Tests'),
  skill('a description may be a number', 'number', file('description: 42'), '42'),
  skill('a description may be true', 'truth', file('description: true'), 'true'),
  skill('without a description the text tells', 'silent', file('name: silent'), 'First line.'),
  skill('a blank description is none', 'blank', file('description: "  "'), 'First line.'),
  skill('a list is no description', 'list', file('description: [a, b]'), 'First line.'),
  skill('the frontmatter may be missing', 'bare', 'First line.\n', 'First line.'),
  skill('broken YAML leaves the text', 'broken', file('description: Tests', '<example>', 'a: b', '</example>'), 'First line.'),
  skill('a colon is read on the second try', 'colon', file('description: Use when: x'), 'Use when: x'),
  skill('not with Windows line ends', 'windows', file('description: Use when: x').replaceAll('\n', '\r\n'), 'First line.'),
  skill('hyphens within a line end the frontmatter', 'dashes', file('name: a --- b', 'description: Tests'), 'b'),
  skill('when to use it is added', 'when', file('description: Tests', 'when_to_use: At night'), 'Tests - At night'),
  skill('a skill for people is not told', 'manual', file('description: Tests', 'disable-model-invocation: true'), null),
  skill('a skill for Claude is not typed', 'hidden', file('description: Tests', 'user-invocable: false'), 'Tests', false),
  skill(
    'a skill for neither is for nobody',
    'nobody',
    file('description: Tests', 'user-invocable: false', 'disable-model-invocation: true'),
    null,
    false,
  ),
  skill('a skill with paths waits for a file', 'waits', file('description: Tests', 'paths: src/**'), null, false),
  skill('hooks that are none do no harm', 'hooks', file('description: Tests', 'hooks: []'), 'Tests'),
  skill('the folder synced is reserved', 'synced', plain, null, false),
  { says: 'a flat file is none', path: 'skills/flat.md', text: plain, command: 'flat', typed: false, description: null },
  { says: 'the file name has capitals', path: 'skills/lower/skill.md', text: plain, command: 'lower', typed: false, description: null },
  { says: 'a deeper folder is none', path: 'skills/outer/inner/SKILL.md', text: plain, command: 'inner', typed: false, description: null },
  command('a command is called by its file', 'order.md', plain, 'order'),
  command('with the folders before it', 'git/push.md', plain, 'git:push'),
  command('all of them', 'git/remote/add.md', plain, 'git:remote:add'),
  command('a name in it does not count', 'called.md', file('name: other', 'description: Tests'), 'called'),
  command('a file name may have blanks and dots', 'v1.2 notes.md', plain, 'v1.2 notes'),
  command('a README is one', 'README.md', plain, 'README'),
  command('its frontmatter may be missing', 'bare-order.md', 'First line.\n', 'bare-order', 'First line.'),
  command('paths do not make it wait', 'at-once.md', file('description: Tests', 'paths: src/**'), 'at-once'),
  command('another ending is none', 'notes.txt', plain, 'notes', null),
  command('nor is the ending in capitals', 'LOUD.MD', plain, 'LOUD', null),
  command('a SKILL.md is called by its folder', 'kit/SKILL.md', plain, 'kit'),
];
