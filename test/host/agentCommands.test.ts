import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import * as vscode from 'vscode';
import { agentHandlers } from '../../src/host/commands/agents.ts';
import type { ClaudeCommandDeps } from '../../src/host/commands/claudeDeps.ts';
import { changeText } from '../../src/host/commands/claudeText.ts';
import { Conflicts } from '../../src/host/documents/showConflict.ts';
import type { AgentView } from '../../src/host/trees/agents/agentView.ts';
import { eventually } from '../rig/eventually.ts';
import { claudeFolder, type ClaudeFolderRig } from './claudeFolderRig.ts';

const agent = (name: string, more = '') => `---\nname: ${name}\ndescription: Does the work of ${name}.\n${more}---\nDo it.\n`;

const noView: AgentView = {
  find: () => undefined,
  fileOf: () => undefined,
  showMore: () => undefined,
  reveal: () => Promise.resolve(),
  dispose: () => undefined,
};

interface Commands extends AsyncDisposable {
  rig: ClaudeFolderRig;
  run: ReturnType<typeof agentHandlers>;
  conflicts: Conflicts;
  state(name: string): Promise<string | undefined>;
}

async function commands(files: Record<string, string>): Promise<Commands> {
  const rig = await claudeFolder(files);
  const conflicts = new Conflicts();
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const deps: ClaudeCommandDeps = {
    stores: rig.stores,
    claude: rig.folders,
    agentView: noView,
    conflicts,
    log: { ...log, show: () => undefined, dispose: () => undefined },
  };
  await rig.folder.agents.checked();
  return {
    rig,
    conflicts,
    run: agentHandlers(deps),
    state: async (name) => {
      await rig.folder.agents.loaded();
      return rig.folder.agents.agents.get(rig.uri(name).fsPath)?.resolved?.state.state;
    },
    async [Symbol.asyncDispose]() {
      conflicts.dispose();
      await rig[Symbol.asyncDispose]();
    },
  };
}

/**
 * Answers what a command asks until it is done: of the first lists the row with the given number, then what is offered first. What VS Code
 * shows cannot be asked for, so that each answer is given some time after the one before.
 */
async function accepting(work: unknown, answers: readonly number[] = []): Promise<void> {
  let done = false;
  const ended = Promise.resolve(work).finally(() => (done = true));
  const next = [...answers];
  let isShown = false;
  await eventually(
    'the end of the command',
    async () => {
      if (done) return true;
      // The first question is on its way.
      if (!isShown) {
        isShown = true;
        return false;
      }
      const down = next.shift() ?? 0;
      for (let step = 0; step < down; step++) await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return done;
    },
    20_000,
    700,
  );
  await ended;
}

