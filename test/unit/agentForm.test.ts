import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formEdits } from '../../src/app/agentForm/formEdits.ts';
import { bodyKey, changedKeys, formState } from '../../src/app/agentForm/formState.ts';
import { readAgent } from '../../src/core/agents/agent.ts';
import { findAgentProblems } from '../../src/core/agents/agentProblems.ts';
import { fieldOf, readMarkdown } from '../../src/core/markdown/frontmatter.ts';
import { applyEdits } from '../../src/core/markdown/textEdit.ts';
import { bodyOfShown, shownBody, shownText, valueOfShown } from '../../src/core/shownText.ts';
import type { AgentFormChange } from '../../src/protocol/agentFormMessages.ts';
import { fromFile, isAhead, keepMine, newBox, settled, takeTheirs } from '../../src/webview/agent/box.ts';
import { itemsIn } from '../../src/webview/agent/ListBox.tsx';

const nothingAround = { isPlugin: false, sameTree: new Map(), agentNames: null, skills: null, skillsFolder: null, models: [] };

function stateOf(text: string) {
  const document = readMarkdown(text);
  return formState(document, findAgentProblems({ path: '/w/.claude/agents/a.md', document, agent: readAgent(document) }, nothingAround));
}
const change = (text: string, what: Exclude<AgentFormChange, { what: 'applyFix' }>): string =>
  applyEdits(text, formEdits(readMarkdown(text), what));
const setField = (text: string, key: string, value: string | string[] | null): string => change(text, { what: 'setField', key, value });

describe('the text a box shows', () => {
  test('has line ends where the file has the two characters of one', () => {
    assert.equal(shownText('One.\\n\\nTwo.\n'), 'One.\n\nTwo.');
  });

  test('leads back to the value it came from', () => {
    for (const value of ['', 'a', ' a ', 'a\n', 'a\\nb', 'a\\r\\nb\\n', '\\n', 'a\\nb\nc\n', 'é😀\\n😀'])
      if (value.trim() !== '' && shownText(value) !== '') assert.equal(valueOfShown(value, shownText(value)), value);
  });

  test('is written with the file’s own line ends, and only what was touched changes', () => {
    assert.equal(valueOfShown('One.\\r\\nTwo.\\nThree.', 'One.\nTwo!\nThree.\nFour.'), 'One.\\r\\nTwo!\\nThree.\\nFour.');
    assert.equal(valueOfShown('One\\nTwo\nThree\n', 'One\nTwo\nThree\nFour'), 'One\\nTwo\nThree\nFour\n');
  });

  test('of a body keeps the lines around it', () => {
    assert.equal(shownBody('\r\n\r\n  Do this.\r\nThen that.\r\n'), '  Do this.\nThen that.');
    assert.equal(bodyOfShown('\r\n\r\nA\r\n\r\n', 'B\nC', '\r\n'), '\r\n\r\nB\r\nC\r\n\r\n');
    assert.equal(bodyOfShown('A', 'B\n', '\n'), 'B');
    assert.equal(bodyOfShown('', 'B', '\n'), '\nB\n');
    assert.equal(bodyOfShown('\n \n', '', '\n'), '\n \n');
  });
});

