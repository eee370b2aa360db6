import { eventually } from '../rig/eventually.ts';
import { openBoard, journey } from './journey.ts';

journey('Ctrl+Z on the board brings back a deleted task, then the move before it; Ctrl+Shift+Z does them again', {}, async (user) => {
  const window = await user.open();
  const board = await openBoard(window);
  await board.quickAdd('Ready', 'Keep me');
  await board.quickAdd('Ready', 'Other');
  await board.focus('Keep me');
  await window.press('Alt+ArrowRight');
  await board.shows('Keep me', 'In Progress');
  await board.focus('Keep me');
  await window.press('Delete');
  await eventually('it is gone', async () => (await board.card('Keep me').count()) === 0);

  await board.focus('Other');
  await window.press('Control+Z');
  await board.shows('Keep me', 'In Progress');
  await window.press('Control+Z');
  await board.shows('Keep me', 'Ready');
  await window.press('Control+Shift+Z');
  await board.shows('Keep me', 'In Progress');
});
