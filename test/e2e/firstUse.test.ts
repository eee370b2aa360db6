import assert from 'node:assert/strict';
import fs from 'node:fs';
import { eventually } from '../rig/eventually.ts';
import { addFromPalette, openBoard, journey } from './journey.ts';

journey('a new user adds tasks, drags one to another column, kills everything, and finds it where it was', {}, async (user) => {
  const { server, workspace } = user;
  const first = await user.open();
  await addFromPalette(first, 'Write the minutes');
  const before = await openBoard(first);
  await before.shows('Write the minutes', 'Backlog');
  await before.quickAdd('Ready', 'Order the steel');
  await before.drag('Order the steel', 'In Progress');
  await before.shows('Order the steel', 'In Progress');
  // The status bar speaks of what the store has: not of what the page hopes.
  await eventually('one task in progress', async () => /\b1\b/.test((await first.status('claudetask'))?.text ?? ''));
  await server.kill();
  await first[Symbol.asyncDispose]();
  assert.ok(fs.existsSync(workspace.file('.claudetask', 'claudetask.db')));
  assert.ok(fs.existsSync(workspace.file('.claudetask', '.gitignore')), 'git is told to leave the database alone');

  await server.launch();
  const window = await user.open();
  const board = await openBoard(window);
  await board.shows('Order the steel', 'In Progress');
  await board.shows('Write the minutes', 'Backlog');
  assert.deepEqual(await board.titles('Ready'), []);
  await board.quickAdd('Testing', 'Still writable');
});

journey('nothing pops up and nothing is written before the user asks for something', {}, async (user) => {
  const window = await user.open();
  await window.openContainer('ClaudeTask');
  await eventually('the welcome text', async () => /No tasks yet/.test(await window.welcome('Tasks')));
  assert.deepEqual(await window.notifications(), []);
  assert.ok(!fs.existsSync(user.workspace.file('.claudetask')));
  for (const title of [
    'ClaudeTask: Add Task...',
    'ClaudeTask: Open Board',
    'ClaudeTask: Verify Audit Log',
    'ClaudeTask: Copy Diagnostics',
  ]) {
    // The list has as many rows as there is room for.
    const titles = await window.paletteTitles(title);
    assert.ok(titles.includes(title), `${title} is offered; there are: ${titles.join(', ')}`);
  }
});
