import type { Page } from 'playwright-core';
import { hostAllowed } from '../../core/jobs/allowed.ts';
import { hostAndPath } from '../../core/jobs/redact.ts';
import type { LiveRun } from './liveRun.ts';
import { observe } from './pacing.ts';

/** Listens to a page: what it loads, the windows it opens, and the questions it asks. */
export function watchPage(run: LiveRun, page: Page): void {
  page.on('response', (response) => {
    const request = response.request();
    const [url, status] = [response.url(), response.status()];
    if (!/^https?:/.test(url)) return;
    const navigation = request.isNavigationRequest() && request.frame() === page.mainFrame();
    if (navigation) run.lastAnswer = { url, status, headers: response.headers() };
    // What a step asks for, the step reports itself.
    const reported = navigation && run.asking > 0;
    if (!reported && hostAllowed(run.gate.hosts, url)) observe(url, status, response.headers());
    run.trail.answer({ at: Date.now(), method: request.method(), where: hostAndPath(url) ?? '', status });
  });
  page.on('dialog', (dialog) => {
    // A page that asks "really?" means what a step is about to change: in read-only mode nothing is.
    const accept = dialog.type() === 'alert' || dialog.type() === 'beforeunload' || run.gate.mode === 'write';
    void (accept ? dialog.accept() : dialog.dismiss()).catch(() => undefined);
    run.log(
      { path: '', kind: 'click', what: `${accept ? 'Accept' : 'Dismiss'} a message of the page (${dialog.type()})` },
      'ok',
      Date.now(),
    );
  });
  page.on('popup', (popup) => {
    watchPage(run, popup);
    void run.session.adopt(popup).catch(() => undefined);
  });
}
