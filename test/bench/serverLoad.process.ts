// Who asks the servers of the server bench: the same for all of them, in a process of its own.
import { WebSocket } from 'ws';
import { HttpClient } from './httpClient.ts';
import { obeyParent } from './obeyParent.ts';
import { microseconds, type Heard, type LoadCommand, type LoadResult, type McpTimes, type Opened } from './serverSubject.ts';
import { random } from './workload.ts';

/** No two bodies are alike: what changes nothing writes nothing. */
let sent = 0;

async function load({ kind, server, connections, ms, seed, tasks }: Extract<LoadCommand, { do: 'load' }>): Promise<LoadResult> {
  using client = new HttpClient(server.origin, server.token, connections);
  const next = random(seed);
  const times: number[] = [];
  const before = process.cpuUsage();
  const began = performance.now();
  const end = began + ms;
  const caller = async (): Promise<void> => {
    for (let at = performance.now(); at < end; at = performance.now()) {
      const id = 1 + Math.floor(next() * tasks);
      const body =
        kind === 'GET' ? undefined : JSON.stringify({ estimate: 1 + (sent % 99_999), assignee: `@builder${(sent++ % 90_000) + 10_000}` });
      const answer = await client.ask(kind, `/api/tasks/${id}`, body);
      if (answer.etag === undefined) throw new Error('an answer without an ETag');
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  const { user, system } = process.cpuUsage(before);
  return { count: times.length, ms: performance.now() - began, cpu: user + system, times: Float64Array.from(times) };
}

let follower: WebSocket | undefined;
let came: Heard = [];
let told: (() => void) | undefined;

async function follow({ origin, token }: Opened): Promise<void> {
  const ws = new WebSocket(`${origin.replace('http', 'ws')}/api/events`, { headers: { Authorization: `Bearer ${token}` } });
  follower = ws;
  ws.on('message', (data: Buffer) => {
    const at = microseconds();
    const message = JSON.parse(data.toString()) as { kind: string; revision: number };
    if (message.kind === 'event') came.push([message.revision, at]);
    told?.();
  });
  await new Promise<void>((resolve, reject) => {
    ws.once('error', reject);
    // The first message says that it follows.
    told = resolve;
  });
}

async function heard(until: number): Promise<Heard> {
  await new Promise<void>((resolve) => {
    told = () => {
      if ((came.at(-1)?.[0] ?? 0) >= until) resolve();
    };
    told();
  });
  const all = came;
  came = [];
  return all;
}

async function mcp({ server, count, seed, tasks }: Extract<LoadCommand, { do: 'mcp' }>): Promise<McpTimes> {
  using client = new HttpClient(server.origin, server.token, 1);
  const next = random(seed);
  const times: McpTimes = { getTask: new Float64Array(count), ping: new Float64Array(count) };
  for (let i = 0; i < count; i++) {
    const id = 1 + Math.floor(next() * tasks);
    const began = performance.now();
    const answer = (await client.mcp('tools/call', { name: 'get_task', arguments: { task_id: id } })) as {
      isError?: boolean;
      structuredContent: { task: { id: number } };
    };
    const between = performance.now();
    if (answer.isError === true || answer.structuredContent.task.id !== id) throw new Error(JSON.stringify(answer));
    await client.mcp('ping');
    times.getTask[i] = between - began;
    times.ping[i] = performance.now() - between;
  }
  return times;
}

obeyParent(async (command: LoadCommand): Promise<unknown> => {
  switch (command.do) {
    case 'load':
      return await load(command);
    case 'follow':
      return await follow(command.server);
    case 'heard':
      return await heard(command.until);
    case 'mcp':
      return await mcp(command);
    case 'close':
      follower?.terminate();
      return undefined;
  }
});
