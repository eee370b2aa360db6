import { agentFields } from '../../core/agents/agentFields.ts';
import type {
  AgentFormChange,
  AgentFormMessage,
  AgentFormState,
  BoxValue,
  FormPlace,
  FormSuggestions,
} from '../../protocol/agentFormMessages.ts';
import { setStrings, t } from '../shared/strings.ts';
import { bodyKey, fromFile, isAhead, keepMine, newBox, settled, takeTheirs, type Box } from './box.ts';
import type { Answer, Channel } from './channel.ts';

/** What is typed goes to the file after this pause: each such step is one undo step of the file. */
const typingPause = 400;
const saveDelay = 100;
/** The file may change just as often as we try; then the next key tries again. */
const mostRetries = 5;

/** What the page shows. Replaced as a whole with every change. */
export interface Ui {
  /** Null until the first `init`. */
  state: AgentFormState | null;
  suggestions: FormSuggestions;
  boxes: ReadonlyMap<string, Box>;
  /** Fields added in the form that have no value yet: the file does not have them. */
  adding: ReadonlySet<string>;
  /** Why the last change was not made. */
  refusal: string | null;
  /** What the status region says; the number makes the same words heard twice when they happen twice. */
  announcement: { text: string; nth: number };
}

interface Job {
  /** The box it sends, `null` for other changes. */
  key: string | null;
  /** Made when its turn comes; null when it has become needless. */
  change(): AgentFormChange | null;
}

export interface Form {
  ui(): Ui;
  subscribe(listener: () => void): () => void;
  receive(message: Exclude<AgentFormMessage, { kind: 'reply' }>): void;
  /** A box was edited. `now` sends it at once, else after a pause in typing. */
  edit(key: string, value: BoxValue, when: 'now' | 'later' | 'held'): void;
  /** Sends what waits for a pause: one box, or all. */
  flush(key?: string): void;
  remove(key: string): void;
  add(key: string): void;
  applyFix(problem: number, fix: number): void;
  resolve(key: string, whose: 'mine' | 'theirs'): void;
  openFile(at?: FormPlace): void;
  /** Writes a deleted file anew. */
  saveAgain(): void;
  /** Something typed is not in the file yet. */
  isBusy(): boolean;
  /** Runs once everything that was typed has been answered. */
  whenIdle(run: () => void): void;
  announce(text: string): void;
  dismiss(): void;
  /** The box that has the focus, for the next time the page is shown. */
  focused(key: string | null): void;
}

const emptyValue = (kind: string): BoxValue => (kind === 'list' ? [] : '');
const boxKeys: ReadonlyMap<string, BoxValue> = new Map([
  [bodyKey, ''],
  ...agentFields.filter(({ kind }) => kind !== 'yaml').map(({ key, kind }): [string, BoxValue] => [key, emptyValue(kind)]),
]);

/** What the file has for a box. */
function valueIn(state: AgentFormState, key: string): BoxValue {
  if (key === bodyKey) return state.body;
  const field = state.fields.find((one) => one.key === key);
  return field === undefined || field.readOnly ? (boxKeys.get(key) ?? '') : field.value;
}

