import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dryRun, dryRunText } from '../../../src/app/jobs/dryRun.ts';
import { exampleJob, jobFormatPage } from '../../rig/jobFormatPage.ts';
import { definitionOf, readJobFile } from '../../../src/app/jobs/readJobFile.ts';
import { stepWords } from '../../../src/core/jobs/stepWords.ts';
import type { JobDefinition } from '../../../src/protocol/jobs/jobFile.ts';
import { readText } from '../sources.ts';

const job = (steps: string, more = ''): JobDefinition =>
  definitionOf('test', readJobFile(`name: Test\nversion: 1\nhosts: [a.example]\n${more}steps:\n${steps}`));

describe('a dry run', () => {
  test('says what the example of the format would do', () => {
    assert.equal(
      dryRunText('rfis', dryRun('rfis', definitionOf('rfis', readJobFile(exampleJob)), new Map())),
      [
        'What a run of rfis would do. Nothing was run.',
        '',
        'Steps',
        '  Open app.procore.com/{{inputs.project}}/rfis',
        '  Make sure that the user is signed in',
        '  On each page, at most 50, by link "Next": read number, subject, due, link into rfis',
        '  Click button "Export"',
        '  Save rfis to data/rfis-{{date}}.csv',
        '',
        'Asks for',
        '  Project number (project)',
        '',
        'Talks to',
        '  *.procore.com',
        '',
        'May change on the website',
        '  Nothing: the job is read-only.',
        '',
        'Writes the files',
        '  data/rfis-{{date}}.csv',
        '',
        'Makes tasks',
        '  For each new record of rfis: RFI {{item.number}}, {{item.subject}}',
        '',
      ].join('\n'),
    );
  });

  test('goes into the jobs that are run, and into steps within steps', () => {
    const inner = job('  - download: { url: /x }\n    saveAs: x.pdf\n', 'mode: write\n');
    const outer = job('  - if: { empty: a }\n    steps:\n      - runJob: inner\n    else:\n      - say: b\n        disabled: true\n');
    const { steps, files, writes, problems } = dryRun('outer', outer, new Map([['inner', inner]]));
    assert.deepEqual(
      steps.map(({ depth, words, isDisabled }) => `${'>'.repeat(depth)} ${words}${isDisabled ? ' off' : ''}`),
      [' If "a" is empty', '> Run the job inner', '>> Download /x to x.pdf', ' Otherwise', '> Say: b off'],
    );
    assert.deepEqual([files, writes, problems], [['x.pdf'], 'all', []]);
  });

  test('refuses jobs that run themselves in the end, are missing, or have errors', () => {
    const runs = (name: string) => job(`  - runJob: ${name}\n`);
    const jobs = new Map([
      ['a', runs('b')],
      ['b', runs('a')],
      ['broken', undefined],
    ]);
    assert.deepEqual(dryRun('a', runs('b'), jobs).problems, ['a runs b runs a: a job that runs itself never ends.']);
    assert.deepEqual(dryRun('x', runs('none'), jobs).problems, ['x runs the job none, and there is no such file.']);
    assert.deepEqual(dryRun('x', runs('broken'), jobs).problems, ['x runs the job broken, whose file has errors.']);
  });
});

describe('a step in words', () => {
  const told: readonly (readonly [object, string])[] = [
    [{ click: { role: 'button', name: 'Next' } }, 'Click button "Next"'],
    [{ click: { candidates: [{ text: 'Go' }], fingerprint: null, frame: [] }, count: 2 }, 'Double-click "Go"'],
    [{ fill: [{ label: 'Password' }], with: 'hunter2' }, 'Fill field "Password"'],
    [{ goto: 'https://a.example/x?token=1#y' }, 'Open a.example/x'],
    [{ name: 'Sign in', click: { css: 'a' } }, 'Sign in'],
    [{ waitFor: { hidden: { css: '.spin' } } }, 'Wait until element ".spin" is gone'],
    [{ request: 'https://a.example/api?x=1', method: 'POST', extract: {} }, 'POST a.example/api'],
    [{ assert: { not: { all: [{ empty: 'a' }, { equals: ['b', 'c'] }] } } }, 'Check that not: "a" is empty and "b" is "c"'],
    [{ forEach: { in: [1, 2], as: 'row' }, steps: [] }, 'For each row of 2 values'],
    [{ say: 'a\nb' }, 'Say: a b'],
    [{}, 'A step'],
  ];
  for (const [step, words] of told) test(words, () => assert.equal(stepWords(step), words));

  test('is short, whatever is in it', () => assert.ok(stepWords({ click: { text: 'x'.repeat(5000) } }).length < 200));
});

describe('docs/job-format.md', () => {
  test('is what the schema says, with an example that is right', () => {
    assert.deepEqual(readJobFile(exampleJob).problems, []);
    assert.equal(
      readText('docs/job-format.md'),
      jobFormatPage(),
      'docs/job-format.md is not up to date: write what jobFormatPage() of test/rig/jobFormatPage.ts returns into it.',
    );
  });
});
