import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { chromium } from 'playwright-core';
import { assertNoSecrets } from '../rig/canaries.ts';
import { findChromium } from '../rig/ensurePrograms.mjs';
import { eventually } from '../rig/eventually.ts';
import { goldenRows } from '../rig/sites/rfis.ts';
import { startSite } from '../rig/sites/site.ts';
import type { Workbench } from '../rig/workbench.ts';
import { journey, type Journey } from './journey.ts';

// A machine that runs tests has no screen, and root has no sandbox.
const browserArguments = ['--no-sandbox', '--disable-gpu', '--headless=new'];
const machine = (more: readonly string[] = []) => ({
  'claudetask.jobs.browserPath': findChromium(),
  'claudetask.jobs.browserArguments': [...browserArguments, ...more],
});

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('there is no port');
  return address.port;
}

function writeJob({ workspace }: Journey, name: string, text: string): void {
  fs.mkdirSync(workspace.file('.claudetask', 'jobs'), { recursive: true });
  fs.writeFileSync(workspace.file('.claudetask', 'jobs', `${name}.job.yaml`), text);
}

const jobRow = async (window: Workbench, label: string) => (await window.treeRows('Jobs')).find((row) => row.label === label);

/** Waits until the description of a job's row fits. */
const described = (window: Workbench, label: string, text: RegExp, timeout = 30_000) =>
  eventually(`${label}: ${text.source}`, async () => text.test((await jobRow(window, label))?.description ?? ''), timeout);

async function runJob(window: Workbench, name: string): Promise<void> {
  await eventually('the job', async () => (await jobRow(window, name)) !== undefined);
  await window.runAndPick('ClaudeTask: Run Job...', name);
}

/** Nothing of what the site handed to the browser is in the folder, nor in anything that VS Code and its extensions wrote. */
function keepsNoSecret({ workspace, server }: Journey): void {
  assertNoSecrets(workspace.folder, '');
  assertNoSecrets(server.profile, 'profiles', [server.log]);
}

/** Where the test meets the job browser, to do there what the user would do in its window. */
let recordingPort = 0;
const recordable = async () => {
  recordingPort = await freePort();
  return { machineSettings: machine([`--remote-debugging-port=${recordingPort}`]) };
};

