import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { AppError } from '../../../src/core/appError.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';
import { definitionOf, readJobFile } from '../../../src/app/jobs/readJobFile.ts';

const head = 'name: Test\nversion: 1\nhosts: [a.example]\n';
const withSteps = (steps: string) => `${head}steps:\n${steps}`;

/** `5:11 error message`, with the text it is about. */
function told(text: string): string[] {
  return readJobFile(text).problems.map(
    ({ line, column, severity, message, span }) => `${line}:${column} ${severity} [${text.slice(span.start, span.end)}] ${message}`,
  );
}
/** After the fixes that are offered. */
function fixed(text: string): string {
  const edits = readJobFile(text).problems.flatMap(({ fixes }) => (fixes ?? []).flatMap((fix) => ('edits' in fix ? fix.edits : [])));
  return applyEdits(text, edits);
}

describe('a job file without faults', () => {
  test('gives its definition, and the plain value as it is written', () => {
    const reading = readJobFile(withSteps('  - click: { role: button, name: Next }\n    timeout: 5s\n'));
    assert.deepEqual(reading.problems, []);
    assert.deepEqual(reading.definition?.steps, [
      { click: { candidates: [{ role: 'button', name: 'Next' }], fingerprint: null, frame: [] }, timeout: 5000 },
    ]);
    assert.deepEqual(reading.source, {
      name: 'Test',
      version: 1,
      hosts: ['a.example'],
      steps: [{ click: { role: 'button', name: 'Next' }, timeout: '5s' }],
    });
  });

  test('may be JSON', () => {
    const json = JSON.stringify({ name: 'a', version: 1, hosts: ['a.example'], steps: [{ goto: 'https://a.example/' }] }, null, '\t');
    assert.deepEqual(readJobFile(json).problems, []);
  });

  test('may nest steps deeply', () => {
    let inner: unknown = [{ say: 'x' }];
    for (let depth = 0; depth < 40; depth++) inner = [{ if: { empty: 'x' }, steps: inner, else: [{ say: 'y' }] }];
    const { definition } = readJobFile(JSON.stringify({ name: 'a', version: 1, hosts: ['a.example'], steps: inner }));
    assert.ok(definition !== undefined);
  });
});

