import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { healedEdits } from '../../../src/app/jobs/healedEdits.ts';
import type { HealedChoice } from '../../../src/app/jobs/healedEdits.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';

const a = { role: 'button', name: 'Save' };
const b = { css: '#save' };
const c = { text: 'Save' };
const healed = (text: string, ...choices: HealedChoice[]) => applyEdits(text, healedEdits(text, choices));
const taken = (index: number, step = '0'): HealedChoice => {
  const before = [a, b, c];
  const chosen = before[index]!;
  return { step, taken: index, before, after: [chosen, ...before.filter((one) => one !== chosen)] };
};

describe('healed locators', () => {
  test('stand first in a list of lines, with remarks and quotes as they are', () => {
    const text =
      "steps:\n  - click: # the button\n      - { role: 'button', name: \"Save\" } # seen\n      - { css: '#save' }\n      - text: Save\n    timeout: 5s\n";
    assert.equal(
      healed(text, taken(1)),
      "steps:\n  - click: # the button\n      - { css: '#save' } # seen\n      - { role: 'button', name: \"Save\" }\n      - text: Save\n    timeout: 5s\n",
    );
    assert.equal(
      healed(text, taken(2)),
      "steps:\n  - click: # the button\n      - text: Save # seen\n      - { role: 'button', name: \"Save\" }\n      - { css: '#save' }\n    timeout: 5s\n",
    );
  });

  test('stand first in brackets, with a fingerprint and in a nested step', () => {
    const list = '[{ name: Save, role: button }, { css: "#save" }, { text: Save }]';
    const text = `steps:\n  - if: { empty: x }\n    steps:\n      - say: a\n      - fill: { candidates: ${list}, fingerprint: { tag: a } }\n        with: x\n`;
    assert.match(
      healed(text, taken(1, '0.steps.1')),
      /candidates: \[\{ css: "#save" \}, \{ name: Save, role: button \}, \{ text: Save \}\], fingerprint/,
    );
  });

  test('in JSON', () => {
    const text = JSON.stringify({ steps: [{ click: [a, b, c] }] });
    assert.deepEqual(JSON.parse(healed(text, taken(2))), { steps: [{ click: [c, a, b] }] });
  });

  test('that a person picked are put before the others', () => {
    const picked = { label: 'Save' };
    const choice: HealedChoice = { step: '0', taken: 0, before: [a, b], after: [picked, a, b] };
    assert.equal(
      healed('steps:\n  - click:\n      - { role: button, name: Save }\n      - { css: "#save" }\n', choice),
      'steps:\n  - click:\n      - { label: Save }\n      - { role: button, name: Save }\n      - { css: "#save" }\n',
    );
    assert.equal(
      healed('steps:\n  - click: [{ role: button, name: Save }, { css: "#save" }]\n', choice),
      'steps:\n  - click: [{ label: Save }, { role: button, name: Save }, { css: "#save" }]\n',
    );
    assert.equal(
      healed('steps:\n  - click: { css: "#save" }\n', { step: '0', taken: 0, before: [b], after: [picked, b] }),
      'steps:\n  - click: [{ label: Save }, { css: "#save" }]\n',
    );
  });

  test('change nothing when the file does not say any more what it said', () => {
    assert.deepEqual(healedEdits('steps:\n  - click: [{ css: "#other" }, { text: Save }]\n', [taken(1)]), []);
    assert.deepEqual(healedEdits('steps:\n  - say: a\n', [taken(1, '7.steps.2')]), []);
    assert.deepEqual(healedEdits('steps: [', [taken(1)]), []);
    assert.deepEqual(healedEdits('steps:\n  - click: [{ role: button, name: Save }, { css: "#save" }, { text: Save }]\n', [taken(0)]), []);
  });

  test('of a step that ran many times are changed once', () => {
    const text = 'steps:\n  - click: [{ role: button, name: Save }, { css: "#save" }, { text: Save }]\n';
    assert.equal(healed(text, taken(1), taken(1)), healed(text, taken(1)));
  });
});
