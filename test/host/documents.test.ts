import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import * as vscode from 'vscode';
import { AppError } from '../../src/core/appError.ts';
import { followWorkspace } from '../../src/host/claude/followWorkspace.ts';
import { restoreVersion } from '../../src/host/documents/restoreVersion.ts';
import { Conflicts } from '../../src/host/documents/showConflict.ts';
import { versionText, versionUri } from '../../src/host/documents/versions.ts';
import { eventually } from '../rig/eventually.ts';
import { claudeFolder, type ClaudeFolderRig } from './claudeFolderRig.ts';

const path = 'CLAUDE.md';

/** A folder in which CLAUDE.md has had the given contents, the last of which it has. */
async function history(...contents: (string | Uint8Array | null)[]): Promise<ClaudeFolderRig> {
  const rig = await claudeFolder({ '.claude/rules/other.md': 'x' });
  await rig.folder.catalog.startHistory();
  await rig.folder.catalog.settled();
  for (const content of contents) {
    if (content === null) fs.rmSync(rig.uri(path).fsPath);
    else rig.write(path, content);
    await rig.folder.catalog.refresh();
    await rig.folder.catalog.settled();
  }
  return rig;
}

function conflicting() {
  const conflicts = new Conflicts();
  return { conflicts, [Symbol.dispose]: () => conflicts.dispose() };
}

const open = (rig: ClaudeFolderRig) => vscode.workspace.openTextDocument(rig.uri(path));
const onDisk = (rig: ClaudeFolderRig) => rig.read(path).toString();

describe('a version', () => {
  test('is shown as it was', async () => {
    await using rig = await history('\uFEFFone\r\n', 'two');
    const recorded = { folder: rig.folder, path };
    assert.equal(await versionText(rig.folders, versionUri(recorded, 1)), 'one\r\n');
    assert.equal(await versionText(rig.folders, versionUri(recorded, 2)), 'two');
  });

  test('comes back as an edit that is saved and can be undone', async () => {
    await using rig = await history('one\nend\n', 'two\nend\n');
    using shown = conflicting();
    await restoreVersion({ folder: rig.folder, path }, 1, shown.conflicts);
    const document = await open(rig);
    assert.equal(document.isDirty, false);
    assert.equal(onDisk(rig), 'one\nend\n');
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), 'two\nend\n');
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await rig.folder.catalog.refresh();
    assert.deepEqual((await rig.versions(path)).at(-1), 'restore ana: one\nend\n');
  });

  test('brings its line ends along, and nothing is tidied up on the way', async () => {
    await using rig = await history('one  \r\nend', 'two\nend\n');
    using shown = conflicting();
    const files = vscode.workspace.getConfiguration('files');
    await files.update('insertFinalNewline', true, vscode.ConfigurationTarget.Global);
    try {
      await restoreVersion({ folder: rig.folder, path }, 1, shown.conflicts);
    } finally {
      await files.update('insertFinalNewline', undefined, vscode.ConfigurationTarget.Global);
    }
    assert.equal(onDisk(rig), 'one  \r\nend');
  });

  test('comes back unsaved where there were unsaved changes', async () => {
    await using rig = await history('one\n', 'two\n');
    using shown = conflicting();
    const editor = await vscode.window.showTextDocument(await open(rig));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'mine '));
    await restoreVersion({ folder: rig.folder, path }, 1, shown.conflicts);
    assert.equal(editor.document.getText(), 'one\n');
    assert.equal(editor.document.isDirty, true);
    assert.equal(onDisk(rig), 'two\n');
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), 'mine two\n');
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  test('of a file that is gone is written again, byte by byte', async () => {
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a, 0xff]);
    await using rig = await history(bytes, null);
    using shown = conflicting();
    await restoreVersion({ folder: rig.folder, path }, 1, shown.conflicts);
    assert.deepEqual(rig.read(path), bytes);
  });

  test('that no editor would save as it was goes past the editor, but not over unsaved changes', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0x0a]);
    await using rig = await history(bytes, 'two\n');
    using shown = conflicting();
    const editor = await vscode.window.showTextDocument(await open(rig));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'mine '));
    await assert.rejects(restoreVersion({ folder: rig.folder, path }, 1, shown.conflicts), (error) => AppError.is(error, 'file.stale'));
    assert.equal(onDisk(rig), 'two\n');
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await restoreVersion({ folder: rig.folder, path }, 1, shown.conflicts);
    assert.deepEqual(rig.read(path), bytes);
  });

  test('that says that the file was deleted cannot come back', async () => {
    await using rig = await history('one\n', null);
    using shown = conflicting();
    await assert.rejects(restoreVersion({ folder: rig.folder, path }, 2, shown.conflicts), (error) =>
      AppError.is(error, 'document.notFound'),
    );
  });
});

