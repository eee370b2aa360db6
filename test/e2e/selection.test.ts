import assert from 'node:assert/strict';
import { eventually } from '../rig/eventually.ts';
import { openBoard, journey } from './journey.ts';

journey(
  'a task made from a selection takes its title from it, and leads back to the file and line',
  {
    files: { 'src/pump.ts': 'const a = 1;\n\n// TODO: close the valve first\nexport function pump() {}\n' },
  },
  async (user) => {
    const window = await user.open();
    await window.openFile('pump.ts');
    await window.openPalette('');
    await window.fillQuick(':3');
    await window.press('Enter');
    await window.quickInput.waitFor({ state: 'hidden' });
    await window.press('Shift+End');
    await window.run('ClaudeTask: Add Task from Selection...');
    await window.quickInput.locator('.quick-input-title', { hasText: 'Add Task from Selection' }).waitFor();
    assert.equal(await window.quickInput.locator('.quick-input-box input').first().inputValue(), 'close the valve first');
    await window.answer('Add Task from Selection');

    const board = await openBoard(window);
    await board.shows('close the valve first', 'Backlog');
    await window.run('View: Close All Editors');
    await window.run('ClaudeTask: Go to Origin');
    await eventually('tasks are offered', async () =>
      (await window.quickLabels()).some((label) => label.includes('close the valve first')),
    );
    await window.press('Enter');
    await eventually('the file is open', async () => (await window.tabs()).includes('pump.ts'));
    await eventually('the cursor is on the line', async () => /Ln 3\b/.test((await window.status('editor.selection'))?.text ?? ''));
  },
);
