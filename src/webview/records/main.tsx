import './records.css';
import { render } from 'preact';
import { askUntil } from '../shared/askUntil.ts';
import { openPageChannel } from '../shared/pageChannel.ts';
import { isRecord } from '../shared/record.ts';
import { RecordsContext } from './context.ts';
import { Page } from './Page.tsx';
import { createRecordsPage, type RecordsContract } from './recordsPage.ts';

/** Which folder the records are of: the page keeps it for the panel's return after a reload of the window. */
function folderOfPage(): string {
  const text = document.getElementById('initial-data')?.textContent ?? '';
  const data: unknown = text.trim() === '' ? null : JSON.parse(text);
  return isRecord(data) && typeof data['folder'] === 'string' ? data['folder'] : '';
}

function start(root: HTMLElement): void {
  let isAnswered = false;
  const channel = openPageChannel<RecordsContract>(['init', 'changed', 'show', 'problem'], (message) => {
    isAnswered = true;
    page.receive(message);
  });
  const page = createRecordsPage(channel, folderOfPage());
  render(
    <RecordsContext.Provider value={page}>
      <Page />
    </RecordsContext.Provider>,
    root,
  );
  askUntil(
    () => isAnswered,
    () => channel.post({ kind: 'ready' }),
  );
}

const root = document.getElementById('root');
if (root !== null) start(root);
