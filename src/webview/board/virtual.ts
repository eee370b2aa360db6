import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type Range,
} from '@tanstack/virtual-core';
import { useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';

export type ListVirtualizer = Virtualizer<HTMLElement, HTMLElement>;

interface VirtualList {
  count: number;
  scrollElement: () => HTMLElement | null;
  estimate: (index: number) => number;
  /** A new function whenever the list has changed. */
  keyAt: (index: number) => number;
  /** Indexes that stay mounted wherever the list is scrolled. */
  pinned: readonly number[];
  gap: number;
  padding: number;
  initialOffset: number;
}

/** Heights come from the estimate and then from the ResizeObserver alone: reading one at mount would force a layout per card. */
function measuredSize(element: HTMLElement, entry: ResizeObserverEntry | undefined, instance: ListVirtualizer): number {
  const box = entry?.borderBoxSize[0];
  if (box !== undefined) return Math.round(box.blockSize);
  const index = instance.indexFromElement(element);
  return instance.itemSizeCache.get(instance.options.getItemKey(index)) ?? instance.options.estimateSize(index);
}

/** Virtual rows of one scrolling element, drawn again when its range changes. */
export function useVirtual(list: VirtualList): ListVirtualizer {
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  const pinned = useRef(list.pinned);
  pinned.current = list.pinned;
  const options = {
    count: list.count,
    getScrollElement: list.scrollElement,
    estimateSize: list.estimate,
    getItemKey: list.keyAt,
    gap: list.gap,
    paddingStart: list.padding,
    paddingEnd: list.padding,
    overscan: 2,
    initialOffset: list.initialOffset,
    initialRect: { width: 260, height: 700 },
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    measureElement: measuredSize,
    rangeExtractor: (range: Range) => withPinned(defaultRangeExtractor(range), pinned.current, range.count),
    onChange: () => redraw(),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}

/** In order, so that the page's order is the list's order. */
function withPinned(range: number[], pinned: readonly number[], count: number): number[] {
  const extra = pinned.filter((index) => index >= 0 && index < count && !range.includes(index));
  return extra.length === 0 ? range : [...range, ...extra].sort((a, b) => a - b);
}
