import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { importRecording, isRecording } from '../../../src/app/jobs/importRecording.ts';
import { readJobFile } from '../../../src/app/jobs/readJobFile.ts';
import { jobOfRecordedSteps, locatorText, writeJob } from '../../../src/app/jobs/writeJob.ts';
import { AppError } from '../../../src/core/appError.ts';
import { renderTemplate } from '../../../src/core/jobs/template.ts';
import type { RecordedStep } from '../../../src/protocol/jobs/runnerMessages.ts';
import { root } from '../sources.ts';

type Made = Readonly<Record<string, unknown>>;
const json = (steps: readonly unknown[], title = 'Test') => JSON.stringify({ title, steps });
const open = { type: 'navigate', url: 'https://a.example/' };
/** The steps that become of these, after one that opens a page. */
function imported(...steps: readonly unknown[]): unknown[] {
  return (importRecording(json([open, ...steps])).source['steps'] as unknown[]).slice(1);
}
const remarksOf = (...steps: readonly unknown[]) => importRecording(json([open, ...steps])).remarks.join('\n');

describe('an element of a recording', () => {
  const targets: readonly (readonly [string, unknown[], unknown])[] = [
    [
      'aria with a role',
      [['aria/Save[role="button"]']],
      { candidates: [{ role: 'button', name: 'Save' }], fingerprint: { role: 'button', name: 'Save' } },
    ],
    [
      'aria in its long form',
      [['aria/[name="Save"][role="button"]']],
      { candidates: [{ role: 'button', name: 'Save' }], fingerprint: { role: 'button', name: 'Save' } },
    ],
    [
      'aria whose role another path gives away',
      [['aria/NEXT'], ['#nav > li > a.next']],
      [{ role: 'link', name: 'NEXT' }, { css: '#nav > li > a.next' }],
    ],
    ['aria without any role', [['aria/Next'], ['#next']], [{ text: 'Next' }, { css: '#next' }]],
    ['text', [['text/Next page']], { text: 'Next page' }],
    ['a test id', [['[data-testid="save"]'], ['text/Save']], [{ testId: 'save' }, { text: 'Save' }]],
    ['pierce', [['pierce/#save']], { css: '#save' }],
    ['xpath, the third slash of which is its own', [['xpath///*[@id="nav"]/a']], { xpath: '//*[@id="nav"]/a' }],
    ['a chain through shadow roots', [['my-app', 'my-list, my-grid', 'button']], { css: 'my-app :is(my-list, my-grid) button' }],
    [
      'a chain that ends with aria',
      [['aria/Dialog', 'aria/Save[role="button"]']],
      { candidates: [{ role: 'button', name: 'Save' }], fingerprint: { role: 'button', name: 'Save' } },
    ],
    ['a chain with xpath, which ends at shadow roots', [['my-app', 'xpath///b'], ['text/B']], { text: 'B' }],
    ['an id that React makes anew each time', [['#\\:r1\\:'], ['text/Menu']], { text: 'Menu' }],
    [
      'strings without lists, as in 2021',
      ['aria/Save[role="button"]', '#save'],
      { candidates: [{ role: 'button', name: 'Save' }, { css: '#save' }], fingerprint: { role: 'button', name: 'Save' } },
    ],
    [
      'positional paths behind all others',
      [['li:nth-child(2) > a'], ['xpath///a'], ['text/A']],
      [{ text: 'A' }, { xpath: '//a' }, { css: 'li:nth-child(2) > a' }],
    ],
  ];
  for (const [what, selectors, click] of targets)
    test(`by ${what}`, () => assert.deepEqual(imported({ type: 'click', selectors }), [{ click }]));

  test('in frames', () => {
    assert.deepEqual(imported({ type: 'click', selectors: [['#a']], frame: [0, 2] }), [
      { click: { candidates: [{ css: '#a' }], frame: [{ css: 'iframe >> nth=0' }, { css: 'iframe >> nth=2' }] } },
    ]);
  });

  test('of the oldest form', () => {
    assert.deepEqual(imported({ type: 'click', selector: '#a', context: { path: [1], target: 'main' } }), [
      { click: { candidates: [{ css: '#a' }], frame: [{ css: 'iframe >> nth=1' }] } },
    ]);
  });
});

