import type { ClientRecord, LocalServerDeps, Visit } from './ports.ts';
import { AppError } from '../core/appError.ts';
import { failure, failureOf, tooMany } from './failure.ts';
import type { Failure } from './failure.ts';
import { admit } from './gates.ts';
import type { Knock } from './gates.ts';
import type { TrafficLimits } from './limits.ts';
import { pathLimit } from './limits.ts';
import { createRateLimit } from './rateLimit.ts';
import type { Tokens } from './tokens.ts';

export type Entrance =
  | { kind: 'visit'; visit: Visit; path: string; query: string; origin: string | null }
  | { kind: 'preflight'; origin: string }
  /** `client`: who it was, where that was found out. `origin`: of a page that may read why. */
  | { kind: 'failure'; failure: Failure; client: string | null; origin: string | null };

/** The way in, the same for requests and for WebSockets: form, then token, then folder, then how many there were. */
export interface Door {
  /** `port`: that the server listens on. `address`: of the other side. Settles always. */
  enter(knock: Knock, port: number, address: string): Promise<Entrance>;
}

interface DoorDeps extends Pick<LocalServerDeps, 'folders' | 'allowedOrigins' | 'log'> {
  tokens: Tokens;
  traffic: Pick<TrafficLimits, 'requestsPerSecond' | 'strangersPerSecond'>;
}

/** What somebody without a known token may send at once, in seconds' worth: a judge that tries every route must still hear 401. */
const strangersBurst = 30;

export function createDoor({ folders, allowedOrigins, log, tokens, traffic }: DoorDeps): Door {
  const { requestsPerSecond, strangersPerSecond } = traffic;
  const clients = createRateLimit({ perSecond: requestsPerSecond, burst: requestsPerSecond });
  const strangers = createRateLimit({ perSecond: strangersPerSecond, burst: strangersPerSecond * strangersBurst });

  function visitOf(client: ClientRecord): Visit {
    const folder = folders().find(({ key }) => key === client.folder);
    if (folder === undefined) {
      const message =
        'The folder that this token was made for is not open in this window. Open it, or ask the user for a token of another.';
      throw new AppError('api.unauthorized', message, { reason: 'folder' });
    }
    return { client, caller: { actor: { kind: 'client', name: client.name }, scopes: client.scopes }, api: folder.api };
  }

  function refusedStranger(error: AppError, address: string): Failure {
    const wait = strangers.take(address, performance.now());
    return wait === 0
      ? failureOf(error)
      : tooMany('There were too many requests without a token that is known. Wait, and send the right one.', wait);
  }

  return {
    async enter(knock, port, address) {
      const admission = admit(knock, { port, allowedOrigins: allowedOrigins() });
      if (admission.kind === 'preflight') return admission;
      if (admission.kind === 'refused') {
        const { status, rule, message } = admission;
        return { kind: 'failure', failure: failure(status, 'api.refused', message, { rule }), client: null, origin: null };
      }
      const { path, query, origin, token } = admission;
      try {
        const visit = visitOf(await tokens.verify(token));
        const wait = clients.take(visit.client.id, performance.now());
        if (wait === 0) return { kind: 'visit', visit, path, query, origin };
        const message = `There were more than ${requestsPerSecond.toLocaleString('en')} requests in a second. Wait before the next.`;
        return { kind: 'failure', failure: tooMany(message, wait), client: visit.client.name, origin };
      } catch (error) {
        if (AppError.is(error, 'api.unauthorized'))
          return { kind: 'failure', failure: refusedStranger(error, address), client: null, origin };
        log.error('A token could not be looked at.', error);
        return { kind: 'failure', failure: failureOf(error), client: null, origin };
      }
    },
  };
}

/** The path of a request for the log: without its query, which may hold anything. */
export const loggedPath = (target: string): string => (target.split('?', 1)[0] ?? '').slice(0, pathLimit);
