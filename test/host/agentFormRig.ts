import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { AgentFormEditor } from '../../src/host/agentForm/agentFormEditor.ts';
import type { AgentFormChange, AgentFormMessage, AgentFormState } from '../../src/protocol/agentFormMessages.ts';

const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
export const agentsFolder = path.join(folder, '.claude', 'agents');
/** A log for work in which nothing may go wrong. */
export const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (message: string, cause?: unknown) => assert.fail(`${message}: ${String(cause)}`),
  show: () => undefined,
  dispose: () => undefined,
};

/** A form without its page: what the page would post goes in, what it would be told comes out. */
export class Form {
  readonly document: vscode.TextDocument;
  readonly editor: AgentFormEditor;
  readonly messages: AgentFormMessage[] = [];
  state: AgentFormState | undefined;
  #lastId = 0;

  constructor(document: vscode.TextDocument) {
    this.document = document;
    this.editor = new AgentFormEditor(
      {
        log: silent,
        modelOf: () => Promise.resolve(undefined),
        post: (message) => {
          this.messages.push(message);
          if ('state' in message) this.state = message.state;
        },
        isActive: () => true,
        viewColumn: () => vscode.ViewColumn.One,
      },
      document,
    );
  }

  static async open(name: string, text: string): Promise<Form> {
    fs.mkdirSync(agentsFolder, { recursive: true });
    const file = path.join(agentsFolder, name);
    fs.writeFileSync(file, text);
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document, { preview: false });
    const form = new Form(document);
    await form.editor.receive({ kind: 'ready' });
    return form;
  }

  get text(): string {
    return this.document.getText();
  }

  /** The code a change was refused with, `null` when it was made. */
  async change(change: AgentFormChange, base = this.state?.version ?? 0): Promise<string | null> {
    const id = ++this.#lastId;
    await this.editor.receive({ kind: 'change', id, base, change });
    const answer = this.messages.find((message) => message.kind === 'reply' && message.id === id);
    assert.ok(answer?.kind === 'reply', 'every change is answered');
    assert.equal(answer.state.version, this.document.version);
    return answer.reply.ok ? null : answer.reply.error.code;
  }

  async edit(start: number, end: number, text: string): Promise<void> {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(this.document.uri, new vscode.Range(this.document.positionAt(start), this.document.positionAt(end)), text);
    assert.equal(await vscode.workspace.applyEdit(edit), true);
  }

  async replace(old: string, text: string): Promise<void> {
    const start = this.text.indexOf(old);
    assert.notEqual(start, -1);
    await this.edit(start, start + old.length, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.editor.dispose();
    if (this.document.isDirty) await this.document.save();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  }
}
