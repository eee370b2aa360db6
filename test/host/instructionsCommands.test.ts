import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import * as vscode from 'vscode';
import { InstructionModels } from '../../src/host/claude/instructionModels.ts';
import { documentHandlers } from '../../src/host/commands/documents.ts';
import { instructionHandlers } from '../../src/host/commands/instructions.ts';
import { registerDocuments } from '../../src/host/documents/registerDocuments.ts';
import { Conflicts } from '../../src/host/documents/showConflict.ts';
import { DisposableStore } from '../../src/util/disposable.ts';
import { eventually } from '../rig/eventually.ts';
import { claudeFolder, type ClaudeFolderRig } from './claudeFolderRig.ts';

function commands({ stores, folders }: ClaudeFolderRig) {
  const parts = new DisposableStore();
  const models = parts.add(new InstructionModels(folders));
  const conflicts = parts.add(new Conflicts());
  parts.add(registerDocuments({ folders, models }));
  const row = { stands: 'for ui/CLAUDE.md' };
  const fileRows = [{ fileOf: (value: unknown) => (value === row ? uiFile : undefined) }];
  let uiFile: vscode.Uri | undefined;
  const deps = { stores, claude: folders, conflicts, models, fileRows };
  return {
    run: { ...instructionHandlers(deps), ...documentHandlers(deps) },
    rowFor: (uri: vscode.Uri) => {
      uiFile = uri;
      return row;
    },
    [Symbol.dispose]: () => parts.dispose(),
  };
}

/** Takes the first offer of every quick pick until the work has ended. */
async function takingFirst(work: unknown): Promise<void> {
  let ended = false;
  const all = Promise.resolve(work).finally(() => (ended = true));
  await eventually('the end', async () => {
    if (!ended) await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return ended;
  });
  await all;
}

const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
const pages = () => tabs().filter(({ input }) => input instanceof vscode.TabInputWebview);

describe('the commands for instructions', () => {
  test('make a CLAUDE.md and open it, and leave one that is there as it is', async () => {
    await using rig = await claudeFolder({});
    using used = commands(rig);
    await takingFirst(used.run['claudetask.instructions.create']());
    assert.match(rig.read('CLAUDE.md').toString(), /^# app\n/);
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, rig.uri('CLAUDE.md').fsPath);
    rig.write('CLAUDE.md', 'mine\n');
    await takingFirst(used.run['claudetask.instructions.create']());
    assert.equal(rig.read('CLAUDE.md').toString(), 'mine\n');
  });

  test('show a preview as a page: of the start of a session, and of a row', async () => {
    await using rig = await claudeFolder({ 'CLAUDE.md': '# App\n', 'ui/CLAUDE.md': 'of the ui\n' });
    using used = commands(rig);
    await used.run['claudetask.instructions.preview'](rig.uri('CLAUDE.md'));
    await eventually('the page', () => pages().some(({ label }) => label.includes('Instructions at start')));
    await used.run['claudetask.instructions.preview'](used.rowFor(rig.uri('ui/CLAUDE.md')));
    await eventually('the page', () => pages().some(({ label }) => label.includes('Instructions for CLAUDE.md')));
  });

  test('open the file of a row, and else the first in load order', async () => {
    await using rig = await claudeFolder({ 'CLAUDE.md': '# App\n', 'ui/CLAUDE.md': 'of the ui\n' });
    using used = commands(rig);
    const active = () => vscode.window.activeTextEditor?.document.uri.fsPath;
    await used.run['claudetask.instructions.open'](used.rowFor(rig.uri('ui/CLAUDE.md')));
    await eventually('the nested file', () => active() === rig.uri('ui/CLAUDE.md').fsPath);
    await takingFirst(used.run['claudetask.instructions.open']());
    await eventually('the first file', () => active() === rig.uri('CLAUDE.md').fsPath);
  });

  test('write a task between markers, and bring it up to date in place', async () => {
    await using rig = await claudeFolder({ 'CLAUDE.md': 'above\nbelow\n' });
    using used = commands(rig);
    const store = await rig.folder.tasks.open();
    const [task] = (await store.call('task.create', { title: 'Wire events' })).tasks;
    assert.ok(task);
    const editor = await vscode.window.showTextDocument(rig.uri('CLAUDE.md'), { selection: new vscode.Range(1, 0, 1, 0) });
    await takingFirst(used.run['claudetask.instructions.insertTask']());
    const begin = `<!-- claudetask:begin task=${task.id} -->`;
    const first = editor.document.getText();
    assert.ok(first.startsWith(`above\n${begin}\n### Task #${task.id}: Wire events\n`), first);
    assert.ok(first.endsWith('<!-- claudetask:end -->\nbelow\n'), first);
    await store.call('task.update', { id: task.id, patch: { title: 'Wire all events' } });
    await takingFirst(used.run['claudetask.instructions.insertTask']());
    assert.equal(editor.document.getText(), first.replace('Wire events', 'Wire all events'));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  test('compare the newest version with the file, and bring one back by its number', async () => {
    await using rig = await claudeFolder({ 'CLAUDE.md': 'one\n' });
    using used = commands(rig);
    await rig.folder.catalog.startHistory();
    await rig.folder.catalog.settled();
    rig.write('CLAUDE.md', 'two\n');
    await rig.folder.catalog.refresh();
    await takingFirst(used.run['claudetask.document.history'](rig.uri('CLAUDE.md')));
    const diff = await eventually('the comparison', () => tabs().find(({ input }) => input instanceof vscode.TabInputTextDiff));
    assert.match(diff.label, /CLAUDE\.md: #2 /);
    await used.run['claudetask.document.restore'](rig.uri('CLAUDE.md'), 1);
    assert.equal(rig.read('CLAUDE.md').toString(), 'one\n');
  });

  test('begin to keep versions', async () => {
    await using rig = await claudeFolder({ 'CLAUDE.md': 'one\n' });
    using used = commands(rig);
    assert.ok(!fs.existsSync(rig.uri('.claudetask/claudetask.db').fsPath));
    await used.run['claudetask.document.startHistory']();
    assert.deepEqual(await rig.versions('CLAUDE.md'), ['outside another program: one\n']);
  });
});
