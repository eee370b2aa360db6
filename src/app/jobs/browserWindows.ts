import { AppError } from '../../core/appError.ts';
import type { FromRunner, RecordedStep, Surroundings, ToRunner } from '../../protocol/jobs/runnerMessages.ts';
import { Emitter } from '../../util/emitter.ts';
import { Deferred } from './deferred.ts';
import type { BrowserRequest, BrowserWindow } from './jobEngine.ts';
import { toldFailure } from './runFailure.ts';
import type { RunnerDesk } from './runnerDesk.ts';

/** Has the runner open a browser for the user. */
export function openWindow(
  desk: RunnerDesk,
  kind: 'open' | 'record' | 'pick',
  request: BrowserRequest,
  surroundings: () => Promise<Surroundings>,
): BrowserWindow {
  const recorded = new Emitter<RecordedStep>();
  const opened = new Deferred<void>();
  const closed = new Deferred<void>();
  let isOver = false;
  // Whoever looks at one of the two only must not leave the other unheard.
  opened.promise.catch(() => {});
  closed.promise.catch(() => {});

  const over = (error: AppError | undefined) => {
    isOver = true;
    ticket.dispose();
    for (const promise of [opened, closed]) {
      if (error === undefined) promise.resolve();
      else promise.reject(error);
    }
  };
  const receive = (message: FromRunner) => {
    if (message.kind === 'opened') opened.resolve();
    else if (message.kind === 'recorded') recorded.fire(message.step);
    else if (message.kind === 'closed') over(message.error === null ? undefined : toldFailure(message.error));
  };
  const ticket = desk.open({
    receive,
    gone: (reason) => over(new AppError('job.runner', `The browser was left alone, for the process that works with it ended: ${reason}`)),
  });

  const begin = async () => {
    const common = {
      id: ticket.number,
      profile: request.profile,
      browser: request.browser ?? null,
      url: request.url ?? null,
      surroundings: await surroundings(),
    };
    const message: ToRunner = kind === 'open' ? { kind: 'openProfile', ...common } : { kind: 'record', pick: kind === 'pick', ...common };
    if (!isOver) await ticket.send(message);
  };
  begin().catch((error: unknown) => over(AppError.is(error) ? error : new AppError('internal', String(error), {}, error)));

  return {
    opened: opened.promise,
    closed: closed.promise,
    onDidRecord: recorded.event,
    stop: async () => {
      if (!isOver) await ticket.send({ kind: 'stop', id: ticket.number });
      await closed.promise;
    },
  };
}
