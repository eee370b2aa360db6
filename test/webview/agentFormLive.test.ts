import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { eventually } from '../rig/eventually.ts';
import { closeFormBrowser, openForm, type OpenForm } from './openAgentForm.ts';

after(closeFormBrowser);

const text = '---\nname: reviewer\ndescription: Reviews changes.\ntools: Read, Grep, Bash\nmodel: opus\n---\n\nReview what changed.\n';
const hasFocus = (form: OpenForm, key: string) =>
  eventually(`${key} has the focus`, () => form.box(key).evaluate((box) => box === document.activeElement), 5000);
const focusedText = (form: OpenForm) => form.page.evaluate(() => document.activeElement?.textContent ?? '');
const isWritten = (form: OpenForm, expected: string) =>
  eventually(
    'the file is written',
    () => {
      assert.equal(form.file.text, expected);
      return true;
    },
    5000,
  );
const performed = (form: OpenForm) => form.file.requests.flatMap((request) => (request.kind === 'perform' ? [request.what] : []));
/** A promise that the test ends. */
function gate(): { open: () => void; closed: Promise<void> } {
  let open = (): void => undefined;
  const closed = new Promise<void>((resolve) => (open = resolve));
  return { open: () => open(), closed };
}
const caret = (form: OpenForm, key: string) =>
  form.box(key).evaluate((box) => (box instanceof HTMLInputElement || box instanceof HTMLTextAreaElement ? box.selectionStart : -1));

