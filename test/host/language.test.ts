import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as vscode from 'vscode';
import { LanguageFeatures } from '../../src/host/language/languageFeatures.ts';
import { fixAllKind } from '../../src/host/language/kinds.ts';
import { Subjects } from '../../src/host/language/subjects.ts';
import { eventually } from '../rig/eventually.ts';
import { languageRig, never, textOf, type LanguageRig } from './languageRig.ts';

const ours = (uri: vscode.Uri) => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'ClaudeTask');
const codeOf = ({ code }: vscode.Diagnostic) => String(typeof code === 'object' ? code.value : code);
/** Twice the same when the extension itself reports as well. */
const codes = (uri: vscode.Uri) => [...new Set(ours(uri).map(codeOf))].sort();
const invoked = { triggerKind: vscode.CompletionTriggerKind.Invoke, triggerCharacter: undefined };

describe('the language features', () => {
  let rig: LanguageRig;
  let features: LanguageFeatures;

  before(async () => {
    rig = await languageRig('language');
    rig.write('.claude/skills/pdf/SKILL.md', '---\ndescription: Reads PDF files. Use it for those.\n---\n\nHow.\n');
    features = new LanguageFeatures(rig.deps, new Subjects(rig.deps.claude), await rig.deps.sources());
    await features.start();
  });
  after(async () => {
    features.dispose();
    await rig[Symbol.asyncDispose]();
  });

  const fixes = async (document: vscode.TextDocument, code: string, only?: vscode.CodeActionKind): Promise<vscode.CodeAction[]> => {
    await eventually(`the problem ${code}`, () => codes(document.uri).includes(code));
    const found = ours(document.uri).find((diagnostic) => codeOf(diagnostic) === code);
    assert.ok(found);
    const context = { diagnostics: [], only, triggerKind: vscode.CodeActionTriggerKind.Invoke };
    return (await features.actions.provideCodeActions(document, found.range, context, never)) ?? [];
  };
  const apply = async (actions: readonly vscode.CodeAction[], title: string) => {
    const action = actions.find((one) => one.title === title);
    assert.ok(action, `${title} is among ${actions.map((one) => one.title).join(', ')}`);
    const { edit } = await features.actions.resolveCodeAction(action);
    assert.ok(edit && (await vscode.workspace.applyEdit(edit)));
  };

  test('say why Claude Code ignores an agent, and mend it', async () => {
    const document = await rig.open(
      '.claude/agents/broken.md',
      '---\nname: broken\ndescription: Reviews: all of it\ncolor: rad\n\nYou review.\n',
    );
    await eventually('the reason', () => codes(document.uri).includes('frontmatter-unclosed'));
    const [problem] = ours(document.uri).filter((one) => codeOf(one) === 'frontmatter-unclosed');
    assert.match(problem?.message ?? '', /^Claude Code will ignore this agent because its frontmatter is opened and never closed/);
    assert.equal(problem?.severity, vscode.DiagnosticSeverity.Error);
    await apply(await fixes(document, 'frontmatter-unclosed'), 'Close the frontmatter');
    await eventually(
      'the other problems',
      () => codes(document.uri).includes('unknown-color') && !codes(document.uri).includes('frontmatter-unclosed'),
    );
    const all = await fixes(document, 'unknown-color', fixAllKind);
    assert.equal(all.length, 1);
    await apply(all, all[0]?.title ?? '');
    await eventually('no problem', () => ours(document.uri).length === 0);
    assert.match(document.getText(), /description: ['"]Reviews: all of it['"]\ncolor: red\n/);
  });

  test('follow what is typed, and forget a file that is closed and gone', async () => {
    const document = await rig.open('.claude/agents/typed.md', '---\nname: typed\ndescription: Types all day long.\n---\n\nYou type.\n');
    await rig.type(document, '---\nname: typed\ndescription: Types all day long.\ntools: Read, Grpe\n---\n\nYou type.\n');
    await eventually('the problem', () => codes(document.uri).length > 0);
    await rig.type(document, '---\nname: typed\ndescription: Types all day long.\ntools: Read, Grep\n---\n\nYou type.\n');
    await eventually('no problem', () => ours(document.uri).length === 0);
    await rig.type(document, '---\nname: typed\n---\n');
    await eventually('the problem', () => codes(document.uri).length > 0);
    await document.save();
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    fs.rmSync(document.uri.fsPath);
    for (const { catalog } of rig.deps.claude.all) catalog.notifyChanged([document.uri.fsPath]);
    await eventually('nothing said of it', () => ours(document.uri).length === 0);
  });

  test('report files that nobody has open', async () => {
    const agent = vscode.Uri.file(rig.write('.claude/agents/closed.md', '---\nname: closed\n---\n\nYou rest.\n'));
    const rule = vscode.Uri.file(rig.write('.claude/rules/style.md', '---\nglobs: "*.ts"\n---\n\n- Be kind.\n'));
    const instructions = vscode.Uri.file(rig.write('sub/CLAUDE.md', '# Sub\n\nSee @docs/gone.md\n'));
    await eventually('the agent', () => codes(agent).includes('no-description'));
    await eventually('the rule', () => codes(rule).includes('cursor-key'));
    await eventually('the instructions', () => codes(instructions).includes('import-missing'));
    rig.write('sub/CLAUDE.md', '# Sub\n');
    await eventually('no problem', () => ours(instructions).length === 0);
    const memory = vscode.Uri.file(rig.write('.claude/agent-memory/closed/MEMORY.md', '# Memory\n\n- Nothing.\n'));
    rig.write('.claude/agent-memory/closed/lost-topic.md', 'Nobody links here.\n');
    await eventually('the memory', () => codes(memory).includes('memory-orphan-topic'));
  });

  test('notice that an imported file has appeared, and create one that is missing', async () => {
    const document = await rig.open('CLAUDE.md', '# Project\n\nSee @docs/one.md and @docs/two.md\n');
    await eventually('both problems', () => ours(document.uri).filter((one) => codeOf(one) === 'import-missing').length >= 2);
    rig.write('docs/one.md', 'One\n');
    await apply(await fixes(document, 'import-missing'), 'Create two.md').catch(async () => {
      await apply(await fixes(document, 'import-missing'), 'Create one.md');
    });
    rig.write('docs/two.md', 'Two\n');
    await eventually('no problem', () => ours(document.uri).length === 0);
  });

  test('tell of an import out of the workspace for as long as that is not allowed', async () => {
    const outside = fs.mkdtempSync(path.join(os.tmpdir(), 'claudetask-outside-'));
    const target = path.join(outside, 'out.md');
    const config = rig.file('../none/.claude.json');
    try {
      fs.writeFileSync(target, 'Out\n');
      const document = await rig.open('reach/CLAUDE.md', `# Out\n\n@${path.relative(rig.file('reach'), target).replaceAll('\\', '/')}\n`);
      await eventually('the problem', () => codes(document.uri).includes('import-unapproved'));
      const hover = async () => textOf(await features.imports.provideHover(document, new vscode.Position(2, 2), never));
      assert.match(await hover(), /loading such files was not allowed/);
      const [workspaceFolder] = vscode.workspace.workspaceFolders ?? [];
      assert.ok(workspaceFolder);
      const key = workspaceFolder.uri.fsPath.replaceAll('\\', '/');
      fs.mkdirSync(path.dirname(config), { recursive: true });
      fs.writeFileSync(config, JSON.stringify({ projects: { [key]: { hasClaudeMdExternalIncludesApproved: true } } }));
      assert.match(await hover(), /Claude Code asks once before it loads such a file/);
    } finally {
      fs.rmSync(outside, { recursive: true, force: true });
      fs.rmSync(config, { force: true });
    }
  });

  test('append to .gitignore what only its author should have', async () => {
    fs.mkdirSync(rig.file('../.git'), { recursive: true });
    const document = await rig.open('CLAUDE.local.md', '# Mine\n');
    const actions = await fixes(document, 'local-not-ignored');
    await apply(actions, 'Add CLAUDE.local.md to .gitignore');
    await eventually('no problem', () => ours(document.uri).length === 0);
    const ignored = await vscode.workspace.openTextDocument(rig.file('../.gitignore'));
    assert.equal(ignored.getText(), 'CLAUDE.local.md\n');
    await ignored.save();
    fs.rmSync(rig.file('../.gitignore'));
    fs.rmdirSync(rig.file('../.git'));
  });

  test('complete and explain fields and their values', async () => {
    const document = await rig.open(
      '.claude/agents/help.md',
      '---\nname: help\ndescription: Helps.\nskills:\n  - \n\ntools: Gr\n---\n\ntools: Gr\n',
    );
    const complete = async (line: number, character: number) =>
      ((await features.frontmatter.provideCompletionItems(document, new vscode.Position(line, character), never, invoked)) ?? []).map(
        ({ label }) => label,
      );
    await eventually('the skill', async () => (await complete(4, 4)).includes('pdf'));
    assert.ok((await complete(5, 0)).includes('model'));
    assert.ok(!(await complete(5, 0)).includes('name'));
    assert.ok((await complete(6, 9)).includes('Grep'));
    assert.deepEqual(await complete(9, 9), []);
    const hover = await features.frontmatter.provideHover(document, new vscode.Position(1, 2), never);
    assert.match(textOf(hover), /^\*\*name\*\* \(required\)/);
    assert.deepEqual(hover?.range, new vscode.Range(1, 0, 1, 4));
    assert.equal(await features.frontmatter.provideHover(document, new vscode.Position(9, 2), never), undefined);
  });

  test('link, explain and complete imports', async () => {
    rig.write('docs/style guide.md', '# Style\n\nTwo lines.\n');
    rig.write('docs/deep/far.md', 'Far.\n');
    const text = '# Imports\n\n@../docs/style\\ guide.md `@../docs/style\\ guide.md` @../docs/none.md\n\n@../doc\n@../docs/\n@\n';
    const document = await rig.open('imports/CLAUDE.md', text);
    const links = await features.imports.provideDocumentLinks(document, never);
    assert.deepEqual(
      links?.map(({ target, range }) => [target?.fsPath, range.start.character]),
      [[rig.file('docs/style guide.md'), 0]],
    );
    const hover = async (character: number) =>
      textOf(await features.imports.provideHover(document, new vscode.Position(2, character), never));
    assert.match(await hover(3), /3 lines[^]*# Style/);
    assert.match(await hover(34), /No import/);
    assert.match(await hover(62), /Not found/);
    const complete = async (line: number) => {
      const end = document.lineAt(line).range.end;
      return ((await features.importCompletion.provideCompletionItems(document, end, never)) ?? []).map(({ insertText }) => insertText);
    };
    assert.ok((await complete(4)).includes('docs/'));
    assert.deepEqual(
      (await complete(5)).filter((name) => name !== 'one.md' && name !== 'two.md'),
      ['style\\ guide.md', 'deep/'],
    );
    const near = await complete(6);
    assert.ok(near.includes('../docs/style\\ guide.md') && !near.includes('CLAUDE.md'));
  });

  test('put facts above a CLAUDE.md, and none when the setting says so', async () => {
    const document = await rig.open('facts/CLAUDE.md', '# Facts\n\n@../docs/deep/far.md @gone.md\n');
    const titles = async () => (await features.lenses.provideCodeLenses(document, never))?.map(({ command }) => command?.title);
    assert.match((await titles())?.[0] ?? '', /^3 lines · ~\d+ tokens$/);
    assert.deepEqual((await titles())?.slice(1), ['2 imports', '1 problem', 'Preview merged', 'Versions']);
    const configuration = vscode.workspace.getConfiguration('claudetask', document.uri);
    await configuration.update('instructions.codeLens', false, vscode.ConfigurationTarget.Workspace);
    assert.equal(await titles(), undefined);
    await configuration.update('instructions.codeLens', undefined, vscode.ConfigurationTarget.Workspace);
  });

  test('say nothing while validation is switched off, and all again afterwards', async () => {
    const document = await rig.open('quiet/CLAUDE.md', '@gone.md\n');
    await eventually('the problem', () => codes(document.uri).length > 0);
    const configuration = vscode.workspace.getConfiguration('claudetask', document.uri);
    await configuration.update('validation.enabled', false, vscode.ConfigurationTarget.Workspace);
    await eventually('silence', () => ours(document.uri).length === 0);
    await configuration.update('validation.enabled', undefined, vscode.ConfigurationTarget.Workspace);
    await eventually('the problem again', () => codes(document.uri).length > 0);
  });

  test('import what is dropped', async () => {
    const document = await rig.open('drop/CLAUDE.md', 'See\n\n`code `\n');
    const drop = async (line: number, ...files: string[]) => {
      const data = new vscode.DataTransfer();
      data.set('text/uri-list', new vscode.DataTransferItem(files.map((file) => vscode.Uri.file(rig.file(file)).toString()).join('\r\n')));
      return (await features.drop.provideDocumentDropEdits(document, document.lineAt(line).range.end, data, never))?.insertText;
    };
    assert.equal(await drop(0, 'docs/deep/far.md'), ' @../docs/deep/far.md');
    assert.equal(await drop(1, 'docs/one.md', 'docs/style guide.md'), '@../docs/one.md\n@../docs/style\\ guide.md');
    assert.equal(await drop(1, 'docs'), undefined);
    assert.equal(await drop(1, 'logo.png'), undefined);
  });

  test('leave other documents alone', async () => {
    const document = await rig.open('other.md', '---\nname: x\n---\n@gone.md\n');
    assert.equal(await features.frontmatter.provideCompletionItems(document, new vscode.Position(1, 0), never, invoked), undefined);
    assert.equal(await features.imports.provideDocumentLinks(document, never), undefined);
    assert.equal(await features.lenses.provideCodeLenses(document, never), undefined);
    assert.deepEqual(ours(document.uri), []);
  });
});
