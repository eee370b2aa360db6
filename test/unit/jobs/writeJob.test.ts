import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { exampleJob } from '../../rig/jobFormatPage.ts';
import { newJob } from '../../../src/app/jobs/newJob.ts';
import { readJobFile } from '../../../src/app/jobs/readJobFile.ts';
import { writeJob } from '../../../src/app/jobs/writeJob.ts';
import { readYamlSource } from '../../../src/core/jobs/yamlSource.ts';

describe('a job that is written', () => {
  test('is read as the same value, whatever it is', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        'yes',
        'null',
        '012',
        '1e3',
        ': ',
        'a: b',
        '# x',
        '- a',
        '{{a}}',
        '<<',
        ' a ',
        'a\nb\n',
        "it's",
        '"',
        '!x',
        '&a',
        '*a',
        '%',
        '---',
        '07:30',
        '=',
      ),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        text,
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
        fc.constantFrom<unknown>(true, false, null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(text, fc.constantFrom('steps', 'fields', 'click', 'else')), tie('value'), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('name', 'steps', 'inputs', 'x'), value, { minKeys: 1, noNullPrototype: true }), (job) => {
        const written = writeJob(job);
        const read = readYamlSource(written);
        assert.deepEqual(read.problems, [], written);
        assert.deepEqual(read.value, job);
      }),
      { numRuns: 500 },
    );
  });

  test('has its keys in their order, small groups on one line, and steps in lines', () => {
    const written = writeJob({
      steps: [
        { note: 'why', timeout: '5s', click: [{ role: 'button', name: 'Save: all' }, { css: '#save' }], id: 'save' },
        { steps: [{ goto: '/x' }], if: { visible: { css: 'a' } } },
      ],
      hosts: ['*.a.example'],
      version: 1,
      name: 'Save',
      session: { profile: 'a' },
    });
    assert.equal(
      written,
      [
        'name: Save',
        'version: 1',
        'session: { profile: a }',
        'hosts: ["*.a.example"]',
        'steps:',
        '  - id: save',
        '    click:',
        '      - { role: button, name: "Save: all" }',
        '      - { css: "#save" }',
        '    timeout: 5s',
        '    note: why',
        '  - if: { visible: { css: a } }',
        '    steps:',
        '      - goto: /x',
        '',
      ].join('\n'),
    );
  });

  test('stays as it is when it is written again', () => {
    const once = writeJob(readJobFile(exampleJob).source);
    assert.equal(writeJob(readJobFile(once).source), once);
  });
});

describe('a new job', () => {
  test('can be run as it is, whatever its name and address', () => {
    for (const [name, url] of [
      ['RFIs', 'https://app.example.com/x?y=1#z'],
      ['a: "b" #c', 'http://localhost:8080/'],
    ] as const) {
      const { problems, definition } = readJobFile(newJob({ name, url }));
      assert.deepEqual(problems, []);
      assert.equal(definition?.name, name);
      assert.deepEqual(definition.hosts, [new URL(url).host]);
    }
  });

  test('can be run with what its remarks propose', () => {
    const text = newJob({ name: 'a', url: 'https://a.example/' }).replaceAll(/^ {2}# /gm, '  ');
    assert.deepEqual(readJobFile(text).problems, []);
  });
});