describe('commands on agents', () => {
  test('forbid an agent in the settings of the project, and allow it again, and leave the rest of the file alone', async () => {
    const settings = '{\n  // ours\n  "permissions": {\n    "deny": ["Bash(rm *)"]\n  }\n}\n';
    await using that = await commands({ '.claude/agents/a.md': agent('a'), '.claude/settings.local.json': settings });
    await that.run['claudetask.agent.disable'](that.rig.uri('.claude/agents/a.md'));
    assert.equal(await that.state('.claude/agents/a.md'), 'disabled');
    assert.match(that.rig.read('.claude/settings.local.json').toString(), /\/\/ ours[^]*"Bash\(rm \*\)",\s*"Agent\(a\)"/);
    await that.run['claudetask.agent.enable'](that.rig.uri('.claude/agents/a.md'));
    assert.equal(await that.state('.claude/agents/a.md'), 'active');
    assert.equal(that.rig.read('.claude/settings.local.json').toString(), settings);
  });

  test('bring a deleted agent back byte by byte', async () => {
    const content = Buffer.concat([Buffer.from(`\uFEFF${agent('a')}`.replaceAll('\n', '\r\n')), Buffer.from([0xff, 0xfe])]);
    await using that = await commands({ '.claude/agents/deep/b.md': agent('b') });
    that.rig.write('.claude/agents/deep/a.md', content);
    await that.rig.folder.catalog.refresh();
    await that.rig.folder.agents.loaded();
    await that.run['claudetask.agent.delete'](that.rig.uri('.claude/agents/deep/a.md'));
    assert.ok(!fs.existsSync(that.rig.uri('.claude/agents/deep/a.md').fsPath));
    await accepting(that.run['claudetask.agent.restore']());
    assert.deepEqual(that.rig.read('.claude/agents/deep/a.md'), content);
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  test('mend an agent that vanished in two steps: the reason, the light bulb below it', async () => {
    await using that = await commands({ '.claude/agents/a.md': '---\nname: a\ndescription: 42\n---\nDo it.\n' });
    assert.equal(await that.state('.claude/agents/a.md'), 'dropped');
    await accepting(that.run['claudetask.agent.explain'](that.rig.uri('.claude/agents/a.md')), [1]);
    assert.equal(that.rig.read('.claude/agents/a.md').toString(), '---\nname: a\ndescription: "42"\n---\nDo it.\n');
    assert.equal(await that.state('.claude/agents/a.md'), 'active');
  });

  test('move a stray file to where Claude Code looks', async () => {
    await using that = await commands({ '.claude/agent/helper.md': agent('helper') });
    await accepting(that.run['claudetask.agent.explain']('helper'), [1]);
    assert.equal(that.rig.read('.claude/agents/helper.md').toString(), agent('helper'));
    assert.ok(!fs.existsSync(that.rig.uri('.claude/agent/helper.md').fsPath));
  });

  test('copy an agent under a free name, changing nothing else', async () => {
    await using that = await commands({
      '.claude/agents/a.md': agent('a', 'x-own: 1 # kept\n'),
      '.claude/agents/a-2.md': agent('a-2'),
    });
    await accepting(that.run['claudetask.agent.duplicate'](that.rig.uri('.claude/agents/a.md')));
    assert.equal(that.rig.read('.claude/agents/a-3.md').toString(), agent('a', 'x-own: 1 # kept\n').replace('name: a', 'name: a-3'));
  });

  test('move an agent to the other scope, and its editor with it', async () => {
    await using that = await commands({ '.claude/agents/a.md': agent('a') });
    await vscode.window.showTextDocument(that.rig.uri('.claude/agents/a.md'), { preview: false });
    await accepting(that.run['claudetask.agent.move'](that.rig.uri('.claude/agents/a.md')));
    assert.equal(that.rig.read('~/.claude/agents/a.md').toString(), agent('a'));
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, that.rig.uri('~/.claude/agents/a.md').fsPath);
    assert.ok(
      !vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .some(({ input }) => input instanceof vscode.TabInputText && input.uri.path.includes('/app/.claude')),
    );
  });

  test('create an agent from a template in a new folder', async () => {
    await using that = await commands({ 'README.md': '# x\n' });
    await accepting(that.run['claudetask.agent.create'](), [0, 1]);
    assert.match(that.rig.read('.claude/agents/reviewer.md').toString(), /^---\nname: reviewer\ndescription: Reviews code/);
    assert.equal(await that.state('.claude/agents/reviewer.md'), 'active');
    await vscode.commands.executeCommand('notifications.clearAll');
  });
});

describe('a change to a file', () => {
  const append = (text: string) => [{ start: text.length, end: text.length, text: 'more\n' }];

  test('goes into the editor when there are changes that are not saved', async () => {
    await using that = await commands({ '.claude/agents/a.md': agent('a') });
    const uri = that.rig.uri('.claude/agents/a.md');
    const editor = await vscode.window.showTextDocument(uri);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '\n'));
    let written = false;
    const write = () => Promise.resolve((written = true));
    assert.equal(await changeText({ folder: that.rig.folder, conflicts: that.conflicts, uri, edits: append, write }), true);
    assert.equal(editor.document.getText(), `\n${agent('a')}more\n`);
    assert.deepEqual([editor.document.isDirty, written], [true, false]);
    assert.equal(that.rig.read('.claude/agents/a.md').toString(), agent('a'));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  test('shows both sides, and writes nothing, when the file was changed in the meantime', async () => {
    await using that = await commands({ '.claude/agents/a.md': agent('a') });
    const uri = that.rig.uri('.claude/agents/a.md');
    const { folder } = that.rig;
    const changed = await changeText({
      folder,
      conflicts: that.conflicts,
      uri,
      edits: append,
      write: (content, hash) => {
        that.rig.write('.claude/agents/a.md', 'theirs');
        return folder.operations.call(
          'agent.update',
          { path: '.claude/agents/a.md', content, expectedHash: hash ?? '' },
          { actor: folder.user },
        );
      },
    });
    assert.equal(changed, false);
    assert.equal(that.rig.read('.claude/agents/a.md').toString(), 'theirs');
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff && input.modified.toString() === uri.toString());
    await vscode.commands.executeCommand('notifications.clearAll');
  });
});
