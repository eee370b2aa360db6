import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { hoverJob, suggestJob } from '../../../src/app/jobs/jobSuggestions.ts';
import type { JobSuggestion } from '../../../src/app/jobs/jobSuggestions.ts';
import { readJobFile } from '../../../src/app/jobs/readJobFile.ts';
import { stepSnippets, targetSnippets } from '../../../src/app/jobs/stepSnippets.ts';

/** The place of `|`, and the text without it. */
function at(marked: string): { text: string; offset: number } {
  const offset = marked.indexOf('|');
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset };
}
function suggest(marked: string): JobSuggestion[] {
  const { text, offset } = at(marked);
  return suggestJob(text, offset);
}
const labels = (marked: string) => suggest(marked).map(({ label }) => label);
/** A snippet as it is when nothing of it is changed. */
const plain = (snippet: string) =>
  snippet
    .replaceAll(/\$\{\d+\|([^,|]*)[^}]*\|\}/g, '$1')
    .replaceAll(/\$\{\d+:((?:\\.|[^}])*)\}/g, '$1')
    .replaceAll('\\}', '}');
/** What the text becomes when the suggestion of that label is taken. */
function take(marked: string, label: string): string {
  const { text } = at(marked);
  const found = suggest(marked).find((one) => one.label === label);
  assert.ok(found, `${label} is suggested`);
  return text.slice(0, found.span.start) + (found.isSnippet ? plain(found.insert) : found.insert) + text.slice(found.span.end);
}

describe('completion of keys', () => {
  test('offers at the top what a job can have and has not yet', () => {
    const found = labels('name: a\n|\nversion: 1\n');
    assert.ok(found.includes('steps') && found.includes('hosts') && !found.includes('version') && !found.includes('name'));
  });
  test('offers steps behind a dash, with all they need', () => {
    assert.equal(take('steps:\n  - cl|', 'click'), 'steps:\n  - click: { role: button, name: Name }');
    // VS Code indents further lines as the one of the cursor; those two blanks are the dash's.
    assert.equal(take('steps:\n  - |', 'fill'), 'steps:\n  - fill: { label: Label }\n  with: text');
  });
  test('offers to go on with a step what fits it', () => {
    const found = labels('steps:\n  - click: { text: a }\n    |');
    assert.ok(found.includes('button') && found.includes('timeout') && !found.includes('goto') && !found.includes('with'));
  });
  test('offers steps to one that has none of its own yet', () => assert.ok(labels('steps:\n  - id: a\n    |').includes('goto')));
  test('knows nested steps', () => assert.ok(labels('steps:\n  - if: { empty: a }\n    steps:\n      - go|').includes('goto')));
  test('offers ways to an element in braces, in lists and in lines', () => {
    for (const marked of ['{ ro| }', '{ ro|', '[ { css: a }, { ro| } ]', '\n      - ro|', '\n      ro|', '\n      - css: a\n      - ro|']) {
      assert.ok(labels(`steps:\n  - click: ${marked}`).includes('role'), marked);
    }
    assert.equal(take('steps:\n  - click: { role: button, na| }', 'name'), 'steps:\n  - click: { role: button, name:  }');
  });
  test('offers no way beside another one', () => {
    const found = labels('session:\n  profile: a\n  |');
    assert.ok(found.includes('window') && !found.includes('profile') && !found.includes('attach'));
  });
  test('leaves the colon that is there', () => assert.equal(take('na|me: x\n', 'name'), 'name: x\n'));
  test('writes quotes in JSON', () => {
    assert.equal(take('{\n  "na|"\n}', 'name'), '{\n  "name": \n}');
    assert.equal(take('{ "steps": [ { "go|": "x" } ] }', 'goto'), '{ "steps": [ { "goto": "x" } ] }');
  });
  test('offers nothing in comments and texts of several lines', () => {
    assert.deepEqual(labels('# na|'), []);
    assert.deepEqual(labels('description: >\n  more |\n'), []);
  });
});