describe('a save', () => {
  test('is recorded as made in the editor, and what others write as found', async () => {
    await using rig = await history('one\n');
    const following = followWorkspace({ stores: rig.stores, folders: rig.folders });
    const document = await open(rig);
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'typed '));
    await document.save();
    await rig.folder.catalog.refresh();
    rig.write(path, 'from outside\n');
    await rig.folder.catalog.refresh();
    following.dispose();
    assert.deepEqual(await rig.versions(path), [
      'outside another program: one\n',
      'editor ana: typed one\n',
      'outside another program: from outside\n',
    ]);
  });
});

describe('what changes in the workspace', () => {
  test('is told to the catalog, a folder with all that is in it as well', async () => {
    const inWindow = vscode.workspace.workspaceFolders?.[0];
    assert.ok(inWindow);
    await using rig = await claudeFolder({}, inWindow);
    const { catalog } = rig.folder;
    await catalog.ready();
    const following = followWorkspace({ stores: rig.stores, folders: rig.folders });
    const paths = () =>
      catalog
        .files()
        .map((entry) => entry.path.slice(catalog.places.folder.length + 1))
        .filter((name) => name.startsWith('followed'));
    try {
      rig.write('followed/CLAUDE.md', 'one\n');
      rig.write('followed/.claude/agents/a.md', 'two\n');
      await eventually('both', () => paths().length === 2);
      fs.renameSync(rig.uri('followed').fsPath, rig.uri('followed2').fsPath);
      await eventually('the new names', () => paths().length === 2 && paths().every((name) => name.startsWith('followed2/')));
      fs.rmSync(rig.uri('followed2').fsPath, { recursive: true });
      await eventually('that both are gone', () => paths().length === 0);
    } finally {
      following.dispose();
      for (const name of ['followed', 'followed2']) fs.rmSync(rig.uri(name).fsPath, { recursive: true, force: true });
    }
  });
});

describe('a write that would replace what its author has not seen', () => {
  const diffs = () =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .flatMap(({ input }) => (input instanceof vscode.TabInputTextDiff ? [input] : []));

  test('shows both in the diff editor and writes nothing', async () => {
    await using rig = await history('theirs\n');
    using shown = conflicting();
    const { operations, user } = rig.folder;
    const written = await shown.conflicts.guard({ file: rig.uri(path), ours: 'ours\n' }, () =>
      operations.call('instructions.put', { path, content: 'ours\n', expectedHash: '0'.repeat(64) }, { actor: user }),
    );
    assert.equal(written, undefined);
    const [diff] = await eventually('the diff editor', () => (diffs().length > 0 ? diffs() : undefined));
    assert.ok(diff);
    assert.equal((await vscode.workspace.openTextDocument(diff.original)).getText(), 'ours\n');
    assert.equal(diff.modified.fsPath, rig.uri(path).fsPath);
    assert.equal(onDisk(rig), 'theirs\n');
  });

  test('fails as it did when it is another failure', async () => {
    using shown = conflicting();
    const failing = () => Promise.reject(new AppError('file.io', 'no'));
    await assert.rejects(shown.conflicts.guard({ file: vscode.Uri.file('/x'), ours: '' }, failing), (error) =>
      AppError.is(error, 'file.io'),
    );
  });
});
