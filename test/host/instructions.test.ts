import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as vscode from 'vscode';
import { InstructionModels } from '../../src/host/claude/instructionModels.ts';
import { PreviewDocuments, previewUri } from '../../src/host/documents/previewDocuments.ts';
import { InstructionTree } from '../../src/host/trees/instructions/instructionTree.ts';
import type { InstructionRow } from '../../src/host/trees/instructions/instructionRow.ts';
import { eventually } from '../rig/eventually.ts';
import { claudeFolder, type ClaudeFolderRig } from './claudeFolderRig.ts';

function view({ stores, folders }: ClaudeFolderRig) {
  const models = new InstructionModels(folders);
  let ready = false;
  const tree = new InstructionTree({ stores, folders, models, onReady: () => (ready = true) });
  const fired: (readonly InstructionRow[] | undefined)[] = [];
  tree.onDidChangeTreeData((rows) => fired.push(rows));
  const say = (row: InstructionRow) => {
    const { label, description } = tree.getTreeItem(row);
    assert.ok(typeof label === 'string' && typeof description !== 'boolean');
    return `${label} [${description ?? ''}]`;
  };
  const find = async (...labels: string[]): Promise<InstructionRow> => {
    let row: InstructionRow | undefined;
    for (const label of labels) {
      row = (await tree.getChildren(row)).find((child) => tree.getTreeItem(child).label === label);
      assert.ok(row, label);
    }
    assert.ok(row);
    return row;
  };
  return {
    tree,
    models,
    fired,
    find,
    isReady: () => ready,
    say: async (row?: InstructionRow) => (await tree.getChildren(row)).map(say),
    [Symbol.dispose]() {
      tree.dispose();
      models.dispose();
    },
  };
}

const files = {
  'CLAUDE.md': '# App\n\n@docs/style.md and @docs/gone.md by @ana\n',
  'docs/style.md': '@../CLAUDE.md\n',
  'ui/CLAUDE.md': 'of the ui\n',
  '.claude/rules/ts/types.md': '---\npaths: "**/*.ts"\n---\nNo any.\n',
  '~/.claude/CLAUDE.md': 'mine\n',
  'AGENTS.md': 'for others\n',
};

describe('the CLAUDE.md view', () => {
  test('shows the files in the order Claude Code loads them, and why it loads each', async () => {
    await using rig = await claudeFolder(files);
    using shown = view(rig);
    assert.equal(shown.isReady(), false);
    assert.deepEqual(await shown.say(), ['At start [2 files · ~20 tokens]', 'On demand [2 files]', 'Not read [1 file]']);
    assert.equal(shown.isReady(), true);
    assert.deepEqual(await shown.say(await shown.find('At start')), [
      'CLAUDE.md [~/.claude · 1 line · ~2 tokens]',
      'CLAUDE.md [3 lines · ~14 tokens · 2 problems]',
    ]);
    assert.deepEqual(await shown.say(await shown.find('On demand')), [
      'ts/types.md [.claude/rules · for **/*.ts · 4 lines · ~10 tokens]',
      'CLAUDE.md [ui · for files in ui · 1 line · ~3 tokens]',
    ]);
    assert.deepEqual(await shown.say(await shown.find('Not read')), ['AGENTS.md [a CLAUDE.md is read instead · 1 line · ~4 tokens]']);
  });

  test('shows what a file imports, and what Claude Code does not follow', async () => {
    await using rig = await claudeFolder({ 'CLAUDE.md': files['CLAUDE.md'], 'docs/style.md': files['docs/style.md'] });
    using shown = view(rig);
    const main = await shown.find('At start', 'CLAUDE.md');
    assert.deepEqual(await shown.say(main), ['docs/style.md []', 'docs/gone.md [not found]']);
    const style = await shown.find('At start', 'CLAUDE.md', 'docs/style.md');
    assert.deepEqual(await shown.say(style), ['../CLAUDE.md [imports itself, not loaded again]']);
    assert.equal(shown.tree.getParent(style), main);
    assert.equal(shown.tree.getTreeItem(style).contextValue, 'import');
    assert.equal(shown.tree.getTreeItem(main).contextValue, 'file;writable;recorded');
  });

  test('is empty without files, so that the welcome text shows', async () => {
    await using rig = await claudeFolder({});
    using shown = view(rig);
    assert.deepEqual(await shown.say(), []);
    assert.equal(shown.isReady(), true);
  });

  test('draws only the file anew that has changed', async () => {
    await using rig = await claudeFolder(files);
    using shown = view(rig);
    const nested = await shown.find('On demand', 'CLAUDE.md');
    rig.write('ui/CLAUDE.md', 'of the ui\nand more of it\n');
    await rig.folder.catalog.refresh();
    await eventually('a redraw', () => shown.fired.length > 0);
    assert.deepEqual(shown.fired, [[nested]]);
    assert.match(String(shown.tree.getTreeItem(nested).description), /2 lines/);
  });

  test('draws a group anew when a file comes to it, and all when a group comes', async () => {
    await using rig = await claudeFolder({ 'CLAUDE.md': 'x\n' });
    using shown = view(rig);
    const start = await shown.find('At start');
    rig.write('CLAUDE.local.md', 'y\n');
    await rig.folder.catalog.refresh();
    await eventually('the group', () => shown.fired.length > 0);
    assert.deepEqual(shown.fired, [[start]]);
    rig.write('ui/CLAUDE.md', 'z\n');
    await rig.folder.catalog.refresh();
    await eventually('everything', () => shown.fired.length > 1);
    assert.equal(shown.fired[1], undefined);
  });

  test('counts what is typed and not yet saved', async () => {
    await using rig = await claudeFolder({ 'CLAUDE.md': 'x\n' });
    using shown = view(rig);
    const file = await shown.find('At start', 'CLAUDE.md');
    const editor = await vscode.window.showTextDocument(rig.uri('CLAUDE.md'));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'one\ntwo\n'));
    await eventually('three lines', () => /3 lines/.test(String(shown.tree.getTreeItem(file).description)));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});

