import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FieldValue } from '../../../src/core/markdown/frontmatter.ts';
import { fieldOf, readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import { removeField, renameField, setBody, setField } from '../../../src/core/markdown/frontmatterEdit.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';

function fenced(...lines: string[]): string {
  return ['---', ...lines, '---', 'Body', ''].join('\n');
}

function afterSetting(text: string, key: string, value: FieldValue, order?: readonly string[]): string {
  return applyEdits(text, setField(readMarkdown(text), key, value, order));
}

function check(before: string[], key: string, value: FieldValue, after: string[]): void {
  const text = afterSetting(fenced(...before), key, value);
  assert.equal(text, fenced(...after));
  assert.deepEqual(fieldOf(readMarkdown(text), key)?.value, value);
}

describe('setting a field', () => {
  test('the value it has already is no edit', () => {
    const document = readMarkdown(fenced('a: "x"', 'b: [1, 2]', 'c: {d: e}', 'n: .nan'));
    assert.deepEqual(setField(document, 'a', 'x'), []);
    assert.deepEqual(setField(document, 'b', [1, 2]), []);
    assert.deepEqual(setField(document, 'c', { d: 'e' }), []);
    assert.deepEqual(setField(document, 'n', NaN), []);
  });

  test('quoting stays, and so does the comment beside the value', () => {
    check(['a: x  # c'], 'a', 'y', ['a: y  # c']);
    check(['a:   "x" # c'], 'a', 'say "hi"', ['a:   "say \\"hi\\"" # c']);
    check(["a: 'x'"], 'a', "it's", ["a: 'it''s'"]);
  });

  test('plain text is quoted only when it would be read as something else', () => {
    for (const text of ['a: b', 'a #b', '#a', '- a', '[a]', '*', '@a', 'true', '12', '0x1F', '~', ' a', 'a ', 'a:', '']) {
      const after = afterSetting(fenced('a: x'), 'a', text);
      assert.match(after, /a: ["']/, text);
      assert.equal(fieldOf(readMarkdown(after), 'a')?.value, text);
    }
    for (const text of ['yes', '2025-01-01', 'a:b', 'a#b', "it's", 'C:\\x', '-a', '1.2.3', 'a, b']) {
      assert.equal(afterSetting(fenced('a: x'), 'a', text), fenced(`a: ${text}`));
    }
  });

  test('the quotes are those that take fewer escapes', () => {
    check(['a: x'], 'a', 'Says: "hi"', [`a: 'Says: "hi"'`]);
    check(['a: x'], 'a', "It's: so", [`a: "It's: so"`]);
  });

  test('a text of several lines becomes a literal block, beside which the comment stays', () => {
    check(['a: x # c', 'b: y'], 'a', 'one\n\ntwo\n', ['a: | # c', '  one', '', '  two', 'b: y']);
    check(['a: "x"'], 'a', 'one\ntwo', ['a: "one\\ntwo"']);
    check(['a: x'], 'a', ' one\ntwo', ['a: |2-', '   one', '  two']);
    check(['a: x'], 'a', 'one\n\n\n', ['a: |+', '  one', '', '']);
  });

  test('blocks stay blocks, with their indentation', () => {
    check(['a: |- # c', '    one', '    two'], 'a', 'three', ['a: |- # c', '    three']);
    check(['a: |', '  one'], 'a', 'two', ['a: |-', '  two']);
    check(['a: >-', '  one two', '  three four'], 'a', 'x y z a b c d e f g', ['a: >-', '  x y z a b', '  c d e f g']);
  });

  test('of a text over several lines only the words that differ change', () => {
    check(['a: >', '  one two', '  three', '  four five', 'b: y'], 'a', 'one two THREE four five\n', [
      'a: >',
      '  one two',
      '  THREE',
      '  four five',
      'b: y',
    ]);
    check(['a: one', '  two'], 'a', 'one new two', ['a: one', '  new two']);
    check(['a: "one \\u2014', '  two"'], 'a', 'one \u2014 2', ['a: "one \\u2014', '  2"']);
    check(['a: |', '  one', '', '  two'], 'a', 'one\n\ntwo', ['a: |-', '  one', '', '  two']);
  });

  test('a list keeps its form, and items that stay keep their spelling and comments', () => {
    check(['a: [ x, "y" ]'], 'a', ['x', 'z'], ['a: [ x, "z" ]']);
    check(['a: [x, y]'], 'a', ['x', 'y', 'a, b'], ['a: [x, y, "a, b"]']);
    check(['a: [x, y, z]'], 'a', ['z'], ['a: [z]']);
    check(['a:', '- x # c', "- 'y'"], 'a', ['x', 'new', 'y'], ['a:', '- x # c', "- 'new'", "- 'y'"]);
    check(['a:', '    - x', '    # about z', '    - z'], 'a', ['z'], ['a:', '    # about z', '    - z']);
    check(['a: [x]'], 'a', [], ['a: []']);
    check(['a: # c', '  - x'], 'a', [], ['a: [] # c']);
    check(['a: # c', '  - x', 'b: y'], 'a', 'x, y', ['a: x, y # c', 'b: y']);
  });

  test('a comma string stays one when it is set to a string', () => {
    check(['tools: Read, Write'], 'tools', 'Read, Write, Edit', ['tools: Read, Write, Edit']);
  });

  test('a new list is written like the other lists of the file', () => {
    check(['tools: Read', 'skills: [a]'], 'tools', ['Read', 'Edit'], ['tools: [Read, Edit]', 'skills: [a]']);
    check(['tools: Read', 'skills:', '    - a'], 'tools', ['Read', 'Edit'], ['tools:', '    - Read', '    - Edit', 'skills:', '    - a']);
    check(['tools: Read # c'], 'tools', ['Read', 'Edit'], ['tools: # c', '  - Read', '  - Edit']);
  });

  test('maps are written as blocks', () => {
    const hooks = { Stop: [{ hooks: [{ type: 'command', command: 'a: b' }] }] };
    check(['name: a', 'hooks:'], 'hooks', hooks, [
      'name: a',
      'hooks:',
      '  Stop:',
      '    - hooks:',
      '        - type: command',
      '          command: "a: b"',
    ]);
  });

  test('numbers that are written with zeros in front keep their width', () => {
    check(['id: 0007'], 'id', 12, ['id: 0012']);
  });

  test('nothing is written for null', () => {
    check(['a: x', 'b: y'], 'a', null, ['a:', 'b: y']);
  });

  test('CRLF stays CRLF', () => {
    const text = fenced('a: x', 'b: y').replaceAll('\n', '\r\n');
    assert.equal(afterSetting(text, 'a', 'one\ntwo'), fenced('a: |-', '  one', '  two', 'b: y').replaceAll('\n', '\r\n'));
    assert.equal(afterSetting(text, 'c', ['x']), fenced('a: x', 'b: y', 'c:', '  - x').replaceAll('\n', '\r\n'));
  });

  test('in frontmatter that YAML rejects only the lines of the field change, to ones that it accepts', () => {
    check(['name: a', 'description: Use: it', 'x: y: z'], 'description', 'Now: this', ['name: a', 'description: "Now: this"', 'x: y: z']);
    check(['tools: *', 'description: Use: it', '<example>', 'more', 'model: x'], 'description', 'new', [
      'tools: *',
      'description: new',
      'model: x',
    ]);
  });

  test('the raw text of old puts back what no rule could', () => {
    const text = fenced('a: >', '  folded', '  at will', 'b: 0x1F', 'c:', '    - "x"', '    # why', '    - y', 'd: x: y', 'e: ', 'f:');
    const others: FieldValue[] = ['new', 1, ['z'], 'plain', 'x', 'y'];
    for (const [index, field] of (readMarkdown(text).frontmatter?.fields ?? []).entries()) {
      const changed = afterSetting(text, field.key, others[index] ?? null);
      assert.notEqual(changed, text);
      assert.equal(applyEdits(changed, setField(readMarkdown(changed), field.key, field.value, [], { raw: field.raw })), text, field.key);
    }
  });

  test('raw text that reads as another value is not used', () => {
    const document = readMarkdown(fenced('a: x'));
    assert.equal(applyEdits(document.text, setField(document, 'a', 'y', [], { raw: 'z' })), fenced('a: y'));
  });

  test('values that others refer to are written out where they were referred to', () => {
    const text = afterSetting(fenced('a: &x one', 'b: *x'), 'a', 'two');
    assert.deepEqual(
      readMarkdown(text).frontmatter?.fields.map(({ value }) => value),
      ['two', 'one'],
    );
  });
});

describe('a field that was not there', () => {
  const order = ['name', 'description', 'tools', 'model'];

  test('goes behind the fields that come before it in the order', () => {
    const text = fenced('name: a', 'description: |', '  b', '# about the model', 'model: opus', 'emoji: x');
    assert.equal(
      afterSetting(text, 'tools', 'Read', order),
      fenced('name: a', 'description: |', '  b', 'tools: Read', '# about the model', 'model: opus', 'emoji: x'),
    );
  });

  test('goes before the others when it is the first, and to the end when the order does not know it', () => {
    assert.equal(afterSetting(fenced('model: x'), 'name', 'a', order), fenced('name: a', 'model: x'));
    assert.equal(afterSetting(fenced('model: x', 'emoji: y'), 'color', 'red', order), fenced('model: x', 'emoji: y', 'color: red'));
  });

  test('is found also below a text that would swallow it', () => {
    const text = fenced('name: a', 'description: Never: closed <example>', 'a line');
    assert.equal(afterSetting(text, 'emoji', 'x'), fenced('emoji: x', 'name: a', 'description: Never: closed <example>', 'a line'));
    assert.equal(afterSetting(text, 'model', 'x'), fenced('name: a', 'description: Never: closed <example>', 'a line', 'model: x'));
  });

  test('makes frontmatter where there is none, behind a BOM', () => {
    assert.equal(afterSetting('# Title\n', 'name', 'a'), '---\nname: a\n---\n# Title\n');
    assert.equal(afterSetting('\uFEFF# Title\r\n', 'name', 'a'), '\uFEFF---\r\nname: a\r\n---\r\n# Title\r\n');
    assert.equal(afterSetting('', 'paths', ['a']), '---\npaths:\n  - a\n---\n');
  });

  test('is indented like the others', () => {
    assert.equal(afterSetting(fenced('  a: x'), 'b', ['y']), fenced('  a: x', '  b:', '    - y'));
  });

  test('comes into a map in braces', () => {
    const text = afterSetting(fenced('{a: x, b: [y]}'), 'c', 'z');
    assert.deepEqual(
      readMarkdown(text).frontmatter?.fields.map(({ key, value }) => [key, value]),
      [
        ['a', 'x'],
        ['b', ['y']],
        ['c', 'z'],
      ],
    );
  });
});

describe('removing and renaming', () => {
  test('a field goes with its lines, and each of its duplicates', () => {
    const document = readMarkdown(fenced('a: x', 'b: |', '  y', '', '  z', 'a: v', 'c: w'));
    assert.equal(applyEdits(document.text, removeField(document, 'b')), fenced('a: x', 'a: v', 'c: w'));
    assert.equal(applyEdits(document.text, removeField(document, 'a')), fenced('b: |', '  y', '', '  z', 'c: w'));
    assert.deepEqual(removeField(document, 'd'), []);
  });

  test('a key is renamed in its place', () => {
    const document = readMarkdown(fenced('"allowed-tools" : Read # c', 'b: y'));
    assert.equal(applyEdits(document.text, renameField(document, 'allowed-tools', 'tools')), fenced('tools : Read # c', 'b: y'));
  });

  test('a name that is taken is not given again', () => {
    assert.deepEqual(renameField(readMarkdown(fenced('a: x', 'b: y')), 'a', 'b'), []);
  });
});

describe('setting the body', () => {
  test('the edit touches only what differs', () => {
    const document = readMarkdown(fenced('a: x'));
    assert.deepEqual(setBody(document, 'Buddy\n'), [{ start: 14, end: 15, text: 'ud' }]);
    assert.deepEqual(setBody(document, 'Body\n'), []);
  });

  test('a closing fence without a line end gets one', () => {
    const document = readMarkdown('---\na: x\n---');
    assert.equal(applyEdits(document.text, setBody(document, 'Body')), '---\na: x\n---\nBody');
    assert.deepEqual(setBody(document, ''), []);
  });

  test('a BOM stays before the body of a file without frontmatter', () => {
    assert.equal(applyEdits('\uFEFFa', setBody(readMarkdown('\uFEFFa'), 'b')), '\uFEFFb');
  });

  test('an LF at the start of the body does not join a CR before it', () => {
    const document = readMarkdown('---\r---\rx');
    const after = readMarkdown(applyEdits(document.text, setBody(document, '\nx')));
    assert.equal(after.text.slice(after.body.start), '\nx');
  });
});
