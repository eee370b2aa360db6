import type {
  AgentFormChange,
  AgentFormMessage,
  AgentFormRequest,
  AgentFormState,
  AgentFormViewState,
} from '../../protocol/agentFormMessages.ts';
import type { Reply } from '../../protocol/wire.ts';
import { isRecord } from '../shared/record.ts';
import { t } from '../shared/strings.ts';

interface VsCodeApi {
  postMessage(message: AgentFormRequest): void;
  getState(): unknown;
  setState(state: AgentFormViewState): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

export interface Answer {
  reply: Reply<null>;
  /** Missing when no answer came. */
  state?: AgentFormState;
}

/** The line to the extension host. */
export interface Channel {
  post(request: AgentFormRequest): void;
  /** Never rejects: a change that got no answer within its time limit is answered with `timeout`. */
  change(base: number, change: AgentFormChange): Promise<Answer>;
  loadState(): AgentFormViewState | null;
  saveState(state: AgentFormViewState): void;
}

const changeTimeout = 35_000;
const kinds: ReadonlySet<unknown> = new Set<AgentFormMessage['kind']>(['init', 'state', 'suggestions', 'reply']);

/** The sender is our own host, so the shape behind a known kind is taken as the contract says. */
function isMessage(value: unknown): value is AgentFormMessage {
  return isRecord(value) && kinds.has(value['kind']);
}

const isBoxValue = (value: unknown): boolean =>
  typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));

/** State kept by an older or newer build that does not fit is dropped. */
function isViewState(value: unknown): value is AgentFormViewState {
  return (
    isRecord(value) &&
    value['version'] === 1 &&
    typeof value['scrollTop'] === 'number' &&
    (value['focused'] === null || typeof value['focused'] === 'string') &&
    Array.isArray(value['adding']) &&
    value['adding'].every((key) => typeof key === 'string') &&
    Array.isArray(value['drafts']) &&
    value['drafts'].every(
      (draft: unknown) => isRecord(draft) && typeof draft['key'] === 'string' && isBoxValue(draft['shown']) && isBoxValue(draft['base']),
    )
  );
}

export function openChannel(receive: (message: Exclude<AgentFormMessage, { kind: 'reply' }>) => void): Channel {
  const api = acquireVsCodeApi();
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  addEventListener('message', (event: MessageEvent<unknown>) => {
    const message = event.data;
    if (!isMessage(message)) return;
    if (message.kind === 'reply') waiting.get(message.id)?.(message);
    else receive(message);
  });
  return {
    post: (request) => api.postMessage(request),
    change: (base, change) =>
      new Promise((resolve) => {
        const id = ++lastId;
        const finish = (answer: Answer) => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(answer);
        };
        const message = t('No answer came from VS Code, so this change may not be in the file. Open the file to see.');
        const timer = setTimeout(() => finish({ reply: { ok: false, error: { code: 'timeout', message } } }), changeTimeout);
        waiting.set(id, finish);
        api.postMessage({ kind: 'change', id, base, change });
      }),
    loadState: () => {
      const state = api.getState();
      return isViewState(state) ? state : null;
    },
    saveState: (state) => api.setState(state),
  };
}
