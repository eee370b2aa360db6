import * as vscode from 'vscode';
import type { AgentItem } from '../../app/agentModel.ts';
import { stemOf } from '../../core/agents/names.ts';
import { explainAgent, type Explanation, type Reason } from '../../core/agents/whyMissing.ts';
import { fromDocumentPath } from '../../core/claudePlaces.ts';
import type { Fix } from '../../core/problem.ts';
import type { ClaudeFolder } from '../claude/claudeFolders.ts';
import { TextPlaces } from '../language/textPlaces.ts';
import { say } from '../say.ts';
import { fileProblemText, shortPath } from '../trees/agents/agentWords.ts';
import { allowAgent } from './agentEnable.ts';
import { findStrays } from './agentStrays.ts';
import { askClaudeFolder, namedAgents } from './agentTarget.ts';
import type { ClaudeCommandDeps } from './claudeDeps.ts';
import { changeText, contentOf } from './claudeText.ts';
import { followMove } from './followMove.ts';
import type { Handler } from './handler.ts';

/** Asks for any name; those of agents that are known are offered, the ones that are not called first. */
async function askName({ agents }: ClaudeFolder): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { name: string }>();
  pick.title = vscode.l10n.t('Why Is My Agent Missing?');
  pick.placeholder = vscode.l10n.t('Name of the agent, or of its file');
  pick.busy = true;
  let known: (vscode.QuickPickItem & { name: string })[] = [];
  const show = () => {
    const typed = pick.value.trim();
    const own = typed === '' || known.some(({ name }) => name === typed) ? [] : [{ label: typed, name: typed, alwaysShow: true }];
    pick.items = [...own, ...known];
  };
  try {
    return await new Promise<string | undefined>((resolve, reject) => {
      pick.onDidChangeValue(show);
      pick.onDidAccept(() => resolve(pick.selectedItems[0]?.name ?? (pick.value.trim() || undefined)));
      pick.onDidHide(() => resolve(undefined));
      pick.show();
      agents.loaded().then(() => {
        const missing = ({ resolved }: AgentItem) => resolved?.state.state !== 'active';
        known = [...agents.agents.values()]
          .toSorted((a, b) => Number(missing(b)) - Number(missing(a)))
          .map((item) => {
            const name = item.resolved?.id ?? stemOf(item.entry.path);
            return { label: name, name, description: shortPath(item.entry.path, agents.places) };
          });
        pick.busy = false;
        show();
      }, reject);
    });
  } finally {
    pick.dispose();
  }
}

async function explain(folder: ClaudeFolder, name: string): Promise<Explanation> {
  await folder.agents.loaded();
  const { agents, skills, denied, newFolders, unreadableSettings, places } = folder.agents;
  const items = [...agents.values()];
  const explanation = explainAgent(
    name,
    items.flatMap(({ resolved }) => (resolved === undefined ? [] : [resolved.entry])),
    {
      workingDirectory: places.folder,
      denied,
      strays: await findStrays(folder),
      newFolders,
      links: items.filter(({ entry }) => entry.isSymlink).map(({ entry }) => entry.path),
      skillNames: new Set(Array.from(skills.values(), (skill) => skill.name)),
      unreadableSettings,
    },
  );
  const unreadable = items.flatMap(({ entry: { path, problem } }): Reason[] => {
    // A link without target was found among the strays.
    if (problem === undefined || problem === 'danglingLink' || stemOf(path) !== name) return [];
    const message = vscode.l10n.t('Claude Code cannot read the file: {0}.', fileProblemText(problem));
    return [{ code: 'unreadable', message, path }];
  });
  return { ...explanation, reasons: [...unreadable, ...explanation.reasons] };
}

type Choice = vscode.QuickPickItem & { run?: () => Promise<void> };

/** The first sentence as the line to read, the rest of it below. */
function reasonChoice(folder: ClaudeFolder, { message, path, span }: Reason): Choice {
  const [first = message, rest = ''] = message.split(/(?<=\.) (.*)/s);
  const where = path === undefined ? [] : [shortPath(path, folder.agents.places)];
  return {
    label: `$(info) ${first}`,
    detail: [rest, ...where].filter(Boolean).join(' · '),
    ...(path === undefined ? {} : { run: () => openAt(folder, path, span) }),
  };
}

async function openAt({ catalog }: ClaudeFolder, path: string, span: Reason['span']): Promise<void> {
  const text = (await catalog.text(path))?.text;
  const selection = text === undefined || span === undefined ? undefined : new TextPlaces(text).range(span);
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path), selection === undefined ? {} : { selection });
}