describe('the merged preview', () => {
  const contents = { 'CLAUDE.md': '# App\n<!-- note -->\n@docs/a.md\n', 'docs/a.md': 'first\nsecond\n', 'ui/CLAUDE.md': 'of the ui\n' };

  test('leads from each block to the line that it comes from', async () => {
    await using rig = await claudeFolder(contents);
    using models = disposing(new InstructionModels(rig.folders));
    using previews = disposing(new PreviewDocuments(rig.folders, models.it));
    const uri = previewUri(rig.folder);
    const text = await previews.it.provideTextDocumentContent(uri);
    const document = await vscode.workspace.openTextDocument({ content: text, language: 'plaintext' });
    const named = { uri, lineCount: document.lineCount, lineAt: (line: number) => document.lineAt(line) } as vscode.TextDocument;
    const lenses = previews.it.provideCodeLenses(named);
    assert.deepEqual(
      lenses.map(({ command, range }) => [command?.title, document.lineAt(range.start.line).text]),
      [
        ['From CLAUDE.md, line 1', '# App'],
        ['From CLAUDE.md, line 3', '@docs/a.md'],
        ['From a.md, line 1', 'first'],
      ],
    );
    const links = previews.it.provideDocumentLinks(named);
    assert.deepEqual(
      links.map(({ range, target }) => [document.getText(range), target?.fsPath]),
      [
        ['CLAUDE.md', rig.uri('CLAUDE.md').fsPath],
        ['docs/a.md', rig.uri('docs/a.md').fsPath],
      ],
    );
  });

  test('for a file has what is loaded once Claude has read it', async () => {
    await using rig = await claudeFolder(contents);
    using models = disposing(new InstructionModels(rig.folders));
    using previews = disposing(new PreviewDocuments(rig.folders, models.it));
    const start = await previews.it.provideTextDocumentContent(previewUri(rig.folder));
    const inUi = await previews.it.provideTextDocumentContent(previewUri(rig.folder, rig.uri('ui/page.ts').fsPath));
    assert.ok(!start.includes('of the ui'));
    assert.ok(inUi.includes('**ui/CLAUDE.md** (nested): 1 line'));
  });

  test('is drawn anew when a source changes', async () => {
    await using rig = await claudeFolder(contents);
    using models = disposing(new InstructionModels(rig.folders));
    using previews = disposing(new PreviewDocuments(rig.folders, models.it));
    const changed: string[] = [];
    previews.it.onDidChange((uri) => changed.push(uri.toString()));
    const scheme = vscode.workspace.registerTextDocumentContentProvider('claudetask-preview-test', previews.it);
    const uri = previewUri(rig.folder).with({ scheme: 'claudetask-preview-test' });
    const document = await vscode.workspace.openTextDocument(uri);
    assert.ok(document.getText().includes('second'));
    const editor = await vscode.window.showTextDocument(rig.uri('docs/a.md'));
    await editor.edit((edit) => edit.insert(new vscode.Position(2, 0), 'third\n'));
    await eventually('the new line', () => document.getText().includes('third'));
    assert.ok(changed.length > 0);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    scheme.dispose();
  });
});

const disposing = <T extends { dispose(): void }>(it: T) => ({ it, [Symbol.dispose]: () => it.dispose() });