describe('the form and the file', () => {
  test('another’s change shows at once, also in the box that has the focus, whose caret stays at its words', async () => {
    await using form = await openForm(text);
    await form.box('description').focus();
    await form.box('description').evaluate((box) => box instanceof HTMLTextAreaElement && box.setSelectionRange(8, 8));
    await form.file.write(text.replace('Reviews', 'Carefully reviews').replace('opus', 'haiku'));
    await eventually('it shows', async () => (await form.box('model').inputValue()) === 'haiku');
    assert.equal(await form.box('description').inputValue(), 'Carefully reviews changes.');
    assert.equal(await caret(form, 'description'), 'Carefully reviews '.length);
    assert.equal(form.file.changes.length, 0);
  });

  test('a box being typed in is left alone while others change, and its caret does not move', async () => {
    await using form = await openForm(text);
    const answer = gate();
    form.file.hold = answer.closed;
    await form.box('description').focus();
    await form.page.keyboard.press('Home');
    await form.page.keyboard.type('Now ');
    await form.file.write(text.replace('opus', 'haiku'));
    await eventually('the other box follows', async () => (await form.box('model').inputValue()) === 'haiku');
    assert.equal(await form.box('description').inputValue(), 'Now Reviews changes.');
    assert.equal(await caret(form, 'description'), 4);
    answer.open();
    await isWritten(form, text.replace('opus', 'haiku').replace('Reviews', 'Now Reviews'));
    assert.equal(await caret(form, 'description'), 4);
  });

  test('what is typed while a change is on its way follows it', async () => {
    await using form = await openForm(text);
    const answer = gate();
    form.file.hold = answer.closed;
    await form.box('name').fill('check');
    await eventually('the change is on its way', () => form.file.changes.length === 1);
    await form.page.keyboard.press('End');
    await form.page.keyboard.type('er');
    answer.open();
    await isWritten(form, text.replace('reviewer', 'checker'));
    assert.equal(await form.box('name').inputValue(), 'checker');
    assert.deepEqual(
      form.file.changes.map((change) => 'value' in change && change.value),
      ['check', 'checker'],
    );
  });

  for (const [button, name] of [
    ['Keep mine', 'mine'],
    ['Take the file’s', 'theirs'],
  ] as const) {
    test(`when both change one field both are shown, and “${button}” decides`, async () => {
      await using form = await openForm(text);
      const answer = gate();
      form.file.hold = answer.closed;
      form.file.refuse = { code: 'file.stale', message: 'Not changed: name was changed in the file meanwhile.' };
      await form.box('name').fill('mine');
      await eventually('the change is on its way', () => form.file.changes.length === 1);
      await form.file.write(text.replace('reviewer', 'theirs'));
      answer.open();
      const conflict = form.page.getByRole('group', { name: /^name was changed in the file while you typed/ });
      await conflict.waitFor();
      assert.match(await conflict.innerText(), /theirs/);
      assert.equal(await form.box('name').inputValue(), 'mine');
      assert.equal(await form.status(), 'name was changed in the file while you typed.');
      await form.box('name').focus();
      await form.page.keyboard.type('!');
      await form.box('description').focus();
      assert.equal(form.file.changes.length, 1);
      await form.box('name').fill('mine');
      await form.page.getByRole('button', { name: button }).click();
      await conflict.waitFor({ state: 'detached' });
      await isWritten(form, text.replace('reviewer', name));
      assert.equal(await form.box('name').inputValue(), name);
    });
  }

  test('a change that met another on its way is made again when nothing stands against it', async () => {
    await using form = await openForm(text);
    form.file.refuse = { code: 'file.stale', message: 'Not changed.' };
    await form.box('name').fill('checker');
    await isWritten(form, text.replace('reviewer', 'checker'));
    assert.equal(await form.page.getByRole('alert').count(), 0);
  });

  test('a change that is refused says why and keeps what was typed', async () => {
    await using form = await openForm(text);
    form.file.refuse = { code: 'file.io', message: 'Not changed: the disk is full.' };
    await form.box('name').fill('checker');
    await form.page.getByRole('alert').getByText('the disk is full').waitFor();
    assert.equal(await form.box('name').inputValue(), 'checker');
    assert.equal(form.file.text, text);
    await form.box('name').fill('checker2');
    await isWritten(form, text.replace('reviewer', 'checker2'));
    await form.page.getByRole('alert').waitFor({ state: 'detached' });
  });

  test('a late state is ignored', async () => {
    await using form = await openForm(text);
    const early = form.file.state();
    await form.file.write(text.replace('opus', 'haiku'));
    await eventually('it shows', async () => (await form.box('model').inputValue()) === 'haiku');
    await form.file.send({ kind: 'state', state: early });
    await form.file.send({
      kind: 'suggestions',
      suggestions: { ...form.file.suggestions, models: [{ value: 'claude-x', description: '' }] },
    });
    await form.box('model').click();
    await form.page.keyboard.press('ArrowDown');
    await form.page.getByRole('option', { name: 'claude-x' }).waitFor();
    assert.equal(await form.box('model').inputValue(), 'haiku');
  });

  test('undo and save wait until what was typed is in the file', async () => {
    await using form = await openForm(text);
    const answer = gate();
    form.file.hold = answer.closed;
    await form.box('name').fill('checker');
    await form.page.keyboard.press('Control+s');
    await form.page.keyboard.press('Control+z');
    await form.page.keyboard.press('Control+Shift+z');
    await eventually('the change is on its way', () => form.file.changes.length === 1);
    assert.deepEqual(performed(form), []);
    answer.open();
    await eventually('the keys follow', () => performed(form).length === 3);
    assert.deepEqual(performed(form), ['save', 'undo', 'redo']);
    assert.equal(form.file.text, text.replace('reviewer', 'checker'));
    await form.page.keyboard.press('Control+s');
    await form.page.keyboard.press('Tab');
    assert.equal(performed(form).length, 3);
  });

  test('the place, the focus and what is not yet in the file outlive the page', async () => {
    const drafts = [
      { key: 'name', shown: 'mine', base: 'reviewer' },
      { key: 'model', shown: 'mine', base: 'sonnet' },
    ];
    await using form = await openForm(text, { saved: { version: 1, scrollTop: 0, focused: 'description', adding: ['color'], drafts } });
    await isWritten(form, text.replace('reviewer', 'mine'));
    await form.page
      .getByRole('group', { name: /^model was changed/ })
      .getByText('opus')
      .waitFor();
    await hasFocus(form, 'description');
    await form.box('color').waitFor();
    await form.box('color').focus();
    await eventually('the place is kept', async () => (await form.saved())?.focused === 'color');
    assert.deepEqual((await form.saved())?.drafts, [drafts[1]]);
  });
});