describe('a step of a recording', () => {
  const field = { selectors: [['aria/City'], ['#city']] };
  const target = [{ label: 'City' }, { css: '#city' }];
  const down = (key: string) => ({ type: 'keyDown', key });
  const up = (key: string) => ({ type: 'keyUp', key });

  test('that clicks into a field is a part of filling it', () => {
    assert.deepEqual(imported({ type: 'click', ...field }, { type: 'change', value: 'Bonn', ...field }), [{ fill: target, with: 'Bonn' }]);
    assert.deepEqual(imported({ type: 'click', ...field }, down('B'), up('B'), { type: 'change', value: 'Bonn', ...field }), [
      { fill: target, with: 'Bonn' },
    ]);
  });
  test('that changes a field again replaces what was before', () =>
    assert.deepEqual(imported({ type: 'change', value: 'Bo', ...field }, { type: 'change', value: 'Bonn', ...field }), [
      { fill: target, with: 'Bonn' },
    ]));
  test('that changes a list chooses an option', () =>
    assert.deepEqual(imported({ type: 'change', value: 'de', selectors: [['form > select#land']] }), [
      { select: { css: 'form > select#land' }, option: 'de' },
    ]));
  test('with braces keeps them', () =>
    assert.deepEqual(imported({ type: 'change', value: 'a {{b}}', ...field }), [{ fill: target, with: "a {{'{{'}}b}}" }]));
  test('with keys that go down and up is one press', () => {
    assert.deepEqual(imported(down('Enter'), up('Enter')), [{ press: 'Enter' }]);
    assert.deepEqual(imported(down('Meta'), down('c'), up('Meta'), up('c')), [{ press: 'Meta+c' }]);
    assert.deepEqual(imported(down('Control'), down('Shift'), down('P'), up('P'), up('Shift'), up('Control')), [
      { press: 'Control+Shift+P' },
    ]);
    assert.deepEqual(imported(down('Shift'), down('A'), up('A'), up('Shift'), down(' '), up(' ')), [{ press: 'A' }, { press: 'Space' }]);
  });
  test('with other buttons and double clicks', () => {
    assert.deepEqual(imported({ type: 'click', button: 'secondary', ...field, offsetX: 1 }), [
      { click: [{ text: 'City' }, { css: '#city' }], button: 'right' },
    ]);
    assert.deepEqual(imported({ type: 'doubleClick', selectors: [['#a']] }), [{ click: { css: '#a' }, count: 2 }]);
  });
  test('with a navigation that was asserted waits for it, without its query', () => {
    const assertedEvents = [{ type: 'navigation', url: 'https://a.example/list?token=x#y', title: '' }];
    assert.deepEqual(imported({ type: 'click', selectors: [['#a']], assertedEvents }), [
      { click: { css: '#a' } },
      { waitFor: { url: 'https://a.example/list' } },
    ]);
  });
  test('that waits for elements waits for them to be seen, or to be gone', () => {
    const of = { type: 'waitForElement', selectors: [['#a']] };
    assert.deepEqual(imported(of, { ...of, operator: '==', count: 0 }, { ...of, visible: false }), [
      { waitFor: { visible: { css: '#a' } } },
      { waitFor: { hidden: { css: '#a' } } },
      { waitFor: { hidden: { css: '#a' } } },
    ]);
    assert.match(remarksOf({ ...of, operator: '==', count: 3 }), /counted elements/);
  });
  test('that scrolls and hovers', () =>
    assert.deepEqual(imported({ type: 'scroll', x: 0, y: 900 }, { type: 'scroll', x: 0, y: 0 }, { type: 'hover', selectors: [['#a']] }), [
      { scroll: 'bottom' },
      { scroll: 'top' },
      { hover: { css: '#a' } },
    ]));
  test('about the window is left out, and the remarks say so', () => {
    assert.deepEqual(imported({ type: 'setViewport', width: 1 }, { type: 'close' }), []);
    assert.match(remarksOf({ type: 'setViewport', width: 1 }), /Step 2 \(setViewport\) was left out/);
  });
  test('with a script, or of an unknown kind, arrives disabled', () => {
    for (const step of [
      { type: 'waitForExpression', expression: 'alert(1)' },
      { type: 'customStep', name: 'x', parameters: {} },
      { type: 'dance', how: 1 },
    ]) {
      const [made] = imported(step) as Made[];
      assert.equal(made?.['disabled'], true);
      assert.ok(String(made?.['note']).includes(JSON.stringify(step)));
    }
  });
  test('in another window is remarked on', () =>
    assert.match(remarksOf({ type: 'click', target: 'https://b.example/x', selectors: [['#a']] }), /another window or frame/));
});

