import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';
import { findInstructionProblems } from '../../../src/core/instructions/instructionProblems.ts';
import { ignoreProblems } from '../../../src/core/instructions/gitIgnored.ts';
import type { FileView } from '../../../src/core/instructions/sourceFiles.ts';
import type { Fix, Problem } from '../../../src/core/problem.ts';
import { contextOf } from './snapshot.ts';

type Files = Readonly<Record<string, string | Partial<FileView>>>;
const path = '/work/app/CLAUDE.md';

function find(text: string | Partial<FileView>, others: Files = {}, at = path): Problem[] {
  const contents = { [at]: text, ...others };
  const packageFiles = Object.keys(contents).filter((one) => one.endsWith('/package.json'));
  const kind = at.includes('/rules/') ? 'rule' : 'instructions';
  return findInstructionProblems(at, { ...contextOf(contents), kind, gitRoot: '/work/app', packageFiles });
}

const codes = (text: string, others: Files = {}, at = path) => find(text, others, at).map(({ code }) => code);
const scripts = (...names: string[]) => JSON.stringify({ scripts: Object.fromEntries(names.map((name) => [name, 'x'])) });

/** What the text becomes by each fix, or what is made elsewhere. */
function fixed(text: string, others: Files = {}, at = path): string[] {
  const result = (fix: Fix) =>
    'edits' in fix
      ? applyEdits(text, fix.edits)
      : 'create' in fix
        ? `create ${fix.create.path}`
        : `${fix.appendLine.path} += ${fix.appendLine.line}`;
  return find(text, others, at).flatMap((problem) => (problem.fixes ?? []).map(result));
}