export function createForm(channel: Channel): Form {
  let ui: Ui = {
    state: null,
    suggestions: { tools: [], skills: [], models: [], agents: [] },
    boxes: new Map([...boxKeys].map(([key, value]) => [key, newBox(value)])),
    adding: new Set(),
    refusal: null,
    announcement: { text: '', nth: 0 },
  };
  const saved = channel.loadState();
  const listeners = new Set<() => void>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const retries = new Map<string, number>();
  const jobs: Job[] = [];
  let inFlight = false;
  const waiting: (() => void)[] = [];
  let saving: ReturnType<typeof setTimeout> | undefined;
  let focused: string | null = saved?.focused ?? null;

  const save = (): void => {
    clearTimeout(saving);
    saving = setTimeout(() => {
      if (ui.state === null) return;
      const drafts = [...ui.boxes].filter(([key, one]) => isAhead(key, one)).map(([key, { shown, base }]) => ({ key, shown, base }));
      channel.saveState({ version: 1, scrollTop: document.documentElement.scrollTop, focused, adding: [...ui.adding], drafts });
    }, saveDelay);
  };
  const set = (patch: Partial<Ui>): void => {
    ui = { ...ui, ...patch };
    for (const listener of listeners) listener();
    save();
  };
  const announce = (text: string): void => set({ announcement: { text, nth: ui.announcement.nth + 1 } });
  const box = (key: string): Box => ui.boxes.get(key) ?? newBox(boxKeys.get(key) ?? '');
  const setBox = (key: string, next: Box): void => set({ boxes: new Map(ui.boxes).set(key, next) });
  const isDue = (key: string): boolean => isAhead(key, box(key)) && box(key).theirs === null;

  /** A late state is ignored: it would put back what is no longer so. */
  const takeState = (state: AgentFormState): void => {
    if (ui.state !== null && state.version < ui.state.version) return;
    const boxes = new Map([...ui.boxes].map(([key, one]) => [key, fromFile(key, one, valueIn(state, key))]));
    const contested = [...boxes].find(([key, one]) => one.theirs !== null && ui.boxes.get(key)?.theirs === null);
    const present = new Set(state.fields.map(({ key }) => key));
    const adding = new Set([...ui.adding].filter((key) => !present.has(key)));
    set({ state, boxes, adding });
    if (contested !== undefined) announce(conflictText(contested[0]));
  };

  const changeOf = (key: string): AgentFormChange | null => {
    if (!isDue(key)) return null;
    const { shown } = box(key);
    if (key === bodyKey) return typeof shown === 'string' ? { what: 'setBody', body: shown } : null;
    return { what: 'setField', key, value: typeof shown === 'string' ? shown : [...shown] };
  };

  const take = ({ reply, state }: Answer, key: string | null, sent: BoxValue | null): void => {
    if (reply.ok && key !== null && sent !== null && state !== undefined) {
      retries.delete(key);
      setBox(key, settled(key, box(key), sent, valueIn(state, key)));
    }
    if (state !== undefined) takeState(state);
    if (reply.ok) {
      if (ui.refusal !== null) set({ refusal: null });
      return;
    }
    const again = (key !== null && retries.get(key)) || 0;
    // The field changed and changed back: nothing stands against the text.
    if (reply.error.code === 'file.stale' && key !== null && isDue(key) && again < mostRetries) {
      retries.set(key, again + 1);
      flush(key);
      return;
    }
    // What stands against a box is shown below it.
    if (key === null || box(key).theirs === null) set({ refusal: reply.error.message });
  };

  const pump = async (): Promise<void> => {
    if (inFlight) return;
    inFlight = true;
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const change = job.change();
      if (change === null || ui.state === null) continue;
      const sent = job.key === null ? null : box(job.key).shown;
      take(await channel.change(ui.state.version, change), job.key, sent);
    }
    inFlight = false;
    for (const run of waiting.splice(0)) run();
  };
  const enqueue = (job: Job): void => {
    if (job.key === null || !jobs.some(({ key }) => key === job.key)) jobs.push(job);
    void pump();
  };
  const flush = (only?: string): void => {
    for (const key of only === undefined ? boxKeys.keys() : [only]) {
      clearTimeout(timers.get(key));
      timers.delete(key);
      if (isDue(key)) enqueue({ key, change: () => changeOf(key) });
    }
  };

  return {
    ui: () => ui,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    receive: (message) => {
      switch (message.kind) {
        case 'init': {
          setStrings(message.strings);
          if (ui.state === null && saved !== null) {
            const boxes = new Map(ui.boxes);
            for (const { key, shown, base } of saved.drafts) if (boxes.has(key)) boxes.set(key, { shown, base, theirs: null });
            ui = { ...ui, boxes, adding: new Set(saved.adding) };
          }
          ui = { ...ui, suggestions: message.suggestions };
          takeState(message.state);
          flush();
          break;
        }
        case 'state':
          takeState(message.state);
          break;
        case 'suggestions':
          set({ suggestions: message.suggestions });
          break;
      }
    },
    edit: (key, value, when) => {
      setBox(key, { ...box(key), shown: value });
      clearTimeout(timers.get(key));
      if (when === 'now') flush(key);
      else if (when === 'later')
        timers.set(
          key,
          setTimeout(() => flush(key), typingPause),
        );
    },
    flush,
    remove: (key) => {
      clearTimeout(timers.get(key));
      const adding = new Set(ui.adding);
      adding.delete(key);
      const { base } = box(key);
      set({ adding, boxes: boxKeys.has(key) ? new Map(ui.boxes).set(key, newBox(base)) : ui.boxes });
      const isInFile = () => ui.state?.fields.some((field) => field.key === key) === true;
      enqueue({ key: null, change: () => (isInFile() ? { what: 'removeField', key } : null) });
      announce(t('Removed {0}', key));
    },
    add: (key) => {
      if (boxKeys.has(key)) {
        set({ adding: new Set(ui.adding).add(key) });
        return;
      }
      // A structure is written in the file, which then needs a place for it.
      enqueue({ key: null, change: () => ({ what: 'setField', key, value: null }) });
      enqueue({
        key: null,
        change: () => {
          channel.post({ kind: 'openFile', at: { kind: 'field', key } });
          return null;
        },
      });
    },
    applyFix: (problem, fix) => {
      const found = ui.state?.problems[problem];
      const title = found?.fixes[fix]?.title;
      if (found === undefined || title === undefined) return;
      flush();
      enqueue({
        key: null,
        change: () => {
          // What was typed is written first; then the problem may stand elsewhere in the list, or be gone.
          const index = ui.state?.problems.findIndex(
            ({ code, field, fixes }) => code === found.code && field === found.field && fixes[fix]?.title === title,
          );
          return index === undefined || index === -1 ? null : { what: 'applyFix', problem: index, fix, title };
        },
      });
    },
    resolve: (key, whose) => {
      setBox(key, whose === 'mine' ? keepMine(box(key)) : takeTheirs(box(key)));
      flush(key);
    },
    openFile: (at) => {
      flush();
      channel.post(at === undefined ? { kind: 'openFile' } : { kind: 'openFile', at });
    },
    saveAgain: () => channel.post({ kind: 'perform', what: 'save' }),
    isBusy: () => inFlight || jobs.length > 0 || [...boxKeys.keys()].some(isDue),
    whenIdle: (run) => {
      if (inFlight) waiting.push(run);
      else run();
    },
    announce,
    dismiss: () => set({ refusal: null }),
    focused: (key) => {
      focused = key;
      save();
    },
  };
}

export function conflictText(key: string): string {
  return key === bodyKey
    ? t('The prompt was changed in the file while you typed.')
    : t('{0} was changed in the file while you typed.', key);
}
