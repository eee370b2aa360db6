import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { addItem, readItems, removeItem, replaceItem } from '../../../src/core/listField.ts';
import type { ItemList } from '../../../src/core/listField.ts';
import { fieldOf, readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import type { MarkdownDocument } from '../../../src/core/markdown/frontmatter.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';

function listOf(text: string, key = 'tools'): { document: MarkdownDocument; list: ItemList } {
  const document = readMarkdown(text);
  const field = fieldOf(document, key);
  assert.ok(field);
  return { document, list: readItems(document, field) };
}

const withTools = (value: string, eol = '\n') =>
  ['---', 'name: a', `tools:${value}`, 'color: red', '---', 'x', ''].join('\n').replaceAll('\n', eol);
const textsOf = (text: string) => listOf(text).list.items.map((item) => item.text);
const placesOf = (text: string) => listOf(text).list.items.map(({ span }) => text.slice(span.start, span.end));

/** One list in every form a file may have it. */
const forms: Readonly<Record<string, string>> = {
  'a line with commas': ' Read, Bash(git diff, git log), Grep',
  'a line in double quotes': ' "Read, Bash(git diff, git log), Grep"',
  'a line in single quotes': " 'Read, Bash(git diff, git log), Grep'",
  'a line that goes on below': ' Read,\n  Bash(git diff, git log),\n  Grep',
  'a folded block': ' >\n  Read, Bash(git diff, git log),\n  Grep',
  'a flow list': ' [Read, "Bash(git diff, git log)", Grep]',
  'a flow list over lines': " [\n  Read,\n  'Bash(git diff, git log)',\n  Grep\n  ]",
  'a block list': '\n  - Read\n  - Bash(git diff, git log) # only these\n  - Grep',
  'a block list without indentation': '\n- Read\n- "Bash(git diff, git log)"\n- Grep',
};

describe('lists in frontmatter', () => {
  for (const [form, value] of Object.entries(forms)) {
    for (const [ends, eol] of [
      ['', '\n'],
      [' with Windows line ends', '\r\n'],
      [' with lone carriage returns', '\r'],
    ] as const) {
      const text = withTools(value, eol);

      test(`${form}${ends} gives its items with their places`, () => {
        assert.deepEqual(textsOf(text), ['Read', 'Bash(git diff, git log)', 'Grep']);
        assert.deepEqual(placesOf(text), ['Read', 'Bash(git diff, git log)', 'Grep']);
      });

      test(`${form}${ends} loses, changes and gains an item and stays what it is`, () => {
        const { document, list } = listOf(text);
        for (const index of [0, 1, 2]) {
          const rest = ['Read', 'Bash(git diff, git log)', 'Grep'].filter((_, at) => at !== index);
          const after = applyEdits(text, removeItem(document, list, index));
          assert.deepEqual(textsOf(after), rest);
          assert.equal(listOf(after).list.form, list.form);
        }
        assert.deepEqual(textsOf(applyEdits(text, replaceItem(list, 2, 'Glob'))), ['Read', 'Bash(git diff, git log)', 'Glob']);
        assert.deepEqual(textsOf(applyEdits(text, addItem(document, list, 'Write'))), ['Read', 'Bash(git diff, git log)', 'Grep', 'Write']);
      });
    }
  }

  test('with the only item goes the field', () => {
    const text = withTools(' Read');
    const { document, list } = listOf(text);
    assert.equal(applyEdits(text, removeItem(document, list, 0)), '---\nname: a\ncolor: red\n---\nx\n');
  });

  test('an empty field takes its first item', () => {
    const text = withTools('');
    const { document, list } = listOf(text);
    assert.deepEqual(textsOf(applyEdits(text, addItem(document, list, 'Read'))), ['Read']);
  });

  test('entries that are no text are left out, and no place is claimed for the others', () => {
    const { list } = listOf('---\ntools:\n  - Read\n  - server:\n      command: x\n---\n');
    assert.deepEqual(
      list.items.map((item) => item.text),
      ['Read'],
    );
    assert.equal(list.located, false);
  });

  test('an item that is added and removed again leaves the file as it was', () => {
    const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,8}$/).filter((text) => !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text));
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('comma', 'flow', 'block'),
        word,
        (words, form, extra) => {
          const value =
            form === 'comma'
              ? ` ${words.join(', ')}`
              : form === 'flow'
                ? ` [${words.join(', ')}]`
                : words.map((one) => `\n  - ${one}`).join('');
          const text = withTools(value);
          const { document, list } = listOf(text);
          const added = applyEdits(text, addItem(document, list, extra));
          const after = listOf(added);
          assert.deepEqual(
            after.list.items.map((item) => item.text),
            [...words, extra],
          );
          assert.equal(applyEdits(added, removeItem(after.document, after.list, words.length)), text);
        },
      ),
    );
  });
});
