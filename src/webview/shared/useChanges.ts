import { useLayoutEffect, useReducer } from 'preact/hooks';

/**
 * Draws the component again with every change that `model` tells. It listens before anything can change unheard: an ordinary effect would
 * run only once the page was painted.
 */
export function useChanges(model: { subscribe(listener: () => void): () => void }): void {
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  useLayoutEffect(() => model.subscribe(() => redraw()), [model]);
}
