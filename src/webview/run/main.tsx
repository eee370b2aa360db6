import './run.css';
import { render } from 'preact';
import { askUntil } from '../shared/askUntil.ts';
import { openPageChannel } from '../shared/pageChannel.ts';
import { isRecord } from '../shared/record.ts';
import { RunContext } from './context.ts';
import { Page } from './Page.tsx';
import { createRunPage, type RunContract } from './runPage.ts';

function start(root: HTMLElement): void {
  let isAnswered = false;
  const channel = openPageChannel<RunContract>(['init', 'details', 'progress', 'asks', 'problem'], (message) => {
    isAnswered = true;
    page.receive(message);
  });
  const page = createRunPage(channel);
  keepState(channel.saveState);
  render(
    <RunContext.Provider value={page}>
      <Page />
    </RunContext.Provider>,
    root,
  );
  askUntil(
    () => isAnswered,
    () => channel.post({ kind: 'ready' }),
  );
}

/** The page is told once which run it shows, and keeps it for the panel's return after a reload of the window. */
function keepState(save: (state: RunContract['state']) => void): void {
  const text = document.getElementById('initial-data')?.textContent ?? '';
  const data: unknown = text.trim() === '' ? null : JSON.parse(text);
  if (isRecord(data) && typeof data['folder'] === 'string' && typeof data['run'] === 'number')
    save({ version: 1, folder: data['folder'], run: data['run'] });
}

const root = document.getElementById('root');
if (root !== null) start(root);
