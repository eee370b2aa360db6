import type { RecordChange } from '../../core/jobs/run.ts';
import { recordChanges } from '../../core/jobs/run.ts';
import type {
  RecordCounts,
  RecordRange,
  RecordSelection,
  RecordsAction,
  RecordsMessage,
  RecordsRequest,
  RecordsViewState,
  ShownCollection,
} from '../../protocol/jobs/pageMessages.ts';
import type { PageChannel } from '../shared/pageChannel.ts';
import { isRecord } from '../shared/record.ts';
import { setStrings, t } from '../shared/strings.ts';
import { createChunks, type Chunks } from './chunks.ts';
import { asked, countOf, nothing, type Selection } from './selection.ts';

export interface RecordsContract {
  request: RecordsRequest;
  message: RecordsMessage;
  state: RecordsViewState;
}

export interface Sort {
  field: string;
  descending: boolean;
}

/** What the page shows. Replaced as a whole with every change. */
export interface Ui {
  /** Null until the first `init`. */
  job: string | null;
  locale: string;
  collections: readonly ShownCollection[];
  collection: string | null;
  search: string;
  changes: ReadonlySet<RecordChange>;
  sort: Sort | null;
  /** Of the records that the filter shows. */
  total: number;
  fields: readonly string[];
  counts: RecordCounts;
  /** Another list was asked for and has not come. */
  isBusy: boolean;
  /** Counts the lists that came: another one is shown from its beginning. */
  list: number;
  /** The cell that keys act on; row -1 is the header. Column 0 is the one that says how a record changed. */
  active: { row: number; column: number };
  selection: Selection;
  isDetailOpen: boolean;
  message: string | null;
  /** Why records that should be shown are not. */
  loadError: string | null;
  /** Why nothing can be shown. */
  problem: string | null;
  announcement: { text: string; nth: number };
}

export interface RecordsPage {
  readonly chunks: Chunks;
  ui(): Ui;
  set(patch: Partial<Ui>): void;
  /** Says something to screen readers. */
  announce(text: string): void;
  receive(message: Exclude<RecordsMessage, { kind: 'reply' }>): void;
  showCollection(collection: string): void;
  search(text: string): void;
  toggleChange(change: RecordChange): void;
  /** Up, down, and not at all. */
  sortBy(field: string): void;
  act(action: RecordsAction): Promise<void>;
  createTasks(): void;
  retry(): void;
  /** What could not be read, once more. */
  loadAgain(): void;
  subscribe(listener: () => void): () => void;
}

const typingPause = 150;
const noCounts: RecordCounts = { new: 0, changed: 0, same: 0, gone: 0 };

function isRange(value: unknown): value is RecordRange {
  return isRecord(value) && typeof value['total'] === 'number' && Array.isArray(value['records']) && Array.isArray(value['fields']);
}

const isChange = (value: unknown): value is RecordChange => recordChanges.some((change) => change === value);

/** State kept by an older or newer build that does not fit is dropped: it is arrangement only. */
function isViewState(value: unknown): value is RecordsViewState {
  return (
    isRecord(value) &&
    value['version'] === 1 &&
    typeof value['job'] === 'string' &&
    typeof value['search'] === 'string' &&
    Array.isArray(value['changes']) &&
    value['changes'].every(isChange) &&
    (value['sort'] === null || (isRecord(value['sort']) && typeof value['sort']['field'] === 'string'))
  );
}

