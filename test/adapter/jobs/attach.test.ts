import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { once } from 'node:events';
import path from 'node:path';
import { describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { findChromium } from '../../rig/ensurePrograms.mjs';
import { eventually } from '../../rig/eventually.ts';
import { RunnerRig } from '../../rig/jobRunner.ts';
import { startSite } from '../../rig/sites/site.ts';
import { tempWorkspace } from '../../rig/tempWorkspace.ts';
import { UsersBrowser } from '../../rig/usersBrowser.ts';

const fast = { pagesPerMinute: 'unlimited' } as const;
const rfis = { id: 'rfis', extract: { rows: 'table tbody tr', fields: { number: { cell: 1 } }, key: 'number' } };

describe('in a browser that the user has open', () => {
  test('twenty jobs leave it as it was: alive, its tabs untouched, its downloads in their folder', async () => {
    await using site = await startSite();
    await using folder = await tempWorkspace();
    await using user = await UsersBrowser.start(folder.folder, `${site.origin}/tabs`);
    await using rig = new RunnerRig(folder);
    const tabs = await eventually('the tab', async () => {
      const all = await user.tabs();
      return all[0]?.endsWith('/tabs') === true ? all : undefined;
    });
    const job = { session: { attach: user.endpoint }, hosts: [site.host], limits: fast, steps: [{ goto: `${site.origin}/rfis` }, rfis] };
    for (let i = 0; i < 20; i++) {
      const run = await rig.run(job);
      assert.equal(run.of('end')[0]!.outcome, 'done', JSON.stringify(run.of('end')));
      assert.equal(run.rows('rfis').size, 25);
    }
    await onlyTabs(user, tabs);

    const download = {
      ...job,
      steps: [{ goto: `${site.origin}/export` }, { download: { click: { role: 'button', name: 'Export' } }, saveAs: 'data/copy.csv' }],
    };
    const downloaded = await rig.run(download);
    assert.equal(downloaded.of('end')[0]!.outcome, 'done', JSON.stringify(downloaded.of('end')));
    const [users] = fs.readdirSync(user.downloads);
    assert.deepEqual(fs.readFileSync(path.join(user.downloads, users!)), fs.readFileSync(folder.file('data/copy.csv')));

    // The user goes on by hand, through a connection of their own, after the jobs and after the runner.
    const byHand = async (name: string) => {
      const before = fs.readdirSync(user.downloads).length;
      await clickByHand(user, `${site.origin}/tabs`, `${site.origin}/export/schedule.csv?${name}`);
      await eventually(
        'the download of the user',
        () => fs.readdirSync(user.downloads).filter((file) => !file.endsWith('.crdownload')).length > before,
      );
    };
    await byHand('while-attached');
    rig.process.kill('SIGKILL');
    await eventually('the runner is gone', () => rig.process.signalCode !== null);
    await byHand('after-a-crash');
    assert.ok(user.isAlive);
    await onlyTabs(user, tabs);
  });

  test('pages of ours that a killed runner has left are closed by the next one', async () => {
    await using site = await startSite();
    await using folder = await tempWorkspace();
    await using user = await UsersBrowser.start(folder.folder, `${site.origin}/tabs`);
    const job = { session: { attach: user.endpoint }, hosts: [site.host], limits: fast };
    const killed = new RunnerRig(folder);
    const run = killed.start({ ...job, steps: [{ goto: `${site.origin}/rfis` }, { waitFor: { time: 60_000 } }] });
    await killed.until('the second step', () => run.of('progress').some((one) => one.step === '1'));
    killed.process.kill('SIGKILL');
    await assert.rejects(run.ended, /gone/);
    assert.equal((await user.tabs()).length, 2);
    await using rig = new RunnerRig(folder);
    await rig.run({ ...job, steps: [{ goto: `${site.origin}/` }] });
    await onlyTabs(user, [`${site.origin}/tabs`]);
  });

  test('an open tab can be worked in, and stays open; other tabs are not guarded', async () => {
    await using site = await startSite();
    await using other = await startSite();
    await using folder = await tempWorkspace();
    await using user = await UsersBrowser.start(folder.folder, `${site.origin}/rfis?page=3`);
    await using rig = new RunnerRig(folder);
    await eventually('the tab', async () => (await user.tabs())[0]?.includes('page=3'));
    const run = await rig.run({
      session: { attach: user.endpoint, tab: `${site.host}/rfis*` },
      hosts: [site.host],
      limits: fast,
      steps: [rfis],
    });
    assert.equal(run.of('end')[0]!.outcome, 'done', JSON.stringify(run.of('end')));
    assert.deepEqual([...run.rows('rfis').keys()][0], 'RFI-0051');
    // Afterwards the user may go wherever they like.
    const before = other.requests.length;
    await clickByHand(user, site.host, `${other.origin}/free`);
    await eventually('the page of another host', () => other.requests.length > before);
    const none = await rig.run({
      session: { attach: user.endpoint, tab: 'nowhere.example/*' },
      hosts: [site.host],
      limits: fast,
      steps: [rfis],
    });
    assert.equal(none.of('end')[0]!.failure?.code, 'job.attachRefused');
  });

  test('that does not answer, or is closed during a run, is told apart', async () => {
    await using site = await startSite();
    await using folder = await tempWorkspace();
    await using rig = new RunnerRig(folder);
    const steps = [{ goto: `${site.origin}/` }, { waitFor: { time: 60_000 } }];
    const refused = await rig.run({ session: { attach: 'http://127.0.0.1:9' }, hosts: [site.host], steps });
    assert.equal(refused.of('end')[0]!.failure?.code, 'job.attachRefused');
    const user = await UsersBrowser.start(folder.folder, `${site.origin}/tabs`);
    const run = rig.start({ session: { attach: user.endpoint }, hosts: [site.host], limits: fast, steps });
    await rig.until('the second step', () => run.of('progress').some((one) => one.step === '1'));
    await user[Symbol.asyncDispose]();
    const end = await run.ended;
    assert.deepEqual([end.outcome, end.failure?.code], ['lost', 'job.browserLost']);
  });
});

describe('on a server of browsers', () => {
  test('a job runs in a context of its own, by Playwright’s protocol and by that of DevTools', async () => {
    await using site = await startSite();
    await using folder = await tempWorkspace();
    await using rig = new RunnerRig(folder);
    const server = await chromium.launchServer({ executablePath: findChromium()!, args: ['--no-sandbox'], host: '127.0.0.1' });
    const steps = [{ goto: `${site.origin}/rfis` }, rfis];
    try {
      const run = await rig.run({ session: { endpoint: server.wsEndpoint() }, hosts: [site.host], limits: fast, steps });
      assert.equal(run.of('end')[0]!.outcome, 'done', JSON.stringify(run.of('end')));
      assert.equal(run.rows('rfis').size, 25);
    } finally {
      await server.close();
    }
    await using user = await UsersBrowser.start(folder.folder, `${site.origin}/tabs`);
    const run = await rig.run({ session: { endpoint: user.endpoint, protocol: 'cdp' }, hosts: [site.host], limits: fast, steps });
    assert.equal(run.of('end')[0]!.outcome, 'done', JSON.stringify(run.of('end')));
    await onlyTabs(user, [`${site.origin}/tabs`]);
  });

  test('the token is sent to the server, and said nowhere else', async () => {
    await using folder = await tempWorkspace();
    await using rig = new RunnerRig(folder);
    const heard: string[] = [];
    const server = http.createServer((request, response) => {
      heard.push(request.headers.authorization ?? '');
      response.writeHead(403).end();
    });
    server.on('upgrade', (request, socket) => {
      heard.push(request.headers.authorization ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const run = await rig.run(
      { session: { endpoint: `ws://127.0.0.1:${port}/`, token: 'grid' }, hosts: ['example.com'], steps: [{ say: 'x' }] },
      { token: 'canary-token-of-the-grid' },
    );
    server.closeAllConnections();
    server.close();
    assert.equal(run.of('end')[0]!.failure?.code, 'job.attachRefused');
    assert.ok(heard.includes('Bearer canary-token-of-the-grid'));
    assert.ok(!rig.said.some((one) => one.includes('canary-token')));
  });
});

/** The tabs of a run are closed just after its end. */
const onlyTabs = (user: UsersBrowser, tabs: readonly string[]) =>
  eventually(`only the tabs ${tabs.join()}`, async () => (await user.tabs()).join() === tabs.join());

/** Lets the tab go to an address, as a click of the user would, without Playwright. */
async function clickByHand(user: UsersBrowser, tab: string, to: string): Promise<void> {
  const targets = (await (await fetch(`${user.endpoint}/json/list`)).json()) as {
    url: string;
    type: string;
    webSocketDebuggerUrl: string;
  }[];
  const target = targets.find((one) => one.type === 'page' && one.url.includes(tab))!;
  const browser = await chromium.connectOverCDP(user.endpoint, { noDefaults: true, isLocal: true });
  try {
    const page = browser
      .contexts()[0]!
      .pages()
      .find((one) => one.url() === target.url)!;
    await page.evaluate((address) => {
      const link = document.createElement('a');
      link.href = address;
      document.body.append(link);
      link.click();
      link.remove();
    }, to);
  } finally {
    await browser.close();
  }
}
