import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readJobFile } from '../../../src/app/jobs/readJobFile.ts';
import { placeOfStep, stepLines } from '../../../src/app/jobs/stepLines.ts';

const text = `name: Open RFIs
version: 1
hosts: [app.example.com]
steps:
  - goto: https://app.example.com/rfis
  - if: { visible: { text: New } }
    steps:
      - click: { role: button, name: Reload }
        disabled: true
    else:
      - forEach: { in: [a, b] }
        steps:
          - say: "{{item}}"
`;

describe('the steps of a job as lines', () => {
  test('have paths, depths and words, in the order of the file', () => {
    const lines = stepLines(readJobFile(text).definition?.steps ?? []);
    assert.deepEqual(
      lines.map(({ path, depth, isDisabled }) => [path, depth, isDisabled]),
      [
        ['0', 0, false],
        ['1', 0, false],
        ['1.steps.0', 1, true],
        ['1.else.0', 1, false],
        ['1.else.0.steps.0', 2, false],
      ],
    );
    assert.equal(lines[2]?.words, 'Click button "Reload"');
  });

  test('lead back to where each stands in its file', () => {
    const { start, end } = readJobFile(text).valueSpan(placeOfStep('1.else.0.steps.0'));
    assert.equal(text.slice(start, end).trim(), 'say: "{{item}}"');
  });
});
