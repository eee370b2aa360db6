import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import * as vscode from 'vscode';
import { eventually } from '../rig/eventually.ts';

interface OpenFile extends AsyncDisposable {
  document: vscode.TextDocument;
  at(text: string, behind?: number): vscode.Position;
}

/** A file of the window's folder, open in an editor: what is asked of it, the extension itself answers. */
async function open(name: string, text: string): Promise<OpenFile> {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  assert.ok(root);
  await vscode.extensions.getExtension('claudetask.claudetask')?.activate();
  const file = path.join(root, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  await vscode.window.showTextDocument(document);
  return {
    document,
    at: (part, behind = part.length) => document.positionAt(document.getText().indexOf(part) + behind),
    async [Symbol.asyncDispose]() {
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await fs.promises.rm(file);
    },
  };
}

const job = (steps: string) => `name: Open RFIs\nversion: 1\nhosts: [app.example.com]\nsteps:\n${steps}`;
const lenses = (uri: vscode.Uri) => vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 10);

describe('a job file in an editor', () => {
  test('says where it is wrong, and mends a typo', async () => {
    await using that = await open('.claudetask/jobs/typo.job.yaml', job('  - clikc: { text: Go }\n'));
    const { uri } = that.document;
    const [problem] = await eventually('the problem', () => {
      const found = vscode.languages.getDiagnostics(uri);
      return found.length > 0 ? found : undefined;
    });
    assert.equal(problem?.source, 'ClaudeTask');
    assert.equal(problem.range.start.line, 4);
    assert.match(problem.message, /click/);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, problem.range);
    const fix = actions.find(({ isPreferred }) => isPreferred);
    assert.ok(fix?.edit);
    await vscode.workspace.applyEdit(fix.edit);
    assert.match(that.document.getText(), /- click: \{ text: Go \}/);
    await eventually('no problem', () => vscode.languages.getDiagnostics(uri).length === 0);
  });

  test('completes a step that is half typed', async () => {
    await using that = await open('.claudetask/jobs/half.job.yaml', job('  - goto: https://app.example.com\n  - cl\n'));
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      that.document.uri,
      that.at('- cl'),
    );
    const labels = items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    assert.ok(labels.includes('click'), labels.join(', '));
  });

  test('says what a key is for', async () => {
    await using that = await open('.claudetask/jobs/hover.job.yaml', job('  - goto: https://app.example.com\n'));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      that.document.uri,
      that.at('hosts', 2),
    );
    const text = hovers.flatMap(({ contents }) => contents.map((part) => (typeof part === 'string' ? part : part.value))).join('\n');
    assert.match(text, /hosts it may talk to/);
  });

  test('offers to run it, unless it has errors', async () => {
    await using that = await open('.claudetask/jobs/lens.job.yaml', job('  - goto: https://app.example.com\n'));
    const titles = async () => (await lenses(that.document.uri)).map(({ command }) => command?.title);
    await eventually('the lenses', async () => (await titles()).includes('$(play) Run'));
    assert.deepEqual(await titles(), ['$(play) Run', 'Dry run']);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(that.document.uri, new vscode.Range(1, 0, 1, 10), 'version: 2');
    await vscode.workspace.applyEdit(edit);
    await eventually('no lens', async () => (await titles()).length === 0);
  });
});

describe('a recording in an editor', () => {
  test('can be run and imported', async () => {
    const recording = { title: 'Look', steps: [{ type: 'navigate', url: 'https://app.example.com' }] };
    await using that = await open('look.json', JSON.stringify(recording, null, 2));
    const found = await eventually('the lenses', async () => {
      const all = await lenses(that.document.uri);
      return all.length > 0 ? all : undefined;
    });
    assert.deepEqual(
      found.map(({ command }) => command?.command),
      ['claudetask.job.run', 'claudetask.job.importRecording'],
    );
  });

  test('any other JSON file is left alone', async () => {
    await using that = await open('other.json', JSON.stringify({ steps: [{ name: 'a' }] }));
    assert.deepEqual(await lenses(that.document.uri), []);
  });
});