/** What can be done about a reason. */
function remedies(deps: ClaudeCommandDeps, folder: ClaudeFolder, name: string, reason: Reason): Choice[] {
  const { path, code } = reason;
  if (path === undefined) return [];
  const lightbulb = (title: string, run: () => Promise<void>): Choice => ({ label: `      $(lightbulb) ${title}`, run });
  if (code === 'disabled') return [lightbulb(vscode.l10n.t('Enable {0}', name), () => allowAgent(folder, name))];
  if (code.startsWith('stray-') && code !== 'stray-broken-link') {
    const to = `.claude/agents/${stemOf(path).replace(/\.[^.]*$/, '')}.md`;
    return [lightbulb(vscode.l10n.t('Move it to {0}', to), () => moveStray(folder, path, to))];
  }
  if (code === 'shadowed' || code === 'duplicate') {
    const row = vscode.Uri.file(path);
    const run = async () => void (await vscode.commands.executeCommand('claudetask.agent.rename', row));
    return [lightbulb(vscode.l10n.t('Rename this one'), run)];
  }
  return (reason.fixes ?? []).map((fix) => lightbulb(fix.title, () => applyFix(deps, folder, path, fix)));
}

async function moveStray(folder: ClaudeFolder, path: string, target: string): Promise<void> {
  const [from, to] = [path, fromDocumentPath(target, folder.catalog.places)].map((one) => vscode.Uri.file(one));
  if (from === undefined || to === undefined) return;
  const edit = new vscode.WorkspaceEdit();
  edit.renameFile(from, to, { overwrite: false });
  if (!(await vscode.workspace.applyEdit(edit))) {
    void vscode.window.showWarningMessage(vscode.l10n.t('{0} was not moved: there is a file {1} already.', path, target));
    return;
  }
  await followMove(from, to);
  await vscode.commands.executeCommand('vscode.open', to);
}

async function applyFix({ conflicts }: ClaudeCommandDeps, folder: ClaudeFolder, path: string, fix: Fix): Promise<void> {
  const uri = vscode.Uri.file(path);
  const content = folder.agents.agents.get(path)?.content;
  if (!('edits' in fix) || content === undefined) return;
  let isOther = false;
  const changed = await changeText({
    folder,
    conflicts,
    uri,
    edits: (text) => {
      // The places of the fix are those of the text it was found in.
      isOther = text.replace(/^\uFEFF/, '') !== content.document.text.replace(/^\uFEFF/, '');
      return isOther ? [] : fix.edits;
    },
    write: (text, hash) =>
      folder.operations.call(
        'agent.update',
        { path: shortPath(path, folder.agents.places), ...contentOf(text), expectedHash: hash ?? '' },
        { actor: folder.user },
      ),
  });
  await vscode.commands.executeCommand('vscode.open', uri);
  if (isOther) void vscode.window.showWarningMessage(vscode.l10n.t('The file has changed in the meantime. Look at the reasons once more.'));
  else if (changed) await tellResult(folder, path);
}

/** Whether the agent loads now. */
async function tellResult(folder: ClaudeFolder, path: string): Promise<void> {
  await folder.agents.loaded();
  const resolved = folder.agents.agents.get(path)?.resolved;
  if (resolved?.state.state === 'active') say(vscode.l10n.t('Claude Code loads {0} now.', resolved.id));
  else if (resolved?.state.state === 'dropped') say(vscode.l10n.t('Mended. There is another reason why it does not load.'));
}

async function explainMissing(deps: ClaudeCommandDeps, args: readonly unknown[]): Promise<void> {
  const [target] = await namedAgents(deps, args);
  const folder = target?.folder ?? (await askClaudeFolder(deps, args, vscode.l10n.t('Why Is My Agent Missing?')));
  if (folder === undefined) return;
  const [asked] = args;
  const name = target
    ? (target.item.resolved?.id ?? stemOf(target.item.entry.path))
    : typeof asked === 'string'
      ? asked
      : await askName(folder);
  if (name === undefined) return;
  const explanation = await explain(folder, name);
  const { summary, reasons } = explanation;
  const choices: Choice[] = reasons.flatMap((reason) => [reasonChoice(folder, reason), ...remedies(deps, folder, name, reason)]);
  if (explanation.verdict === 'loads' && target !== undefined && choices.length === 0) {
    void vscode.window.showInformationMessage(summary);
    return;
  }
  if (choices.length === 0) choices.push({ label: summary });
  const picked = await vscode.window.showQuickPick(choices, {
    title: summary,
    placeHolder: vscode.l10n.t('A reason opens the file, a light bulb mends it'),
    matchOnDetail: true,
  });
  await picked?.run?.();
}

export function agentExplainHandlers(deps: ClaudeCommandDeps): Record<'claudetask.agent.explain', Handler> {
  return { 'claudetask.agent.explain': (...args) => explainMissing(deps, args) };
}
