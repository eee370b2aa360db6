import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { eventually } from '../rig/eventually.ts';
import { Probe } from '../rig/probe.ts';
import { openBoard, journey, type Board } from './journey.ts';

const writes = 1000;

/** Adds tasks through the page's own box, each as soon as the one before was acknowledged; gives the longest wait in milliseconds. */
async function addMany(board: Board, name: string): Promise<number> {
  await board.column('Backlog').getByRole('button', { name: 'Add task to Backlog' }).click();
  await board.column('Backlog').getByRole('textbox').waitFor();
  return board.frame.evaluate(
    async ([label, count]) => {
      const box = document.querySelector<HTMLInputElement>('.add-box input');
      if (!box) throw new Error('the box is not open');
      let longest = 0;
      for (let i = 1; i <= count; i++) {
        box.value = `${label} ${i}`;
        box.dispatchEvent(new Event('input', { bubbles: true }));
        box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
        const start = performance.now();
        // The page empties the box when the task is safe on the disk.
        while (box.value !== '') {
          if (performance.now() - start > 30_000)
            throw new Error(`task ${i} was not acknowledged: ${document.querySelector('.field-error')?.textContent ?? ''}`);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        longest = Math.max(longest, performance.now() - start);
      }
      return longest;
    },
    [name, writes] as const,
  );
}

journey(
  'two windows on one folder write 1,000 tasks each: all 2,000 are there once, in both, and no write waits over 2 s',
  { probe: true },
  async (user) => {
    const first = await user.open();
    const second = await user.open();
    await eventually('two extension hosts', () => new Set(Probe.live(user.server).map((host) => host.pid)).size === 2);
    const boards = [await openBoard(first), await openBoard(second)] as const;
    const longest = await Promise.all([addMany(boards[0], 'first'), addMany(boards[1], 'second')]);
    console.log(`longest wait: ${longest.map((time) => time.toFixed(0)).join(' and ')} ms`);
    for (const board of boards) {
      await eventually(
        'all tasks',
        async () => (await board.column('Backlog').locator('h2').textContent())?.includes(String(2 * writes)),
        30_000,
      );
    }
    // Any SQLite program reads the file while it is in use: each title is there, and once.
    const file = user.workspace.file('.claudetask', 'claudetask.db');
    const counted = execFileSync('sqlite3', [file, 'SELECT count(*), count(DISTINCT title) FROM task'], { encoding: 'utf8' });
    assert.equal(counted.trim(), `${2 * writes}|${2 * writes}`);
    // The last one written by the other window is found in this one.
    await boards[0].frame.getByRole('textbox', { name: 'Filter tasks' }).fill('second 1000');
    await boards[0].shows('second 1000', 'Backlog');
    assert.ok(Math.max(...longest) < 2000, `longest wait ${Math.max(...longest)} ms`);
  },
);