describe('completion of values', () => {
  test('offers the words there are', () => {
    assert.deepEqual(labels('mode: |\n'), ['read-only', 'write']);
    assert.deepEqual(labels('session: { profile: a, window: t| }'), ['true', 'false']);
    assert.ok(labels('steps:\n  - extract:\n      fields:\n        due: { cell: 1, as: d| }').includes('date'));
    assert.deepEqual(labels('schedule: { at: "07:30", days: [mon, |] }').slice(0, 2), ['mon', 'tue']);
  });
  test('writes words in quotes in JSON', () => assert.equal(take('{ "mode": "wr|" }', 'write'), '{ "mode": "write" }'));
  test('offers roles and elements', () => {
    assert.ok(labels('steps:\n  - click: { role: bu|').includes('button'));
    assert.equal(take('steps:\n  - click: |', '{ label }'), 'steps:\n  - click: { label: Label }');
  });
  test('offers collections to save and to make tasks of', () => {
    const job =
      'steps:\n  - id: rows\n    extract: { fields: { a: { css: a } } }\n  - extract: { into: rfis, fields: { a: { css: a } } }\n';
    assert.deepEqual(labels(`${job}  - save: |`), ['rows', 'rfis']);
    assert.deepEqual(labels(`${job}tasks:\n  - from: r|`), ['rows', 'rfis']);
  });
  test('offers filters', () => {
    const text = 'steps:\n  - say: "{{date | }}"';
    assert.deepEqual(
      suggestJob(text, text.indexOf(' }}') + 1)
        .map(({ label }) => label)
        .slice(0, 2),
      ['date', 'default'],
    );
  });
  test('offers the names that templates can use', () => {
    const job = 'inputs: { project: {} }\nsteps:\n  - set: { total: "1" }\n  - forEach: { in: [1], as: row }\n    steps:\n';
    const found = labels(`${job}      - goto: https://a.example/{{|`);
    assert.ok(['inputs.project', 'vars.total', 'row', 'date'].every((name) => found.includes(name)));
    assert.ok(!labels(`${job}  - say: "{{|"`).includes('row'));
    assert.equal(take(`${job}  - say: "{{inputs.pr|}}"`, 'inputs.project'), `${job}  - say: "{{inputs.project}}"`);
  });
});

describe('the snippet of a step', () => {
  for (const [kind, snippet] of Object.entries(stepSnippets)) {
    test(`${kind} makes a step that is right`, () => {
      const body = plain(snippet)
        .replaceAll('https://', 'https://a.example/')
        .replaceAll('steps.rows', 'steps.first')
        .split('\n')
        .join('\n    ');
      const text = `name: a\nversion: 1\nhosts: [a.example]\nsteps:\n  - id: first\n    extract: { into: rows, fields: { a: { css: a } } }\n  - id: second\n    ${body}\n`;
      assert.deepEqual(
        readJobFile(text)
          .problems.filter(({ severity }) => severity === 'error')
          .map(({ message }) => message),
        [],
      );
    });
  }
  test('of an element is right', () => {
    for (const [, snippet] of targetSnippets) {
      const text = `name: a\nversion: 1\nhosts: [a.example]\nsteps:\n  - click: ${plain(snippet)}\n`;
      assert.deepEqual(readJobFile(text).problems, []);
    }
  });
});

describe('a hover', () => {
  const hover = (marked: string) => {
    const { text, offset } = at(marked);
    return hoverJob(text, offset)?.text;
  };
  test('says what a key means', () => {
    assert.match(hover('mo|de: write\n') ?? '', /^\*\*mode\*\*: read-only \(default\)[^]*One of `read-only`, `write`/);
    assert.match(hover('steps:\n  - cli|ck: { role: button }\n') ?? '', /Clicks an element/);
    assert.match(hover('steps:\n  - click: { ro|le: button }\n') ?? '', /ARIA role/);
    assert.match(hover('{ "ho|sts": [] }') ?? '', /may talk to/);
  });
  test('says what the names of templates mean', () => assert.match(hover('steps:\n  - say: "{{da|te}}"') ?? '', /Today/));
  test('says nothing of values and of what is unknown', () => {
    assert.equal(hover('mode: wri|te\n'), undefined);
    assert.equal(hover('foo|: 1\n'), undefined);
    assert.equal(hover('  | '), undefined);
  });
});

describe('completion and hover', () => {
  test('never throw, wherever the cursor is', () => {
    const word = fc.constantFrom(
      'steps',
      'click',
      'role',
      'if',
      ':',
      ': ',
      '- ',
      '\n',
      '\n  ',
      '\n    ',
      '{',
      '}',
      '[',
      ']',
      ', ',
      '"',
      '{{',
      '}}',
      '#',
      'a',
      '|',
      '>',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), fc.nat(), (words, seed) => {
        const text = words.join('');
        const offset = seed % (text.length + 1);
        for (const { span } of suggestJob(text, offset)) assert.ok(span.start <= offset && offset <= span.end && span.end <= text.length);
        hoverJob(text, offset);
      }),
      { numRuns: 500 },
    );
  });

  test('of a long job are found', () => {
    const text = `inputs: { a: {} }\nsteps:\n${'  - click: { role: button, name: Save }\n    note: x\n'.repeat(2000)}  - cl`;
    assert.ok(suggestJob(text, text.length).length > 0);
  });
});