describe('an import', () => {
  test('that is there is no problem', () => assert.deepEqual(codes('@docs/a.md', { '/work/app/docs/a.md': '' }), []));

  test('that is missing offers the nearest file, to make it, and backticks', () => {
    assert.deepEqual(fixed('See @docs/gide.md.', { '/work/app/docs/guide.md': '' }), [
      'See @docs/guide.md .',
      'create /work/app/docs/gide.md',
      'See `@docs/gide.md`.',
    ]);
    assert.deepEqual(codes('See @docs/gide.md.'), ['import-missing']);
  });

  test('that is likely something else is offered backticks, unless there is such a file', () => {
    assert.deepEqual(fixed('Use @tm/core here'), ['Use `@tm/core` here']);
    assert.deepEqual(codes('Use @tm/core, ask @ann'), ['import-mistaken', 'import-mistaken']);
    assert.deepEqual(codes('Use @tm/core', { '/work/app/tm/core': 'x' }), []);
  });

  test('in a circle names the circle and offers to remove it with its line', () => {
    const text = '- x\n- @a.md\n- y\n';
    assert.deepEqual(fixed(text, { '/work/app/a.md': '@b.md', '/work/app/b.md': '@CLAUDE.md' }), ['- x\n- y\n']);
    assert.match(find('@a.md', { '/work/app/a.md': '@CLAUDE.md' })[0]?.message ?? '', /: CLAUDE\.md → a\.md → CLAUDE\.md\./);
    assert.match(find('@CLAUDE.md')[0]?.message ?? '', /: CLAUDE\.md → CLAUDE\.md\./);
    assert.deepEqual(codes('@a.md', { '/work/app/a.md': '@b.md', '/work/app/b.md': '@a.md' }), []);
  });

  test('that comes twice can be removed', () => {
    assert.deepEqual(fixed('@a.md and @a.md', { '/work/app/a.md': '' }), ['@a.md and ']);
    assert.deepEqual(fixed('@a.md\r\n@a.md\r\nx', { '/work/app/a.md': '' }), ['@a.md\r\nx']);
  });

  test('that leads too deep is told at the import that leads there', () => {
    const chain = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`/work/app/${n}.md`, `@${n + 1}.md`]));
    const [problem, ...more] = find('x\n@1.md', { ...chain, '/work/app/6.md': '' });
    assert.deepEqual([problem?.code, problem?.severity, problem?.span], ['import-too-deep', 'warning', { start: 2, end: 7 }]);
    assert.match(problem?.message ?? '', /leads to 5\.md over 5 hops.* 4/);
    assert.equal(more.length, 0);
  });

  test('is not found with the punctuation that Claude Code takes for a part of the path', () => {
    const others = { '/work/app/docs/a.md': '', '/work/app/LICENSE': '' };
    const text = 'See @docs/a.md, @LICENSE: and @docs/a.md';
    assert.deepEqual(codes(text, others), ['import-punctuation', 'import-punctuation']);
    assert.deepEqual(fixed(text, others), ['See @docs/a.md , @LICENSE: and @docs/a.md', 'See @docs/a.md, @LICENSE : and @docs/a.md']);
  });

  test('is none behind a bracket or a quote, which is told when there is such a file', () => {
    const others = { '/work/app/docs/a.md': '' };
    const text = 'See (@docs/a.md), "@docs/b.md", <ann@docs/a.md>, `(@docs/a.md)`';
    assert.deepEqual(codes(text, others), ['import-not-read']);
    assert.deepEqual(fixed(text, others)[0]?.slice(0, 24), 'See ( @docs/a.md ), "@do');
    assert.deepEqual(codes('See ( @docs/a.md ), x', others), []);
  });

  test('in a span of code is told when a list makes it one, and is nothing to complain of when no such file is there', () => {
    const text = '- Run `cat @docs/a.md now`, `npm i @tm/core now`\n';
    assert.deepEqual(codes(text, { '/work/app/docs/a.md': '' }), ['import-in-code']);
    assert.deepEqual(codes(text), []);
  });

  test('of what the settings leave out, or of a file outside that is not allowed, says so', () => {
    const context = contextOf({ [path]: '@a.md @../b.md', '/work/app/a.md': '', '/work/b.md': '' });
    const problems = findInstructionProblems(path, {
      ...context,
      excludes: ['**/a.md'],
      outsideApproved: false,
      kind: 'instructions',
      gitRoot: null,
      packageFiles: [],
    });
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['import-excluded', 'import-unapproved'],
    );
  });

  test('of a folder, of what is no text by its name, or of a huge file says so', () => {
    const others = { '/work/app/docs/a.md': '', '/work/app/p.mdx': 'x', '/work/app/big.md': { bytes: 5_000_000 } };
    assert.deepEqual(codes('@docs/ @p.mdx @big.md', others), ['import-folder', 'import-binary', 'import-too-large']);
  });
});

describe('size', () => {
  test('over 200 lines is told at line 201', () => {
    assert.deepEqual(codes('x\n'.repeat(200)), []);
    const [problem] = find(`${'x\n'.repeat(200)}here\n`);
    assert.deepEqual([problem?.code, problem?.span], ['instructions-too-long', { start: 400, end: 404 }]);
  });

  test('over 4 MiB is fatal', () => {
    const [problem] = find({ text: '@none.md', bytes: 5_000_000 });
    assert.deepEqual([problem?.code, problem?.fatal], ['instructions-too-large', true]);
  });
});

describe('links', () => {
  test('to files that are there, to addresses and to placeholders are fine', () => {
    const others = { '/work/app/docs/my guide.md': '', '/work/x.md': '' };
    const text =
      '[a](docs/my%20guide.md#x) [b](docs) [c](../x.md) [d](https://x.org/y) [e](mailto:a@b.c) [f](/abs) [g](<name>.md) [h](url) `[i](no.md)` [j](#top)';
    assert.deepEqual(codes(text, others), []);
  });

  test('to a file that is not there offer the nearest', () => {
    const others = { '/work/app/docs/guide.md': '' };
    assert.deepEqual(fixed('x [a](docs/giude.md#b "t") y', others), ['x [a](docs/guide.md#b "t") y']);
    assert.deepEqual(fixed('![a](docs/giude.md) and [r]\n\n[r]: docs/guides.md', others), [
      '![a](docs/guide.md) and [r]\n\n[r]: docs/guides.md',
      '![a](docs/giude.md) and [r]\n\n[r]: docs/guide.md',
    ]);
    assert.deepEqual(codes('[a](no/way.md)'), ['dead-link']);
  });

  test('to headings are checked as GitHub names them', () => {
    const headings = '# Set-up & `run`\n## Twice\n## Twice\n## 🚀 Start\n## __init__ **bold**\n<a id="own"></a>\n';
    assert.deepEqual(codes(`${headings}[a](#set-up--run) [b](#twice-1) [c](#-start) [d](#own) [e](#__init__-bold)\n`), []);
    assert.deepEqual(fixed('# Getting started\n[a](#getting-strated)'), ['# Getting started\n[a](#getting-started)']);
  });
});

