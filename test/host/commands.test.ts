import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as vscode from 'vscode';
import { AppError } from '../../src/core/appError.ts';
import { titleFromText } from '../../src/host/commands/taskCreate.ts';
import { commandIds } from '../../src/host/contributions.generated.ts';
import { historyLines } from '../../src/host/historyWords.ts';
import { runShown } from '../../src/host/registerAll.ts';
import { toWorkflow } from '../../src/core/workflowSettings.ts';
import { gitUserName } from '../../src/host/userName.ts';
import { embeddedJson } from '../../src/host/webviewHtml.ts';

describe('the extension', () => {
  test('registers every command it declares', async () => {
    const extension = vscode.extensions.getExtension('claudetask.claudetask');
    assert.ok(extension);
    await extension.activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      commandIds.filter((id) => !registered.has(id)),
      [],
    );
  });

  test('copies diagnostics without a name or a path of the user', async () => {
    await vscode.commands.executeCommand('claudetask.diagnostics.copy');
    const text = await vscode.env.clipboard.readText();
    assert.match(text, /^ClaudeTask \d+\.\d+\.\d+\n- VS Code /);
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder && !text.includes(folder.uri.fsPath));
  });
});

describe('a failing command', () => {
  const lines: string[] = [];
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (line: string) => void lines.push(line),
    error: (line: string) => void lines.push(line),
    show: () => undefined,
    dispose: () => undefined,
  };

  test('is logged with its code', async () => {
    await runShown(log, 'claudetask.task.move', () => Promise.reject(new AppError('task.notFound', 'Task 5 is gone.')));
    assert.deepEqual(lines.splice(0), ['claudetask.task.move: task.notFound: Task 5 is gone.']);
  });

  test('says nothing when it was cancelled', async () => {
    await runShown(log, 'claudetask.task.move', () => Promise.reject(new AppError('cancelled', 'no')));
    await runShown(log, 'claudetask.task.move', () => Promise.reject(new vscode.CancellationError()));
    assert.deepEqual(lines, []);
  });
});

describe('a title from a selection', () => {
  const cases: [string, string][] = [
    ['  // TODO: fix the parser', 'fix the parser'],
    ['\n\n# FIXME(ana) wrong date', 'wrong date'],
    ['/* HACK remove this */', 'remove this'],
    ['<!-- describe the format -->', 'describe the format'],
    ['const x = 1;\nconst y = 2;', 'const x = 1;'],
    ['// TODO', '// TODO'],
  ];
  for (const [text, title] of cases) test(`${JSON.stringify(text)} becomes "${title}"`, () => assert.equal(titleFromText(text), title));

  test('is never longer than a title may be', () => assert.equal(titleFromText('x'.repeat(2000)).length, 500));
});

describe('a history entry in words', () => {
  const entry = (...changes: { field: string; from: unknown; to: unknown }[]) =>
    historyLines({ revision: 1, taskId: 1, at: 0, actor: { kind: 'user', name: 'ana' }, operation: 'task.update', changes, comment: null });

  test('names the field, what it was and what it became', () =>
    assert.deepEqual(entry({ field: 'status', from: 'Ready', to: 'Testing' }), ['Status: Ready → Testing']));
  test('says none for nothing', () =>
    assert.deepEqual(entry({ field: 'labels', from: [], to: ['ui', 'api'] }), ['Labels: none → ui, api']));
  test('says that a task was created, and no more', () =>
    assert.deepEqual(entry({ field: 'created', from: null, to: 1 }, { field: 'title', from: null, to: 'A' }), ['Created']));
  test('says that a task moved within its column', () =>
    assert.deepEqual(entry({ field: 'rank', from: 'a', to: 'b' }), ['Moved within its column']));
  test('tells a deletion from its undoing', () => {
    assert.deepEqual(entry({ field: 'deletedAt', from: null, to: 5 }), ['Deleted']);
    assert.deepEqual(entry({ field: 'deletedAt', from: 5, to: null }), ['Brought back']);
  });
});

describe('settings typed by hand', () => {
  test('keep what is right and drop what is not', () => {
    assert.deepEqual(
      toWorkflow({ Testing: 3, Done: 0, Ready: '5', Nowhere: 1 }, { Testing: ['Done', 'Nowhere'], Ready: 'Done' }, true, 'yes'),
      {
        wipLimits: { Testing: 3 },
        allowedMoves: { Testing: ['Done'] },
        requireBlockersDone: true,
        requireChecklistComplete: false,
      },
    );
  });
});

describe('the name of the user', () => {
  test('is read from the user section of a git configuration', () =>
    assert.equal(gitUserName('[core]\n\tname = no\n[user]\n\temail = a@b\n\tname = Ana "A" B\n'), 'Ana "A" B'));
  test('is nothing when git knows none', () => assert.equal(gitUserName('[core]\n\tbare = false\n'), undefined));
});

describe('data in a page', () => {
  test('cannot end its script element', () => {
    const text = embeddedJson({ title: '</script><script>alert(1)</script><!--' });
    assert.ok(!text.includes('<'));
    assert.deepEqual(JSON.parse(text), { title: '</script><script>alert(1)</script><!--' });
  });
});
