import assert from 'node:assert/strict';
import fs from 'node:fs';
import { eventually } from '../rig/eventually.ts';
import type { Workbench } from '../rig/workbench.ts';
import { journey } from './journey.ts';

const files = {
  'CLAUDE.md': '# Site\n\nStyle: @docs/style.md\nMissing: @docs/mising.md\n',
  'docs/style.md': '# Style\n\nShort sentences.\n',
  'docs/missing.md': '# Missing\n',
  'api/CLAUDE.md': '# API\n\nOnly for the API.\n',
};

const rows = async (window: Workbench) => (await window.treeRows('Instructions')).map((row) => row.label);
const editorText = async (window: Workbench) =>
  ((await window.editor.locator('.view-lines').textContent()) ?? '').replaceAll('\u00a0', ' ');

/** Puts the cursor at the end of a line. */
async function goToLine(window: Workbench, line: number): Promise<void> {
  await window.openPalette('');
  await window.fillQuick(`:${line}`);
  await window.press('Enter');
  await window.quickInput.waitFor({ state: 'hidden' });
  await window.press('End');
}

journey('CLAUDE.md in the editor: CodeLens, a problem with its fix, completion, hover and link of an import', { files }, async (user) => {
  const window = await user.open();
  await window.openFile('CLAUDE.md');
  const lenses = window.page.locator('.codelens-decoration');
  await eventually('the CodeLens', async () =>
    /4 lines.*2 imports/.test(((await lenses.allTextContents()) ?? []).join(' ').replaceAll('\u00a0', ' ')),
  );

  // The problem, in the Problems panel, and its fix.
  await window.run('View: Focus Problems (Errors, Warnings, Infos)');
  const problem = window.page.locator('.markers-panel .monaco-list-row', { hasText: 'docs/mising.md' });
  await problem.first().waitFor();
  await window.openFile('CLAUDE.md');
  await goToLine(window, 4);
  await window.press('Control+.');
  await window.page.locator('.action-widget .monaco-list-row', { hasText: 'Import missing.md' }).first().click();
  await eventually('the fix', async () => (await editorText(window)).includes('@docs/missing.md'));

  // Completion after @.
  await window.press('End');
  await window.press('Enter');
  await window.page.keyboard.type('See @do');
  const widget = window.page.locator('.suggest-widget.visible .monaco-list-row');
  await eventually('the folder is proposed', async () => (await widget.allTextContents()).some((text) => text.includes('docs')));
  await window.press('Escape');

  // Hover and link.
  const link = window.editor.locator('.detected-link', { hasText: 'docs/style.md' }).first();
  await eventually('the import is a link', async () => (await link.count()) > 0);
  await link.hover();
  await eventually('the hover', async () =>
    (await window.page.locator('.monaco-hover:not(.hidden)').allTextContents()).some((text) => text.includes('Short sentences')),
  );
  await goToLine(window, 3);
  await window.run('Open Link');
  await eventually('the imported file opens', async () => (await window.tabs()).includes('style.md'));
});

journey('the view shows what is loaded in order, and the preview the whole of it', { files }, async (user) => {
  const window = await user.open();
  await window.openContainer('ClaudeTask');
  await eventually('the groups', async () => {
    const shown = await rows(window);
    return ['At start', 'On demand'].every((group) => shown.includes(group));
  });
  await eventually('the files', async () => (await rows(window)).filter((label) => label === 'CLAUDE.md').length >= 2);
  await window.openFile('CLAUDE.md');
  await window.runAndPick('ClaudeTask: Preview Merged Instructions', 'Start of a session');
  const shown = async () => {
    for (const frame of window.page.frames()) {
      const text = await frame.evaluate(() => document.body?.innerText ?? '').catch(() => '');
      if (text.includes('Short sentences.')) return text;
    }
    return undefined;
  };
  const text = await eventually('the preview', shown);
  assert.ok(!text.includes('Only for the API.'));
});

journey("yesterday's CLAUDE.md is found among the versions and comes back as an edit that can be undone", { files }, async (user) => {
  const file = user.workspace.file('CLAUDE.md');
  const window = await user.open();
  await window.openContainer('ClaudeTask');
  await eventually('the view', async () => (await rows(window)).includes('CLAUDE.md'));
  await window.run('ClaudeTask: Start Keeping Versions');
  await eventually('the word that they are kept', async () =>
    ((await window.page.locator('.part.statusbar').textContent()) ?? '').includes('from now on'),
  );

  // Another program writes it, then the editor.
  fs.writeFileSync(file, '# Site\n\nWritten by an agent.\n');
  await window.openFile('CLAUDE.md');
  await eventually('the editor has it', async () => (await editorText(window)).includes('Written by an agent.'));
  // What is replaced before anyone has looked at it is no version.
  const versions = window.quickInput.locator('.quick-input-list .monaco-list-row');
  await eventually('the version of the agent', async () => {
    await window.run('ClaudeTask: Show Versions...');
    await versions.filter({ hasText: 'found on the disk' }).first().waitFor({ timeout: 3000 });
    const count = await versions.count();
    await window.press('Escape');
    return count === 2;
  });
  await goToLine(window, 3);
  await window.page.keyboard.type(' And by hand.');
  await window.press('Control+S');
  await eventually('it is saved', () => fs.readFileSync(file, 'utf8').includes('And by hand.'));

  await window.run('ClaudeTask: Show Versions...');
  await eventually('three versions', async () => (await versions.count()) === 3);
  const described = await versions.allTextContents();
  assert.match(described[0] ?? '', /saved in the editor/);
  assert.match(described[1] ?? '', /found on the disk/);
  await window.press('Escape');

  await window.run('ClaudeTask: Restore Version...');
  await eventually('the versions', async () => (await versions.count()) >= 2);
  await versions.last().click();
  await eventually('the first version is back', () => fs.readFileSync(file, 'utf8') === files['CLAUDE.md']);
  await window.openFile('CLAUDE.md');
  await window.press('Control+Z');
  await eventually('undo takes it back', async () => (await editorText(window)).includes('And by hand.'));
});
