import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { findImports } from '../../../src/core/instructions/imports.ts';

const paths = (text: string) => findImports(text).map((ref) => ref.path);
const suspicion = (text: string) => findImports(text).map((ref) => ref.suspicion);

describe('an import', () => {
  // Measured with CLI 2.1.330, but for those that name no file that could be there; test/adapter/claude asks it again.
  const written: [string, string, string[]][] = [
    ['stands on a line of its own', '@docs/a.md\n', ['docs/a.md']],
    ['stands in the midst of a sentence', 'See @README for it and @docs/git.md too.', ['README', 'docs/git.md']],
    ['names a file in the home folder', '- @~/.claude/mine.md', ['~/.claude/mine.md']],
    ['names an absolute path', '@/etc/rules.md', ['/etc/rules.md']],
    ['climbs', '@../shared/rules.md @./here.md', ['../shared/rules.md', './here.md']],
    ['takes punctuation for a part of the path', 'Read @docs/a.md, then @docs/b.md.', ['docs/a.md,', 'docs/b.md.']],
    ['stands behind white space or markup only', '(@a.md) "@b.md" [@c.md] {@d.md} x:@e.md -@f.md <@g.md>', []],
    ['stands behind markup, too', 'x*y*@a.md `z`@b.md [t](u)@c.md v<br>@d.md \\*@e.md', ['a.md', 'b.md', 'c.md', 'd.md', 'e.md']],
    ['ends where markup begins', '@a.md**b** and @c.md`d` and @e.md\\*f @g.md[h](i)', ['a.md', 'c.md', 'e.md', 'g.md']],
    ['holds escaped blanks', 'Read @my\\ docs/a\\ b.md now', ['my docs/a b.md']],
    ['ends at any other backslash', '@a\\b.md @c\\_d.md', ['a', 'c']],
    ['keeps brackets', '@app/[id]/page.tsx and @app/(group)/x.md', ['app/[id]/page.tsx', 'app/(group)/x.md']],
    [
      'begins with a letter, a digit, a dot, a hyphen or an underscore',
      '@.a @_b @-c @1d @é.md @日.md @+e @(f) @😀',
      ['.a', '_b', '-c', '1d'],
    ],
    ['is found in emphasis', '**@docs/a.md** and _@docs/b.md_ and __@c.md__, not in ~~@d.md~~', ['docs/a.md', 'docs/b.md', 'c.md']],
    [
      'is found in tables, lists, quotations and headings',
      '# @a.md\n\n> @b.md\n>@b2.md\n\n1. @c.md\n\n| x | y |\n|---|---|\n| @d.md | z |\n',
      ['a.md', 'b.md', 'b2.md', 'c.md', 'd.md'],
    ],
    ['is not found in a cell without blanks', '|x|y|\n|---|---|\n|@d.md|z|\n', []],
    ['drops a fragment', '@docs/a.md#setup', ['docs/a.md']],
    ['is found in the label of a link, not in its address', '[@docs/a.md](https://x.org/@docs/b.md) [x](@c.md)', ['docs/a.md']],
    ['is found in the label of a link that is defined elsewhere', '[@docs/a.md][x]\n\n[x]: https://x.org\n', ['docs/a.md']],
    ['is not found in a picture or a definition', '![x @a.md y](z.png)\n\n[x]: y "see @b.md c"\n', []],
    ['is not found in HTML', '<rules>\n@a.md\n</rules>\n\n<code_style>\n@b.md\n</code_style>\n\nx <b title="see @c.md d">y</b>', []],
    ['is found between tags with empty lines, and in a sentence', '<rules>\n\n@a.md\n\n</rules>\n\nx <b>@b.md</b>', ['a.md', 'b.md']],
    ['is not found in a code span', 'Use `@docs/a.md` and ``x ` @b.md``', []],
    ['is found in a code span in a list, behind a blank', '- Use `see @docs/a.md b`, not `@c.md`\n', ['docs/a.md']],
    ['is not found in a fenced block', '```md\n@docs/a.md\n```\n\n~~~\n@b.md\n~~~\n', []],
    ['is not found in a fence of a list', '- x\n\n  ```\n  @docs/a.md\n  ```\n', []],
    ['is not found in indented code', 'text\n\n    @docs/a.md\n', []],
    ['is not found in a comment', '<!-- @docs/a.md -->\n\ntext <!-- @b.md --> text\n', []],
    ['is found beside a comment', '<!-- x --> @a.md\n\n   <!-- y --> @b.md <!-- z -->\n', ['a.md', 'b.md']],
    ['is not found in frontmatter', '---\ntitle: see @docs/a.md\n---\n@b.md\n', ['b.md']],
    ['is found behind three hyphens, wherever they end the frontmatter', '---\na: b --- @b.md\n', ['b.md']],
    ['is found behind a byte order mark', '\uFEFF@a.md\n', ['a.md']],
    ['is not a mail address', 'ann@example.com, <bob@docs.md>, a.b+c@x/y.md', []],
    ['is not an escaped sign', 'at \\@docs/a.md', []],
    ['is not a lone sign', '@ @@ @~ @/ @. @.. @#x @(a) user@', []],
  ];
  for (const [name, text, expected] of written) test(name, () => assert.deepEqual(paths(text), expected));

  test('has the span and the words it was written with', () => {
    const text = 'Read @my\\ docs/a.md#x here';
    const [ref] = findImports(text);
    assert.ok(ref);
    assert.equal(text.slice(ref.span.start, ref.span.end), '@my\\ docs/a.md#x');
    assert.equal(ref.raw, '@my\\ docs/a.md#x');
  });

  test('has its place also behind frontmatter, a byte order mark, tabs and CRLF', () => {
    for (const text of [
      '---\na: 1\n---\n\nx @a.md',
      '\uFEFFx @a.md',
      '-\tx\r\n\r\n\t@a.md',
      '😀 @a.md',
      '\uFEFF---\r\na: 1\r\n---\r\n@a.md',
    ]) {
      const [ref] = findImports(text);
      assert.ok(ref, text);
      assert.equal(text.slice(ref.span.start, ref.span.end), '@a.md');
    }
  });
});