describe('the form of a file', () => {
  const text =
    '---\nname: reviewer\nmaxTurns: 007\ntools: Read, Bash(git diff, git log)\nhooks:\n  Stop: []\nskills: [a, 7]\nowner: me\nbackground: yes\n---\n\nReview.\n';

  test('has each known field in the documented order, and the others as they are written', () => {
    const { fields, others, body, frontmatter } = stateOf(text);
    assert.equal(frontmatter, 'read');
    assert.deepEqual(
      fields.map(({ key, value, readOnly }) => [key, value, readOnly]),
      [
        ['name', 'reviewer', false],
        ['tools', ['Read', 'Bash(git diff, git log)'], false],
        ['maxTurns', '007', false],
        ['skills', ['a', '7'], false],
        ['hooks', '  Stop: []', true],
        ['background', 'yes', false],
      ],
    );
    assert.deepEqual(others, [{ key: 'owner', raw: 'me' }]);
    assert.equal(body, 'Review.');
  });

  test('places each problem at its field, in the body, or at the file', () => {
    const { problems } = stateOf(text);
    assert.ok(
      problems.some(({ field, fatal, code }) => field === null && fatal && code === 'no-description'),
      JSON.stringify(problems),
    );
    assert.ok(problems.some(({ field }) => field === 'owner'));
    assert.ok(problems.some(({ field, fixes }) => field === 'background' && fixes.length > 0));
  });

  test('says whether there is frontmatter', () => {
    assert.equal(stateOf('# Title\n').frontmatter, 'none');
    assert.equal(stateOf('').frontmatter, 'none');
    assert.equal(stateOf('---\nname: a\n').frontmatter, 'unclosed');
  });

  test('shows a value that no control can hold as it is written', () => {
    const { fields } = stateOf('---\nname: [a]\ntools:\n  - a: b\n---\n');
    assert.deepEqual(fields, [
      { key: 'name', value: '[a]', readOnly: true },
      { key: 'tools', value: '  - a: b', readOnly: true },
    ]);
  });
});

describe('a change in the form', () => {
  const text = '---\r\nname: reviewer # the name\r\ndescription: "One.\\\\nTwo."\r\ntools: Read,Grep,  Glob\r\n---\r\n\r\nReview.\r\n';

  test('that says what the file says changes nothing', () => {
    const { fields, body } = stateOf(text);
    for (const { key, value } of fields) assert.equal(setField(text, key, typeof value === 'string' ? value : [...value]), text);
    assert.equal(change(text, { what: 'setBody', body }), text);
  });

  test('of a text touches its words only', () => {
    assert.equal(setField(text, 'name', 'checker'), text.replace('reviewer', 'checker'));
    assert.equal(setField(text, 'description', 'One.\nThree.'), text.replace('Two.', 'Three.'));
  });

  test('of a list on a line leaves the other items and their blanks', () => {
    assert.equal(setField(text, 'tools', ['Read', 'Glob']), text.replace('Read,Grep,  Glob', 'Read,Glob'));
    assert.equal(setField(text, 'tools', ['Grep', 'Glob']), text.replace('Read,Grep,  Glob', 'Grep,  Glob'));
    assert.equal(setField(text, 'tools', ['Read', 'Grep', 'Glob', 'Bash(a, b)']), text.replace('  Glob', '  Glob,Bash(a, b)'));
    assert.equal(setField(text, 'tools', ['Edit', 'Read', 'Grep', 'Glob']), text.replace('Read,', 'Edit,Read,'));
    assert.equal(setField(text, 'tools', ['Read', 'Edit', 'Glob']), text.replace('Grep,  ', 'Edit,'));
  });

  test('of a YAML list writes and removes lines, and a number in it stays one', () => {
    const list = '---\nname: a\nskills:\n  - b # why\n  - 7\n---\n';
    assert.equal(setField(list, 'skills', ['b', '7', 'c']), list.replace('  - 7\n', '  - 7\n  - c\n'));
    assert.equal(setField(list, 'skills', ['7']), list.replace('  - b # why\n', ''));
  });

  test('adds a field in its place and in its documented form', () => {
    const added = setField(setField(text, 'skills', ['one', 'two']), 'model', 'opus');
    assert.equal(added, text.replace('Glob\r\n', 'Glob\r\nmodel: opus\r\nskills:\r\n  - one\r\n  - two\r\n'));
    assert.equal(setField('---\nname: a\n---\n', 'tools', ['Read', 'Edit']), '---\nname: a\ntools: Read, Edit\n---\n');
  });

  test('writes numbers and truth values as such, and what is neither as it was typed', () => {
    const base = '---\nname: a\nmaxTurns: 3\n---\n';
    assert.equal(setField(base, 'maxTurns', '12'), base.replace('3', '12'));
    assert.equal(fieldOf(readMarkdown(setField(base, 'maxTurns', 'many')), 'maxTurns')?.value, 'many');
    assert.equal(setField(base, 'background', 'true'), base.replace('3\n', '3\nbackground: true\n'));
    assert.equal(fieldOf(readMarkdown(setField(base, 'name', '12')), 'name')?.value, '12');
  });

  test('empties a list without taking the field away: without it an agent has every tool', () => {
    const emptied = setField('---\nname: a\ntools: Read\n---\n', 'tools', []);
    assert.equal(fieldOf(readMarkdown(emptied), 'tools')?.value, null);
  });

  test('never writes over what its control cannot hold, nor to a field that is none', () => {
    const odd = '---\nname: a\ntools:\n  - a: b\nhooks: {}\nowner: me\n---\n';
    for (const key of ['tools', 'hooks', 'owner']) assert.equal(setField(odd, key, 'x'), odd);
  });

  test('removes a field with its lines', () => {
    assert.equal(change(text, { what: 'removeField', key: 'tools' }), text.replace('tools: Read,Grep,  Glob\r\n', ''));
  });

  test('of the body keeps its line ends and changes nothing else', () => {
    assert.equal(change(text, { what: 'setBody', body: 'Review.\nReport.' }), text.replace('Review.', 'Review.\r\nReport.'));
  });
});

