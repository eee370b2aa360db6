import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findTaskLinks } from '../../src/core/taskLinks.ts';

const ids = (text: string) => findTaskLinks(text).map(({ id }) => id);

describe('a link to a task', () => {
  test('is a number with a hash, at the start of a word', () => {
    assert.deepEqual(ids('#1 see #12, (#3) [#4] "#5" Fixes:#6\n- [ ] #7: x\n## #8 title\n#9'), [1, 12, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(findTaskLinks('a #12.')[0]?.span, { start: 2, end: 5 });
  });

  test('is not a heading, a colour, a character reference, an address or another repository’s', () => {
    const none =
      '# 12\n#fff #123abc color: #333; background-color: #111111 fill="#222" &#12; https://x.org/a#12 page.md#12 /#12 [x](#12) <a href="#12"> owner/repo#12 #1-intro #0 #01 #1234567890 C#7 ##3 #3.1 #3rd';
    assert.deepEqual(ids(none), []);
  });

  test('is not in code', () => assert.deepEqual(ids('`#1` #2\n```\n#3\n```\n#4\n~~~\n#5'), [2, 4]));
});

// Quadratic time would not end within the time that a test may take.
test('ten megabytes are searched in linear time', () => {
  const text = '#12 `x` https://x.org/#3 color: #333333 word & more\n'.repeat(200_000);
  assert.equal(findTaskLinks(text).length, 200_000);
});