journey('a recording becomes a job that is run, cancelled, resumed, shown, exported and audited', recordable, async (user) => {
  await using site = await startSite({ total: 500, delay: 120 });
  const window = await user.open();
  await window.openContainer('ClaudeTask');
  await window.run('ClaudeTask: Record Job...');
  await window.answer('Record Job (1/3)', 'Open RFIs');
  await window.answer('Record Job (2/3)', `${site.origin}/rfis/new`);
  await window.pick('default');
  await window.message(/^Recording what you do/, 60_000);
  const recorded = await chromium.connectOverCDP(`http://127.0.0.1:${recordingPort}`);
  const page = await eventually('the recorded page', () =>
    recorded
      .contexts()[0]
      ?.pages()
      .find((one) => one.url().includes('/rfis/new')),
  );
  await page.getByLabel('Subject').fill('Door hardware');
  await page.getByRole('button', { name: 'Save RFI' }).first().click();
  await window.message(/3 steps|4 steps/);
  await page.close();
  await recorded.close();
  const file = user.workspace.file('.claudetask', 'jobs', 'open-rfis.job.yaml');
  const text = await eventually('the job file', () => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined));
  await window.page.locator('.tab[data-resource-name="open-rfis.job.yaml"]').waitFor();
  assert.match(text, /name: Save RFI/);
  assert.match(text, /with: Door hardware/);

  // The person replaces what was recorded by what they are after.
  const hosts = `hosts: ["${site.host}"]`;
  fs.writeFileSync(
    file,
    `name: Open RFIs
version: 1
session: { profile: default }
${hosts}
limits: { pagesPerMinute: unlimited }
steps:
  - goto: ${site.origin}/rfis
  - id: rfis
    forEachPage: { next: { role: link, name: Next } }
    extract:
      rows: table tbody tr
      key: number
      fields:
        number: { cell: 1 }
        subject: { cell: 2 }
        status: { cell: 3 }
`,
  );
  await runJob(window, 'Open RFIs');
  await eventually('the question about the host', async () => (await window.dialogs()).some((one) => one.includes(site.host)), 30_000);
  await window.clickDialog('Run');
  await described(window, 'Open RFIs', /page [2-9]/i);
  await window.run('ClaudeTask: Cancel Run...');
  await described(window, 'Open RFIs', /cancelled/i);
  await window.run('ClaudeTask: Resume Run...');
  await described(window, 'Open RFIs', /^500 records/, 60_000);

  await window.run('ClaudeTask: Show Run...');
  const run = await window.webview('[data-page="run"], .run, main');
  await run.getByText('Done', { exact: true }).first().waitFor();
  await window.runAndPick('ClaudeTask: Show Records...', 'Open RFIs');
  const records = await window.webview('[role="grid"]');
  await records.getByText('RFI-0001', { exact: true }).waitFor();
  await records
    .getByText(/^500 records/)
    .first()
    .waitFor();

  await window.runAndPick('ClaudeTask: Export Records...', 'Open RFIs');
  await eventually('the formats', async () => (await window.quickLabels()).includes('JSON'));
  await window.pick('JSON');
  const exported = user.workspace.file('rfis.json');
  await window.chooseFile('Export Records', exported);
  await window.message(/Exported 500 records to rfis\.json/);
  const wanted = goldenRows(500).map(({ number, subject, status }) => ({ number, subject, status }));
  assert.deepEqual(JSON.parse(fs.readFileSync(exported, 'utf8')), wanted);

  await window.run('ClaudeTask: Export Audit Report...');
  const report = user.workspace.file('audit.ndjson');
  await window.chooseFile('Export Audit Report', report);
  await window.message(/Exported \d+ entries of the audit log/);
  await window.run('ClaudeTask: Verify Audit Report...');
  await window.chooseFile('Verify Audit Report', report);
  await window.message(/The report is whole: \d+ entries verified/);
  await window.run('ClaudeTask: Verify Audit Log');
  await window.message(/audit log/i);
  keepsNoSecret(user);
});

journey('a job that needs the user says so everywhere and goes on once it is answered', { machineSettings: machine() }, async (user) => {
  await using site = await startSite({ total: 50 });
  writeJob(
    user,
    'ask',
    `name: Ask first
version: 1
hosts: ["${site.host}"]
steps:
  - goto: ${site.origin}/rfis
  - pause: Look at the page.
  - id: rfis
    extract: { rows: table tbody tr, key: number, fields: { number: { cell: 1 } } }
`,
  );
  const window = await user.open();
  await window.openContainer('ClaudeTask');
  await runJob(window, 'Ask first');
  await eventually('the question about the host', async () => (await window.dialogs()).length > 0, 30_000);
  await window.clickDialog('Run');
  await eventually('the group', async () => (await jobRow(window, 'Needs you')) !== undefined, 30_000);
  await eventually('the status bar says it', async () => /1/.test((await window.status('claudetask'))?.text ?? ''));
  await window.run('ClaudeTask: Answer Job...');
  await eventually('the question', async () => (await window.quickLabels()).length > 0);
  await window.press('Enter');
  await described(window, 'Ask first', /^25 records/);
  assert.equal(await jobRow(window, 'Needs you'), undefined);
  keepsNoSecret(user);
});

const restricted = { machineSettings: machine(), workspaceTrust: true, settings: { 'security.workspace.trust.startupPrompt': 'never' } };

journey('in Restricted Mode jobs show and none runs', restricted, async (user) => {
  await using site = await startSite({ total: 50 });
  writeJob(user, 'rfis', `name: Open RFIs\nversion: 1\nhosts: ["${site.host}"]\nsteps:\n  - goto: ${site.origin}/rfis\n`);
  const window = await user.open();
  await window.openContainer('ClaudeTask');
  await eventually('the job', async () => (await jobRow(window, 'Open RFIs')) !== undefined);
  await runJob(window, 'Open RFIs');
  await window.message(/trust/i);
  assert.deepEqual(site.requests, []);
});