describe('what is likely no import', () => {
  const cases: [string, string, (string | null)[]][] = [
    [
      'is an npm package',
      'Install @solana/web3.js, @tm/core, @notionhq/client and @scope/pkg@1.2',
      ['npm-scope', 'npm-scope', 'npm-scope', 'npm-scope'],
    ],
    ['is a path alias', 'Import from @/components/ui', ['npm-scope']],
    ['is a mail domain', 'everyone at @example.com', ['email']],
    ['is a decorator', 'Mark it @Injectable() or @Override, @pytest.fixture, @param', ['decorator', 'decorator', 'decorator', 'decorator']],
    ['is a person', 'Ask @octocat', ['handle']],
    ['is in code that a list makes Claude Code read', '- `npm i @docs/a.md now`', ['code']],
    [
      'and what is: files, folders, home, capitals',
      '@docs/a.md @src/index.js @specs/ @~/x @README @CLAUDE.md @.cursorrules @docs/guide @Docs/Guide',
      Array<null>(9).fill(null),
    ],
  ];
  for (const [name, text, expected] of cases) test(name, () => assert.deepEqual(suspicion(text), expected));
});

test('any text is read, and every import lies where it says', () => {
  const piece = fc.constantFrom(
    '@',
    'a.md',
    '`',
    '```\n',
    ' ',
    '\n',
    '<!-- ',
    '-->',
    '\\',
    '[',
    '](',
    ')',
    '- ',
    '    ',
    '> ',
    '---\n',
    '\uFEFF',
    '#',
    '😀',
    '~/',
    '\t',
    '\r\n',
    '_',
    '*',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      for (const { raw, span } of findImports(text)) {
        assert.equal(text.slice(span.start, span.end), raw);
        assert.ok(raw.startsWith('@') && raw.length > 1);
      }
    }),
    { numRuns: 2000 },
  );
});

// Quadratic time would not end within the time that a test may take.
test('a text full of signs takes no quadratic time', () => {
  findImports(`${'@a('.repeat(20_000)}\n`);
  findImports(`${'@'.repeat(60_000)}\n`);
  findImports('*@a _'.repeat(20_000));
});
