import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import * as vscode from 'vscode';
import { AgentForms, agentFormViewType } from '../../src/host/agentForm/agentForms.ts';
import { eventually } from '../rig/eventually.ts';
import { agentsFolder, Form, silent } from './agentFormRig.ts';

after(() => fs.rmSync(agentsFolder, { recursive: true, force: true }));

const text = '---\r\nname: reviewer\r\ndescription: Reviews.\r\ntools: Read, Grep\r\n---\r\n\r\nReview.\r\n';

describe('the form over a document', () => {
  test('changes what is asked and nothing else, and VS Code undoes it in one step', async () => {
    await using form = await Form.open('one.md', text);
    assert.equal(await form.change({ what: 'setField', key: 'tools', value: ['Read', 'Grep', 'Edit'] }), null);
    assert.equal(form.text, text.replace('Grep', 'Grep, Edit'));
    assert.equal(form.document.isDirty, true);
    await vscode.commands.executeCommand('undo');
    assert.equal(form.text, text);
    await eventually('the page is told', () => form.state?.version === form.document.version);
    assert.deepEqual(form.state?.fields.find(({ key }) => key === 'tools')?.value, ['Read', 'Grep']);
  });

  test('tells the page of changes made elsewhere', async () => {
    await using form = await Form.open('two.md', text);
    await form.replace('reviewer', 'checker');
    await eventually('the page is told', () => form.state?.fields[0]?.value === 'checker');
  });

  test('refuses a change of what was changed meanwhile, and only that', async () => {
    await using form = await Form.open('three.md', text);
    const base = form.state?.version ?? 0;
    await form.replace('reviewer', 'theirs');
    assert.equal(await form.change({ what: 'setField', key: 'name', value: 'mine' }, base), 'file.stale');
    assert.equal(await form.change({ what: 'setField', key: 'description', value: 'Mine.' }, base), null);
    assert.equal(await form.change({ what: 'setBody', body: 'Mine.' }, base), null);
    assert.equal(form.text, text.replace('reviewer', 'theirs').replace('Reviews.', 'Mine.').replace('Review.\r', 'Mine.\r'));
    assert.equal(await form.change({ what: 'setField', key: 'name', value: 'mine' }), null);
  });

  test('makes changes of one page in their order, also when they come at once', async () => {
    await using form = await Form.open('four.md', text);
    const codes = await Promise.all(
      ['a', 'b', 'c'].map((value) =>
        form.editor.receive({ kind: 'change', id: value.charCodeAt(0), base: 1e6, change: { what: 'setField', key: 'name', value } }),
      ),
    );
    assert.equal(codes.length, 3);
    assert.equal(form.text, text.replace('reviewer', 'c'));
  });

  test('applies the fix that was shown, and no other', async () => {
    await using form = await Form.open('five.md', text.replace('reviewer', '-reviewer'));
    const index = form.state?.problems.findIndex(({ fatal }) => fatal) ?? -1;
    const title = form.state?.problems[index]?.fixes[0]?.title ?? '';
    assert.equal(await form.change({ what: 'applyFix', problem: index, fix: 0, title: 'Another' }), 'file.stale');
    assert.equal(await form.change({ what: 'applyFix', problem: index, fix: 0, title }), null);
    assert.equal(form.text, text);
  });

  test('shows a place in the file as text', async () => {
    await using form = await Form.open('six.md', text);
    await form.editor.receive({ kind: 'openFile', at: { kind: 'field', key: 'tools' } });
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document, form.document);
    assert.equal(form.document.getText(editor?.selection), 'tools');
  });

  test('drops what it does not know, and says when the file is gone and back', async () => {
    await using form = await Form.open('seven.md', text);
    const told = form.messages.length;
    await form.editor.receive({ kind: 'execute', command: 'workbench.action.quit' });
    assert.equal(form.messages.length, told);
    fs.rmSync(form.document.uri.fsPath);
    await eventually('the page is told', async () => {
      // As a page does that is shown again: it must not depend on the watcher of the window.
      await form.editor.receive({ kind: 'ready' });
      return form.state?.isDeleted === true;
    });
    await form.editor.receive({ kind: 'perform', what: 'save' });
    await eventually('it is back', () => form.state?.isDeleted === false);
    assert.equal(fs.readFileSync(form.document.uri.fsPath, 'utf8'), text);
  });
});

describe('the form in an editor tab', () => {
  test('opens beside the text of the file, and undo, redo and save are VS Code’s own', async () => {
    fs.mkdirSync(agentsFolder, { recursive: true });
    const file = path.join(agentsFolder, 'tab.md');
    fs.writeFileSync(file, text);
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(file), agentFormViewType);
    const activeTab = () => vscode.window.tabGroups.activeTabGroup.activeTab;
    await eventually('the tab is there', () => activeTab()?.input instanceof vscode.TabInputCustom);
    const document = await vscode.workspace.openTextDocument(file);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(1, 0), 'color: red\n');
    assert.equal(await vscode.workspace.applyEdit(edit), true);
    await eventually('the tab is dirty', () => activeTab()?.isDirty);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), text);
    await vscode.commands.executeCommand('redo');
    await vscode.commands.executeCommand('workbench.action.files.save');
    assert.equal(fs.readFileSync(file, 'utf8'), text.replace('---\r\n', '---\r\ncolor: red\r\n'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('is a page of ours that asks for the file and is answered', async () => {
    const dist = vscode.Uri.joinPath(vscode.extensions.getExtension('claudetask.claudetask')!.extensionUri, 'dist');
    fs.mkdirSync(agentsFolder, { recursive: true });
    fs.writeFileSync(path.join(agentsFolder, 'page.md'), text);
    const document = await vscode.workspace.openTextDocument(path.join(agentsFolder, 'page.md'));
    const asked: string[] = [];
    const forms = new AgentForms({
      log: silent,
      dist,
      modelOf: (uri) => {
        asked.push(uri.fsPath);
        return Promise.resolve(undefined);
      },
    });
    const panel = vscode.window.createWebviewPanel('claudetask.formTest', 'Form', vscode.ViewColumn.One, {});
    const heard: unknown[] = [];
    panel.webview.onDidReceiveMessage((message: unknown) => heard.push(message));
    await forms.resolveCustomTextEditor(document, panel);
    await eventually('the page speaks', () => JSON.stringify(heard).includes('"ready"'));
    assert.deepEqual(asked, [document.uri.fsPath]);
    assert.match(panel.webview.html, /default-src 'none'; script-src 'nonce-/);
    panel.dispose();
    forms.dispose();
  });
});
