import { statuses } from '../../core/task.ts';
import type { BoardMessage } from '../../protocol/boardMessages.ts';
import type { StoreEvent } from '../../protocol/wire.ts';
import type { Channel } from './channel.ts';
import type { Filter } from './filter.ts';
import { keepingFocus } from './focus.ts';
import { isViewState } from './guards.ts';
import { withRuns } from './live.ts';
import type { Model } from './model.ts';
import { setStrings } from '../shared/strings.ts';

/** Beyond this many waiting events one snapshot is cheaper. */
const maxQueue = 2000;

/** Keeps the cards true to the store: first rows, later chunks, and every event, once per frame. */
export function createSync(model: Model, channel: Channel, filter: Filter): (message: BoardMessage) => void {
  let revision = -1;
  let queue: StoreEvent[] = [];
  let scheduled = false;
  let resyncing = false;

  const resync = (): void => {
    if (resyncing) return;
    resyncing = true;
    channel.post({ kind: 'resync' });
  };
  const flush = (): void => {
    scheduled = false;
    // What comes between the question and the answer is kept: the snapshot may be older than these.
    if (resyncing || queue.length === 0) return;
    const events = queue;
    queue = [];
    keepingFocus(model, () => {
      let { live } = model.ui();
      for (const event of events) {
        if (event.revision <= revision) continue;
        if (event.revision !== revision + 1) {
          resync();
          break;
        }
        revision = event.revision;
        model.cards.apply(event.body.tasks);
        live = withRuns(live, event.body.runs ?? []);
      }
      if (live === model.ui().live) model.changed();
      else model.set({ live });
    });
  };
  const restoreView = (folder: string): void => {
    const saved = channel.loadState();
    if (!isViewState(saved) || saved.folder !== folder) return;
    model.scroll.left = saved.scrollLeft;
    for (const status of statuses) {
      const top = saved.scrollTop[status];
      if (top !== undefined) model.scroll.top.set(status, top);
    }
    model.set({ collapsed: new Set(saved.collapsed), focusedId: saved.focusedId });
    if (saved.filter !== '') filter.set(saved.filter);
  };

  return (message) => {
    switch (message.kind) {
      case 'init': {
        const first = model.ui().config === null;
        revision = message.revision;
        resyncing = false;
        setStrings(message.config.strings);
        const reset = () => {
          model.cards.reset(message.columns, message.complete);
          model.set({ config: message.config, state: message.state, live: withRuns(new Map(), message.runs) });
        };
        // The focused card may be among the rows that follow: only a complete list can say that it is gone.
        if (message.complete) keepingFocus(model, reset);
        else reset();
        if (first) restoreView(message.config.folderName);
        flush();
        break;
      }
      case 'rest':
        model.cards.load(message.tasks, message.complete);
        model.changed();
        break;
      case 'event':
        queue.push(message.event);
        if (queue.length > maxQueue) {
          queue = [];
          resync();
        } else if (!scheduled) {
          scheduled = true;
          requestAnimationFrame(flush);
        }
        break;
      case 'config':
        setStrings(message.config.strings);
        model.set({ config: message.config });
        break;
      case 'state':
        model.set({ state: message.state });
        break;
      case 'reply':
      case 'do':
        break;
    }
  };
}
