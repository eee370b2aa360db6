import type { Locator, Page } from 'playwright-core';
import { eventually } from './eventually.ts';

/** Drags with the mouse, slowly enough that the page sees it; once more when the page took it for something else, as it does when rows come or go meanwhile. */
export async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  await eventually('something is dragged', () => tryDrag(page, from, to), 20_000);
}

async function tryDrag({ mouse }: Page, from: Locator, to: Locator): Promise<boolean> {
  await from.scrollIntoViewIfNeeded();
  await Promise.all([from.evaluate(rest), to.evaluate(rest)]);
  await from.evaluate(noteDrags);
  const start = await from.boundingBox();
  if (!start) throw new Error('what to drag is not in view');
  await mouse.move(start.x + start.width / 2, start.y + start.height / 2);
  await mouse.down();
  await mouse.move(start.x + start.width / 2 + 8, start.y + start.height / 2 + 8, { steps: 4 });
  const end = await to.boundingBox();
  if (!end) throw new Error('where to drag is not in view');
  await mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 10 });
  await linger(to, (away) => mouse.move(end.x + end.width / 2 + away, end.y + end.height / 2 + away));
  await mouse.up();
  return eventually('the end of the drag', () => to.evaluate(dragEnded), 2000).catch(() => false);
}

/** Stays over the target as a hand does: a tree asks its extension what is dragged, and takes a drop only once it knows. */
async function linger(to: Locator, move: (away: number) => Promise<void>): Promise<void> {
  for (let turn = 0; turn < 8; turn++) {
    await move(turn % 2);
    await to.evaluate(fewFrames);
  }
}

/** Runs in the page. */
async function fewFrames(): Promise<void> {
  for (let frame = 0; frame < 5; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Runs in the page: until the element has stood where it is for four frames. */
async function rest(element: Element): Promise<void> {
  const place = () => JSON.stringify(element.getBoundingClientRect());
  for (let quiet = 0, before = ''; quiet < 4;) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    quiet = place() === before ? quiet + 1 : 0;
    before = place();
  }
}

/** Runs in the page: forgets earlier drags and notes the next. */
function noteDrags(): void {
  Reflect.set(globalThis, 'dragEnded', false);
  // What was dragged may be gone from the page before its end is told, and what refuses it is told of no drop.
  for (const event of ['drop', 'dragend'])
    addEventListener(event, () => Reflect.set(globalThis, 'dragEnded', true), { capture: true, once: true });
}

const dragEnded = (): boolean => Reflect.get(globalThis, 'dragEnded') === true;