describe('what was typed', () => {
  const secrets: readonly (readonly [string, string, string])[] = [
    ['a password', 'aria/Password', 'hunter2-Tr0ub4dor'],
    ['a password in another language', '#kennwort', 'Geheim-77!'],
    ['a code', '#otp', '491827'],
    ['an e-mail address', '#user_email', 'jane'],
    ['an e-mail address in any field', '#login', 'jane@mail.example'],
    ['a telephone number', 'aria/Mobile', '0171 55'],
    ['a telephone number in any field', '#x', '+49 171 5551234'],
    ['the number of a card', '#n', '4111 1111 1111 1111'],
    ['a key', '#x', 'sk_live_4f9a8b7c6d5e4f3a2b1c'],
  ];
  for (const [what, selector, value] of secrets) {
    test(`as ${what} becomes an input and is nowhere in the job`, () => {
      const { source, remarks } = importRecording(
        json([
          { type: 'navigate', url: `https://a.example/?q=${encodeURIComponent(value)}` },
          { type: 'change', value: value.slice(0, -1), selectors: [[selector]] },
          { type: 'change', value, selectors: [[selector]] },
          { type: 'change', value, selectors: [['#again']] },
          { type: 'click', selectors: [[`aria/Signed in as ${value}[role="button"]`], ['#me']] },
          { type: 'customStep', name: value, parameters: {} },
        ]),
      );
      const text = writeJob(source) + remarks.join('\n');
      assert.ok(!text.includes(value) && !text.includes(encodeURIComponent(value)), text);
      assert.match(text, /with: "\{\{inputs\.\w+\}\}"/);
      assert.deepEqual(readJobFile(writeJob(source)).problems, []);
    });
  }

  test('letter by letter into a field for a password is left out', () => {
    const keys = Array.from('geheim').flatMap((key) => [
      { type: 'keyDown', key },
      { type: 'keyUp', key },
    ]);
    assert.deepEqual(imported({ type: 'click', selectors: [['#password']] }, ...keys, { type: 'keyDown', key: 'Enter' }), [
      { click: { css: '#password' } },
      { press: 'Enter' },
    ]);
  });

  test('and is a number, a date or a name of a project stays', () => {
    for (const value of ['12345', '2026-03-01', 'Tower North', '17,5']) {
      assert.deepEqual(imported({ type: 'change', value, selectors: [['#x']] }), [{ fill: { css: '#x' }, with: value }]);
    }
  });

  test('a user and keys in an address are left out', () => {
    const { source } = importRecording(json([{ type: 'navigate', url: 'https://joe:pw@a.example/x?id=4&access_token=abc&v=1' }]));
    assert.deepEqual(source['steps'], [{ goto: 'https://a.example/x?id=4&v=1' }]);
    assert.deepEqual(source['hosts'], ['a.example']);
  });
});

