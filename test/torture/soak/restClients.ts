import type { HttpClient } from '../../bench/httpClient.ts';
import { prose } from '../../bench/workload.ts';
import type { Ledger } from './ledger.ts';
import { sawVersion } from './ledger.ts';

/** What a client does when it is its turn. */
export type Turn = () => Promise<void>;

interface Changed {
  revision: number;
  tasks: { id: number; version: number }[];
}

const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)];

/** A change over REST, written down when it is acknowledged. Answers the task: the one named, or the first; undefined when nothing was changed. */
async function change(
  ledger: Ledger,
  client: HttpClient,
  method: string,
  path: string,
  body: object,
  id?: number,
): Promise<number | undefined> {
  ledger.requests++;
  const { text } = await client.ask(method, path, JSON.stringify(body));
  const { revision, tasks } = (JSON.parse(text) as { data: Changed }).data;
  // Others that made room are answered as well, and have no history of that.
  const task = id === undefined ? tasks[0] : tasks.find((one) => one.id === id);
  if (task === undefined) return undefined;
  ledger.changes.push([revision, task.id]);
  sawVersion(ledger, task.id, task.version);
  return task.id;
}

async function put(ledger: Ledger, client: HttpClient, id: number, body: object, part = ''): Promise<void> {
  if ((await change(ledger, client, 'PUT', `/api/tasks/${id}${part}`, body, id)) === undefined)
    throw new Error('a change was not answered');
}

async function create(ledger: Ledger, client: HttpClient, title: string, more: object = {}): Promise<number> {
  const id = await change(ledger, client, 'POST', '/api/tasks', { title, ...more });
  if (id === undefined) throw new Error('a task was created and not answered');
  ledger.titles.set(id, title);
  return id;
}

export async function createReady(ledger: Ledger, client: HttpClient, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await create(ledger, client, `To be claimed ${n}`, { status: 'Ready' });
}

/** Makes tasks of its own and changes them: texts, small fields, columns. Only it gives them titles. */
export function writer(ledger: Ledger, client: HttpClient, name: string): Turn {
  const own: number[] = [];
  const most = 100;
  let written = 0;
  return async () => {
    const title = `${name} ${++written}`;
    const id = pick(own);
    if (id === undefined || (own.length < most && Math.random() < 0.3)) {
      own.push(await create(ledger, client, title, { description: prose(Math.random, Math.floor(Math.random() * 2000)) }));
      return;
    }
    const dice = Math.random();
    if (dice < 0.5) {
      await put(ledger, client, id, { title, description: prose(Math.random, Math.floor(Math.random() * 2000)) });
      ledger.titles.set(id, title);
    } else if (dice < 0.8) await put(ledger, client, id, { estimate: written, comment: `${name} says ${written}` });
    else await put(ledger, client, id, { status: pick(['Backlog', 'Analysis', 'Testing']), comment: title }, '/status');
  };
}

/** Looks at everything there is to look at. */
export function reader(ledger: Ledger, client: HttpClient): Turn {
  const tags = new Map<number, string>();
  const get = async (path: string, headers: Record<string, string> = {}) => {
    ledger.requests++;
    const answer = await client.send('GET', path, undefined, headers);
    if (answer.status !== 200 && answer.status !== 304) throw new Error(`GET ${path} was answered with ${answer.status}`);
    return answer;
  };
  return async () => {
    const id = pick([...ledger.versions.keys()].slice(0, 50));
    const dice = Math.random();
    if (id === undefined || dice < 0.1) return void (await get('/api/tasks/snapshot?limitPerColumn=20'));
    if (dice < 0.2) return void (await get('/api/tasks?limit=50&sort=updated&descending=true'));
    if (dice < 0.3) return void (await get(`/api/tasks/similar?id=${id}`));
    if (dice < 0.4) return void (await get('/api/tasks/search?text=crane%20steel&limit=20'));
    if (dice < 0.5) return void (await get(`/api/tasks/${id}/history?limit=20`));
    const known = tags.get(id);
    const { status, etag, text } = await get(`/api/tasks/${id}`, known === undefined ? {} : { 'If-None-Match': known });
    if (status === 304 || etag === undefined) return;
    tags.set(id, etag);
    const { data } = JSON.parse(text) as { data: { version: number } };
    if (etag !== `"v${data.version}"`) throw new Error(`a task of version ${data.version} has the tag ${etag}`);
  };
}

/** Takes a task that is ready, and gives it back: nobody else may be given it in between. */
export function claimer(ledger: Ledger, client: HttpClient): Turn {
  let mine: number | undefined;
  return async () => {
    if (mine === undefined) {
      mine = await change(ledger, client, 'POST', '/api/tasks/claim', {});
      if (mine === undefined) {
        ledger.nothingToClaim++;
        return;
      }
      ledger.claims++;
      if (ledger.held.has(mine)) ledger.claimedTwice++;
      ledger.held.add(mine);
      return;
    }
    const id = mine;
    await put(ledger, client, id, { assignee: null });
    ledger.held.delete(id);
    mine = undefined;
    await put(ledger, client, id, { status: 'Ready' }, '/status');
  };
}
