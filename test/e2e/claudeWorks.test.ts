import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runClaude, skipWithoutClaude } from '../rig/claudeCli.ts';
import { eventually } from '../rig/eventually.ts';
import { workNextTask } from '../rig/taskWorker.ts';
import { journey, openBoard } from './journey.ts';

const title = 'Claude Code that was connected works the next task, and the board shows it';

if (skipWithoutClaude === false)
  journey(title, {}, async (user) => {
    const window = await user.open();
    await (await openBoard(window)).quickAdd('Ready', 'Paint the shed');
    await window.runAndPick('ClaudeTask: Connect Claude Code...', 'For This Project');
    await eventually('the question', async () => (await window.dialogs()).some((text) => text.includes('Let Claude Code work')));
    await window.clickDialog('Write');
    await window.message(/Claude Code knows ClaudeTask now/);

    // The file was opened over it.
    const board = await openBoard(window);
    await board.shows('Paint the shed', 'Ready');
    const config = user.workspace.file('.mcp.json');
    const allowed = ['--tools', '', '--allowedTools', 'mcp__claudetask'];
    const { requests } = await runClaude({
      folder: user.workspace.folder,
      prompt: 'Work the next task.',
      args: ['--strict-mcp-config', '--setting-sources', 'user', '--mcp-config', config, ...allowed],
      env: { ENABLE_TOOL_SEARCH: 'false' },
      script: workNextTask,
    });
    assert.equal(requests.length, 4);

    await board.shows('Paint the shed', 'Testing');
    await window.run('ClaudeTask: Show History...');
    await eventually('the task', async () => (await window.quickLabels()).some((label) => label.includes('Paint the shed')));
    await window.press('Enter');
    await eventually('the name of the agent', async () => /Claude Code/.test(await window.quickInput.innerText()));
  });
else test(title, { skip: skipWithoutClaude }, () => {});
