import type { LoggedRequest } from '../../app/apiClients.ts';

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A request as a line for a shell. It never holds the token: the shell puts it in. What was sent is not kept, so a body comes from a file. */
export function curlOf({ method, path }: Pick<LoggedRequest, 'method' | 'path'>, origin: string): string {
  const parts = ['curl', '-H "Authorization: Bearer $CLAUDETASK_TOKEN"'];
  if (method !== 'GET') parts.push('-X', quoted(method));
  if (method === 'POST' || method === 'PUT') parts.push("-H 'Content-Type: application/json'", '-d @body.json');
  parts.push(quoted(origin + path));
  return parts.join(' ');
}