describe('scripts', () => {
  const others = { '/work/app/package.json': scripts('build', 'test:unit', 'lint'), '/work/app/web/package.json': scripts('dev') };

  test('that package.json has are fine, in spans and shell blocks', () => {
    assert.deepEqual(
      codes(
        '`npm run build` and `npm run test:unit -- --watch`\n\n```sh\nnpm test && pnpm lint # npm run nothing\ncd web && npm run dev\n```\n',
        others,
      ),
      [],
    );
  });

  test('that it has not are told with the nearest', () => {
    assert.deepEqual(fixed('Run `npm run biuld`.', others), ['Run `npm run build`.']);
    assert.deepEqual(fixed('```bash\n$ yarn lnit\npnpm run -s buidl\n```', others), [
      '```bash\n$ yarn lint\npnpm run -s buidl\n```',
      '```bash\n$ yarn lnit\npnpm run -s build\n```',
    ]);
    assert.deepEqual(codes('`npm run deploy`', others), ['unknown-script']);
  });

  test('of another package of the workspace are fine', () => assert.deepEqual(codes('`npm run dev`', others), []));

  test('are not looked for in other languages, in prose, with placeholders, in other folders or without package.json', () => {
    assert.deepEqual(
      codes(
        'npm run nothing\n\n```js\nnpm run nothing\n```\n`npm run <name>` `npm run x:*` `npm run $X` `npm run nothing --prefix web` `npm run`',
        others,
      ),
      [],
    );
    assert.deepEqual(codes('```\ncd elsewhere\nnpm run nothing\n```', others), []);
    assert.deepEqual(codes('`cd elsewhere && npm run nothing`', others), []);
    assert.deepEqual(codes('`npm run nothing`', {}), []);
    assert.deepEqual(codes('`npm run nothing`', { '/work/app/package.json': '{ broken' }), []);
  });

  test('are not what Yarn, pnpm and Bun call programs', () => {
    assert.deepEqual(codes('`pnpm install` `yarn tsc` `bun run server.ts` `pnpm eslint .` `yarn run vitest` `pnpm dlx x`', others), []);
  });
});

describe('markup', () => {
  test('that is closed is fine', () => {
    assert.deepEqual(
      codes(
        '```\na\n```\n\n~~~~md\n```\n~~~~\n<!-- x -->\n<rules>\nx\n</rules>\n<br>\n<p>\n\n<your_name>\n</your_name>\n\n```\n<open_tag>\n```\n',
      ),
      [],
    );
  });

  test('left open is told', () => {
    assert.deepEqual(fixed('a\n```js\nb'), ['a\n```js\nb\n```\n']);
    assert.deepEqual(codes('a\n```js\nb\n````x\n'), ['unclosed-fence']);
    assert.deepEqual(codes('a\n\n<!-- b\n\nc\n'), ['unclosed-comment']);
    assert.deepEqual(codes('<rules>\nx\n</rules>\n\n<rules>\ny\n'), ['unclosed-tag']);
    assert.deepEqual(codes('<code_style>\ny\n'), ['unclosed-tag']);
  });
});

