import assert from 'node:assert/strict';
import type { Frame, Page } from 'playwright-core';
import { eventually } from '../rig/eventually.ts';
import { openBoard, journey } from './journey.ts';

/** Notes the time whenever `text` of the first element that matches changes. Both clocks are the machine's. */
async function watch(where: Frame | Page, selector: string): Promise<() => Promise<number[]>> {
  await where.evaluate((css) => {
    const read = () => [...document.querySelectorAll(css)].map((element) => element.textContent).join('|');
    const times: number[] = [];
    Object.assign(globalThis, { changeTimes: times });
    let last = read();
    new MutationObserver(() => {
      const now = read();
      if (now !== last) times.push(performance.timeOrigin + performance.now());
      last = now;
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  }, selector);
  return () => where.evaluate(() => (globalThis as unknown as { changeTimes: number[] }).changeTimes);
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Milliseconds: the aim is 100 on a machine that does nothing else, and the figures are printed. A second would be a polling one. */
const together = 500;

journey('a change shows in the tree and on the board together', {}, async (user) => {
  const window = await user.open();
  await window.openContainer('ClaudeTask');
  const board = await openBoard(window);
  await board.quickAdd('Analysis', 'Wander');
  await eventually('the tree shows it', async () => (await window.treeRows('Tasks')).some((row) => row.label === 'Analysis'));

  // The counts of the columns, and the rows of the tree with theirs.
  const onBoard = await watch(board.frame, '[data-status] .count');
  const inTree = await watch(window.page, '.part.sidebar .pane-body .monaco-list-row');
  const now = () => performance.timeOrigin + performance.now();
  const watched = now();
  const gapAfter = async (act: () => Promise<void>, place: string) => {
    // VS Code shows the first change of a tree at once, and then waits until changes pause for 200 ms.
    await eventually('the tree rests', async () => now() - ((await inTree()).at(-1) ?? watched) > 300);
    const before = [(await onBoard()).length, (await inTree()).length] as const;
    await act();
    await board.shows('Wander', place);
    const tree = await eventually('the tree follows', async () => (await inTree())[before[1]]);
    return Math.abs(tree - (await onBoard())[before[0]]!);
  };
  const say = (what: string, gaps: number[]) => console.log(`${what}: ${gaps.map((gap) => gap.toFixed(0)).join(', ')} ms`);

  const moved: number[] = [];
  await board.focus('Wander');
  for (const place of ['Ready', 'In Progress', 'Testing', 'Code Review'])
    moved.push(await gapAfter(() => window.press('Alt+ArrowRight'), place));
  say('from the board to the tree', moved);
  assert.ok(median(moved) < together, `median ${median(moved)} ms`);

  const undone: number[] = [];
  for (const place of ['Testing', 'In Progress', 'Ready']) undone.push(await gapAfter(() => window.run('ClaudeTask: Undo'), place));
  say('from a command to both', undone);
  assert.ok(median(undone) < together, `median ${median(undone)} ms`);
});

journey('a drag in the tree moves the card on the board', {}, async (user) => {
  const window = await user.open();
  await window.openContainer('ClaudeTask');
  const board = await openBoard(window);
  await board.quickAdd('Ready', 'Pour the slab');
  await board.quickAdd('Testing', 'Inspect');
  await window.onlyPane('Tasks');
  const rows = async () => (await window.treeRows('Tasks')).map((row) => row.label);
  await eventually('both groups', async () => (await rows()).includes('Testing') && (await rows()).includes('Ready'));
  const row = window.pane('Tasks').locator('.monaco-list-row', { hasText: 'Pour the slab' });
  await row.waitFor();
  // VS Code drops nothing when it has not yet heard what is dragged: then a person drags again.
  await eventually(
    'the card in Testing',
    async () => {
      await window.drag(row, window.treeRow('Tasks', 'Testing'));
      return board.shows('Pour the slab', 'Testing', 5000).then(() => true);
    },
    40_000,
  );
});

journey(
  'a move into a full column is refused, the card goes back, and the board says why',
  { settings: { 'claudetask.workflow.wipLimits': { 'In Progress': 1 } } },
  async (user) => {
    const window = await user.open();
    const board = await openBoard(window);
    await board.quickAdd('In Progress', 'First');
    await board.quickAdd('Ready', 'Second');
    await board.drag('Second', 'In Progress');
    await eventually('the reason', async () => /In Progress/.test(await board.said()) && /limit|full|1/.test(await board.said()));
    await board.shows('Second', 'Ready');
    assert.deepEqual(await board.titles('In Progress'), ['First']);
  },
);
