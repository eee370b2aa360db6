import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { useChanges } from '../shared/useChanges.ts';
import type { RecordsPage, Ui } from './recordsPage.ts';

export const RecordsContext = createContext<RecordsPage | null>(null);

export function useRecordsPage(): RecordsPage {
  const page = useContext(RecordsContext);
  if (page === null) throw new Error('A component of the records page was drawn outside of it');
  return page;
}

/** What the page shows; the component is drawn again with every change. */
export function useUi(): Ui {
  const page = useRecordsPage();
  useChanges(page);
  return page.ui();
}
