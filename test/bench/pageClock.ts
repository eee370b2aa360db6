import type { Frame } from 'playwright-core';

/**
 * Runs in every frame before its own scripts. Notes when things first appear and reach the screen, in milliseconds since 1970:
 * the same clock the extension host reads, so that a command's start there and a card's paint here can be subtracted.
 */
const script = String.raw`(() => {
  if (globalThis.benchClock) return;
  const now = () => performance.timeOrigin + performance.now();
  const seen = {};
  // After a frame was drawn, a message arrives: the nearest thing to "painted" that a page can know.
  const painted = (then) => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => { then(now()); c.port1.close(); }; c.port2.postMessage(0); });
  const selectors = SELECTORS;
  const look = () => {
    for (const s of selectors) if (!(s in seen) && document.querySelector(s)) { seen[s] = 0; painted((t) => { seen[s] = t; }); }
  };
  // VS Code writes the page into a frame that exists already (document.open): of what was set up before, only timers live on.
  const timer = window !== top && setInterval(() => {
    look();
    if (selectors.every((s) => s in seen)) clearInterval(timer);
  }, 4);
  globalThis.benchClock = { now, painted, seen };
})()`;

export const pageClock = (selectors: readonly string[]): string => script.replace('SELECTORS', JSON.stringify(selectors));

interface BenchClock {
  now(): number;
  painted(then: (at: number) => void): void;
  seen: Record<string, number>;
}
declare global {
  var benchClock: BenchClock | undefined;
}

/** When `selector` was first on the screen of this frame; undefined while it is not. */
export function firstPaint(frame: Frame, selector: string): Promise<number | undefined> {
  return frame.evaluate((s) => globalThis.benchClock?.seen[s] || undefined, selector);
}

/** From a key's event to the first paint after the cards changed, and to the paint after their last change. */
export async function keyToPaint(
  frame: Frame,
  press: () => Promise<void>,
  watched: string,
  quietMs: number,
): Promise<{ first: number; last: number }> {
  await frame.evaluate(
    ([selector, quiet]) => {
      const clock = globalThis.benchClock;
      const target = document.querySelector(selector) ?? document.body;
      Reflect.set(
        globalThis,
        'benchKey',
        new Promise((resolve) => {
          let key = 0;
          let first = 0;
          let last = 0;
          const observer = new MutationObserver(() => {
            if (key === 0) return;
            clock?.painted(() => {
              last = performance.now();
              first ||= last;
            });
          });
          observer.observe(target, { childList: true, subtree: true, characterData: true, attributes: true });
          document.addEventListener(
            'keydown',
            (event) => {
              key = event.timeStamp;
              setTimeout(() => {
                observer.disconnect();
                resolve({ first: first === 0 ? Number.NaN : first - key, last: last === 0 ? Number.NaN : last - key });
              }, quiet);
            },
            { capture: true, once: true },
          );
        }),
      );
    },
    [watched, quietMs] as const,
  );
  await press();
  return frame.evaluate(() => Reflect.get(globalThis, 'benchKey') as Promise<{ first: number; last: number }>);
}

/** Times between frames while `frames` steps of scrolling run, one per frame, as a wheel or a scrollbar gives them. */
export function scrollFrames(frame: Frame, selector: string, frames: number, step: number): Promise<number[]> {
  return frame.evaluate(
    ([sel, count, by]) =>
      new Promise<number[]>((resolve, reject) => {
        const element = document.querySelector(sel);
        if (element === null) {
          reject(new Error(`nothing to scroll: ${sel}`));
          return;
        }
        const times: number[] = [];
        let last = 0;
        let direction = 1;
        const tick = (at: number): void => {
          if (last !== 0) times.push(at - last);
          last = at;
          if (element.scrollTop + element.clientHeight >= element.scrollHeight - 2) direction = -1;
          else if (element.scrollTop <= 0) direction = 1;
          element.scrollTop += by * direction;
          if (times.length < count) requestAnimationFrame(tick);
          else resolve(times);
        };
        requestAnimationFrame(tick);
      }),
    [selector, frames, step] as const,
  );
}
