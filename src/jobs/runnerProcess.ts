import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { JobRunner } from '../app/jobs/ports.ts';
import type { Log } from '../app/ports.ts';
import { AppError } from '../core/appError.ts';
import { fromRunner } from '../protocol/jobs/runnerMessages.ts';
import type { FromRunner, ToRunner } from '../protocol/jobs/runnerMessages.ts';
import { Emitter } from '../util/emitter.ts';

export interface RunnerProcessDeps {
  /** The bundle of `runner/main.ts`, with `playwright/` beside it. */
  file: string;
  log: Log;
  /** Milliseconds without anything to do after which the process ends; five minutes unless told. */
  idleLimit?: number;
}

/** Milliseconds for browsers to close by themselves. A browser that is killed forgets sign-ins of the last half minute. */
const closeLimit = 4000;
const longestLine = 2000;

/** What programs need to find their files, the screen, and the way into the network. Everything else may be a secret. */
const passed =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TEMP|TMP|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|XDG_\w+|DBUS_SESSION_BUS_ADDRESS|FONTCONFIG_\w+|SystemRoot|SystemDrive|windir|ComSpec|PATHEXT|ProgramFiles|ProgramFiles\(x86\)|ProgramW6432|ProgramData|APPDATA|LOCALAPPDATA|USERPROFILE|HOMEDRIVE|HOMEPATH|https?_proxy|no_proxy|all_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR))$/i;

export function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(Object.entries(env).filter(([name]) => passed.test(name))), ELECTRON_RUN_AS_NODE: '1' };
}

interface Running {
  child: ChildProcess;
  /** Resolves with its first word; fails with `job.runner` when it ends before that. */
  ready: Promise<void>;
  exited: Promise<void>;
  /** Runs and windows that it is busy with. */
  busy: Set<number>;
}

/** The process that drives browsers, made when something is first sent to it. */
export function createJobRunner({ file, log, idleLimit = 300_000 }: RunnerProcessDeps): JobRunner {
  const received = new Emitter<FromRunner>();
  const exited = new Emitter<{ reason: string }>();
  let running: Running | undefined;
  let idle: NodeJS.Timeout | undefined;
  let isDisposed = false;

  function start(): Running {
    const child = fork(file, [], {
      env: cleanEnvironment(process.env),
      // Those of a debugged host would make the child wait for a debugger, or take the port.
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const lastWords: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.debug(`job runner: ${line.slice(0, longestLine)}`);
        lastWords.push(line.slice(0, longestLine));
        if (lastWords.length > 5) lastWords.shift();
      });
    }
    let tellReady = () => {};
    let tellFailure = (_error: AppError) => {};
    let tellExited = () => {};
    const one: Running = {
      child,
      ready: new Promise((resolve, reject) => {
        tellReady = resolve;
        tellFailure = reject;
      }),
      exited: new Promise((resolve) => (tellExited = resolve)),
      busy: new Set(),
    };
    one.ready.catch(() => {});
    const over = (reason: string) => {
      if (running === one) running = undefined;
      const said = lastWords.length === 0 ? '' : ` It said: ${lastWords.join(' ')}`;
      tellFailure(new AppError('job.runner', `The process that drives browsers could not be started: ${reason}.${said}`));
      tellExited();
      if (!isDisposed) exited.fire({ reason });
    };
    child.on('error', (error) => {
      log.error('The process that drives browsers failed', error);
      // Without a process number it was never there, and there will be no exit.
      if (child.pid === undefined) over(error.message);
    });
    child.on('exit', (code, signal) => over(signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`));
    child.on('message', (message) => {
      const parsed = fromRunner.safeParse(message);
      if (!parsed.success) {
        // It has touched foreign pages: what it says is believed whole or not at all.
        log.error(
          `The process that drives browsers said something that cannot be read, and is ended: ${parsed.error.message.slice(0, 2000)}`,
        );
        child.kill('SIGKILL');
        return;
      }
      const { data } = parsed;
      if (data.kind === 'ready') tellReady();
      if (data.kind === 'end') rest(one, data.run);
      if (data.kind === 'closed') rest(one, data.id);
      try {
        received.fire(data);
      } catch (error) {
        log.error('A listener of the job runner failed', error);
      }
    });
    return one;
  }

  function rest(one: Running, work: number): void {
    one.busy.delete(work);
    if (one.busy.size > 0) return;
    clearTimeout(idle);
    idle = setTimeout(() => void close().catch((error: unknown) => log.error('The job runner did not close', error)), idleLimit);
    idle.unref();
  }

  async function send(message: ToRunner): Promise<void> {
    if (isDisposed) throw new AppError('job.runner', 'The window is closing: no browser is driven any more.');
    // Nobody is there to hear it, and nothing that it could end.
    if (running === undefined && (message.kind === 'cancel' || message.kind === 'stop' || message.kind === 'committed')) return;
    running ??= start();
    const one = running;
    if (message.kind === 'start') one.busy.add(message.run);
    if (message.kind === 'openProfile' || message.kind === 'record') one.busy.add(message.id);
    if (one.busy.size > 0) clearTimeout(idle);
    await Promise.all([one.ready, post(one.child, message)]);
  }

  async function close(): Promise<void> {
    clearTimeout(idle);
    const one = running;
    if (one === undefined) return;
    await post(one.child, { kind: 'shutdown' }).catch(() => {});
    const timer = setTimeout(() => one.child.kill('SIGKILL'), closeLimit);
    await one.exited;
    clearTimeout(timer);
  }

  return {
    onDidReceive: received.event,
    onDidExit: exited.event,
    send,
    close,
    dispose() {
      isDisposed = true;
      clearTimeout(idle);
      running?.child.kill('SIGKILL');
      received.dispose();
      exited.dispose();
    },
  };
}

function post(child: ChildProcess, message: ToRunner): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!child.connected) {
      reject(new AppError('job.runner', 'The process that drives browsers is gone.'));
      return;
    }
    child.send(message, (error) => {
      if (error === null) resolve();
      else reject(new AppError('job.runner', `The process that drives browsers does not listen: ${error.message}`, {}, error));
    });
  });
}
