import { isOver } from '../../core/jobs/run.ts';
import type {
  RunAction,
  RunAsk,
  RunDetails,
  RunMessage,
  RunProgress,
  RunRequest,
  RunViewState,
  ShownEntry,
  StepLine,
} from '../../protocol/jobs/pageMessages.ts';
import type { PageChannel } from '../shared/pageChannel.ts';
import { isRecord } from '../shared/record.ts';
import { setStrings, t } from '../shared/strings.ts';
import { createPace, type Pace } from './pace.ts';
import { addEntries, type StepResult } from './stepStates.ts';
import { stateWords } from './words.ts';

export interface RunContract {
  request: RunRequest;
  message: RunMessage;
  state: RunViewState;
}

/** What the page shows. Replaced as a whole with every change. */
export interface Ui {
  /** Null until the first `init`. */
  details: RunDetails | null;
  steps: readonly StepLine[];
  asks: readonly RunAsk[];
  /** Questions whose answer is on its way. */
  answering: ReadonlySet<number>;
  progress: RunProgress | null;
  locale: string;
  activeStep: number;
  activeEntry: number;
  isFollowing: boolean;
  /** Texts of snapshots that were asked for, by path. */
  snapshots: ReadonlyMap<string, string>;
  message: string | null;
  /** Why nothing can be shown. */
  problem: string | null;
  /** What the status region says; the number makes the same words heard twice when they happen twice. */
  announcement: { text: string; nth: number };
}

export interface RunPage {
  ui(): Ui;
  set(patch: Partial<Ui>): void;
  /** All log entries so far. It grows in place: tens of thousands would be too many to copy for each that comes. */
  readonly entries: readonly ShownEntry[];
  readonly results: ReadonlyMap<string, StepResult>;
  readonly pace: Pace;
  receive(message: Exclude<RunMessage, { kind: 'reply' }>): void;
  act(action: RunAction): Promise<void>;
  answer(ask: number, answer: string | boolean | null): void;
  readSnapshot(path: string): void;
  retry(): void;
  subscribe(listener: () => void): () => void;
}

/** Most entries of one answer: so many mean that there may be more. */
const logPage = 1000;

function isEntry(value: unknown): value is ShownEntry {
  return isRecord(value) && typeof value['n'] === 'number' && typeof value['step'] === 'string' && typeof value['what'] === 'string';
}

export function createRunPage(channel: PageChannel<RunContract>): RunPage {
  let ui: Ui = {
    details: null,
    steps: [],
    asks: [],
    answering: new Set(),
    progress: null,
    locale: 'en',
    activeStep: -1,
    activeEntry: -1,
    isFollowing: true,
    snapshots: new Map(),
    message: null,
    problem: null,
    announcement: { text: '', nth: 0 },
  };
  const listeners = new Set<() => void>();
  const entries: ShownEntry[] = [];
  const results = new Map<string, StepResult>();
  const pace = createPace();
  let pulling = false;
  let pullAgain = false;

  const set = (patch: Partial<Ui>): void => {
    ui = { ...ui, ...patch };
    for (const listener of listeners) listener();
  };
  const announce = (text: string): Partial<Ui> => ({ announcement: { text, nth: ui.announcement.nth + 1 } });

  /** Reads what the log has more than the page, one question at a time. */
  const pull = async (): Promise<void> => {
    if (pulling) {
      pullAgain = true;
      return;
    }
    pulling = true;
    try {
      do {
        pullAgain = false;
        const reply = await channel.ask({ kind: 'log', after: entries.at(-1)?.n ?? 0 });
        if (!reply.ok) {
          set({ message: reply.error.message });
          break;
        }
        const more = isRecord(reply.value) && Array.isArray(reply.value['entries']) ? reply.value['entries'].filter(isEntry) : [];
        if (more.length >= logPage) pullAgain = true;
        if (more.length === 0) continue;
        for (const entry of more) entries.push(entry);
        addEntries(results, more);
        set({});
      } while (pullAgain);
    } finally {
      pulling = false;
    }
  };

  const takeDetails = (details: RunDetails): Partial<Ui> => {
    const before = ui.details?.run;
    const { run } = details;
    pace.add(Date.now(), run.pages);
    const said = before !== undefined && (before.state !== run.state || before.waitingFor !== run.waitingFor);
    return {
      details,
      problem: null,
      ...(isOver(run.state) && { progress: null }),
      ...(said && announce(t('{0}: {1}', run.name, stateWords(run)))),
    };
  };

  const page: RunPage = {
    ui: () => ui,
    set,
    entries,
    results,
    pace,
    receive: (message) => {
      switch (message.kind) {
        case 'init': {
          setStrings(message.strings);
          const { steps, asks, progress, locale } = message;
          // After `takeDetails`, which drops what a run that is over was doing.
          set({ steps, asks, locale, progress, ...takeDetails(message.details) });
          void pull();
          break;
        }
        case 'details':
          // What is said before `init` is in it.
          if (ui.details === null) break;
          set(takeDetails(message.details));
          void pull();
          break;
        case 'progress':
          if (ui.details === null || isOver(ui.details.run.state)) break;
          pace.add(Date.now(), message.progress.pages);
          set({ progress: message.progress });
          break;
        case 'asks': {
          const known = new Set(ui.asks.map(({ ask }) => ask));
          const fresh = message.asks.find(({ ask }) => !known.has(ask));
          const open = new Set(message.asks.map(({ ask }) => ask));
          set({
            asks: message.asks,
            answering: new Set([...ui.answering].filter((ask) => open.has(ask))),
            ...(fresh !== undefined && announce(fresh.message)),
          });
          break;
        }
        case 'problem':
          set({ problem: message.error.message });
          break;
      }
    },
    act: async (action) => {
      const reply = await channel.ask({ kind: 'act', action });
      if (reply.ok) set({ message: null });
      // The person closed a dialog: nothing to say.
      else if (reply.error.code !== 'cancelled') set({ message: reply.error.message });
    },
    answer: (ask, answer) => {
      if (ui.answering.has(ask)) return;
      set({ answering: new Set([...ui.answering, ask]) });
      void channel.ask({ kind: 'act', action: { what: 'answer', ask, answer } }).then((reply) => {
        if (reply.ok) return;
        set({ answering: new Set([...ui.answering].filter((other) => other !== ask)), message: reply.error.message });
      });
    },
    readSnapshot: (path) => {
      void channel.ask({ kind: 'snapshot', path }).then((reply) => {
        if (!reply.ok) set({ message: reply.error.message });
        else if (isRecord(reply.value) && typeof reply.value['text'] === 'string')
          set({ snapshots: new Map([...ui.snapshots, [path, reply.value['text']]]) });
      });
    },
    retry: () => {
      set({ problem: null });
      channel.post({ kind: 'ready' });
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return page;
}
