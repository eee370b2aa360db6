import type { BoardMessage, BoardRequest, BoardViewState } from '../../protocol/boardMessages.ts';
import type { OperationInput, OperationName } from '../../protocol/operations.ts';
import type { Reply } from '../../protocol/wire.ts';
import { isRecord } from '../shared/record.ts';
import { t } from '../shared/strings.ts';

interface VsCodeApi {
  postMessage(message: BoardRequest): void;
  getState(): unknown;
  setState(state: BoardViewState): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The line to the extension host. */
export interface Channel {
  post(request: BoardRequest): void;
  /** Never rejects: a call that got no answer within its time limit is answered with `timeout`. */
  call<N extends OperationName>(operation: N, input: OperationInput<N>): Promise<Reply>;
  loadState(): unknown;
  saveState(state: BoardViewState): void;
}

const callTimeout = 35_000;
const kinds: ReadonlySet<unknown> = new Set<BoardMessage['kind']>(['init', 'rest', 'event', 'config', 'state', 'reply', 'do']);

/** The sender is our own host, so the shape behind a known kind is taken as the contract says. */
export function isBoardMessage(value: unknown): value is BoardMessage {
  return isRecord(value) && kinds.has(value['kind']);
}

export function openChannel(receive: (message: BoardMessage) => void): Channel {
  const api = acquireVsCodeApi();
  const waiting = new Map<number, (reply: Reply) => void>();
  let lastId = 0;

  addEventListener('message', (event: MessageEvent<unknown>) => {
    const message = event.data;
    if (!isBoardMessage(message)) return;
    if (message.kind === 'reply') {
      waiting.get(message.id)?.(message.reply);
      return;
    }
    receive(message);
  });

  return {
    post: (request) => api.postMessage(request),
    call: (operation, input) =>
      new Promise((resolve) => {
        const id = ++lastId;
        const finish = (reply: Reply) => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(reply);
        };
        const timer = setTimeout(() => {
          finish({
            ok: false,
            error: { code: 'timeout', message: t('No answer came from the store. The board shows what is stored once it answers again.') },
          });
        }, callTimeout);
        waiting.set(id, finish);
        api.postMessage({ kind: 'call', id, operation, input });
      }),
    loadState: () => api.getState(),
    saveState: (state) => api.setState(state),
  };
}
