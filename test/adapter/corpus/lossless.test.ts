import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { hasLiteralNewlines, toBlockScalar, withLineEnds } from '../../../src/core/markdown/escapes.ts';
import { decodeFile, encodeFile, hasInvalidBytes } from '../../../src/core/markdown/fileText.ts';
import type { FieldValue, FrontmatterField, MarkdownDocument } from '../../../src/core/markdown/frontmatter.ts';
import { fieldOf, readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import { quoteForStrictYaml, removeField, renameField, setBody, setField } from '../../../src/core/markdown/frontmatterEdit.ts';
import { mojibakeEdits, repairMojibake } from '../../../src/core/markdown/mojibake.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';
import { garble } from '../../unit/markdown/windows1252.ts';

/*
 * Real files of every kind, beside the repository and not in it: data, whatever they say. They are found, not listed, so that more of
 * them are tried where there are more.
 */
const samples = resolve(process.cwd(), '../shared/samples');
const files = ['claude', 'seeds'].flatMap((folder) => filesBelow(join(samples, folder)));
const documents = files
  .filter((file) => file.endsWith('.md'))
  .map((file) => ({ name: relative(samples, file), document: readMarkdown(decodeFile(readFileSync(file))) }));
const fields = documents.flatMap(({ name, document }) =>
  (document.frontmatter?.fields ?? [])
    .filter((field) => fieldOf(document, field.key) === field)
    .map((field) => ({ name: `${name}, ${field.key}`, document, field })),
);

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function after(document: MarkdownDocument, edits: ReturnType<typeof setField>): MarkdownDocument {
  return readMarkdown(applyEdits(document.text, edits));
}

function anotherValue(value: FieldValue): FieldValue {
  if (typeof value === 'string') return value === 'another' ? 'yet another' : 'another';
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (value === null) return 'another';
  return Array.isArray(value) ? ['another', 'one'] : { another: { one: true } };
}

/** The lines of the field are the only ones that differ. */
function assertOnlyItsLines(before: MarkdownDocument, field: FrontmatterField, text: string, name: string): void {
  assert.ok(text.startsWith(before.text.slice(0, field.span.start)), name);
  assert.ok(text.endsWith(before.text.slice(field.span.end)), name);
}

describe('real files', { skip: files.length === 0 && 'there are no samples beside the repository' }, () => {
  test('are written back byte for byte', () => {
    for (const file of files) {
      const bytes = readFileSync(file);
      assert.ok(bytes.equals(encodeFile(decodeFile(bytes))), file);
    }
  });

  test('have the flags that were found by other programs', () => {
    const rows = readFileSync(join(samples, 'claude/SOURCES.tsv'), 'utf8').trim().split('\n').slice(1);
    let checked = 0;
    for (const row of rows) {
      const [file = '', kind, , , , , , flags = ''] = row.split('\t');
      if (kind === 'config' || kind === 'derived' || !file.endsWith('.md')) continue;
      const known = new Set(
        'yaml-strict-fail ok-after-line-quoting ok-after-lf+line-quoting needs-key-scan no-frontmatter fm-unclosed crlf bom invalid-utf8'.split(
          ' ',
        ),
      );
      const expected = flags.split(',').filter((flag) => known.has(flag));
      const document = readMarkdown(decodeFile(readFileSync(join(samples, 'claude', file))));
      assert.deepEqual(flagsOf(document), expected.toSorted(), file);
      checked++;
    }
    assert.ok(checked > 0);
  });

  test('that were converted to a BOM, CR or CRLF read the same values as before', () => {
    const values = new Map<string, unknown>();
    for (const { name, document } of documents.filter((each) => each.name.includes('/derived/'))) {
      const original = name.replace(/^.*__/, '');
      const own = document.frontmatter?.fields.map(({ key, value }) => [key, value]);
      assert.deepEqual(own, values.get(original) ?? own, name);
      values.set(original, own);
    }
  });

  test('have the values that strict YAML reads, where it reads them', () => {
    for (const { name, document } of documents) {
      if (document.frontmatter?.level === 'strict') assertYamlReads(document, name);
    }
  });

  test('have any field set to another value and back byte for byte, and only its lines change', () => {
    for (const { name, document, field } of fields) {
      const wanted = anotherValue(field.value);
      const changed = after(document, setField(document, field.key, wanted));
      assert.deepEqual(fieldOf(changed, field.key)?.value, wanted, name);
      assertOnlyItsLines(document, field, changed.text, name);
      const back = after(changed, setField(changed, field.key, field.value, [], { raw: field.raw }));
      assert.equal(back.text, document.text, name);
    }
  });

  test('have a word changed in any text and back byte for byte without the raw text, where strict YAML reads it', () => {
    for (const { name, document, field } of fields) {
      if (typeof field.value !== 'string' || document.frontmatter?.level !== 'strict' || !/\w/.test(field.value)) continue;
      const word = /\w+/.exec(field.value.slice(field.value.length / 2))?.[0] ?? field.value.trim();
      const wanted = field.value.replace(word, `${word}s`);
      const changed = after(document, setField(document, field.key, wanted));
      assert.equal(fieldOf(changed, field.key)?.value, wanted, name);
      assertOnlyItsLines(document, field, changed.text, name);
      assert.equal(after(changed, setField(changed, field.key, field.value)).text, document.text, name);
    }
  });

  test('have any field removed, renamed and given a line of its own', () => {
    for (const { name, document, field } of fields) {
      const { text } = document;
      const removed = after(document, removeField(document, field.key)).text;
      assert.equal(removed, text.slice(0, field.span.start) + text.slice(field.span.end), name);
      const renamed = after(document, renameField(document, field.key, 'another-name'));
      assert.equal(after(renamed, renameField(renamed, 'another-name', field.key)).text, text, name);
    }
    for (const { name, document } of documents) {
      const added = after(document, setField(document, 'another-name', ['one', 'two']));
      assert.equal(added.text.slice(added.body.start), document.text.slice(document.body.start), name);
      if (document.frontmatter !== null) assert.equal(after(added, removeField(added, 'another-name')).text, document.text, name);
    }
  });

  test('are accepted by strict YAML after quoting, with the same values', () => {
    const rejected = documents.filter(({ document }) => document.frontmatter !== null && document.frontmatter.level !== 'strict');
    for (const { name, document } of rejected) {
      const quoted = after(document, quoteForStrictYaml(document));
      assert.equal(quoted.frontmatter?.level, 'strict', name);
      assertYamlReads(quoted, name);
      assert.deepEqual(
        quoted.frontmatter.fields.map(({ key, value }) => [key, value]),
        document.frontmatter?.fields.map(({ key, value }) => [key, value]),
        name,
      );
      assert.equal(quoted.text.slice(quoted.body.start), document.text.slice(document.body.start), name);
    }
  });

  test('have backslash and n turned into lines of a block', () => {
    for (const { name, document, field } of fields.filter((each) => hasLiteralNewlines(each.field))) {
      const block = after(document, toBlockScalar(document, field.key));
      assert.equal(fieldOf(block, field.key)?.value, withLineEnds(typeof field.value === 'string' ? field.value : ''), name);
      assert.equal(fieldOf(block, field.key)?.style, 'literal', name);
    }
  });

  test('have their mojibake turned back by UTF-8 and Windows-1252 alone', () => {
    for (const { name, document } of documents) {
      for (const { start, end, text } of mojibakeEdits(document.text)) {
        assert.equal(garble(text), document.text.slice(start, end), name);
      }
      assert.equal(repairMojibake(document.text) ?? document.text, applyEdits(document.text, mojibakeEdits(document.text)), name);
    }
  });

  test('have another body and their own again', () => {
    for (const { name, document } of documents) {
      const body = document.text.slice(document.body.start);
      const changed = after(document, setBody(document, 'Another body\n'));
      assert.equal(changed.text.slice(changed.body.start), 'Another body\n', name);
      // A closing fence that ends the file has got its line end, and keeps it.
      if (body !== '') assert.equal(after(changed, setBody(changed, body)).text, document.text, name);
    }
  });
});

function assertYamlReads({ text, frontmatter }: MarkdownDocument, name: string): void {
  const source = text.slice(frontmatter?.span.start, frontmatter?.span.end).replace(/\r(?!\n)/g, '\n');
  const expected: unknown = parse(source, { uniqueKeys: true });
  const values = Object.fromEntries((frontmatter?.fields ?? []).map(({ key, value }) => [key, value]));
  assert.deepEqual(values, expected ?? {}, name);
}

function flagsOf({ text, frontmatter, unclosed, eol }: MarkdownDocument): string[] {
  const flags: string[] = [];
  if (unclosed !== null) flags.push('fm-unclosed');
  else if (frontmatter === null) flags.push('no-frontmatter');
  if (frontmatter !== null && frontmatter.level !== 'strict') {
    const quoted = eol === '\r\n' ? 'ok-after-lf+line-quoting' : 'ok-after-line-quoting';
    flags.push('yaml-strict-fail', frontmatter.level === 'quoted' ? quoted : 'needs-key-scan');
  }
  if (eol === '\r\n') flags.push('crlf');
  if (text.startsWith('\uFEFF')) flags.push('bom');
  // One sample has the replacement characters of a byte that was lost before it came to its repository.
  if (hasInvalidBytes(text) || text.includes('\uFFFD')) flags.push('invalid-utf8');
  return flags.toSorted();
}
