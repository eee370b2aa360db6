/**
 * A window that writes as fast as it can until it is killed. What was acknowledged goes to a file at once: what is written
 * there survives the kill, because it is the system's already.
 * Messages in: `{go: {directory, acks}}`. Out: `{role}`, `{first: true}`.
 */
import * as fs from 'node:fs';
import { openStore } from '../../src/storage/storeClient.ts';

export interface Go {
  directory: string;
  acks: string;
  /** Part of all titles, unique over the whole run. */
  name: string;
  /** What to do besides writing. */
  extra: 'backup' | 'reopen' | 'none';
}

const [workerFile = '', assets = ''] = process.argv.slice(2);
const quiet = () => {};
const callers = 6;

function run({ directory, acks, name, extra }: Go): void {
  const fd = fs.openSync(acks, 'a');
  const open = () => {
    const opened = openStore({
      directory,
      workerFile,
      assets,
      actor: { kind: 'user', name },
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
    opened.onDidChangeState((state) => process.send?.({ role: state.role }));
    return opened;
  };
  let store = open();
  let next = 0;
  let first = true;
  const acknowledge = (id: number, version: number, title: string) => {
    fs.writeSync(fd, `${id}\t${version}\t${title}\n`);
    if (first) process.send?.({ first: true });
    first = false;
  };

  async function write(): Promise<void> {
    const title = `${name}-${next++}`;
    const made = await store.call('task.create', { title, description: 'x'.repeat(Math.floor(Math.random() * 2000)) });
    const task = made.tasks[0];
    if (task === undefined) throw new Error('no task in the answer');
    acknowledge(task.id, task.version, task.title);
    if (Math.random() < 0.5) return;
    const moved = await store.call('task.move', { id: task.id, status: 'In Progress' });
    const now = moved.tasks.find((one) => one.id === task.id);
    if (now !== undefined) acknowledge(now.id, now.version, now.title);
  }

  async function caller(): Promise<never> {
    for (;;) await write().catch(() => new Promise((resolve) => setTimeout(resolve, 5)));
  }
  for (let i = 0; i < callers; i++) void caller();

  const beside = async () => {
    if (extra === 'backup') await store.call('database.backup', {});
    if (extra !== 'reopen') return;
    const old = store;
    await old.close();
    store = open();
  };
  if (extra !== 'none') setTimeout(() => void beside().catch(quiet), 30 + Math.random() * 120);
}

process.on('message', (message: { go: Go }) => run(message.go));
