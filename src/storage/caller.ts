import type { OperationRequest } from '../app/ports.ts';
import type { Workflow } from '../core/workflow.ts';
import { freeWorkflow } from '../core/workflow.ts';
import type { Reply } from '../protocol/wire.ts';
import { ShortLived } from '../util/shortLived.ts';
import type { CallerMessage, CallMessage } from './channel.ts';

/** A call on its way, until it is answered. Answering twice does nothing. */
export interface PendingCall {
  readonly request: OperationRequest;
  answer(reply: Reply): void;
  /** The caller no longer waits: what has not begun need not begin. */
  readonly dropped: boolean;
  /** Called when that happens after the call was passed on. */
  onDropped?: () => void;
}

/** Takes calls: a role of the session, or the session itself. */
export interface CallTaker {
  submit(call: PendingCall): void;
}

/** One who calls: our own extension host, or a window that works through us. */
export interface Caller {
  said(message: CallerMessage): void;
  /** Nobody is there to be answered any more. */
  gone(): void;
}

export function createCaller(send: (json: string) => void, taker: CallTaker): Caller {
  const open = new ShortLived<{ drop(): void }>();
  let workflow: Workflow = freeWorkflow;

  function begin({ id, requestId, operation, input, actor }: CallMessage): void {
    let dropped = false;
    const call: PendingCall = {
      request: { requestId, operation, input, actor, workflow },
      get dropped() {
        return dropped;
      },
      answer(reply) {
        if (open.take(id) !== undefined && !dropped) send(JSON.stringify({ kind: 'reply', id, reply }));
      },
    };
    open.add(id, {
      drop() {
        dropped = true;
        call.onDropped?.();
      },
    });
    taker.submit(call);
  }

  return {
    said(message) {
      switch (message.kind) {
        case 'call':
          return begin(message);
        case 'cancel':
          return open.get(message.id)?.drop();
        case 'workflow':
          workflow = message.workflow;
          return undefined;
        default:
          return undefined;
      }
    },
    gone() {
      for (const call of open.values()) call.drop();
      open.clear();
    },
  };
}
