import type { Reply } from '../../protocol/wire.ts';
import { isRecord } from './record.ts';
import { t } from './strings.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

interface Contract {
  /** What the page may ask. Those with an `id` are answered. */
  request: { kind: string };
  message: { kind: string };
  state: object;
}
type Asked<R> = R extends { id: number } ? Omit<R, 'id'> : never;

/** The line to the extension host. */
export interface PageChannel<C extends Contract> {
  post(request: Exclude<C['request'], { id: number }>): void;
  /** Never rejects: a request that got no answer within its time limit is answered with `timeout`. */
  ask(request: Asked<C['request']>): Promise<Reply>;
  loadState(): unknown;
  saveState(state: C['state']): void;
}

const timeLimit = 35_000;

interface ReplyMessage {
  kind: 'reply';
  id: number;
  reply: Reply;
}

/** The sender is our own host, so the shape behind a known kind is taken as the contract says. */
export function openPageChannel<C extends Contract>(
  kinds: readonly C['message']['kind'][],
  receive: (message: Exclude<C['message'], { kind: 'reply' }>) => void,
): PageChannel<C> {
  const api = acquireVsCodeApi();
  const waiting = new Map<number, (reply: Reply) => void>();
  let lastId = 0;
  const isMessage = (value: unknown): value is Exclude<C['message'], { kind: 'reply' }> =>
    isRecord(value) && kinds.some((kind) => kind === value['kind']);
  const isReply = (value: unknown): value is ReplyMessage => isRecord(value) && value['kind'] === 'reply';
  addEventListener('message', (event: MessageEvent<unknown>) => {
    const message = event.data;
    if (isReply(message)) waiting.get(message.id)?.(message.reply);
    else if (isMessage(message)) receive(message);
  });
  return {
    post: (request) => api.postMessage(request),
    ask: (request) =>
      new Promise((resolve) => {
        const id = ++lastId;
        const finish = (reply: Reply) => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(reply);
        };
        const message = t('No answer came from VS Code. Try again; when that does not help, reload the window.');
        const timer = setTimeout(() => finish({ ok: false, error: { code: 'timeout', message } }), timeLimit);
        waiting.set(id, finish);
        api.postMessage({ ...request, id });
      }),
    loadState: () => api.getState(),
    saveState: (state) => api.setState(state),
  };
}
