import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as vscode from 'vscode';

describe('with no folder open', () => {
  test('the extension activates', async () => {
    const extension = vscode.extensions.getExtension('claudetask.claudetask');
    assert.ok(extension);
    await extension.activate();
    assert.equal(vscode.workspace.workspaceFolders, undefined);
  });

  test('diagnostics say so', async () => {
    await vscode.commands.executeCommand('claudetask.diagnostics.copy');
    assert.match(await vscode.env.clipboard.readText(), /Workspace: 0 folders/);
  });
});
