import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeWorkflow } from '../../src/core/workflow.ts';
import { workflowInSettings } from '../../src/core/settingsText.ts';

test('the rules are read from settings with comments, trailing commas and a byte order mark', () => {
  const text = `\uFEFF{
    // typed by hand
    "editor.tabSize": 2,
    "claudetask.workflow.wipLimits": { "Testing": 3, "Ready": "5", "Nowhere": 1, "Done": 0, },
    "claudetask.workflow.allowedMoves": { "Testing": ["Done", "Nowhere"], "Ready": "Done" },
    "claudetask.workflow.requireBlockersDone": true,
    "claudetask.workflow.requireChecklistComplete": "yes",
  }`;
  assert.deepEqual(workflowInSettings(text), {
    wipLimits: { Testing: 3 },
    allowedMoves: { Testing: ['Done'] },
    requireBlockersDone: true,
    requireChecklistComplete: false,
  });
});

test('there are no rules in what is empty or no object, and those that can be read in what is half written', () => {
  for (const text of ['', '  ', '[]', 'null', '"claudetask.workflow.requireBlockersDone"', '\u0000']) {
    assert.deepEqual(workflowInSettings(text), freeWorkflow, JSON.stringify(text));
  }
  assert.equal(workflowInSettings('{ "claudetask.workflow.requireBlockersDone": true, "other": ').requireBlockersDone, true);
});
