import { AppError } from '../core/appError.ts';
import type { Reply } from '../protocol/wire.ts';
import { ShortLived } from '../util/shortLived.ts';
import type { PendingCall } from './caller.ts';
import type { OwnerMessage } from './channel.ts';
import { failure } from './commitQueue.ts';
import { eventMessage, jitter, openPromise } from './role.ts';
import type { Audience, Role } from './role.ts';
import { connectToOwner } from './ownerSocket.ts';
import type { OwnerConnection } from './ownerSocket.ts';
import type { StoreNames } from './names.ts';

/** How long closing waits for answers that are on their way, in milliseconds. */
const lastAnswers = 1000;

/**
 * Works through the owner. Ends when the connection drops; calls without an answer then go to the next role under the same
 * request id, so that a change that the dead owner had committed is not made twice. Undefined when nobody listens yet.
 */
export async function becomeClient(names: StoreNames, token: string, audience: Audience): Promise<Role | undefined> {
  const open = new ShortLived<PendingCall>();
  const ended = openPromise();
  const quiet = openPromise();
  let lastId = 0;
  let lastWorkflow = '';

  function answer(id: number, reply: Reply): void {
    open.take(id)?.answer(reply);
    if (open.size === 0) quiet.keep();
  }

  function said(message: OwnerMessage): void {
    switch (message.kind) {
      case 'reply':
        return answer(message.id, message.reply);
      case 'event':
        return audience.event(eventMessage(message.event));
      case 'reset':
        return audience.reset();
      case 'notice':
        return audience.notice(message.notice);
      default:
        return undefined;
    }
  }

  const connection: OwnerConnection | undefined = await connectToOwner(names.endpoint, token, { said, lost: ended.keep });
  if (connection === undefined) return undefined;

  return {
    state: { role: 'client', ownerPid: connection.ownerPid },
    over: ended.promise,
    submit(call) {
      if (call.dropped) return call.answer(failure(new AppError('cancelled', `${call.request.operation} was cancelled before it began.`)));
      const id = ++lastId;
      const { workflow, ...request } = call.request;
      const rules = JSON.stringify(workflow);
      if (rules !== lastWorkflow) {
        lastWorkflow = rules;
        connection.send({ kind: 'workflow', workflow: JSON.parse(rules) });
      }
      open.add(id, call);
      call.onDropped = () => {
        connection.send({ kind: 'cancel', id });
        answer(id, failure(new AppError('cancelled', `${request.operation} was cancelled.`)));
      };
      connection.send({ kind: 'call', id, ...request });
    },
    async close() {
      if (open.size > 0) await Promise.race([quiet.promise, ended.promise, jitter(lastAnswers, lastAnswers)]);
      connection.close();
      await ended.promise;
    },
  };
}
