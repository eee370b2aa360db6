import { matches, parseFilter } from '../../core/taskFilter.ts';
import type { TaskRow } from '../../core/task.ts';
import type { Channel } from './channel.ts';
import { today } from './describe.ts';
import { foundIds } from './guards.ts';
import type { Model } from './model.ts';

const searchDelay = 150;
const searchLimit = 1000;

export interface Filter {
  /** Shows what matches, at once for what cards carry; matches in descriptions join when the store has found them. */
  set(text: string): void;
}

export function createFilter(model: Model, channel: Channel): Filter {
  let timer: ReturnType<typeof setTimeout> | undefined;

  const show = (text: string, found: ReadonlySet<number> | null): void => {
    const filter = parseFilter(text);
    const day = today();
    if (text.trim() === '') model.cards.setFilter(null);
    else if (found === null) model.cards.setFilter((row) => matches(filter, row, day));
    else {
      const withoutWords = { ...filter, words: [] };
      model.cards.setFilter((row: TaskRow) => matches(filter, row, day) || (found.has(row.id) && matches(withoutWords, row, day)));
    }
    model.changed();
  };

  return {
    set: (text) => {
      clearTimeout(timer);
      model.set({ filter: text });
      show(text, null);
      // `#12` is a number of a task, not a word to be found in a description.
      const words = parseFilter(text).words.filter((word) => !/^#\d+$/.test(word));
      if (words.length === 0) return;
      timer = setTimeout(() => {
        void channel.call('task.search', { text: words.join(' ').slice(0, 500), limit: searchLimit }).then((reply) => {
          // A search that fails leaves what the cards themselves say: the filter still works, over less.
          if (reply.ok && model.ui().filter === text) show(text, new Set(foundIds(reply.value)));
        });
      }, searchDelay);
    },
  };
}
