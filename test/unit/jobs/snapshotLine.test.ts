import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { firstLine, withoutTypedTexts } from '../../../src/jobs/runner/snapshotLine.ts';

describe('the accessibility snapshot of an element', () => {
  test('tells its role and name', () => {
    assert.deepEqual(firstLine('- button "Save \\"RFI\\"" [disabled]'), { role: 'button', name: 'Save "RFI"' });
    assert.deepEqual(firstLine('- link "Next":\n  - /url: /rfis'), { role: 'link', name: 'Next' });
    assert.deepEqual(firstLine('- table:\n  - row'), { role: 'table', name: null });
    assert.deepEqual(firstLine('- \'button "a: b"\''), { role: 'button', name: 'a: b' });
    assert.deepEqual(firstLine('- text: hello'), { role: null, name: null });
    assert.deepEqual(firstLine(''), { role: null, name: null });
  });

  test('is kept without typed texts and queries', () => {
    const snapshot = [
      '- textbox "Password": canary',
      '- combobox "Who" [expanded]: canary',
      '- \'textbox "a: b"\': canary',
      '- link "A":',
      '  - /url: /rfis?token=canary',
      '- paragraph: kept',
    ].join('\n');
    const kept = withoutTypedTexts(snapshot);
    assert.ok(!kept.includes('canary'), kept);
    assert.ok(kept.includes('paragraph: kept') && kept.includes('/url: /rfis'));
  });
});