describe('a fault of a job file is located and said in words', () => {
  const faults: readonly (readonly [string, string, string])[] = [
    ['an empty file', '', '1:1 error [] The file is empty. A job needs name, version, hosts and steps.'],
    ['a missing key', 'name: a\nversion: 1\nsteps: [{ goto: /x }]\n', '1:1 error [name: a] The job needs the key hosts.'],
    [
      'a key that is missing from a step',
      withSteps('  - fill: { label: Name }\n'),
      '5:5 error [fill: { label: Name }] steps[0] needs the key with.',
    ],
    ['an unknown key', `${head}step: []\nsteps: [{ say: a }]\n`, '4:1 error [step] A job has no key step. Did you mean steps?'],
    ['an unknown step', withSteps('  - clik: { role: button }\n'), '5:5 error [clik] There is no step clik. Did you mean click?'],
    [
      'two steps in one',
      withSteps('  - click: { text: a }\n    hover: { text: a }\n'),
      '6:5 error [hover] A step does one thing. Make hover a step of its own.',
    ],
    ['a misspelled way', withSteps('  - click: { rol: button }\n'), '5:14 error [rol] steps[0].click has no key rol. Did you mean role?'],
    [
      'a misspelled condition',
      withSteps('  - assert: { visble: { text: a } }\n'),
      '5:15 error [visble] steps[0].assert has no key visble. Did you mean visible?',
    ],
    [
      'a misspelled word',
      `${head}mode: wirte\nsteps: [{ say: a }]\n`,
      '4:7 error [wirte] mode is none of read-only, write. Did you mean write?',
    ],
    ['a wrong type', withSteps('  - goto: 5\n'), '5:11 error [5] steps[0].goto is not a text.'],
    ['a key with nothing behind it', withSteps('  - goto:\n'), '5:10 error [] steps[0].goto is empty.'],
    ['an empty list of ways', withSteps('  - click: []\n'), '5:12 error [[]] steps[0].click has no candidate.'],
    [
      'a bad time',
      withSteps('  - say: a\n    timeout: 5 sec\n'),
      '6:14 error [5 sec] steps[0].timeout is not a time like 500ms, 15s, 10m or 2h.',
    ],
    [
      'a fault in a nested step',
      withSteps('  - if: { empty: a }\n    steps:\n      - goto: [1]\n'),
      '7:15 error [[1]] steps[0].steps[0].goto is not a text.',
    ],
    [
      'a path that leads out',
      withSteps('  - screenshot: ../x.png\n'),
      '5:17 error [../x.png] steps[0].screenshot leads out of the workspace folder.',
    ],
    [
      'a bad name of an input',
      `${head}inputs:\n  "a b": {}\nsteps: [{ say: a }]\n`,
      '5:3 error ["a b"] inputs.a b is not a name of letters, digits, - and _ that begins with a letter.',
    ],
    [
      'an attached browser elsewhere',
      `${head}session: { attach: "http://10.0.0.1:9222" }\nsteps: [{ say: a }]\n`,
      '4:20 error ["http://10.0.0.1:9222"] session.attach is not an address on this machine, such as http://127.0.0.1:9222.',
    ],
    [
      'an id that is there twice',
      withSteps('  - id: a\n    say: x\n  - id: a\n    say: x\n'),
      '7:9 error [a] Another step has the id a already. An id names one step.',
    ],
    [
      'a foreign host',
      withSteps('  - goto: https://b.example/x\n'),
      '5:11 error [https://b.example/x] b.example is not among the hosts of the job. Add it to hosts, or correct the address.',
    ],
    [
      'an address without https',
      withSteps('  - goto: a.example/x\n'),
      '5:11 error [a.example/x] a.example/x is no address: begin it with https://, or with / for the site the page is on.',
    ],
    [
      'a file as address',
      withSteps('  - goto: file:///etc/passwd\n'),
      '5:11 error [file:///etc/passwd] file: addresses are not opened, only http and https.',
    ],
    [
      'an unknown collection',
      withSteps('  - id: rows\n    extract: { fields: { a: { css: a } } }\n  - save: row\n    to: a.csv\n'),
      '7:11 error [row] No step extracts into a collection row. Did you mean rows?',
    ],
    [
      'an unknown input',
      `${head}inputs: { project: {} }\nsteps:\n  - say: "a {{inputs.projct}}"\n`,
      '6:13 error [{{inputs.projct}}] {{inputs.projct}}: the job has no input projct. Did you mean project?',
    ],
    [
      'an input without its group',
      `${head}inputs: { project: {} }\nsteps:\n  - say: "{{project}}"\n`,
      '6:11 error [{{project}}] {{project}}: there is nothing called project here. Did you mean inputs.project?',
    ],
    [
      'the value of a loop outside of it',
      withSteps('  - say: "{{item.a}}"\n'),
      '5:11 error [{{item.a}}] {{item.a}}: there is nothing called item here.',
    ],
    [
      'a secret in an address',
      `${head}inputs: { pw: { secret: true } }\nsteps:\n  - goto: "https://a.example/?p={{inputs.pw}}"\n`,
      '6:33 error [{{inputs.pw}}] {{inputs.pw}} is secret, and this text is shown, stored or logged. A secret can be typed by fill, or sent in the headers or the body of a request.',
    ],
    [
      'an upload of a job that only reads',
      withSteps('  - upload: { label: F }\n    files: a.pdf\n'),
      '5:13 warning [{ label: F }] The job is read-only: the request that sends the file will be blocked. Set mode: write, or name the request in writes.',
    ],
    [
      'a POST that is not let through',
      withSteps('  - request: https://a.example/x\n    method: POST\n'),
      '6:13 warning [POST] The job is read-only: this POST will be blocked. Set mode: write, or name the request in writes.',
    ],
    [
      'an element by position only',
      withSteps('  - click: { xpath: "//li[2]/a" }\n'),
      '5:12 warning [{ xpath: "//li[2]/a" }] This element is known by its place among others only, which changes unnoticed. Add what a person sees of it, such as { role: button, name: Save }.',
    ],
    [
      'records without key in a job that runs by itself',
      `${head}schedule: { at: "07:30" }\nsteps:\n  - extract: { fields: { a: { css: a } } }\n`,
      '6:14 warning [{ fields: { a: { css: a } } }] Without key, records cannot be told apart from run to run: nothing shows as new or changed. Name the field that tells them apart.',
    ],
    [
      'a question in a job that runs by itself',
      `${head}schedule: { every: 1h }\ninputs: { a: {} }\nsteps: [{ say: x }]\n`,
      '5:14 warning [{}] A scheduled run has to ask for a and waits for the user. Give it a default.',
    ],
  ];
  for (const [what, text, expected] of faults) test(what, () => assert.deepEqual(told(text), [expected]));

  test('several at once, in the order of the file', () => {
    const lines = told(`${head}mode: red\nsteps:\n  - goto: 5\n  - clik: a\n  - waitFor: { visible: { css: x }, timout: 3s }\n`).map(
      (line) => line.split(' ')[0],
    );
    assert.deepEqual(lines, ['4:7', '6:11', '7:5', '8:37']);
  });

  test('the value of a loop is known in its steps, and that of another name too', () => {
    const loops =
      '  - forEach: { in: [1], as: row }\n    steps:\n      - forEach: { in: [2] }\n        steps:\n          - say: "{{row}} {{item}} {{page}}"\n';
    assert.deepEqual(told(withSteps(loops)), []);
  });

  test('warnings do not keep the job from being run', () => {
    assert.ok(readJobFile(withSteps('  - click: { css: "li:nth-child(2)" }\n')).definition !== undefined);
  });
});

