import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fieldOf, readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import type { Problem } from '../../../src/core/problem.ts';
import { braceExpansions, unescapedBrackets } from '../../../src/core/rules/glob.ts';
import { readRule, ruleMatches } from '../../../src/core/rules/rule.ts';
import { findRuleProblems } from '../../../src/core/rules/ruleProblems.ts';
import { applyFix } from '../agents/agentFiles.ts';

const ruleText = (...lines: string[]) => ['---', ...lines, '---', '', '# Rule', ''].join('\n');
const ruleOf = (text: string) => readRule(readMarkdown(text));
const problemsOf = (text: string) => findRuleProblems(readMarkdown(text));

interface Case {
  says: string;
  text: string;
  code: string;
  at?: string;
  severity?: Problem['severity'];
  /** The globs after the first fix; null when the field is gone. */
  paths?: readonly string[] | null;
}

const many = `{${Array.from({ length: 40 }, (_, index) => `a${index}`).join(',')}}`;

const cases: readonly Case[] = [
  {
    says: 'globs is Cursor’s name for paths',
    text: ruleText('globs: ["src/**"]'),
    code: 'cursor-key',
    at: 'globs',
    severity: 'warning',
    paths: ['src/**'],
  },
  {
    says: 'a line of globs becomes a list',
    text: ruleText('globs: src/**/*.ts, test/{a,b}/**'),
    code: 'cursor-key',
    paths: ['src/**/*.ts', 'test/{a,b}/**'],
  },
  { says: 'globs beside paths go', text: ruleText('globs: a/**', 'paths:', '  - b/**'), code: 'cursor-key', paths: ['b/**'] },
  { says: 'alwaysApply does nothing', text: ruleText('alwaysApply: true'), code: 'cursor-key', at: 'alwaysApply', paths: null },
  { says: 'path is paths', text: ruleText('path:', '  - a/**'), code: 'misnamed-field', at: 'path', paths: ['a/**'] },
  { says: 'other fields are ignored', text: ruleText('description: x'), code: 'unknown-field', at: 'description', severity: 'hint' },
  {
    says: 'an open bracket is escaped',
    text: ruleText('paths:', '  - app/[slug]/page.tsx'),
    code: 'glob-bracket',
    at: 'app/[slug]/page.tsx',
    severity: 'warning',
    paths: ['app/\\[slug]/page.tsx'],
  },
  {
    says: 'an open bracket in double quotes is escaped twice',
    text: ruleText('paths: ["app/[slug]/*.tsx"]'),
    code: 'glob-bracket',
    paths: ['app/\\[slug]/*.tsx'],
  },
  {
    says: 'braces have a limit',
    text: ruleText('paths:', `  - "${many}/${many}"`, '  - a/**'),
    code: 'glob-braces',
    at: `${many}/${many}`,
    paths: ['a/**'],
  },
  { says: 'an empty glob matches nothing', text: ruleText('paths: ["", "a/**"]'), code: 'empty-glob', paths: ['a/**'] },
  { says: 'paths without a glob', text: ruleText('paths: []'), code: 'empty-paths', at: '[]', paths: null },
  { says: 'a glob is relative to the project', text: ruleText('paths:', '  - ~/src/**'), code: 'glob-absolute', at: '~/src/**' },
  {
    says: 'a glob has no dot for the project',
    text: ruleText('paths:', '  - ./src/**'),
    code: 'glob-dots',
    at: './src/**',
    paths: ['src/**'],
  },
  {
    says: 'folders are separated by slashes',
    text: ruleText('paths:', '  - src\\**\\x.ts'),
    code: 'glob-backslash',
    paths: ['src/**/x.ts'],
  },
  { says: 'a star at the beginning needs quotes', text: ruleText('paths: **/*.ts'), code: 'yaml-broken', paths: ['**/*.ts'] },
  { says: 'frontmatter is closed', text: '---\npaths: a\n', code: 'frontmatter-unclosed', at: '---' },
];

describe('problems of rules', () => {
  for (const { says, text, code, at, severity, paths } of cases) {
    test(says, () => {
      const problem = problemsOf(text).find((one) => one.code === code);
      assert.ok(
        problem,
        `${code} among ${problemsOf(text)
          .map((one) => one.code)
          .join(', ')}`,
      );
      if (at !== undefined) assert.equal(text.slice(problem.span.start, problem.span.end), at);
      if (severity !== undefined) assert.equal(problem.severity, severity);
      if (paths === undefined) return;
      const after = applyFix(text, problem.fixes?.[0]);
      assert.deepEqual(ruleOf(after).paths, paths, after);
      assert.ok(!problemsOf(after).some((one) => one.code === code), after);
    });
  }

  test('a well-written rule has none', () => {
    assert.deepEqual(problemsOf(ruleText('paths:', '  - "src/**/*.{ts,tsx}"', '  - app/\\[slug]/**')), []);
    assert.deepEqual(problemsOf('# Always\n'), []);
  });
});

