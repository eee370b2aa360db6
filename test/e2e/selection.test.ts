import { eventually } from '../rig/eventually.ts';
import { openBoard, journey } from './journey.ts';

journey(
  'a task made from a selection takes its title from it, and leads back to the file and line',
  {
    files: { 'src/pump.ts': 'const a = 1;\n\n// TODO: close the valve first\nexport function pump() {}\n' },
  },
  async (user) => {
    const window = await user.open();
    // The place of the cursor, as the status bar tells it. A tab shows before its editor takes a key.
    const cursorIs = (place: RegExp) =>
      eventually(`the cursor is at ${place.source}`, async () => place.test((await window.status('editor.selection'))?.text ?? ''));
    await window.openFile('pump.ts');
    await cursorIs(/Ln 1\b/);
    await window.openPalette('');
    await window.fillQuick(':3');
    await window.press('Enter');
    await cursorIs(/Ln 3\b/);
    await eventually('the line is selected', async () => {
      await window.press('Shift+End');
      return /selected/.test((await window.status('editor.selection'))?.text ?? '');
    });
    await window.run('ClaudeTask: Add Task from Selection...');
    await window.quickInput.locator('.quick-input-title', { hasText: 'Add Task from Selection' }).waitFor();
    const proposed = window.quickInput.locator('.quick-input-box input').first();
    await eventually('the title is proposed', async () => (await proposed.inputValue()) === 'close the valve first');
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
    await cursorIs(/Ln 3\b/);
  },
);