describe('secrets', () => {
  // In two parts, so that no scanner takes this file for a leak.
  const token = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_');

  test('are told, also in code', () => assert.deepEqual(codes(`Use \`${token}\``), ['secret']));

  test('are not placeholders, words or hashes', () => {
    const texts = [
      'AKIAIOSFODNN7EXAMPLE',
      `ghp_${'x'.repeat(36)}`,
      'sk-ant-api03-your-key-here',
      'npm_package_config',
      'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3',
      'sk-learn-something-long-and-hyphenated',
    ];
    for (const text of texts) assert.deepEqual(codes(text), [], text);
  });
});

describe('a CLAUDE.local.md', () => {
  const local = '/work/app/CLAUDE.local.md';

  test('that git ignores is fine, wherever it is told to', () => {
    for (const [file, rule] of [
      ['/work/app/.gitignore', 'CLAUDE.local.md'],
      ['/work/app/.gitignore', '*.local.*\n!other'],
      ['/work/app/.git/info/exclude', '/CLAUDE.local.md'],
    ] as const) {
      assert.deepEqual(codes('x', { [file]: rule }, local), [], `${file} ${rule}`);
    }
    assert.deepEqual(codes('x', { '/work/app/.gitignore': 'sub/' }, '/work/app/sub/CLAUDE.local.md'), []);
  });

  test('that it does not ignore is told, with a line for .gitignore', () => {
    assert.deepEqual(fixed('x', { '/work/app/.gitignore': 'CLAUDE.local.md\n!CLAUDE.local.md' }, local), [
      '/work/app/.gitignore += CLAUDE.local.md',
    ]);
    assert.deepEqual(codes('x', { '/work/app/.gitignore': '/CLAUDE.local.md' }, '/work/app/sub/CLAUDE.local.md'), ['local-not-ignored']);
    assert.deepEqual(codes('x', { '/work/app/.gitignore': '*.md', '/work/app/sub/.gitignore': '!*.md' }, '/work/app/sub/CLAUDE.local.md'), [
      'local-not-ignored',
    ]);
  });
});

test('local memory that git does not ignore is told, with its folder for .gitignore', () => {
  const memory = '/work/app/.claude/agent-memory-local/ann/MEMORY.md';
  const place = (contents: Files) => ({ files: contextOf(contents).files, gitRoot: '/work/app' });
  const [problem] = ignoreProblems(memory, place({}));
  assert.deepEqual(
    problem?.fixes?.map((fix) => 'appendLine' in fix && fix.appendLine),
    [{ path: '/work/app/.gitignore', line: '.claude/agent-memory-local/' }],
  );
  assert.deepEqual(ignoreProblems(memory, place({ '/work/app/.gitignore': '.claude/agent-memory-local/' })), []);
  assert.deepEqual(ignoreProblems('/home/ann/x/MEMORY.md', place({})), []);
});

describe('an AGENTS.md beside', () => {
  test('is told until it is imported, or is the same file', () => {
    assert.deepEqual(fixed('---\na: 1\n---\n# X\r\n', { '/work/app/AGENTS.md': 'y' }), ['---\na: 1\n---\n@AGENTS.md\n\n# X\r\n']);
    assert.deepEqual(fixed('# X\n', { '/work/app/AGENTS.md': 'y' }, '/work/app/.claude/CLAUDE.md'), ['@../AGENTS.md\n\n# X\n']);
    assert.deepEqual(codes('@AGENTS.md', { '/work/app/AGENTS.md': 'y' }), []);
    assert.deepEqual(codes('@a.md', { '/work/app/AGENTS.md': 'y', '/work/app/a.md': '@AGENTS.md' }), []);
    assert.deepEqual(codes('y', { '/work/app/AGENTS.md': 'y' }), []);
  });
});

test('a rule keeps its frontmatter to itself, and is asked for its imports', () => {
  assert.deepEqual(codes('\uFEFF---\nglobs: "*.ts"\n---\n@none.md', {}, '/work/app/.claude/rules/a.md'), ['import-missing']);
});
