import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Actions } from './actions.ts';
import type { Channel } from './channel.ts';
import type { Filter } from './filter.ts';
import type { Model } from './model.ts';

/** What the components work with. */
export interface Board {
  model: Model;
  actions: Actions;
  filter: Filter;
  channel: Channel;
}

export const BoardContext = createContext<Board | null>(null);

export function useBoard(): Board {
  const board = useContext(BoardContext);
  if (board === null) throw new Error('A board component was drawn outside the board');
  return board;
}
