import assert from 'node:assert/strict';
import { eventually } from '../rig/eventually.ts';
import { findBoard, openBoard, journey } from './journey.ts';

journey('after a reload the board is back with its filter and its collapsed columns', {}, async (user) => {
  const window = await user.open();
  const board = await openBoard(window);
  await board.quickAdd('Ready', 'Alpha');
  await board.quickAdd('Ready', 'Beta');
  // The button shows when the pointer or the focus is in the column.
  await board.column('Testing').hover();
  await board.column('Testing').getByRole('button', { name: 'Collapse Testing' }).click();
  await board.frame.getByRole('textbox', { name: 'Filter tasks' }).fill('Alph');
  await eventually('the filter works', async () => (await board.titles('Ready')).join() === 'Alpha');

  await window.stateSaved('Alph');
  // Escape, with which the palette opens here, would clear the filter.
  await board.focus('Alpha');
  await window.reload();
  const again = await findBoard(window);
  await again.shows('Alpha', 'Ready');
  assert.equal(await again.frame.getByRole('textbox', { name: 'Filter tasks' }).inputValue(), 'Alph');
  assert.deepEqual(await again.titles('Ready'), ['Alpha']);
  await again.frame.getByRole('button', { name: /^Expand Testing/ }).waitFor();
});
