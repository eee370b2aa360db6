import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { eventually } from '../rig/eventually.ts';
import { addFromPalette, openBoard, journey } from './journey.ts';

journey(
  'in Restricted Mode everything shows and tasks can be edited',
  { workspaceTrust: true, settings: { 'security.workspace.trust.startupPrompt': 'never' } },
  async (user) => {
    const window = await user.open();
    await eventually('Restricted Mode', async () => (await window.status('workspaceTrust'))?.text.includes('Restricted'));
    await addFromPalette(window, 'Look, do not run');
    const board = await openBoard(window);
    await board.shows('Look, do not run', 'Backlog');
    await board.drag('Look, do not run', 'Ready');
    await board.shows('Look, do not run', 'Ready');
  },
);

journey('without a folder the view says so, and commands explain instead of failing', {}, async (user) => {
  const window = await user.open(null);
  await window.openContainer('ClaudeTask');
  await eventually('the welcome text', async () => /No folder is open/.test(await window.welcome('Tasks')));
  await window.run('ClaudeTask: Open Board');
  const said = await eventually('an explanation', async () => (await window.notifications())[0]);
  assert.match(said.message, /folder/i);
  assert.notEqual(said.severity, 'error');
});

journey(
  'with several folders each has a database and a board of its own',
  {
    files: {
      'north/README.md': '# North\n',
      'south/README.md': '# South\n',
      'both.code-workspace': JSON.stringify({ folders: [{ path: 'north' }, { path: 'south' }] }),
    },
  },
  async (user) => {
    const { workspace } = user;
    const window = await user.open(workspace.file('both.code-workspace'));
    for (const [folder, title] of [
      ['north', 'Frost line'],
      ['south', 'Sun shade'],
    ] as const) {
      await window.runAndPick('ClaudeTask: Add Task...', folder);
      await window.answer('Add Task', title);
      await eventually(`the database of ${folder}`, () =>
        fs.existsSync(path.join(workspace.folder, folder, '.claudetask', 'claudetask.db')),
      );
    }
    await window.runAndPick('ClaudeTask: Open Board', 'south');
    const frame = await window.webview('[data-status] .card');
    assert.deepEqual(await frame.locator('.card-title').allTextContents(), ['Sun shade']);
  },
);