export function createRecordsPage(channel: PageChannel<RecordsContract>, folder: string): RecordsPage {
  let ui: Ui = {
    job: null,
    locale: 'en',
    collections: [],
    collection: null,
    search: '',
    changes: new Set(),
    sort: null,
    total: 0,
    fields: [],
    counts: noCounts,
    isBusy: true,
    list: 0,
    active: { row: 0, column: 0 },
    selection: nothing,
    isDetailOpen: false,
    message: null,
    loadError: null,
    problem: null,
    announcement: { text: '', nth: 0 },
  };
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const set = (patch: Partial<Ui>): void => {
    ui = { ...ui, ...patch };
    tell();
  };
  const said = (text: string): Partial<Ui> => ({ announcement: { text, nth: ui.announcement.nth + 1 } });
  /** What the list was asked for; the box may be ahead of it. */
  let searched = '';
  const filter = () => ({
    ...(ui.changes.size > 0 && { changes: [...ui.changes] }),
    ...(searched !== '' && { search: searched }),
  });

  const takeRange = ({ total, fields, counts }: RecordRange): void => {
    const isSame = fields.length === ui.fields.length && fields.every((field, index) => field === ui.fields[index]);
    ui = { ...ui, total, counts, fields: isSame ? ui.fields : fields, loadError: null };
    if (ui.active.row >= total) ui = { ...ui, active: { ...ui.active, row: Math.max(0, total - 1) } };
    if (!ui.isBusy) return;
    ui = {
      ...ui,
      isBusy: false,
      list: ui.list + 1,
      // Who sorts by key stays on the heading.
      active: { row: Math.min(ui.active.row, 0), column: Math.min(ui.active.column, fields.length) },
      ...said(total === 1 ? t('1 record') : t('{0} records', total.toLocaleString(ui.locale))),
    };
  };
  const chunks = createChunks({
    load: async (offset, limit) => {
      const { collection, sort } = ui;
      if (collection === null) return null;
      const asking = chunks.generation();
      const reply = await channel.ask({ kind: 'range', collection, ...filter(), ...(sort !== null && { sort }), offset, limit });
      if (asking !== chunks.generation()) return null;
      if (reply.ok && isRange(reply.value)) {
        takeRange(reply.value);
        return reply.value.records;
      }
      if (!reply.ok) set({ isBusy: false, loadError: reply.error.message });
      return null;
    },
    changed: tell,
  });

  /** Another list is wanted: by its collection, its filter or its order. */
  const reload = (patch: Partial<Ui>): void => {
    ui = { ...ui, ...patch };
    ui = { ...ui, isBusy: ui.collection !== null };
    searched = ui.search.trim();
    if (patch.sort === undefined) ui = { ...ui, selection: nothing };
    chunks.reset();
    chunks.want(0, 1, 1);
    tell();
    save();
  };
  const save = (): void => {
    const { job, collection, search, changes, sort } = ui;
    if (job !== null) channel.saveState({ version: 1, folder, job, collection, search, changes: [...changes], sort });
  };
  let typing: ReturnType<typeof setTimeout> | undefined;

  const show = (collection: string | null): void => {
    if (collection !== ui.collection) reload({ collection, search: '', changes: new Set(), sort: null, isDetailOpen: false });
  };

  const page: RecordsPage = {
    chunks,
    ui: () => ui,
    set,
    announce: (text) => set(said(text)),
    receive: (message) => {
      switch (message.kind) {
        case 'init': {
          setStrings(message.strings);
          const { job, collections, locale } = message;
          const saved = channel.loadState();
          const kept = isViewState(saved) && saved.job === job ? saved : null;
          ui = { ...ui, job, collections, locale, problem: null };
          if (kept !== null && collections.some(({ collection }) => collection === kept.collection))
            reload({ collection: kept.collection, search: kept.search, changes: new Set(kept.changes), sort: kept.sort });
          else reload({ collection: message.collection });
          break;
        }
        case 'changed': {
          const { collections } = message;
          ui = { ...ui, collections };
          if (collections.some(({ collection }) => collection === ui.collection)) {
            chunks.renew();
            tell();
          } else show(collections[0]?.collection ?? null);
          break;
        }
        case 'show':
          show(message.collection);
          break;
        case 'problem':
          set({ problem: message.error.message });
          break;
      }
    },
    showCollection: show,
    search: (text) => {
      set({ search: text });
      clearTimeout(typing);
      typing = setTimeout(() => reload({}), typingPause);
    },
    toggleChange: (change) => {
      const changes = new Set(ui.changes);
      if (!changes.delete(change)) changes.add(change);
      reload({ changes });
    },
    sortBy: (field) => {
      const sort = ui.sort?.field !== field ? { field, descending: false } : ui.sort.descending ? null : { field, descending: true };
      reload({ sort });
    },
    act: async (action) => {
      const reply = await channel.ask({ kind: 'act', action });
      if (reply.ok) set({ message: null });
      // The person closed a dialog: nothing to say.
      else if (reply.error.code !== 'cancelled') set({ message: reply.error.message });
    },
    createTasks: () => {
      const { collection, selection, total } = ui;
      if (collection === null) return;
      const of: RecordSelection = countOf(selection, total) > 0 ? asked(selection, filter()) : { changes: ['new'], except: [] };
      void page.act({ what: 'createTasks', collection, selection: of });
    },
    retry: () => {
      set({ problem: null });
      channel.post({ kind: 'ready' });
    },
    loadAgain: () => {
      chunks.renew();
      set({ loadError: null });
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return page;
}
