import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import * as vscode from 'vscode';
import { JobPanels } from '../../src/host/jobs/jobPanels.ts';
import { RecordsPanel } from '../../src/host/jobs/recordsPanel.ts';
import { RunPanel } from '../../src/host/jobs/runPanel.ts';
import type { RecordsMessage, RunMessage } from '../../src/protocol/jobs/pageMessages.ts';
import type { Reply } from '../../src/protocol/wire.ts';
import { Emitter } from '../../src/util/emitter.ts';
import { eventually } from '../rig/eventually.ts';
import { entry, jobsRig, jobText, readsRows, type JobsRig, type Script } from './jobsRig.ts';

const extension = vscode.extensions.getExtension('claudetask.claudetask')!;
const dist = vscode.Uri.joinPath(extension.extensionUri, 'dist');
const pageDeps = (rig: JobsRig) => ({ log: rig.deps.log, dist, icon: { light: dist, dark: dist } });
const labels = (): string[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));

/** A panel whose page is the test. */
function panel<M extends RunMessage | RecordsMessage>() {
  const received = new Emitter<unknown>();
  const viewState = new Emitter<unknown>();
  const posted: M[] = [];
  let asked = 0;
  const fake = {
    title: 'Page',
    visible: true,
    onDidDispose: new Emitter<void>().event,
    onDidChangeViewState: viewState.event,
    webview: {
      html: '',
      options: {},
      cspSource: 'https://csp',
      asWebviewUri: (uri: vscode.Uri) => uri,
      onDidReceiveMessage: received.event,
      postMessage: (message: M) => Promise.resolve(posted.push(message) > 0),
    },
  };
  return {
    fake,
    asPanel: fake as unknown as vscode.WebviewPanel,
    posted,
    send: (message: unknown) => received.fire(message),
    hide: () => {
      fake.visible = false;
      viewState.fire(undefined);
    },
    first: <K extends M['kind']>(kind: K): Promise<Extract<M, { kind: K }>> =>
      eventually(kind, () => posted.find((message): message is Extract<M, { kind: K }> => message.kind === kind)),
    ask: async (request: object): Promise<Reply> => {
      const id = ++asked;
      received.fire({ ...request, id });
      const found = await eventually('a reply', () => posted.find((message) => message.kind === 'reply' && message.id === id));
      return found.kind === 'reply' ? found.reply : assert.fail();
    },
  };
}

const asks: Script = async ({ start, say, heard }) => {
  const { run } = start;
  const folder = start.surroundings.runFolder;
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, text] of [
    ['failed.jpg', 'picture'],
    ['failed.yaml', '- heading "RFIs"'],
  ] as const)
    fs.writeFileSync(path.join(folder, name), text);
  say({ kind: 'running', run });
  say({ kind: 'waiting', run, for: 'user', reason: 'May it go on?' });
  say({ kind: 'ask', run, ask: 1, about: 'confirm', message: 'May it go on?', screenshot: 'failed.jpg', choices: ['Yes', 'No'] });
  const { answer } = await heard('answer');
  say({ kind: 'askDone', run, ask: 1 });
  const file = { bytes: 7, sha256: 'a'.repeat(64) };
  say({
    kind: 'end',
    run,
    seq: 1,
    outcome: 'failed',
    failure: { code: 'job.assertion', message: `The answer was ${String(answer)}.`, step: '0' },
    entries: [entry('Ask')],
    files: [
      { ...file, kind: 'screenshot', path: 'failed.jpg' },
      { ...file, kind: 'snapshot', path: 'failed.yaml' },
      { ...file, kind: 'trace', path: '../../outside.txt' },
    ],
    complete: [],
  });
};

