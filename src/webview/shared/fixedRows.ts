import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';
import { onScroll } from './onScroll.ts';

/** Rows beyond the edges that are drawn all the same, so that a small step shows no hole. */
const overscan = 6;

export interface RowRange {
  first: number;
  /** Behind the last row drawn. */
  end: number;
}

/**
 * Which rows of a scrolling element are to be drawn, all rows being of one height: plain arithmetic, where measured rows would cost a note
 * for each of 100,000. Draws again only when the range changes. `above` is the height of what sticks to the top.
 */
export function useFixedRows(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number, above = 0): RowRange {
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  const rangeNow = (): RowRange => {
    const top = scroller.current?.scrollTop ?? 0;
    const height = (scroller.current?.clientHeight ?? 700) - above;
    // A list that became shorter is scrolled back by the browser only after it has been drawn.
    const first = Math.max(0, Math.min(Math.floor(top / rowHeight), count - Math.floor(height / rowHeight)) - overscan);
    return { first, end: Math.min(count, first + Math.ceil(height / rowHeight) + 2 * overscan + 1) };
  };
  const range = rangeNow();
  const drawn = useRef(range);
  drawn.current = range;
  const current = useRef(rangeNow);
  current.current = rangeNow;
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const look = (): void => {
      const { first, end } = current.current();
      if (first !== drawn.current.first || end !== drawn.current.end) redraw();
    };
    return onScroll(element, look);
  }, [scroller]);
  return range;
}

/** Scrolls no further than needed for a row to be wholly in view. */
export function showRow(element: HTMLElement, index: number, rowHeight: number, above = 0): void {
  const top = index * rowHeight;
  const height = element.clientHeight - above;
  if (top < element.scrollTop) element.scrollTop = top;
  else if (top + rowHeight > element.scrollTop + height) element.scrollTop = top + rowHeight - height;
}
