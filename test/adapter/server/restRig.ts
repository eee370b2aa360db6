import { createRest } from '../../../src/server/rest/rest.ts';
import type { ApiScope } from '../../../src/protocol/api.ts';
import { localServer } from '../../rig/localServer.ts';
import type { LocalServerRig, LocalServerWishes } from '../../rig/localServer.ts';
import { logInto } from '../files/rig.ts';

export interface RestAnswer {
  status: number;
  headers: Headers;
  code: string;
  /** Whatever it is: tests look into it. */
  // oxlint-disable-next-line typescript/no-explicit-any
  data: any;
  message: string;
}

export interface RestClient {
  readonly token: string;
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<RestAnswer>;
  /** The same, as it comes. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export interface RestRig extends RestClient, AsyncDisposable {
  readonly rig: LocalServerRig;
}

export function restClient(origin: string, token: string): RestClient {
  const send = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${token}`);
    return fetch(`${origin}${path}`, { ...init, headers });
  };
  return {
    token,
    fetch: send,
    async call(method, path, body, headers = {}) {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const response = await send(path, { method, headers: { ...json, ...headers }, ...sent });
      const text = await response.text();
      const parsed = text === '' ? { code: '', data: null, message: '' } : JSON.parse(text);
      return { status: response.status, headers: response.headers, ...parsed };
    },
  };
}

/** The REST API over real HTTP, a real database and real files. */
export async function restServer(scopes: readonly ApiScope[] = ['admin', 'jobs'], wishes: LocalServerWishes = {}): Promise<RestRig> {
  const complaints: string[] = [];
  const rig = await localServer({ rest: createRest({ version: '1.2.3', log: logInto(complaints) }), ...wishes });
  const token = await rig.token(scopes, { name: 'a script' });
  return { rig, ...restClient(rig.origin, token), [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}
