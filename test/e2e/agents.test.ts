import assert from 'node:assert/strict';
import fs from 'node:fs';
import { runClaude, skipWithoutClaude } from '../rig/claudeCli.ts';
import { eventually } from '../rig/eventually.ts';
import { axe, type Workbench } from '../rig/workbench.ts';
import { journey } from './journey.ts';

const reviewer = '---\nname: reviewer\ndescription: Reviews a change before it is committed.\ntools: Read, Grep\n---\nRead the change.\n';
const vanished =
  '---\r\nname: release-notes\r\n# kept as it is\r\ndescription: Writes release notes. Use when: a version is tagged\r\ntools: Read\r\n---\r\nWrite what changed.\r\n';

const rowOf = async (window: Workbench, label: string) => (await window.treeRows('Agents')).find((row) => row.label === label);
async function openForm(window: Workbench, name: string): Promise<void> {
  await window.runAndPick('ClaudeTask: Open Agent Form...', name);
}

/** What Claude Code itself lists; undefined where the CLI does not run. */
const listed = async (folder: string) => (skipWithoutClaude === false ? (await runClaude({ folder })).init.agents : undefined);

journey(
  'why an agent vanished is told in words, and two clicks mend it without touching another byte',
  { files: { '.claude/agents/reviewer.md': reviewer, '.claude/agents/release-notes.md': vanished } },
  async (user) => {
    const { folder } = user.workspace;
    assert.equal((await listed(folder))?.includes('release-notes') ?? false, false);
    const window = await user.open();
    await window.openContainer('ClaudeTask');
    await eventually('the agent that is not loaded', async () =>
      /not loaded/.test((await rowOf(window, 'release-notes'))?.description ?? ''),
    );
    await window.contextMenu(window.treeRow('Agents', 'release-notes'));
    await window.pickMenu('Why Is My Agent Missing?...');
    const reason = await eventually('the reason', async () =>
      (await window.quickLabels()).find((label) => label.includes('Claude Code will ignore this agent because')),
    );
    assert.match(reason, /Windows|CRLF|line end/i);
    await window.quickInput.locator('.monaco-list-row', { hasText: 'Quote description' }).click();
    const file = user.workspace.file('.claude/agents/release-notes.md');
    const mended = vanished.replace(/description: (.*)\r/, 'description: "$1"\r');
    await eventually('the file is mended', () => fs.readFileSync(file, 'utf8') === mended);
    await eventually(
      'the row says so',
      async () => !/not loaded/.test((await rowOf(window, 'release-notes'))?.description ?? 'not loaded'),
    );
    assert.equal((await listed(folder))?.includes('release-notes') ?? true, true);
  },
);

journey('a new agent opens in the form, and Claude Code lists it', { files: { 'README.md': '# Sample\n' } }, async (user) => {
  const window = await user.open();
  await window.run('ClaudeTask: Create Agent...');
  await window.quickInput.locator('.quick-input-title', { hasText: '1/3' }).waitFor();
  await window.press('Enter');
  await window.quickInput.locator('.quick-input-title', { hasText: '2/3' }).waitFor();
  await window.quickInput
    .locator('.monaco-list-row', { hasText: /review/i })
    .first()
    .click();
  await window.answer('3/3', 'bridge-inspector');
  const form = await window.webview('form, main');
  await eventually('the form shows the name', async () =>
    (await form.locator('input, textarea').evaluateAll((boxes) => boxes.map((box) => ('value' in box ? String(box.value) : '')))).includes(
      'bridge-inspector',
    ),
  );
  assert.ok(fs.existsSync(user.workspace.file('.claude/agents/bridge-inspector.md')));
  assert.equal((await listed(user.workspace.folder))?.includes('bridge-inspector') ?? true, true);
  await window.openContainer('ClaudeTask');
  await eventually('it is in the view', async () => (await rowOf(window, 'bridge-inspector')) !== undefined);
});