describe('a fix of a job file', () => {
  test('writes the key, the word or the name that was meant', () => {
    const text = `${head}mode: wirte\ninputs: { project: {} }\nsteps:\n  - clik: { text: a }\n  - say: "x {{inputs.projct | upper}}"\n`;
    const better = fixed(fixed(text));
    assert.deepEqual(told(better), []);
    assert.match(better, /mode: write[^]*- click[^]*"x \{\{inputs.project \| upper\}\}"/);
  });

  test('keeps the quotes of JSON', () => {
    const text = '{ "name": "a", "version": 1, "hosts": ["a.example"], "steps": [{ "clik": { "text": "a" } }] }';
    assert.deepEqual(told(fixed(text)), []);
    assert.match(fixed(text), /"click"/);
  });
});

describe('a definition that is needed', () => {
  test('is refused with its problems when there are errors', () => {
    assert.throws(
      () => definitionOf('rfis', readJobFile(withSteps('  - goto: 5\n  - goto: 6\n'))),
      (error) =>
        AppError.is(error, 'job.invalid') &&
        error.message === 'The job rfis cannot be run: line 5: steps[0].goto is not a text. There is one more error.' &&
        Array.isArray(error.details['problems']) &&
        error.details['problems'].length === 2,
    );
  });
});

describe('reading a job file', () => {
  test('never throws, whatever the text', () => {
    const word = fc.constantFrom(
      'steps',
      'goto',
      'click',
      'if',
      'fields',
      'extract',
      ':',
      ': ',
      '- ',
      '\n',
      '\n  ',
      '{',
      '}',
      '[',
      ']',
      ', ',
      '"',
      "'",
      '|',
      '&a',
      '*a',
      '!x',
      '<<',
      '{{',
      '}}',
      '#',
      '1',
      'a',
      '\t',
      '\u0000',
      '\ud800',
      '%',
      '? ',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(text, (value) => {
        const { problems } = readJobFile(value);
        assert.ok(problems.every(({ span, line, column }) => span.start <= span.end && span.end <= value.length && line > 0 && column > 0));
      }),
      { numRuns: 400 },
    );
  });

  test('never throws, whatever the value', () => {
    const key = fc.constantFrom(
      'name',
      'steps',
      'click',
      'if',
      'fill',
      'with',
      'extract',
      'fields',
      'visible',
      'all',
      'candidates',
      'role',
      'session',
      'set',
      'x',
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom<unknown>('a', '{{inputs.x}}', 1, true, null, '5s'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, (one) => {
        const job = { name: 'a', version: 1, hosts: ['a.example'], steps: [one] };
        const reading = readJobFile(JSON.stringify(job));
        assert.equal(
          reading.definition === undefined,
          reading.problems.some(({ severity }) => severity === 'error'),
        );
      }),
      { numRuns: 400 },
    );
  });
});