test('what changed between two texts is told by key', () => {
  const before = readMarkdown('---\nname: a\nmodel: opus\n---\nBody\n');
  assert.deepEqual(changedKeys(before, readMarkdown('---\n# new\nname: a\nmodel: opus\n---\nBody\n')), []);
  assert.deepEqual(changedKeys(before, readMarkdown('---\nname: "a"\ncolor: red\n---\nBody!\n')), ['name', 'model', 'color', bodyKey]);
});

describe('a box', () => {
  test('follows the file while nobody types in it', () => {
    assert.deepEqual(fromFile('name', newBox('a'), 'b'), newBox('b'));
  });

  test('that is ahead of the file is not overwritten', () => {
    const typed = { ...newBox('a'), shown: 'ab' };
    assert.equal(isAhead('name', typed), true);
    assert.deepEqual(fromFile('name', typed, 'a'), typed);
    assert.deepEqual(fromFile('name', typed, 'c'), { shown: 'ab', base: 'a', theirs: 'c' });
    assert.deepEqual(fromFile('name', fromFile('name', typed, 'c'), 'a'), typed);
    assert.equal(isAhead('name', fromFile('name', typed, 'ab')), false);
  });

  test('keeps what was typed while its change was written', () => {
    const typed = { shown: 'abc', base: 'a', theirs: null };
    assert.deepEqual(settled('name', typed, 'ab', 'ab'), { shown: 'abc', base: 'ab', theirs: null });
    assert.deepEqual(settled('name', typed, 'abc', 'abd'), newBox('abd'));
  });

  test('keeps a blank or line end at its end while it is typed in', () => {
    assert.equal(isAhead('name', { ...newBox('a'), shown: 'a ' }), false);
    assert.equal(fromFile('name', { ...newBox('a'), shown: 'a ' }, 'a').shown, 'a ');
    assert.equal(isAhead('', { ...newBox('a'), shown: ' a' }), true);
  });

  test('in a conflict gives way, or makes the other give way', () => {
    const box = { shown: 'mine', base: 'old', theirs: 'theirs' };
    assert.deepEqual(keepMine(box), { shown: 'mine', base: 'theirs', theirs: null });
    assert.deepEqual(takeTheirs(box), newBox('theirs'));
  });
});

test('items are cut at commas outside of parentheses', () => {
  assert.deepEqual(itemsIn('Read, Bash(git diff, git log),\nEdit,, '), ['Read', 'Bash(git diff, git log)', 'Edit']);
});