describe('the pages of jobs', () => {
  test('a run has one tab, which takes the name of its job once its page has asked for it', async () => {
    await using rig = await jobsRig({ rfis: jobText('Open RFIs') });
    const panels = new JobPanels({ ...pageDeps(rig), folders: rig.folders, stores: rig.deps.stores });
    const { id } = await rig.jobs.engine.start({ job: 'rfis' });
    await panels.showRun(rig.jobs, id);
    await eventually('the name', () => labels().includes(`Open RFIs #${id}`), 30_000);
    await panels.showRun(rig.jobs, id);
    await panels.showRecords(rig.jobs, 'rfis');
    await panels.showRecords(rig.jobs, 'rfis', 'rfis');
    await eventually('both', () => labels().includes('Records: rfis'));
    assert.equal(labels().filter((label) => /Open RFIs|Records: rfis|Run #/.test(label)).length, 2);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    panels.dispose();
  });

  test('tell the page what the run is, what it asks, and how it ends, with its files', async () => {
    await using rig = await jobsRig({ rfis: jobText('Open RFIs') });
    rig.play(asks);
    const { id } = await rig.jobs.engine.start({ job: 'rfis' });
    await eventually('the question', () => rig.jobs.engine.asks().length === 1);
    const { fake, asPanel, posted, send, first, ask } = panel<RunMessage>();
    const page = new RunPanel(pageDeps(rig), rig.jobs, id, asPanel);
    assert.match(fake.webview.html, /img-src https:\/\/csp/);
    send({ kind: 'ready' });
    const init = await first('init');
    assert.deepEqual(
      init.steps.map(({ path: of, words }) => [of, words]),
      [
        ['0', 'Open app.example.com/rfis'],
        ['1', 'Read number into rfis'],
      ],
    );
    assert.deepEqual(
      init.asks.map(({ message, choices, screenshot }) => [message, choices, screenshot !== null]),
      [['May it go on?', ['Yes', 'No'], true]],
    );
    const wrong = await ask({ kind: 'act', action: { what: 'answer', ask: 9, answer: true } });
    assert.equal(wrong.ok ? '' : wrong.error.code, 'job.notFound');
    assert.deepEqual(await ask({ kind: 'act', action: { what: 'answer', ask: 1, answer: 'Yes' } }), { ok: true, value: null });
    const end = await eventually('the end', () =>
      posted.findLast(
        (message) => message.kind === 'details' && message.details.run.state === 'failed' && message.details.files.length === 3,
      ),
    );
    assert.ok(end.kind === 'details');
    assert.equal(end.details.run.failure?.message, 'The answer was Yes.');
    assert.deepEqual(
      end.details.files.map(({ path: of, uri }) => [of, uri !== null]),
      [
        ['failed.jpg', true],
        ['failed.yaml', false],
        ['../../outside.txt', false],
      ],
    );
    assert.deepEqual(await ask({ kind: 'snapshot', path: 'failed.yaml' }), { ok: true, value: { text: '- heading "RFIs"' } });
    for (const not of ['../../outside.txt', 'never.yaml']) {
      const reply = await ask({ kind: 'snapshot', path: not });
      assert.equal(reply.ok ? '' : reply.error.code, 'file.notFound', not);
    }
    const log = await ask({ kind: 'log', after: 0 });
    assert.ok(log.ok && JSON.stringify(log.value).includes('"what":"Ask"'));
    page.dispose();
  });

  test('send nothing to a page that is hidden, and drop what no page of ours would say', async () => {
    await using rig = await jobsRig({ rfis: jobText('Open RFIs') });
    rig.play(asks);
    const { id } = await rig.jobs.engine.start({ job: 'rfis' });
    const { asPanel, posted, send, first, hide } = panel<RunMessage>();
    const page = new RunPanel(pageDeps(rig), rig.jobs, id, asPanel);
    send({ kind: 'act', id: 1, action: { what: 'workbench.action.quit' } });
    send({ kind: 'ready' });
    await first('init');
    assert.ok(posted.every(({ kind }) => kind !== 'reply'));
    hide();
    const { length } = posted;
    await eventually('the question', () => rig.jobs.engine.asks().length === 1);
    await rig.jobs.engine.cancel(id);
    await rig.jobs.engine.answer(id, 1, null);
    assert.equal(posted.length, length);
    page.dispose();
  });

  test('answer for ranges of records', async () => {
    await using rig = await jobsRig({ rfis: jobText('Open RFIs') });
    rig.play(readsRows(120));
    const { id } = await rig.jobs.engine.start({ job: 'rfis' });
    await eventually('the end', () => rig.jobs.run(id)?.state === 'done');
    const { asPanel, send, first, ask, posted } = panel<RecordsMessage>();
    const page = new RecordsPanel(pageDeps(rig), rig.jobs, 'rfis', null, asPanel);
    send({ kind: 'ready' });
    const init = await first('init');
    assert.deepEqual([init.job, init.collection, init.collections[0]?.total], ['rfis', 'rfis', 120]);
    const reply = await ask({ kind: 'range', collection: 'rfis', sort: { field: 'number', descending: true }, offset: 10, limit: 3 });
    assert.ok(reply.ok);
    const { total, records } = reply.value as { total: number; records: { data: { number: number } }[] };
    assert.deepEqual([total, records.map(({ data }) => data.number)], [120, [109, 108, 107]]);
    const unknown = await ask({ kind: 'range', collection: 'nothing', offset: 0, limit: 3 });
    assert.equal(unknown.ok ? '' : unknown.error.code, 'job.notFound');
    page.show('rfis');
    assert.deepEqual(posted.at(-1), { kind: 'show', collection: 'rfis' });
    page.dispose();
  });
});
