import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { eventually } from '../rig/eventually.ts';
import { addFromPalette, journey, openBoard } from './journey.ts';

journey('an exported database brings the tasks back, and the one before is kept', {}, async (user) => {
  const window = await user.open();
  await addFromPalette(window, 'Fence the site');
  const exported = user.workspace.file('kept.db');
  await window.run('ClaudeTask: Export Database...');
  await window.chooseFile('Export Database', exported);
  await window.message(/was exported to .*kept\.db/);
  assert.equal(execFileSync('sqlite3', [exported, 'SELECT title FROM task'], { encoding: 'utf8' }), 'Fence the site\n');

  const board = await openBoard(window);
  await board.quickAdd('Ready', 'After the export');
  await window.run('ClaudeTask: Restore Database...');
  await window.chooseFile('Restore Database', exported);
  await eventually('the question', async () => (await window.dialogs()).some((text) => text.includes('kept.db')));
  await window.clickDialog('Restore Database');
  await window.message(/were restored/);
  await eventually('the later task is gone', async () => (await board.titles('Ready')).length === 0);
  await board.shows('Fence the site', 'Backlog');
  const aside = fs.readdirSync(user.workspace.file('.claudetask')).filter((name) => name.endsWith('.db') && name !== 'claudetask.db');
  assert.equal(aside.length, 1);
});

journey(
  'a refused move in the tree can be made anyway',
  { settings: { 'claudetask.workflow.wipLimits': { Testing: 1 } } },
  async (user) => {
    const window = await user.open();
    await window.openContainer('ClaudeTask');
    const board = await openBoard(window);
    await board.quickAdd('Testing', 'First');
    await board.quickAdd('Ready', 'Second');
    await window.onlyPane('Tasks');
    const rows = async () => (await window.treeRows('Tasks')).map((row) => row.label);
    await eventually('both groups', async () => (await rows()).includes('Testing') && (await rows()).includes('Ready'));
    const row = window.pane('Tasks').locator('.monaco-list-row', { hasText: 'Second' });
    await row.waitFor();
    // VS Code drops nothing when it has not yet heard what is dragged: then a person drags again.
    const refusal = await eventually(
      'the refusal',
      async () => {
        await window.drag(row, window.treeRow('Tasks', 'Testing'));
        return window.message(/Not moved/, 5000);
      },
      40_000,
    );
    assert.deepEqual(refusal.buttons, ['Move anyway']);
    await board.shows('Second', 'Ready');
    await window.page.locator('.notifications-toasts .monaco-button', { hasText: 'Move anyway' }).click();
    await board.shows('Second', 'Testing');
  },
);

journey('a database of a newer version shows its tasks and refuses changes with the reason', {}, async (user) => {
  const first = await user.open();
  await addFromPalette(first, 'From the future');
  await (await openBoard(first)).shows('From the future', 'Backlog');
  await first.page.close();
  await user.server.kill();
  // What keeps other programs from writing outlives a killed owner; the next one takes it away.
  fs.rmSync(user.workspace.file('.claudetask/claudetask.db-shm'), { recursive: true, force: true });
  execFileSync('sqlite3', [user.workspace.file('.claudetask/claudetask.db'), 'PRAGMA user_version = 99;']);
  await user.server.launch();
  const window = await user.open();
  const board = await openBoard(window);
  await board.shows('From the future', 'Backlog');
  await eventually('the status bar says it', async () => /read-only/i.test((await window.status('claudetask'))?.aria ?? ''));
  await window.run('ClaudeTask: Add Task...');
  await window.answer('Add Task', 'Too late');
  await eventually('the refusal, with what helps', async () =>
    (await window.notifications()).some(
      ({ message: text, buttons }) => /newer version/.test(text) && buttons.includes('Check for Updates'),
    ),
  );
  assert.deepEqual(await board.titles('Backlog'), ['From the future']);
});
