// The process that drives browsers: forked by the extension, one per window, for all runs of it. It is told what to do in messages and tells what it did
// in messages; each is parsed on the other side.
import { toRunner } from '../../protocol/jobs/runnerMessages.ts';
import type { FromRunner, ToRunner } from '../../protocol/jobs/runnerMessages.ts';
import { Conduct } from './conduct.ts';
import { closeBrowsers } from './sessions.ts';
import { UserWindow } from './windows.ts';

const runs = new Map<number, Conduct>();
const windows = new Map<number, UserWindow>();

function send(message: FromRunner): void {
  // Without a parent there is nobody to tell, and the process is about to end.
  if (process.connected) process.send?.(message, () => undefined);
}

function receive(message: ToRunner): void {
  switch (message.kind) {
    case 'start': {
      const conduct = new Conduct(message, send);
      runs.set(message.run, conduct);
      void conduct.drive().finally(() => runs.delete(message.run));
      return;
    }
    case 'cancel':
      return runs.get(message.run)?.cancel();
    case 'answer':
      return runs.get(message.run)?.answer(message.ask, message.answer);
    case 'committed':
      return runs.get(message.run)?.acknowledge(message.seq, message.refused);
    case 'openProfile':
    case 'record': {
      const window = new UserWindow(message, send);
      windows.set(message.id, window);
      void window.drive().finally(() => windows.delete(message.id));
      return;
    }
    case 'stop':
      return windows.get(message.id)?.stop();
    case 'shutdown':
      void shutDown();
  }
}

let ending = false;
/** Browsers write their profiles when they are closed, and lose a sign-in when they are killed. */
async function shutDown(): Promise<void> {
  if (ending) return;
  ending = true;
  for (const run of runs.values()) run.cancel();
  for (const window of windows.values()) window.stop();
  await closeBrowsers();
  process.exit(0);
}

process.on('message', (value: unknown) => {
  const parsed = toRunner.safeParse(value);
  if (parsed.success) receive(parsed.data);
  // Both sides are of one version: this is a mistake of ours, and stderr goes to the log.
  else
    process.stderr.write(
      `A message was not understood: ${parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}\n`,
    );
});
process.on('disconnect', () => void shutDown());
process.on('SIGTERM', () => void shutDown());
process.on('SIGINT', () => undefined);

// One run's fault must not take the others along silently, and the state of this process is not to be trusted any more.
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack ?? String(error)}\n`);
  for (const run of runs.values()) run.fail(error);
  // After the runs have said how they ended. The next one gets a fresh process.
  setImmediate(() => void shutDown());
});

send({ kind: 'ready', pid: process.pid, version: process.version });
