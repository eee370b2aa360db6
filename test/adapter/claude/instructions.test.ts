import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { PreviewBlock } from '../../../src/core/instructions/mergedPreview.ts';
import { runClaude, skipWithoutClaude } from '../../rig/claudeCli.ts';
import type { MessagesRequest } from '../../rig/fakeAnthropic/request.ts';
import type { Script } from '../../rig/fakeAnthropic/script.ts';
import { tempWorkspace, type TempWorkspace } from '../../rig/tempWorkspace.ts';
import { root as repository } from '../../unit/sources.ts';
import { preview, type PreviewOptions } from './diskSources.ts';
import { textCases } from './instructionCases.ts';

type Contents = Readonly<Record<string, string>>;

/** The place and the text of an instruction file, as the model is told. */
type Told = readonly [file: string, text: string];

const hookContext = 'tool.call hook additional context: ';
const heading = /(?:^|\n\n)Contents of (\/[^\n]*?)(?: \((?:user's|project) [^\n]*\))?:\n\n/g;

/** What the CLI tells of instruction files. No file of these tests holds such a heading itself. */
function toldIn(messages: MessagesRequest['messages'], root: string): Told[] {
  // A nested AGENTS.md comes in a message of its own.
  const parts = messages.flatMap(({ text }) => [
    ...[...text.matchAll(/<system-reminder>\n([^]*?)\n<\/system-reminder>(?=\n|$)/g)].map(([, reminder = '']) => reminder),
    ...(text.startsWith(hookContext) ? [text.slice(hookContext.length)] : []),
  ]);
  return parts.flatMap((part) => {
    const heads = [...part.matchAll(heading)];
    return heads.map((head, index): Told => {
      const end = heads[index + 1]?.index ?? part.length;
      return [path.relative(root, head[1]!), part.slice(head.index + head[0].length, end)];
    });
  });
}

interface Asked {
  start: Told[];
  /** What came with the file that it was told to read. */
  after: Told[];
}

/** Lets the CLI read a file, if one is given, and says "ok". */
function reading(file: string | undefined): Script {
  const ok = { name: 'ok', times: 1, must: true };
  if (file === undefined) return { rules: [ok] };
  const read = { type: 'tool_use' as const, name: 'Read', input: { file_path: file } };
  return {
    rules: [
      { name: 'reads', when: { assistantTurns: 0 }, times: 1, must: true, answer: { content: [read] } },
      { ...ok, when: { lastTool: 'Read', lastToolIsError: false } },
    ],
  };
}

const folderOf = (workspace: TempWorkspace, cwd: string) => workspace.file(...cwd.split('/'));

/** Runs the CLI once in `cwd`, and lets it read a file. */
async function ask(workspace: TempWorkspace, cwd: string, { read, args = [] }: { read?: string; args?: string[] } = {}): Promise<Asked> {
  const folder = folderOf(workspace, cwd);
  fs.mkdirSync(folder, { recursive: true });
  const { requests } = await runClaude({
    folder,
    home: workspace.file('home'),
    args: ['--allowedTools=Read', ...args],
    script: reading(read === undefined ? undefined : workspace.file(read)),
  });
  const texts = (index: number) => toldIn(requests[index]?.messages ?? [], workspace.folder);
  const start = texts(0);
  return { start, after: read === undefined ? [] : texts(1).slice(start.length) };
}

/** The same from our preview. */
function ours(workspace: TempWorkspace, cwd: string, options: Partial<PreviewOptions> & { read?: string } = {}): Asked {
  const { read, ...rest } = options;
  const given = { root: workspace.folder, folder: folderOf(workspace, cwd), home: workspace.file('home'), ...rest };
  // Of a rule that a link leads to the CLI says where it is.
  const shownPath = ({ source, role, importedBy }: PreviewBlock) =>
    role === 'rule' && importedBy.length === 0 ? fs.realpathSync(source) : source;
  const told = (blocks: readonly PreviewBlock[]) =>
    blocks.map((block): Told => [path.relative(workspace.folder, shownPath(block)), block.text]);
  const start = told(preview(given));
  return { start, after: read === undefined ? [] : told(preview({ ...given, forFile: workspace.file(read) })).slice(start.length) };
}

async function place(contents: Contents, links: Contents = {}): Promise<TempWorkspace> {
  const workspace = await tempWorkspace({ 'home/.keep': '', ...contents });
  for (const [name, target] of Object.entries(links)) {
    fs.mkdirSync(path.dirname(workspace.file(name)), { recursive: true });
    fs.symlinkSync(target, workspace.file(name));
  }
  return workspace;
}

const inOrderOfPaths = (told: readonly Told[]) => [...told].sort(([a], [b]) => (a < b ? -1 : 1));
const rule = (paths: string, text: string) => `---\npaths: "${paths}"\n---\n${text}`;
const chain = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((hop) => [`up/app/${hop}.md`, `hop ${hop} @${hop + 1}.md`]));

describe('what the real CLI tells the model is what the preview shows', { skip: skipWithoutClaude }, () => {
  test('of every place in its order, with imports, and then of what a file that is read brings', async () => {
    await using workspace = await place({
      'home/.claude/CLAUDE.md': 'user @mine.md @~/more.md @../../outside.md',
      'home/.claude/mine.md': 'mine @deeper.md',
      'home/.claude/deeper.md': 'deeper',
      'home/more.md': 'more',
      'outside.md': 'outside',
      'home/.claude/rules/sub/one.md': 'user rule',
      'home/.claude/rules/own.md': rule('ui/**', 'user rule for ui'),
      'up/CLAUDE.md': 'above @beside.md @app/inside.md',
      'up/beside.md': 'not loaded: outside',
      'up/app/inside.md': 'inside',
      'up/.claude/CLAUDE.md': 'above, in .claude',
      'up/.claude/rules/r.md': rule('app/ui/*.ts', 'rule above'),
      'up/CLAUDE.local.md': 'local above',
      'up/AGENTS.md': 'not loaded: there is a CLAUDE.md',
      'up/app/CLAUDE.md': 'app @1.md @dup.md @circle.md @~/more.md @../beside.md @empty.md @none.md @sub/../dup.md @3.md',
      ...chain,
      'up/app/dup.md': 'dup',
      'up/app/circle.md': 'circle @circle2.md',
      'up/app/circle2.md': 'circle2 @circle.md @CLAUDE.md',
      'up/app/empty.md': '<!-- nothing -->',
      'up/app/.claude/CLAUDE.md': '---\npaths: nothing\n---\ndot @../dup.md @only.md',
      'up/app/.claude/only.md': '---\npaths: nothing\n---\nonly',
      'up/app/.claude/CLAUDE.local.md': 'not loaded: no such place',
      'up/app/.claude/rules/r.md': rule('**/*.ts', 'rule for ts @../../forAll.md'),
      'up/app/forAll.md': 'for all',
      'up/app/.claude/rules/sub/s.md': 'rule @../../../forTs.md',
      'up/app/forTs.md': rule('**/*.ts', 'for ts'),
      'up/app/.claude/rules/t.mdc': 'not loaded: no .md',
      'up/app/CLAUDE.local.md': 'local @forTs.md @localOnly.md',
      'up/app/localOnly.md': 'local only',
      'up/app/ui/x.ts': 'x',
      'up/app/ui/CLAUDE.md': 'ui @../dup.md @uiOnly.md @../../beside.md',
      'up/app/ui/uiOnly.md': 'ui only',
      'up/app/ui/.claude/CLAUDE.md': 'ui dot',
      'up/app/ui/CLAUDE.local.md': 'ui local @uiOnly.md',
      'up/app/ui/AGENTS.md': 'not loaded',
      'up/app/ui/.claude/rules/u.md': 'ui rule',
      'up/app/ui/.claude/rules/v/w.md': rule('*.ts', 'ui rule for ts'),
      'up/app/ui/.claude/rules/v/n.md': rule('ui/*.ts', 'not loaded: relative to ui'),
      'up/app/ui/deeper/CLAUDE.md': 'not loaded: beside',
      'up/app/lib/CLAUDE.md': 'not loaded: elsewhere',
    });
    const read = 'up/app/ui/x.ts';
    const [told, shown] = [await ask(workspace, 'up/app', { read }), ours(workspace, 'up/app', { read })];
    // The one folder with two rules has one that is loaded at the start and one that is not, but both have imports.
    const moved = (list: readonly Told[]) => [
      ...list.filter(([file]) => !/\/(?:rules|forAll)\b/.test(file)),
      ...inOrderOfPaths(list.filter(([file]) => /\/(?:rules|forAll)\b/.test(file))),
    ];
    assert.deepEqual(moved(told.start), moved(shown.start));
    assert.deepEqual(moved(told.after), moved(shown.after));
    assert.ok(shown.start.length > 20 && shown.after.length > 8, `${shown.start.length}, ${shown.after.length}`);
    assert.ok(![...shown.start, ...shown.after].some(([, text]) => text.startsWith('not loaded')));
  });

  test('of each kind of text', async () => {
    const folder = (index: number) => `app/.claude/rules/${String(index).padStart(3, '0')}/`;
    const contents: Record<string, string> = { 'app/CLAUDE.md': 'top', 'app/src/x.ts': 'x' };
    for (const [index, one] of textCases.entries()) {
      const [text, ...besides] = typeof one === 'string' ? [one] : one;
      contents[`${folder(index)}rule.md`] = text;
      for (const name of ['a.txt', 'b.txt', ...besides]) contents[folder(index) + name] = `${index} ${name}`;
    }
    await using workspace = await place(contents);
    const read = 'app/src/x.ts';
    const [told, shown] = [await ask(workspace, 'app', { read }), ours(workspace, 'app', { read })];
    for (const [index, one] of textCases.entries()) {
      const own = (list: readonly Told[]) =>
        list.filter(([file]) => file.startsWith(folder(index))).map(([file, text]) => [file.slice(folder(index).length), text]);
      const facts = ({ start, after }: Asked) => ({ start: own(start), after: own(after) });
      assert.deepEqual(facts(told), facts(shown), JSON.stringify(one));
    }
    assert.ok(told.start.length > textCases.length, 'most are loaded');
  });

  test('of links, in a project that may not import from outside and in one that may', async () => {
    await using workspace = await place(
      {
        'app/AGENTS.md': 'agents @docs/x.md',
        'app/docs/x.md': 'x',
        'app/.claude/CLAUDE.md': 'dot @../AGENTS.md @link.md @real.md @../out.md @../away/y.md @../../lnk/docs/z.md',
        'app/docs/z.md': 'z',
        'app/.claude/real.md': 'real',
        'out/r.md': 'rule outside @beside.md',
        'out/beside.md': 'beside',
        'out/y.md': 'y',
        'app/docs/local.md': 'local @x.md @../other.md',
        'app/other.md': 'other',
      },
      {
        'app/CLAUDE.md': 'AGENTS.md',
        'app/.claude/link.md': 'real.md',
        'app/out.md': '../out/beside.md',
        'app/away': '../out',
        lnk: 'app',
        'app/.claude/rules/r.md': '../../../out/r.md',
        'app/CLAUDE.local.md': 'docs/local.md',
      },
    );
    const refused = await ask(workspace, 'app');
    assert.deepEqual(refused, ours(workspace, 'app'));
    const allowed = { projects: { [workspace.file('app')]: { hasClaudeMdExternalIncludesApproved: true } } };
    fs.writeFileSync(workspace.file('home', '.claude.json'), JSON.stringify(allowed));
    const approved = await ask(workspace, 'app');
    assert.deepEqual(approved, ours(workspace, 'app', { outsideApproved: true }));
    assert.ok(approved.start.length > refused.start.length + 2);
  });

  test('of AGENTS.md where no CLAUDE.md says anything', async () => {
    await using workspace = await place({
      'AGENTS.md': 'above',
      'app/AGENTS.md': '<!-- x -->\nagents @x.md',
      'app/x.md': 'x',
      'app/.claude/AGENTS.md': 'agents in .claude',
      'app/CLAUDE.md': '<!-- nothing yet -->',
      'app/.claude/rules/r.md': 'rule',
      'app/ui/AGENTS.md': 'not loaded: beside a CLAUDE.md',
      'app/ui/CLAUDE.md': 'ui',
      'app/ui/in/AGENTS.md': 'in ui',
      'app/ui/in/x.ts': 'x',
    });
    const read = 'app/ui/in/x.ts';
    assert.deepEqual(await ask(workspace, 'app', { read }), ours(workspace, 'app', { read }));
  });

  test('without what claudeMdExcludes names', async () => {
    await using workspace = await place(
      {
        'home/.claude/CLAUDE.md': 'user @skip.md',
        'home/.claude/skip.md': 'skip',
        'app/CLAUDE.md': 'app @skip.md @docs/a.md @link.md',
        'app/skip.md': 'skip @docs/b.md',
        'app/docs/a.md': 'a',
        'app/docs/b.md': 'b',
        'app/docs/kept.md': 'kept through a link',
        'app/.claude/CLAUDE.md': 'dot',
        'app/CLAUDE.local.md': 'local',
        'app/.claude/rules/one/r.md': 'r',
        'app/.claude/rules/two/deep/r.md': 'deep',
      },
      { 'app/link.md': 'docs/kept.md' },
    );
    const excludes = ['**/skip.md', '**/app/docs/**', '.claude/CLAUDE.md', workspace.file('app', 'CLAUDE.local.md'), '**/rules/*/*.md'];
    const told = await ask(workspace, 'app', { args: ['--settings', JSON.stringify({ claudeMdExcludes: excludes })] });
    assert.deepEqual(told, ours(workspace, 'app', { excludes }));
    assert.equal(told.start.length, 5);
  });
});

const samples = path.join(repository, '../shared/samples/claude');
const skipSamples = fs.existsSync(samples) ? skipWithoutClaude : 'the samples are not beside the repository';

/** The samples of a repository where they were in it. */
function projectOf(owner: string): Contents {
  return Object.fromEntries(
    ['claude-md', 'rules'].flatMap((kind) =>
      fs
        .readdirSync(path.join(samples, kind))
        .filter((name) => name.startsWith(`${owner}__`))
        .map((name) => [`app/${name.split('__').slice(2).join('/')}`, fs.readFileSync(path.join(samples, kind, name), 'latin1')]),
    ),
  );
}

describe('of real projects, too, the preview shows what the CLI tells', { skip: skipSamples }, () => {
  for (const owner of ['Donchitos', '8chM']) {
    test(owner, async () => {
      const contents = projectOf(owner);
      await using workspace = await place({});
      for (const [name, text] of Object.entries(contents)) {
        fs.mkdirSync(path.dirname(workspace.file(name)), { recursive: true });
        fs.writeFileSync(workspace.file(name), text, 'latin1');
      }
      const [told, shown] = [await ask(workspace, 'app'), ours(workspace, 'app')];
      assert.deepEqual(inOrderOfPaths(told.start), inOrderOfPaths(shown.start));
      assert.ok(told.start.length > 0);
    });
  }

  test('and of every sample as a rule', async () => {
    await using workspace = await place({ 'app/CLAUDE.md': 'top' });
    const kinds = ['claude-md', 'rules', 'agent-memory', 'skills', 'phr', 'adr', 'commands', 'derived'];
    let count = 0;
    for (const kind of kinds) {
      fs.mkdirSync(workspace.file('app/.claude/rules', kind), { recursive: true });
      for (const name of fs.readdirSync(path.join(samples, kind)).filter((one) => one.endsWith('.md'))) {
        fs.copyFileSync(path.join(samples, kind, name), workspace.file('app/.claude/rules', kind, name));
        count += 1;
      }
    }
    const [told, shown] = [await ask(workspace, 'app'), ours(workspace, 'app')];
    assert.deepEqual(told.start.map(([file]) => file).sort(), shown.start.map(([file]) => file).sort());
    const texts = new Map(shown.start);
    for (const [file, text] of told.start) assert.equal(text, texts.get(file), file);
    assert.ok(count > 80 && told.start.length > 60, `${told.start.length} of ${count}`);
  });
});
