import { TrieRouter } from 'hono/router/trie-router';
import { badRequest, noSuchPath, wrongMethod } from './refusal.ts';
import type { Route } from './route.ts';
import { fieldKind, fieldValue } from './queryFields.ts';
import type { FieldKind } from './queryFields.ts';

/** A route with what is looked up for each request. */
export interface ServedRoute {
  route: Route;
  inPath: readonly (readonly [name: string, kind: FieldKind])[];
  /** Of the query or the body. */
  others: ReadonlyMap<string, FieldKind>;
}

export interface Found {
  served: ServedRoute;
  /** From the path. */
  fields: Record<string, unknown>;
}

/** Throws a `Refusal`: 404 for a path that is unknown, 405 for a method that it does not take. */
export type FindRoute = (method: string, path: string) => Found;

function serve(route: Route): ServedRoute {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const kinds = new Map(Object.entries(route.fields).map(([name, schema]) => [name, fieldKind(schema)] as const));
  return {
    route,
    inPath: names.map((name) => [name, kinds.get(name) ?? 'text']),
    others: new Map([...kinds].filter(([name]) => !names.includes(name))),
  };
}

/**
 * The matching is hono's; of two routes for a path the one that comes first is taken. Requests do not go through hono's own handlers, which would
 * make of each a Request and a Response.
 */
export function createRouting(routes: readonly Route[]): FindRoute {
  const router = new TrieRouter<ServedRoute>();
  for (const route of routes) router.add(route.method, route.path.replaceAll(/\{(\w+)\}/g, ':$1'), serve(route));
  const methods = [...new Set(routes.map(({ method }) => method))];

  return (method, path) => {
    const [found] = router.match(method === 'HEAD' ? 'GET' : method, path);
    const [first] = found;
    if (first === undefined) throw refusal(path);
    const [served, params] = first;
    const fields: Record<string, unknown> = {};
    for (const [name, kind] of served.inPath) {
      fields[name] = fieldValue(decoded(name, String(params[name] ?? '')), kind);
    }
    return { served, fields };
  };

  function refusal(path: string): Error {
    const allowed = methods.filter((method) => router.match(method, path)[0].length > 0);
    if (allowed.length === 0) return noSuchPath();
    return wrongMethod(allowed.includes('GET') ? ['GET', 'HEAD', ...allowed.filter((method) => method !== 'GET')] : allowed);
  }
}

function decoded(name: string, part: string): string {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest(name, `${name} is not encoded as a path is.`);
  }
}
