import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import type { ToRunner } from '../../../src/protocol/jobs/runnerMessages.ts';
import { eventually } from '../../rig/eventually.ts';
import { RunnerRig } from '../../rig/jobRunner.ts';
import { startSite, type Site } from '../../rig/sites/site.ts';
import { canary } from '../../rig/sites/switches.ts';
import { tempWorkspace, type TempWorkspace } from '../../rig/tempWorkspace.ts';

describe('a window for the user', () => {
  let site: Site;
  let folder: TempWorkspace;
  let rig: RunnerRig;
  before(async () => {
    site = await startSite({ login: true });
    folder = await tempWorkspace();
    rig = new RunnerRig(folder);
  });
  after(async () => {
    await rig[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  /** The browser shows no window here, and has a port for the one who plays the user. */
  const open = (id: number, more: { kind: 'openProfile' } | { kind: 'record'; pick: boolean }, url: string, profile: string): void => {
    const plain = rig.surroundings();
    const surroundings = { ...plain, browserArguments: [...plain.browserArguments, '--headless', '--remote-debugging-port=0'] };
    const message: ToRunner = { ...more, id, profile, browser: null, url, surroundings };
    rig.send(message);
  };
  const heard = (id: number, kind: string) => rig.others.filter((one) => one.kind === kind && 'id' in one && one.id === id);
  const asUser = async (profile: string) => {
    const port = fs.readFileSync(folder.file('profiles', profile, 'DevToolsActivePort'), 'utf8').split('\n')[0];
    return chromium.connectOverCDP(`http://127.0.0.1:${port}`, { noDefaults: true, isLocal: true });
  };

  test('to sign in: a job of the same profile is signed in afterwards', async () => {
    open(1, { kind: 'openProfile' }, `${site.origin}/login`, 'signed');
    await rig.until('the window', () => heard(1, 'opened').length > 0);
    const user = await asUser('signed');
    const page = user.contexts()[0]!.pages()[0]!;
    await page.getByLabel('User name').fill(canary.user);
    await page.getByLabel('Password').fill(canary.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('table').waitFor();
    await user.close();
    const meanwhile = await rig.run({ session: { profile: 'signed' }, hosts: [site.host], steps: [{ say: 'x' }] });
    assert.equal(meanwhile.of('end')[0]!.failure?.code, 'job.profileInUse');
    rig.send({ kind: 'stop', id: 1 });
    await rig.until('its end', () => heard(1, 'closed').length > 0);
    const run = await rig.run({
      session: { profile: 'signed' },
      hosts: [site.host],
      steps: [{ goto: `${site.origin}/rfis` }, { assert: { visible: { role: 'table' } } }],
    });
    assert.equal(run.of('end')[0]!.outcome, 'done', JSON.stringify(run.of('end')));
    assert.ok(!rig.said.some((one) => one.includes(canary.password) || one.includes(canary.cookie)));
  });

  test('to record: what the user does is told as it happens, and the end when the window is closed', async () => {
    site.set({ login: false });
    open(2, { kind: 'record', pick: false }, `${site.origin}/inputs`, 'recorded');
    await rig.until('the window', () => heard(2, 'opened').length > 0);
    const user = await asUser('recorded');
    const page = user.contexts()[0]!.pages()[0]!;
    await page.getByLabel('Project name').fill('Tower');
    await page.getByTestId('send').click();
    await eventually('the click', () => heard(2, 'recorded').some((one) => one.kind === 'recorded' && one.step.kind === 'click'));
    await page.close();
    await rig.until('its end', () => heard(2, 'closed').length > 0);
    await user.close().catch(() => undefined);
  });

  test('that cannot be opened says why', async () => {
    const surroundings = { ...rig.surroundings(), executable: '/nowhere/chrome' };
    rig.send({ kind: 'openProfile', id: 3, profile: 'none', browser: null, url: null, surroundings });
    await rig.until('its end', () => heard(3, 'closed').length > 0);
    const [closed] = heard(3, 'closed');
    assert.ok(closed?.kind === 'closed' && closed.error?.code === 'job.browserMissing');
  });
});