journey(
  'a deleted agent comes back byte for byte, also one that was deleted outside',
  { files: { '.claude/agents/reviewer.md': reviewer, '.claude/agents/release-notes.md': vanished } },
  async (user) => {
    const window = await user.open();
    await window.openContainer('ClaudeTask');
    await eventually('the agents', async () => (await rowOf(window, 'release-notes')) !== undefined);
    await window.run('ClaudeTask: Start Keeping Versions');
    await eventually('the database', () => fs.existsSync(user.workspace.file('.claudetask/claudetask.db')));
    await window.contextMenu(window.treeRow('Agents', 'release-notes'));
    await window.pickMenu('Delete Agent...');
    if ((await window.dialogs()).length > 0) await window.clickDialog('Delete');
    const file = user.workspace.file('.claude/agents/release-notes.md');
    await eventually('it is gone', () => !fs.existsSync(file));
    await window.page.locator('.notifications-toasts .monaco-button', { hasText: 'Undo' }).click();
    await eventually('it is back', () => fs.existsSync(file) && fs.readFileSync(file, 'utf8') === vanished);

    fs.rmSync(user.workspace.file('.claude/agents/reviewer.md'));
    await eventually('the row is gone', async () => (await rowOf(window, 'reviewer')) === undefined);
    await window.run('ClaudeTask: Restore Deleted Agent...');
    await eventually('it is offered', async () => (await window.quickLabels()).some((label) => label.includes('reviewer')));
    await window.press('Enter');
    await eventually(
      'it is restored',
      () =>
        fs.existsSync(user.workspace.file('.claude/agents/reviewer.md')) &&
        fs.readFileSync(user.workspace.file('.claude/agents/reviewer.md'), 'utf8') === reviewer,
    );
  },
);

journey(
  'what is typed in the form is in the file, what is typed in the file is in the form, and undo takes both back',
  { files: { '.claude/agents/reviewer.md': reviewer } },
  async (user) => {
    const window = await user.open();
    await window.openFile('reviewer.md');
    await openForm(window, 'reviewer');
    const form = await window.webview('form, main');
    const description = form.getByRole('textbox', { name: /^description/i });
    await eventually('its description', async () => (await description.inputValue()) === 'Reviews a change before it is committed.');
    await description.fill('Reviews a change: before it is committed.');
    await description.blur();
    await window.press('Control+S');
    const file = user.workspace.file('.claude/agents/reviewer.md');
    const changed = reviewer.replace(/description: .*/, 'description: "Reviews a change: before it is committed."');
    await eventually('the file has it, quoted as YAML needs it', () => {
      const text = fs.readFileSync(file, 'utf8');
      return text === changed || text === changed.replaceAll('"', "'");
    });
    // Written before VS Code has looked at its own save, the text would pass for what it saved.
    await eventually('the save is over', async () => (await window.page.locator('.tab.dirty').count()) === 0);
    fs.writeFileSync(file, reviewer.replace('Reviews a change', 'Judges a change'));
    await eventually('the form follows', async () => (await description.inputValue()) === 'Judges a change before it is committed.');
  },
);

journey(
  'axe finds nothing in the form of an agent with problems, in light, dark and both high-contrast themes',
  { files: { '.claude/agents/release-notes.md': vanished } },
  async (user) => {
    const window = await user.open();
    await window.openFile('release-notes.md');
    await openForm(window, 'release-notes');
    const form = await window.webview('form, main');
    await form
      .getByText(/Claude Code will ignore this agent because/)
      .first()
      .waitFor();
    for (const theme of ['Light Modern', 'Dark Modern', 'Dark High Contrast', 'Light High Contrast']) {
      await window.theme(theme);
      const kind = theme.includes('High Contrast') ? 'vscode-high-contrast' : theme.startsWith('Light') ? 'vscode-light' : 'vscode-dark';
      await eventually(`the page has the theme ${theme}`, () => form.evaluate((name) => document.body.classList.contains(name), kind));
      assert.deepEqual(await axe(form), [], theme);
    }
  },
);
