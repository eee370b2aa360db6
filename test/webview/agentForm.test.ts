import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import axe from 'axe-core';
import { currentTools } from '../../src/core/agents/tools.ts';
import { eventually } from '../rig/eventually.ts';
import type { ThemeId } from '../rig/themes.ts';
import { themes } from '../rig/themes.ts';
import { closeFormBrowser, openForm, type OpenForm } from './openAgentForm.ts';

after(closeFormBrowser);

const text = `---
name: reviewer
description: Reviews changes. Use it before a commit.
tools: Read, Grep, Bash(git diff *)
model: opus
color: red
skills:
  - testing
hooks:
  Stop:
    - hooks: []
---

Review what changed.
`;
/** Everything that can go wrong at once. */
const troubled = `---
name: Reviewer
description: "One.\\\\nTwo."
tools: Read, Grepp, LS
model: gpt-4
color: crimson
effort: extreme
maxTurns: many
background: yes
owner: me
colour: red
memory:
---

Use the Bash tool.
`;
const ignored = '---\nname: -reviewer\ndescription: Reviews.\n---\n\nReview.\n';

async function violations(form: OpenForm): Promise<string[]> {
  await form.page.evaluate(axe.source);
  const result = await form.page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.html} ${n.failureSummary ?? ''}`).join('\n')}`);
}
const saved = (form: OpenForm, expected: string) =>
  eventually('the file is written', () => form.file.text === expected, 5000).catch((error: unknown) => {
    assert.equal(form.file.text, expected);
    throw error;
  });