describe('globs of rules', () => {
  test('a rule without paths is always loaded, one with paths where they match', () => {
    assert.ok(ruleMatches(ruleOf('# x\n'), 'any/file'));
    const rule = ruleOf(ruleText('paths:', '  - "src/**/*.{ts,tsx}"', '  - app/\\[slug]/page.tsx', '  - .github/**'));
    for (const path of ['src/a.ts', 'src/deep/er/b.tsx', 'app/[slug]/page.tsx', '.github/workflows/x.yml'])
      assert.ok(ruleMatches(rule, path), path);
    for (const path of ['a.ts', 'src/a.js', 'app/s/page.tsx']) assert.ok(!ruleMatches(rule, path), path);
  });

  test('one with more braces than Claude Code takes matches nothing', () => {
    const text = ruleText(`paths: "{${many},src}/${many}"`);
    assert.notEqual(ruleOf(text).paths, null);
    assert.ok(!ruleMatches(ruleOf(text), 'src/a1'));
  });

  describe('are read as Claude Code reads them', () => {
    // Measured with CLI 2.1.330: when it loads a rule with these lines, asked to read src/a.ts.
    const loaded = {
      atTheStart: [
        'paths: []',
        'paths:',
        'paths: "**"',
        'paths: ["**", "/**"]',
        'paths: "**/**"',
        'paths: 5',
        'paths: {a: b}',
        'paths: [5]',
        'paths: [""]',
        'paths: ","',
        'paths:\n  - **/*.ts',
        'globs: "**/*.ts"',
      ],
      withTheFile: [
        'paths: "*"',
        'paths: src',
        'paths: src/',
        'paths: /src/a.ts',
        'paths: "*.ts"',
        'paths: SRC/A.ts',
        'paths: a/*.js, src/*.ts',
        'paths: ["a/*.js, src/*.ts"]',
        'paths: [[src/*.ts]]',
        'paths: **/*.ts',
        'paths: {src,lib}/*.ts',
        'paths: "{{src,a},b}/*.{ts,js}"',
        'paths: "src/[ab].ts"',
        'paths: "src/a.ts,{b,c}"',
        'paths: ["src/[a", "src/a.ts"]',
        'paths: ["src/**", "!src/a.ts"]',
        'paths: "src/**/"',
        'paths: "**, src/x"',
        'paths: "lib/*"\npaths: "src/*.ts"',
        'paths: "src/a.ts"\nbad: [',
      ],
      never: [
        'paths: "./**"',
        'paths: ./src/a.ts',
        'paths: "["',
        'paths: "src/[!b]*.ts"',
        'paths: "{a,b"',
        'paths: "src/{a..c}.ts"',
        'paths: "!src/a.ts"',
        'paths: "src/@(a|b).ts"',
        'paths: ["src/(a).ts"]',
        'paths: a.js src/a.ts',
        'paths: |\n  a/*.js\n  src/*.ts',
        'paths: /*.ts',
        'paths: ["/**", "x"]',
      ],
    };
    for (const [when, lines] of Object.entries(loaded)) {
      for (const line of lines) {
        test(`${JSON.stringify(line)}: ${when}`, () => {
          const rule = ruleOf(`---\n${line}\n---\ntext`);
          const found = rule.paths === null ? 'atTheStart' : ruleMatches(rule, 'src/a.ts') ? 'withTheFile' : 'never';
          assert.equal(found, when);
        });
      }
    }
  });

  test('braces are counted without being expanded', () => {
    const counts: Record<string, number> = {
      'a/b': 1,
      '{a,b}': 2,
      '{a,b}/{c,d,e}': 6,
      '{a,{b,c}d}': 3,
      '{1..10}': 1,
      '\\{a,b}': 1,
      '{a,b': 1,
      '{a}': 1,
    };
    for (const [glob, count] of Object.entries(counts)) assert.equal(braceExpansions(glob), count, glob);
    assert.equal(braceExpansions('{a,b}'.repeat(10_000)), 1_000_000);
  });

  test('brackets are found but for those with a backslash', () => {
    assert.deepEqual(unescapedBrackets('a[b]\\[c]\\\\[d'), [1, 10]);
  });

  test('a rule whose YAML is broken is always loaded', () => {
    const text = '---\npaths:\n  - a\n b: [\n---\n';
    assert.equal(readMarkdown(text).frontmatter?.level, 'scanned');
    assert.equal(ruleOf(text).paths, null);
    assert.notEqual(fieldOf(readMarkdown(text), 'paths'), undefined);
  });
});