describe('the form by keyboard', () => {
  test('chips are one stop: arrows walk, Alt and an arrow moves, Delete removes', async () => {
    await using form = await openForm(text);
    await form.box('tools').focus();
    await form.page.keyboard.press('Shift+Tab');
    await eventually('a chip has the focus', async () => (await focusedText(form)) === 'Read');
    await form.page.keyboard.press('End');
    await eventually('the last has', async () => (await focusedText(form)) === 'Bash');
    await form.page.keyboard.press('Alt+ArrowLeft');
    await isWritten(form, text.replace('Read, Grep, Bash', 'Read, Bash, Grep'));
    await eventually('the focus went with it', async () => (await focusedText(form)) === 'Bash');
    assert.equal(await form.status(), 'Bash is now 2 of 3');
    await form.page.keyboard.press('Delete');
    await isWritten(form, text.replace('Read, Grep, Bash', 'Read, Grep'));
    await eventually('the next has it', async () => (await focusedText(form)) === 'Grep');
    assert.equal(await form.status(), 'Removed Bash');
    await form.page.keyboard.press('Backspace');
    await eventually('the first has it', async () => (await focusedText(form)) === 'Read');
    await form.page.keyboard.press('Delete');
    await hasFocus(form, 'tools');
    await isWritten(form, text.replace('tools: Read, Grep, Bash', 'tools:'));
  });

  test('keys that come faster than the page is painted go where the one before led', async () => {
    await using form = await openForm(text);
    await form.box('tools').focus();
    await form.page.keyboard.press('Shift+Tab');
    await form.page.keyboard.press('End');
    await eventually('the last chip has the focus', async () => (await focusedText(form)) === 'Bash');
    await form.page.evaluate(async () => {
      for (let times = 0; times < 2; times++) {
        document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', altKey: true, bubbles: true }));
        // Time to draw, but none to paint.
        await Promise.resolve().then(() => Promise.resolve());
      }
    });
    await isWritten(form, text.replace('Read, Grep, Bash', 'Bash, Read, Grep'));
    assert.equal(await focusedText(form), 'Bash');
  });

  test('tools are added by typing, with completion, at a comma, and by pasting several', async () => {
    await using form = await openForm(text);
    await form.box('tools').focus();
    await form.page.keyboard.type('webf');
    await form.page.getByRole('option', { name: /^WebFetch/ }).waitFor();
    await form.page.keyboard.press('ArrowDown');
    await form.page.keyboard.press('Enter');
    await isWritten(form, text.replace('Bash', 'Bash, WebFetch'));
    assert.equal(await form.box('tools').inputValue(), '');
    await form.page.keyboard.type('Bash(git diff, git log),');
    await isWritten(form, text.replace('Bash', 'Bash, WebFetch, Bash(git diff, git log)'));
    await form.page.keyboard.type('Edit');
    await form.page.keyboard.press('Escape');
    assert.equal(await form.box('tools').inputValue(), 'Edit');
    await form.page.keyboard.press('Tab');
    await isWritten(form, text.replace('Bash', 'Bash, WebFetch, Bash(git diff, git log), Edit'));
  });

  test('the model is chosen from the list or typed', async () => {
    await using form = await openForm(text);
    await form.box('model').focus();
    await form.page.keyboard.press('ArrowDown');
    await form.page.keyboard.press('ArrowDown');
    await form.page.keyboard.press('ArrowDown');
    await form.page.keyboard.press('Enter');
    await isWritten(form, text.replace('opus', 'haiku'));
    await form.box('model').fill('claude-opus-4-1');
    await form.page.keyboard.press('Enter');
    await isWritten(form, text.replace('opus', 'claude-opus-4-1'));
  });

  test('the menu of fields opens, walks and closes, and gives the focus back', async () => {
    await using form = await openForm(text);
    const button = form.page.getByRole('button', { name: 'Add field' });
    await button.focus();
    await form.page.keyboard.press('Enter');
    await eventually('the first entry has the focus', async () => (await focusedText(form)).startsWith('disallowedTools'));
    await form.page.keyboard.press('m');
    await eventually('the entry with that letter has', async () => (await focusedText(form)).startsWith('maxTurns'));
    await form.page.keyboard.press('Escape');
    await eventually('the button has it again', () => button.evaluate((one) => one === document.activeElement));
    await form.page.keyboard.press('Enter');
    await form.page.getByRole('menu').waitFor();
    await form.page.keyboard.press('End');
    await eventually('the last has', async () => (await focusedText(form)).startsWith('initialPrompt'));
    await form.page.keyboard.press('Enter');
    await hasFocus(form, 'initialPrompt');
  });

  test('every control is reached by Tab, each field’s box before its next', async () => {
    await using form = await openForm(text);
    await form.box('name').focus();
    const reached: string[] = [];
    for (let step = 0; step < 30 && !reached.includes('model'); step++) {
      const key = await form.page.evaluate(() =>
        document.activeElement instanceof HTMLElement ? document.activeElement.dataset['box'] : undefined,
      );
      if (key !== undefined) reached.push(key);
      await form.page.keyboard.press('Tab');
    }
    assert.deepEqual(reached, ['name', 'description', '', 'tools', 'model']);
  });
});
