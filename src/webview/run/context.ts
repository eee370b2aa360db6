import { createContext } from 'preact';
import { useContext, useEffect, useReducer } from 'preact/hooks';
import type { RunPage, Ui } from './runPage.ts';

export const RunContext = createContext<RunPage | null>(null);

export function useRunPage(): RunPage {
  const page = useContext(RunContext);
  if (page === null) throw new Error('A component of the run page was drawn outside of it');
  return page;
}

/** What the page shows; the component is drawn again with every change. */
export function useUi(): Ui {
  const page = useRunPage();
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  useEffect(() => page.subscribe(() => redraw()), [page]);
  return page.ui();
}
