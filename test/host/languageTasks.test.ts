import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as vscode from 'vscode';
import type { CommandDeps } from '../../src/host/commands/commandDeps.ts';
import { namedTarget } from '../../src/host/commands/target.ts';
import { registerLanguageFeatures } from '../../src/host/language/registerLanguageFeatures.ts';
import { TaskMentions } from '../../src/host/language/taskMentions.ts';
import { languageRig, never, textOf, type LanguageRig } from './languageRig.ts';
import { row } from './memoryStore.ts';

describe('task links', () => {
  let rig: LanguageRig;
  let mentions: TaskMentions;

  before(async () => {
    rig = await languageRig('mentions', [
      row(12, { title: 'Login fails', assignee: 'ana', checklistDone: 2, checklistTotal: 5 }),
      row(13, { title: 'Old', deletedAt: 5 }),
    ]);
    mentions = new TaskMentions(rig.deps.stores);
  });
  after(async () => {
    mentions.dispose();
    await rig[Symbol.asyncDispose]();
  });

  test('lead to tasks that are there, and not from code', async () => {
    const document = await rig.open('notes.md', 'See #12, #13, #14 and `#12`.\n');
    const links = await mentions.provideDocumentLinks(document, never);
    assert.equal(links?.length, 1);
    const target = links?.[0]?.target;
    assert.equal(`${target?.scheme}:${target?.path}`, 'command:claudetask.task.reveal');
    assert.deepEqual(JSON.parse(target?.query ?? ''), [{ folder: rig.deps.stores.all[0]?.key, taskId: 12 }]);
  });

  test('name the task to the command that shows it', async () => {
    const folder = rig.deps.stores.all[0];
    const deps = { stores: rig.deps.stores, view: { tree: { nodes: { find: () => undefined } } }, boards: {} } as unknown as CommandDeps;
    assert.deepEqual(await namedTarget(deps, [{ folder: folder?.key, taskId: 12 }]), { folder, ids: [12] });
    assert.equal(await namedTarget(deps, [{ folder: 'file:///elsewhere', taskId: 12 }]), undefined);
  });

  test('of program files are those in comments', async () => {
    const document = await rig.open('main.ts', "// Fixes #12\nconst id = '#12';\n * see #12\n");
    const links = await mentions.provideDocumentLinks(document, never);
    assert.deepEqual(
      links?.map(({ range }) => range.start.line),
      [0, 2],
    );
  });

  test('show what the task is about', async () => {
    const document = await rig.open('hover.md', 'See #12.\n');
    const hover = await mentions.provideHover(document, new vscode.Position(0, 5), never);
    const value = textOf(hover);
    assert.match(value, /\*\*#12\*\* Login fails/);
    assert.match(value, /ana · 2 of 5 checklist items done/);
    assert.match(value, /Write/);
    assert.equal(await mentions.provideHover(document, new vscode.Position(0, 1), never), undefined);
  });

  test('are completed by words and by number, but not where a heading begins', async () => {
    const document = await rig.open('type.md', 'See #\n#\nSee #12\n');
    const typed = async (line: number, trigger = vscode.CompletionTriggerKind.Invoke) => {
      const context = { triggerKind: trigger, triggerCharacter: '#' };
      const list = await mentions.provideCompletionItems(document, document.lineAt(line).range.end, never, context);
      return list?.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    assert.deepEqual(await typed(0), ['#12', '#13']);
    assert.equal(await typed(1, vscode.CompletionTriggerKind.TriggerCharacter), undefined);
    assert.deepEqual(await typed(2), ['#12']);
  });

  test('are asked for by VS Code once they are registered, with the rest', async () => {
    const registration = registerLanguageFeatures(rig.deps);
    try {
      const document = await rig.open('.claude/agents/registered.md', '---\nname: registered\ncolor: \n---\n\nSee #12.\n');
      const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', document.uri);
      assert.ok(links.some(({ target }) => target?.path === 'claudetask.task.reveal'));
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        new vscode.Position(2, 7),
      );
      assert.ok(list.items.some(({ label }) => label === 'purple'));
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        new vscode.Position(1, 1),
      );
      assert.ok(hovers.length > 0);
    } finally {
      registration.dispose();
    }
  });
});
