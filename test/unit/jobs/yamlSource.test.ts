import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readYamlSource } from '../../../src/core/jobs/yamlSource.ts';

const message = (text: string) => readYamlSource(text).problems[0]?.message ?? '';

describe('the text of a job', () => {
  test('stands for a plain value, and tells where each part of it is written', () => {
    const text = 'name: a # remark\nsteps:\n  - goto: "https://x"\n    note: |\n      two\n      lines\n  - { say: b }\n';
    const yaml = readYamlSource(text);
    assert.deepEqual(yaml.value, { name: 'a', steps: [{ goto: 'https://x', note: 'two\nlines\n' }, { say: 'b' }] });
    const at = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
    assert.equal(at(yaml.valueSpan(['steps', 0, 'goto'])), '"https://x"');
    assert.equal(at(yaml.keySpan(['steps', 1, 'say'])), 'say');
    assert.equal(at(yaml.valueSpan(['steps', 1])), '{ say: b }');
    assert.equal(at(yaml.valueSpan(['steps', 1, 'missing', 'far'])), '{ say: b }');
  });

  test('may be JSON, with tabs and all', () =>
    assert.deepEqual(readYamlSource('{\n\t"a": [1, null, true]\n}').value, { a: [1, null, true] }));

  test('may repeat a value by an alias', () => {
    const text = 'a: &x { css: b }\nb: *x\n';
    const yaml = readYamlSource(text);
    assert.deepEqual(yaml.value, { a: { css: 'b' }, b: { css: 'b' } });
    assert.equal(text.slice(yaml.valueSpan(['b', 'css']).start), 'b }\nb: *x\n');
  });

  test('keeps the name __proto__ a name', () => {
    const { value } = readYamlSource('__proto__: { polluted: 1 }');
    assert.deepEqual(Object.keys(value as object), ['__proto__']);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['a key that is there twice', 'a: 1\nb: { c: 1, c: 2 }\n', /"c" is there twice/],
    ['a tag', 'a: !!binary aGVs\n', /Tags such as/],
    ['a tag of its own', 'a: !js/function "x"\n', /Tags such as/],
    ['a merge key', 'a: &x { b: 1 }\nc:\n  <<: *x\n', /Merge keys/],
    ['a second document', 'a: 1\n---\nb: 2\n', /holds one job/],
    ['YAML 1.1', '%YAML 1.1\n---\na: yes\n', /Only YAML 1.2/],
    ['an unknown alias', 'a: *x\n', /an anchor that is not there/],
    ['a value within itself', 'a: &x [*x]\n', /an anchor that is not there/],
    ['a template without quotes', 'steps:\n  - goto: {{inputs.a}}\n', /needs quotes/],
    ['a list as a key', '? [a]\n: b\n', /This key is no text/],
    ['a number beyond all bounds', 'a: 1e999\n', /too large/],
    ['an open bracket', 'a: [1\n', /./],
    ['broken indentation', 'a:\n   b: 1\n  c: 2\n', /./],
  ];
  for (const [what, text, reason] of refused) {
    test(`with ${what} is refused`, () => {
      assert.match(message(text), reason);
      assert.equal(readYamlSource(text).value, null);
    });
  }
});

describe('a bomb', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
  const laughs = ['a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]'].concat(
    letters.slice(1).map((letter, index) => `${letter}: &${letter} [${Array<string>(9).fill(`*${letters[index]}`).join(', ')}]`),
  );
  const doubling = ['a: &a [x]'].concat(
    letters.slice(1).map((letter, index) => `${letter}: &${letter} [*${letters[index]}, *${letters[index]}]`),
  );
  const bombs: Readonly<Record<string, string>> = {
    'of aliases': laughs.join('\n'),
    'of few aliases that double': doubling.join('\n'),
    'of brackets': '['.repeat(500_000),
    'of braces': '{a: '.repeat(200_000),
    'of indentation': Array.from({ length: 1300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    'of dashes': '- '.repeat(400_000),
    'of question marks': '? '.repeat(400_000),
    'of colons': 'a: '.repeat(300_000),
    'of errors': ': ] }\n'.repeat(100_000),
    'of templates without quotes': `a: ${'{{x}} '.repeat(100_000)}`,
    'of one long text': `a: ${'x'.repeat(900_000)}`,
    'that is too long': 'a'.repeat(1_000_001),
  };
  readYamlSource('a: [1]');
  for (const [what, text] of Object.entries(bombs)) {
    test(`${what} is harmless`, () => {
      const memory = process.memoryUsage().heapUsed;
      // One that went off would take hours, and all memory.
      const { problems } = readYamlSource(text);
      assert.ok(what === 'of one long text' || problems.length > 0);
      assert.ok(process.memoryUsage().heapUsed - memory < 100_000_000);
    });
  }

  test('of a million signs is given up before it is understood', () => {
    assert.match(message('"'.repeat(990_000)), /too long to be read/);
  });
});
