import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import type * as vscode from 'vscode';
import { JobTree } from '../../src/host/trees/jobs/jobTree.ts';
import type { JobTreeNode } from '../../src/host/trees/jobs/jobNode.ts';
import { eventually } from '../rig/eventually.ts';
import { jobsRig, jobText, readsRows, type JobsRig, type Script } from './jobsRig.ts';

interface Drawn extends Disposable {
  tree: JobTree;
  fired: (readonly JobTreeNode[] | undefined)[];
  rows(node?: JobTreeNode): Promise<string[]>;
  node(label: string, below?: JobTreeNode): Promise<JobTreeNode>;
}

function draw({ folders }: JobsRig): Drawn {
  const tree = new JobTree(folders);
  const fired: Drawn['fired'] = [];
  tree.onDidChangeTreeData((nodes) => fired.push(nodes));
  const text = ({ label, description }: vscode.TreeItem) => {
    const name = typeof label === 'string' ? label : '';
    return typeof description === 'string' && description !== '' ? `${name} [${description}]` : name;
  };
  return {
    tree,
    fired,
    rows: async (node) => (await tree.getChildren(node)).map((child) => text(tree.getTreeItem(child))),
    node: async (label, below) => {
      const found = (await tree.getChildren(below)).find((child) => tree.getTreeItem(child).label === label);
      assert.ok(found, label);
      return found;
    },
    [Symbol.dispose]: () => tree.dispose(),
  };
}

const asks: Script = async ({ start: { run }, say, heard }) => {
  say({ kind: 'waiting', run, for: 'signIn', reason: 'Sign in to app.example.com.' });
  say({ kind: 'ask', run, ask: 1, about: 'signIn', message: 'Sign in to app.example.com.', screenshot: null, choices: [] });
  await heard('answer');
  say({ kind: 'running', run });
  say({ kind: 'end', run, seq: 1, outcome: 'done', failure: undefined, entries: [], files: undefined, complete: [] });
};

const finished = (rig: JobsRig, job: string) =>
  eventually('the end of the run', () => rig.jobs.runsOf(job)[0]?.state === 'done' && rig.jobs.runsOf(job)[0]);

describe('the Jobs tree', () => {
  test('is empty without jobs, so that the welcome text shows', async () => {
    await using rig = await jobsRig({});
    using drawn = draw(rig);
    assert.deepEqual(await drawn.rows(), []);
  });

  test('shows jobs by the name in their file, and how many problems it has', async () => {
    await using rig = await jobsRig({ rfis: jobText('Open RFIs'), 'a/broken': 'name: Broken\nversion: 1\n' });
    using drawn = draw(rig);
    const rows = await drawn.rows();
    assert.equal(rows.length, 2);
    assert.match(rows[0] ?? '', /^a\/broken \[\d problems?\]$/);
    assert.equal(rows[1], 'Open RFIs');
  });

  test('shows the runs of a job below it, with what they have read', async () => {
    await using rig = await jobsRig({ rfis: jobText('Open RFIs') });
    using drawn = draw(rig);
    await drawn.rows();
    rig.play(readsRows(3));
    await rig.jobs.engine.start({ job: 'rfis' });
    await finished(rig, 'rfis');
    const job = await drawn.node('Open RFIs');
    assert.match(String(drawn.tree.getTreeItem(job).description), /^3 records · /);
    const [run] = await drawn.rows(job);
    assert.match(run ?? '', /\[done · 1 page · 3 records · \d+s\]$/);
  });

  test('says what a run waits for on top, and how to answer it', async () => {
    await using rig = await jobsRig({ rfis: jobText('Open RFIs') });
    using drawn = draw(rig);
    await drawn.rows();
    rig.play(asks);
    const { id } = await rig.jobs.engine.start({ job: 'rfis' });
    await eventually('the question', () => rig.jobs.askOf(id) && rig.jobs.run(id)?.state === 'waiting');
    assert.deepEqual(await drawn.rows(), ['Needs you [1]', 'Open RFIs [waits for a sign-in]']);
    const group = await drawn.node('Needs you');
    assert.deepEqual(await drawn.rows(group), ['Open RFIs [Sign in to app.example.com.]']);
    const [row] = await drawn.tree.getChildren(group);
    assert.ok(row);
    const item = drawn.tree.getTreeItem(row);
    assert.equal(item.command?.command, 'claudetask.job.answer');
    assert.match(
      item.accessibilityInformation?.label ?? '',
      /^Run 1 of Open RFIs\. State: waits for a sign-in\. From [^.]*\. Sign in to app\.example\.com\.$/,
    );
    await eventually('the badge', () => rig.waiting() === 1);
    await rig.jobs.engine.answer(id, 1, true);
    await finished(rig, 'rfis');
    await eventually('no badge', () => rig.waiting() === 0);
    assert.equal((await drawn.rows()).length, 1);
  });

  test('redraws the job that runs, and no other', async () => {
    await using rig = await jobsRig({ rfis: jobText('Open RFIs'), docs: jobText('Documents') });
    using drawn = draw(rig);
    await drawn.rows();
    const others = await drawn.node('Documents');
    // With the database the runs are read anew, and everything is drawn.
    await rig.tasks.open();
    await eventually('the first drawing', () => drawn.fired.includes(undefined));
    drawn.fired.length = 0;
    rig.play(readsRows(4));
    await rig.jobs.engine.start({ job: 'rfis' });
    await finished(rig, 'rfis');
    await eventually('a redraw', () => drawn.fired.length > 0);
    assert.ok(drawn.fired.every((nodes) => nodes !== undefined && !nodes.includes(others)));
  });

  test('keeps the runs of a job whose file is gone', async () => {
    await using rig = await jobsRig({ rfis: jobText('Open RFIs') });
    using drawn = draw(rig);
    await drawn.rows();
    await rig.jobs.engine.start({ job: 'rfis' });
    await finished(rig, 'rfis');
    fs.rmSync(rig.uri('.claudetask/jobs/rfis.job.yaml').fsPath);
    await eventually('the row without a file', async () => (await drawn.rows())[0]?.startsWith('rfis [no file · 2 records'));
    const [row] = await drawn.tree.getChildren();
    assert.ok(row);
    assert.doesNotMatch(String(drawn.tree.getTreeItem(row).contextValue), /runnable|file/);
  });

  test('offers what can be done: run, cancel while it runs, records once there are some', async () => {
    await using rig = await jobsRig({ rfis: jobText('Open RFIs', 'schedule: { at: "07:30" }\n') });
    using drawn = draw(rig);
    const flags = async () => String(drawn.tree.getTreeItem((await drawn.tree.getChildren())[0] as JobTreeNode).contextValue).split(';');
    assert.deepEqual(await flags(), ['job', 'file', 'runnable', 'scheduled', 'profile']);
    rig.play(asks);
    const { id } = await rig.jobs.engine.start({ job: 'rfis' });
    await eventually('the question', () => rig.jobs.run(id)?.state === 'waiting');
    const waits = await drawn.tree.getChildren();
    const busy = String(drawn.tree.getTreeItem(waits[1] as JobTreeNode).contextValue).split(';');
    assert.deepEqual(busy, ['job', 'file', 'live', 'ask', 'scheduled', 'profile']);
    await rig.jobs.engine.answer(id, 1, true);
    await finished(rig, 'rfis');
    rig.play(readsRows(1));
    await rig.jobs.engine.start({ job: 'rfis' });
    await eventually('records', () => rig.jobs.hasRecords('rfis') && rig.jobs.runsOf('rfis')[0]?.state === 'done');
    assert.ok((await flags()).includes('records'));
  });
});
