import './board.css';
import { render } from 'preact';
import type { BoardMessage } from '../../protocol/boardMessages.ts';
import { askUntil } from '../shared/askUntil.ts';
import { createActions } from './actions.ts';
import { Page } from './Board.tsx';
import { isBoardMessage, openChannel } from './channel.ts';
import { BoardContext } from './context.ts';
import { createFilter } from './filter.ts';
import { act, onPageKey } from './keyboard.ts';
import { createModel, viewState } from './model.ts';
import { createSync } from './sync.ts';

const saveDelay = 200;

/** The first cards come with the page itself, so that they need no round trip. */
function embeddedInit(): BoardMessage | null {
  const text = document.getElementById('initial-data')?.textContent;
  if (text === null || text === undefined || text.trim() === '') return null;
  try {
    const value: unknown = JSON.parse(text);
    return isBoardMessage(value) ? value : null;
  } catch {
    // The host answers `ready` with the same: nothing is lost but a few milliseconds.
    return null;
  }
}

function start(root: HTMLElement): void {
  const model = createModel();
  const channel = openChannel((message) => receive(message));
  const filter = createFilter(model, channel);
  const actions = createActions(model, channel);
  const board = { model, channel, filter, actions };
  const sync = createSync(model, channel, filter);
  // A command may open the board and ask it for something before there is a card to do it with.
  let todo: Extract<BoardMessage, { kind: 'do' }>[] = [];
  const isReadyFor = (id: number | undefined): boolean =>
    model.ui().config !== null && (id === undefined || model.cards.isComplete() || model.cards.get(id) !== undefined);
  const receive = (message: BoardMessage): void => {
    if (message.kind === 'do') todo.push(message);
    else sync(message);
    const now = todo.filter(({ taskId }) => isReadyFor(taskId));
    todo = todo.filter(({ taskId }) => !isReadyFor(taskId));
    for (const { action, taskId } of now) act(board, action, taskId);
  };

  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const state = viewState(model);
      if (state !== null) channel.saveState(state);
    }, saveDelay);
  };
  model.subscribe(save);
  document.addEventListener('scroll', save, { capture: true, passive: true });
  // The menu key may bring VS Code's native menu too, on some systems only when it is let go: one menu is enough.
  addEventListener(
    'contextmenu',
    (event) => {
      if (model.ui().menu === null) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
  document.addEventListener('keydown', (event) => onPageKey(board, event));

  const init = embeddedInit();
  if (init !== null) receive(init);
  render(
    <BoardContext.Provider value={board}>
      <Page />
    </BoardContext.Provider>,
    root,
  );
  askUntil(
    () => model.ui().config !== null && model.cards.isComplete(),
    () => channel.post({ kind: 'ready' }),
  );
}

const root = document.getElementById('root');
if (root !== null) start(root);
