import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { RunnerRig } from '../../rig/jobRunner.ts';
import type { RunOptions } from '../../rig/jobRunner.ts';
import { startSite, type Site } from '../../rig/sites/site.ts';
import { defaults } from '../../rig/sites/switches.ts';
import { tempWorkspace, type TempWorkspace } from '../../rig/tempWorkspace.ts';

const fast = { pagesPerMinute: 'unlimited' } as const;
const rfis = {
  id: 'rfis',
  extract: { rows: 'table tbody tr', fields: { number: { column: 'Number' }, subject: { column: 'Subject' } }, key: 'number' },
};
const everyPage = { ...rfis, forEachPage: { next: { role: 'link', name: 'Next' } } };

describe('a job meets', () => {
  let site: Site;
  let folder: TempWorkspace;
  let rig: RunnerRig;
  before(async () => {
    site = await startSite();
    folder = await tempWorkspace();
    rig = new RunnerRig(folder);
  });
  after(async () => {
    await rig[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const run = (steps: object[], more: object = {}, options: RunOptions = {}) =>
    rig.run({ hosts: [site.host], limits: fast, steps, ...more }, options);
  const failure = async (steps: object[], more: object = {}, options: RunOptions = {}) => {
    const result = await run(steps, more, options);
    const end = result.of('end')[0]!;
    assert.equal(end.outcome, 'failed');
    return { ...end.failure!, run: result };
  };
  const waits = () => undefined;

  test('a host that is not allowed: nothing is asked of it', async () => {
    await using other = await startSite();
    const { code } = await failure([{ goto: `${other.origin}/` }]);
    assert.equal(code, 'job.blocked');
    const asked = other.requests.length;
    const redirected = await failure([{ goto: `${site.origin}/redirect?to=${encodeURIComponent(`${other.origin}/`)}` }]);
    assert.equal(redirected.code, 'job.blocked');
    const fetched = await failure([{ request: `${site.origin}/redirect?to=${encodeURIComponent(`${other.origin}/free`)}` }]);
    assert.equal(fetched.code, 'job.blocked');
    assert.equal(other.requests.length, asked);
  });

  test('the sign-in service of a company, on another host: it is let through only while its user signs in', async () => {
    await using other = await startSite();
    let heard = 0;
    const result = await run(
      [{ goto: `${site.origin}/redirect?to=${encodeURIComponent(`${other.origin}/login`)}` }],
      {},
      {
        answer: (ask) => {
          heard = other.requests.length;
          assert.equal(ask.about, 'signIn');
          return 'Stop the run';
        },
      },
    );
    assert.equal(result.of('end')[0]!.outcome, 'cancelled');
    assert.ok(heard > 0, 'while the user is asked, the page is there');
    const blocked = result.entries().filter((entry) => entry.result === 'blocked');
    assert.deepEqual(
      blocked.map((entry) => entry.where),
      [`${other.host}/login`],
    );
  });

  test('a form in read-only mode: it is not sent, and the log says so', async () => {
    const steps = [{ goto: `${site.origin}/rfis/new` }, { fill: { label: 'Subject' }, with: 'x' }, { click: { testId: 'save-rfi' } }];
    const blocked = await run(steps);
    assert.equal(site.written.length, 0);
    assert.ok(blocked.entries().some((entry) => entry.result === 'blocked' && entry.what.startsWith('Blocked POST')));
    await run(steps, { mode: 'write' });
    assert.equal(site.written.length, 1);
    await run(steps, { writes: [`POST ${site.origin}/rfis`] });
    assert.equal(site.written.length, 2);
  });

  test('429 with Retry-After: it waits as long as it is told', async () => {
    for (const hint of ['retry-after', 'x-rate-limit', 'none'] as const) {
      site.set({ refuse: { status: 429, hint, times: 1, seconds: 1, path: '/rfis' } });
      const seen = site.requests.length;
      const result = await run([{ goto: `${site.origin}/rfis` }, rfis]);
      assert.equal(result.of('end')[0]!.outcome, 'done', hint);
      const [refused, answered] = site.requests.slice(seen).filter((one) => one.path === '/rfis');
      if (hint !== 'none') assert.ok(answered!.at - refused!.at >= 900, `${hint}: ${answered!.at - refused!.at} ms`);
      assert.ok(result.of('progress').some((one) => hint === 'none' || one.waitingUntil !== null));
      site.set({ refuse: null });
    }
  });

  test('503 on the way through a list: the page is asked for again, and no row is lost', async () => {
    site.set({
      total: 100,
      refuse: { status: 503, hint: 'retry-after', times: 1, seconds: 1, path: '/rfis', after: site.requests.length + 2 },
    });
    const result = await run([{ goto: `${site.origin}/rfis` }, everyPage]);
    site.set(defaults);
    assert.equal(result.rows('rfis').size, 100);
    assert.deepEqual(result.of('end')[0]!.complete, ['rfis']);
  });

  test('a login wall: it asks, and goes on by itself once the user has signed in', async () => {
    site.set({ login: true, userActsAfter: 300, total: 50 });
    site.expire();
    const result = await run([{ goto: `${site.origin}/rfis` }, everyPage], {}, { answer: waits });
    site.set(defaults);
    assert.deepEqual(
      result.of('ask').map((ask) => ask.about),
      ['signIn'],
    );
    assert.deepEqual(
      result.of('waiting').map((one) => one.for),
      ['signIn'],
    );
    assert.equal(result.of('askDone').length, 1);
    assert.equal(result.rows('rfis').size, 50);
  });

  test('a session that ends in the middle: each row is read once all the same', async () => {
    for (const next of ['link', 'button'] as const) {
      site.set({ login: true, userActsAfter: 200, total: 150, expireAfter: null, next });
      site.expire();
      const steps = [
        { ensureSignedIn: { url: `${site.origin}/rfis`, signedIn: { role: 'navigation', name: 'Main' } } },
        { ...everyPage, forEachPage: { next: { text: 'Next', exact: true } } },
      ];
      site.set({ expireAfter: 100_000 });
      const result = run(steps, {}, { answer: waits });
      await rig.until('the third page', () => site.requests.filter((one) => one.query === '?page=3').length > 0);
      site.expire();
      const done = await result;
      site.set(defaults);
      assert.equal(done.of('end')[0]!.outcome, 'done', JSON.stringify(done.of('end')));
      assert.equal(done.rows('rfis').size, 150, next);
    }
  });

  test('a session that ends in a form: the way to it is gone again, and nothing is sent that was not confirmed', async () => {
    const form = [{ goto: `${site.origin}/rfis/new` }, { fill: { label: 'Subject' }, with: 'Whole' }, { pause: 'The session ends here' }];
    const ends: RunOptions = {
      answer: (ask) => {
        if (ask.about !== 'pause') return undefined;
        site.expire();
        return 'Go on';
      },
    };
    site.set({ login: true, userActsAfter: 200 });
    site.expire();
    const written = site.written.length;
    const sent = [...form, { click: { testId: 'save-rfi' } }, { waitFor: { visible: { role: 'status' }, timeout: 500 }, retry: 0 }];
    const lost = await failure(sent, { mode: 'write' }, ends);
    assert.equal(lost.code, 'timeout');
    assert.equal(site.written.length, written);
    const left = [
      ...form,
      { goto: `${site.origin}/rfis/new` },
      { fill: { label: 'Subject' }, with: 'Anew' },
      { click: { testId: 'save-rfi' } },
    ];
    await run(left, { mode: 'write' }, ends);
    site.set(defaults);
    assert.deepEqual(
      site.written.slice(written).map((one) => one['subject']),
      ['Anew'],
    );
  });

  test('two-step verification and a captcha: each is asked for by its name', async () => {
    site.set({ login: true, twoFactor: true, userActsAfter: 900, total: 25 });
    site.expire();
    const result = await run([{ goto: `${site.origin}/rfis` }, rfis], {}, { answer: waits });
    site.set(defaults);
    assert.deepEqual(
      result.of('ask').map((ask) => ask.about),
      ['signIn', 'twoFactor'],
    );
    assert.equal(result.rows('rfis').size, 25);
    site.set({ captcha: true, userActsAfter: 900, total: 25 });
    const captcha = await run([{ goto: `${site.origin}/rfis` }, rfis], {}, { answer: waits });
    site.set(defaults);
    assert.deepEqual(
      captcha.of('ask').map((ask) => ask.about),
      ['captcha'],
    );
    assert.equal(captcha.rows('rfis').size, 25);
  });

  test('nobody who signs in: it ends after the time that the step gives', async () => {
    site.set({ login: true });
    site.expire();
    const { code } = await failure(
      [{ ensureSignedIn: { url: `${site.origin}/rfis`, signedIn: { role: 'navigation', name: 'Main' }, timeout: 500 } }],
      {},
      { answer: waits },
    );
    site.set(defaults);
    assert.equal(code, 'job.signedOut');
  });

  test('a slow page: it waits; a spinner without end: the step fails in time', async () => {
    const slow = await run([
      { goto: `${site.origin}/slow` },
      { id: 'slow', extract: { rows: 'tbody tr', fields: { code: { cell: 1 } }, key: 'code' } },
    ]);
    assert.equal(slow.rows('slow').size, 3);
    const began = Date.now();
    const { code } = await failure([
      { goto: `${site.origin}/spinner` },
      { waitFor: { visible: { role: 'table' }, timeout: 400 }, retry: 0 },
    ]);
    assert.equal(code, 'timeout');
    assert.ok(Date.now() - began < 15_000);
  });

  test('a page that was redesigned: values are found by heading, and elements by what they are', async () => {
    site.set({ drifted: true, total: 25 });
    const drifted = await run([{ goto: `${site.origin}/rfis` }, rfis]);
    site.set({ ...defaults, saveButton: 'moved' });
    const target = {
      candidates: [{ css: '#save' }, { testId: 'save-rfi' }, { role: 'button', name: 'Save RFI' }],
      fingerprint: { role: 'button', name: 'Save RFI', tag: 'button' },
    };
    const healed = await run([{ goto: `${site.origin}/rfis/new` }, { hover: target }]);
    site.set(defaults);
    assert.equal(drifted.rows('rfis').get('RFI-0001')?.data['subject'], 'Door hardware 1');
    assert.equal(healed.entries().at(-1)!.result, 'healed');
    const [change] = healed.of('commit').flatMap((one) => one.healed ?? []);
    assert.equal(change!.taken, 2);
    assert.deepEqual(change!.after[0], { role: 'button', name: 'Save RFI' });
  });

  test('a button that is there twice, or not at all: it is not guessed, and positions decide nothing', async () => {
    const step = { hover: { role: 'button', name: 'Save RFI' }, timeout: 600, retry: 0 };
    site.set({ saveButton: 'duplicate' });
    assert.equal((await failure([{ goto: `${site.origin}/rfis/new` }, step])).code, 'job.elementAmbiguous');
    site.set({ saveButton: 'removed' });
    const target = {
      candidates: [{ testId: 'save-rfi' }, { xpath: '//form/button[1]' }],
      fingerprint: { role: 'button', name: 'Save RFI', tag: 'button' },
    };
    const missing = await failure([{ goto: `${site.origin}/rfis/new` }, { ...step, hover: target }]);
    site.set(defaults);
    assert.equal(missing.code, 'job.elementMissing');
    const kept = missing.run.of('end')[0]!.files ?? missing.run.of('commit').flatMap((one) => one.files ?? []);
    assert.deepEqual(kept.map((file) => file.kind).sort(), ['screenshot', 'snapshot', 'trace']);
    const only = await failure([{ goto: `${site.origin}/rfis/new` }, { ...step, hover: { xpath: '/html/body/main/form/button[1]' } }]);
    assert.equal(only.code, 'job.elementMissing');
  });

  test('a failing step whose rule is to ask, or to go on: that is done', async () => {
    const missing = { hover: { text: 'nothing like it' }, timeout: 200, retry: 0 };
    const asked = await run(
      [{ goto: `${site.origin}/` }, { ...missing, onError: 'ask' }, { say: 'after' }],
      {},
      { answer: () => 'Skip this step' },
    );
    assert.equal(asked.of('ask')[0]!.about, 'locator');
    assert.ok(fs.existsSync(folder.file('runs', String(asked.id), asked.of('ask')[0]!.screenshot!)));
    assert.equal(asked.of('log').at(-1)!.message, 'after');
    const gone = await run([{ goto: `${site.origin}/` }, { ...missing, onError: 'continue' }, { say: 'after' }]);
    assert.deepEqual(
      gone.entries().map((entry) => entry.result),
      ['ok', 'failed', 'ok'],
    );
  });

  test('a host that cannot be reached: the failure says which', async () => {
    const gone = await startSite();
    await gone[Symbol.asyncDispose]();
    const { code, message } = await failure([{ goto: `${gone.origin}/`, retry: 0 }], { hosts: [gone.host] });
    assert.equal(code, 'job.network');
    assert.ok(message.includes(gone.host));
  });

  test('a run that takes too long: it ends, but not while it waits for the user', async () => {
    const steps = [{ pause: 'Think' }, { waitFor: { time: 2000 } }];
    const began = Date.now();
    const { code } = await failure(
      steps,
      { limits: { ...fast, timeout: 300 } },
      { answer: (ask) => void setTimeout(() => rig.send({ kind: 'answer', run: ask.run, ask: ask.ask, answer: 'Go on' }), 600) },
    );
    assert.equal(code, 'job.limit');
    assert.ok(Date.now() - began >= 800);
  });
});