describe('a recording', () => {
  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['without a title', JSON.stringify({ steps: [open] }), /title is missing/],
    ['without steps', json([]), /has no steps/],
    ['that is no JSON', 'name: a', /no JSON/],
    ['that is a list', '[]', /no recording/],
    ['with a step without a type', json([{ url: 'x' }]), /steps\[0\]\.type is missing/],
    ['with a time-out beyond the bounds', json([{ ...open, timeout: 40_000 }]), /steps\[0\]\.timeout is not between 1 and 30,000/],
    ['with a click on nothing', json([open, { type: 'click', selectors: [] }]), /steps\[1\]\.selectors is missing/],
    ['with a navigation to nowhere', json([{ type: 'navigate' }]), /steps\[0\]\.url is missing/],
    ['that does nothing', json([{ type: 'setViewport' }]), /no step that a job could do/],
  ];
  for (const [what, text, reason] of refused) {
    test(`${what} is refused`, () =>
      assert.throws(
        () => importRecording(text),
        (error) => AppError.is(error, 'job.invalid') && reason.test(error.message),
      ));
  }

  test('of a single copied step makes a job that wants its host', () => {
    const { source, remarks } = importRecording(JSON.stringify({ type: 'click', selectors: [['text/Go']] }));
    assert.deepEqual(source['steps'], [{ click: { text: 'Go' } }]);
    assert.match(remarks.join(), /names no address/);
  });

  test('of a page that shows double braces means the braces', () => {
    const { source } = importRecording(json([open, { type: 'click', selectors: [['text/{{ total }}'], ['#a{{']] }]));
    const { definition, problems } = readJobFile(writeJob(source));
    assert.deepEqual(problems, []);
    const [, click] = definition?.steps ?? [];
    assert.ok(click !== undefined && 'click' in click);
    assert.deepEqual(
      click.click.candidates.map(({ text, css }) => renderTemplate(text ?? css ?? '', {})),
      ['{{ total }}', '#a{{'],
    );
  });

  test('is told from a job', () => {
    assert.ok(isRecording(`\uFEFF${json([open])}`) && importRecording(`\uFEFF${json([open])}`).source['name'] === 'Test');
    assert.ok(isRecording(json([open])) && isRecording(JSON.stringify({ steps: [open] })));
    assert.ok(
      !isRecording('{"name":"a","version":1,"hosts":["a"],"steps":[{"say":"a"}]}') && !isRecording('steps') && !isRecording('null'),
    );
  });

  test('of any content is imported or refused in words', () => {
    const step = fc.record(
      {
        type: fc.constantFrom('navigate', 'click', 'change', 'keyDown', 'keyUp', 'scroll', 'waitForElement', 'x'),
        url: fc.constantFrom('https://a.example/', 'chrome://x', '', 'https://[::1]:99999/'),
        selectors: fc.array(fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 1, maxLength: 2 })), { maxLength: 3 }),
        value: fc.string({ unit: 'binary' }),
        key: fc.string({ maxLength: 3 }),
      },
      { requiredKeys: ['type'] },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), fc.string({ unit: 'binary' }), (steps, title) => {
        try {
          assert.notEqual(readJobFile(writeJob(importRecording(json(steps, title)).source)).definition, undefined);
        } catch (error) {
          assert.ok(AppError.is(error, 'job.invalid'), String(error));
        }
      }),
      { numRuns: 500 },
    );
  });

  const samples = path.join(root, '../shared/samples/recordings');
  const files = fs.existsSync(samples) ? fs.readdirSync(samples).filter((file) => file.endsWith('.json')) : [];
  for (const file of files) {
    test(`from the wild, ${file}, is imported or refused as it should be`, () => {
      const text = fs.readFileSync(path.join(samples, file), 'utf8');
      if (file.includes('fail')) return assert.throws(() => importRecording(text), /title is missing/);
      const written = writeJob(importRecording(text).source);
      assert.deepEqual(
        readJobFile(written).problems.filter(({ severity }) => severity === 'error'),
        [],
      );
      assert.ok(!written.includes('secret_sauce'));
    });
  }
});

describe('what our own recorder saw', () => {
  const step = (kind: RecordedStep['kind'], more: Partial<RecordedStep> = {}): RecordedStep => ({
    kind,
    url: 'https://a.example/list?sid=abc',
    candidates: [{ role: 'button', name: 'Save' }, { css: '#save' }],
    fingerprint: { role: 'button', name: 'Save', tag: 'button' },
    frame: [],
    value: null,
    checked: null,
    sensitive: null,
    at: 0,
    ...more,
  });

  test('becomes a job that can be run', () => {
    const job = jobOfRecordedSteps(
      [
        step('click'),
        step('fill', { value: 'x {{y}}', fingerprint: null }),
        step('fill', { sensitive: 'password' }),
        step('fill', { sensitive: 'password' }),
        step('check', { checked: false }),
        step('press', { value: 'Enter', candidates: [] }),
        step('upload'),
        step('select', { value: 'Open' }),
      ],
      { name: 'Test', profile: 'a' },
    );
    const text = writeJob(job);
    assert.deepEqual(
      readJobFile(text).problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    assert.match(
      text,
      /^name: Test\nversion: 1\nsession: \{ profile: a \}\nhosts: \[a.example\]\ninputs:\n {2}password: \{ prompt: Password, secret: true \}\n {2}password_2:/,
    );
    assert.match(text, /- goto: https:\/\/a.example\/list\n/);
    assert.match(text, /with: "\{\{inputs.password_2\}\}"/);
  });

  test('of one element can be written behind a key', () =>
    assert.equal(locatorText(step('click', { fingerprint: null })), '[{ role: button, name: Save }, { css: "#save" }]'));
});