describe('the form of an agent', () => {
  test('shows each field with its value, and the prompt', async () => {
    await using form = await openForm(text);
    assert.equal(await form.page.getByRole('heading', { level: 1 }).innerText(), 'Agent reviewer');
    assert.equal(await form.page.getByLabel('name', { exact: true }).inputValue(), 'reviewer');
    assert.equal(await form.page.getByLabel('description', { exact: true }).inputValue(), 'Reviews changes. Use it before a commit.');
    assert.equal(await form.page.getByRole('textbox', { name: 'Prompt' }).inputValue(), 'Review what changed.');
    assert.deepEqual(await form.chips('tools'), ['Read', 'Grep', 'Bash(git diff *)']);
    assert.equal(await form.page.getByRole('combobox', { name: 'color' }).inputValue(), 'red');
    assert.match(await form.page.getByRole('group', { name: 'hooks' }).innerText(), /Stop:\n {4}- hooks: \[\]/);
    assert.equal(form.file.changes.length, 0);
  });

  test('asks again when the answer to its start was lost', async () => {
    await using form = await openForm(text, { answerLost: true });
    assert.equal(await form.page.getByRole('heading', { level: 1 }).innerText(), 'Agent reviewer');
    assert.deepEqual(
      form.file.requests.map(({ kind }) => kind),
      ['ready', 'ready'],
    );
  });

  test('has two columns above 900 pixels and one below', async () => {
    for (const [width, columns] of [
      [1280, 2],
      [900, 1],
    ] as const) {
      await using form = await openForm(text, { width });
      const [left, right] = await Promise.all([form.page.locator('.texts').boundingBox(), form.page.locator('.properties').boundingBox()]);
      assert.ok(left !== null && right !== null);
      assert.equal(right.x > left.x + left.width - 1, columns === 2);
      assert.equal(await form.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    }
  });

  test('writes what is typed after a pause, and on leaving the box at once', async () => {
    await using form = await openForm(text);
    await form.box('description').focus();
    await form.page.keyboard.press('End');
    await form.page.keyboard.type(' Be strict.');
    await saved(form, text.replace('commit.', 'commit. Be strict.'));
    await form.box('name').fill('checker');
    await form.page.keyboard.press('Tab');
    await saved(form, text.replace('commit.', 'commit. Be strict.').replace('name: reviewer', 'name: checker'));
    assert.deepEqual(
      form.file.changes.filter(({ what }) => what !== 'setField'),
      [],
    );
  });

  test('shows line ends that are written as two characters, and leaves them as they are', async () => {
    await using form = await openForm(text.replace('Reviews changes. Use', 'Reviews changes.\\nUse'));
    assert.equal(await form.box('description').inputValue(), 'Reviews changes.\nUse it before a commit.');
    await form.box('description').fill('Reviews changes.\nUse it often.');
    await saved(form, text.replace('Reviews changes. Use it before a commit.', 'Reviews changes.\\nUse it often.'));
  });

  test('marks a value that is not documented, and keeps it until another is chosen', async () => {
    await using form = await openForm(text.replace('red', 'crimson'));
    const color = form.page.getByRole('combobox', { name: 'color' });
    assert.equal(await color.inputValue(), 'crimson');
    assert.equal(await color.locator('option:checked').innerText(), 'crimson (not a documented value)');
    await color.selectOption('blue');
    await saved(form, text.replace('red', 'blue'));
    assert.equal(await color.locator('option').filter({ hasText: 'crimson' }).count(), 0);
  });

  test('offers each way out of a problem, and takes it', async () => {
    await using form = await openForm(troubled);
    const fix = form.page.getByRole('button', { name: 'Rename to “reviewer”' });
    await fix.click();
    await saved(form, troubled.replace('Reviewer', 'reviewer'));
    await fix.waitFor({ state: 'detached' });
  });

  test('says at the top why Claude Code ignores the agent, with the way out', async () => {
    await using form = await openForm(ignored);
    const bar = form.page.locator('#ignored');
    assert.match(await bar.innerText(), /Claude Code will ignore this agent because its name begins with a hyphen/);
    await bar.getByRole('button', { name: 'Rename to “reviewer”' }).click();
    await bar.waitFor({ state: 'detached' });
    assert.equal(form.file.text, ignored.replace('-reviewer', 'reviewer'));
  });

  test('writes what is being typed before a fix is made', async () => {
    await using form = await openForm(troubled);
    await form.box('').fill('Be kind.');
    await form.page.getByRole('button', { name: 'Rename to “reviewer”' }).click();
    await saved(form, troubled.replace('Reviewer', 'reviewer').replace('Use the Bash tool.', 'Be kind.'));
  });

  test('removes a field, and adds one that reaches the file with its first value', async () => {
    await using form = await openForm(text);
    await form.page.getByRole('button', { name: 'Remove color' }).click();
    const without = text.replace('color: red\n', '');
    await saved(form, without);
    await form.box('color').waitFor({ state: 'detached' });
    await form.page.getByRole('button', { name: 'Add field' }).click();
    await form.page.getByRole('menuitem', { name: /^maxTurns/ }).click();
    await eventually('the new box has the focus', () => form.box('maxTurns').evaluate((box) => box === document.activeElement));
    assert.equal(form.file.text, without);
    await form.page.keyboard.type('12');
    await form.page.keyboard.press('Enter');
    await saved(form, without.replace('model: opus\n', 'model: opus\nmaxTurns: 12\n'));
  });

  test('opens the file at what no control can hold, and writes a place for a new structure first', async () => {
    await using form = await openForm(text);
    await form.page.locator('.field:has([data-box=hooks])').getByRole('button', { name: 'Edit in file' }).click();
    await form.page.getByRole('button', { name: 'Add field' }).click();
    await form.page.getByRole('menuitem', { name: /^mcpServers/ }).click();
    await eventually('the file is asked for', () => form.file.requests.filter(({ kind }) => kind === 'openFile').length === 2);
    assert.deepEqual(
      form.file.requests.filter(({ kind }) => kind === 'openFile'),
      [
        { kind: 'openFile', at: { kind: 'field', key: 'hooks' } },
        { kind: 'openFile', at: { kind: 'field', key: 'mcpServers' } },
      ],
    );
    assert.match(form.file.text, /^mcpServers:\s*$/m);
  });

  test('of a file without frontmatter says one sentence and has one button', async () => {
    for (const [empty, button] of [
      ['# Notes\n\nText of the notes.\n', 'Add frontmatter'],
      ['', 'Add frontmatter'],
      ['---\nname: reviewer\ndescription: Reviews.\n\nReview.\n', 'Close the frontmatter'],
    ] as const) {
      await using form = await openForm(empty);
      assert.equal(await form.page.locator('.empty-form p').count(), 1);
      await form.page.getByRole('button', { name: button }).click();
      await form.box('name').waitFor();
      assert.equal(await form.box('name').inputValue(), 'reviewer');
      assert.ok(form.file.text.endsWith(empty.slice(-8)));
    }
  });

  test('of a deleted file keeps the text and offers to write it again', async () => {
    await using form = await openForm(text);
    form.file.isDeleted = true;
    await form.file.tell();
    await form.page.getByRole('button', { name: 'Write it again' }).click();
    await eventually('it is asked for', () => form.file.requests.some((request) => request.kind === 'perform' && request.what === 'save'));
    assert.equal(await form.box('name').inputValue(), 'reviewer');
  });

  test('of a read-only file shows everything and changes nothing', async () => {
    await using form = await openForm(troubled, { readOnly: true });
    assert.equal(await form.box('name').getAttribute('readonly'), '');
    assert.equal(await form.page.getByRole('combobox', { name: 'color' }).isDisabled(), true);
    assert.deepEqual(
      await form.page
        .getByRole('button')
        .allInnerTexts()
        .then((all) => all.map((one) => one.trim()).filter((one) => !/^(Open|Show in|Edit in) file$/.test(one))),
      [],
    );
  });

  test('with 60 tools stays within its place', async () => {
    const names = [
      ...currentTools.map(({ name }) => name),
      ...Array.from({ length: 60 }, (_, index) => `mcp__server__tool_${index}`),
    ].slice(0, 60);
    await using form = await openForm(text.replace('Read, Grep, Bash(git diff *)', names.join(', ')));
    assert.equal((await form.chips('tools')).length, 60);
    const list = await form.page.getByRole('listbox', { name: 'tools' }).boundingBox();
    assert.ok(list !== null && list.height <= 228, `${list?.height}`);
    const problems = form.page.locator('#problems-tools');
    assert.equal(await problems.locator('.problem-text').count(), 3);
    await problems.getByRole('button', { name: /^Show \d+ more$/ }).click();
    assert.ok((await problems.locator('.problem-text').count()) > 4);
    await form.box('tools').focus();
    await form.page.keyboard.press('Backspace');
    await eventually('the last chip is in view', () =>
      form.page
        .locator('.field:has([data-box=tools]) .chip')
        .last()
        .evaluate((chip) => chip === document.activeElement),
    );
    await form.page.keyboard.press('Delete');
    await saved(form, text.replace('Read, Grep, Bash(git diff *)', names.slice(0, -1).join(', ')));
  });

  for (const theme of Object.keys(themes) as ThemeId[]) {
    test(`axe finds nothing in ${themes[theme].name}`, async () => {
      for (const [width, height] of [
        [1280, 800],
        [900, 700],
      ] as const) {
        await using form = await openForm(troubled, { theme, width, height });
        await form.file.write(troubled.replace('name: Reviewer', 'name: -Reviewer'));
        await form.page.locator('#ignored').waitFor();
        // What is on its way when the file changes stands against it.
        form.file.hold = new Promise(() => undefined);
        await form.box('').focus();
        await form.page.keyboard.type('Mine. ');
        await form.file.write(`${troubled}Theirs.\n`);
        await form.page.getByRole('button', { name: 'Keep mine' }).waitFor();
        assert.deepEqual(await violations(form), []);
        await form.box('tools').click();
        await form.page.getByRole('option', { name: /^Agent\(planner\)/ }).waitFor({ timeout: 5000 });
        assert.deepEqual(await violations(form), []);
      }
    });
  }

  test('axe finds nothing in an empty file, nor in the menu of fields', async () => {
    await using empty = await openForm('# Notes\n');
    assert.deepEqual(await violations(empty), []);
    await using form = await openForm(text);
    await form.page.getByRole('button', { name: 'Add field' }).click();
    assert.deepEqual(await violations(form), []);
  });
});
