import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { useChanges } from '../shared/useChanges.ts';
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
  useChanges(page);
  return page.ui();
}
