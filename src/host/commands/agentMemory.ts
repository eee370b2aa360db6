import * as vscode from 'vscode';
import { dayOf } from '../../core/day.ts';
import { fieldOf, readMarkdown } from '../../core/markdown/frontmatter.ts';
import { setField } from '../../core/markdown/frontmatterEdit.ts';
import { applyEdits, trimEdit } from '../../core/markdown/textEdit.ts';
import { agentFieldOrder, type MemoryScope } from '../../core/agents/agentFields.ts';
import { appendLogEntry, readAgentLog, type LogEntry } from '../../core/memory/agentLog.ts';
import { appendMemory } from '../../core/memory/agentMemory.ts';
import { TextPlaces } from '../language/textPlaces.ts';
import { say } from '../say.ts';
import { knownName } from '../trees/agents/agentGroups.ts';
import { shortPath } from '../trees/agents/agentWords.ts';
import { mainFile } from '../trees/agents/memoryLook.ts';
import { dayName } from '../words.ts';
import { askAgent, documentPathOf, isEditable, nameOfTarget, uriOfTarget, type AgentTarget } from './agentTarget.ts';
import type { ClaudeCommandDeps } from './claudeDeps.ts';
import { changeText, contentOf } from './claudeText.ts';
import type { Handler } from './handler.ts';

/** Absolute path of the agent's MEMORY.md, whether it is there or not: where the agent's `memory` says, else where one lies already. */
function memoryFile({ folder, item }: AgentTarget): string {
  const { places, memory } = folder.agents;
  const agent = knownName(item);
  const known = memory.filter((one) => one.agent === agent);
  const scope: MemoryScope = item.content?.agent.memory ?? known[0]?.scope ?? 'project';
  const there = known.find((one) => one.scope === scope);
  if (there !== undefined) return `${there.path}/${mainFile}`;
  const { scope: from } = item.entry;
  const project = `${from.kind === 'project' ? from.directory : places.folder}/.claude`;
  if (scope === 'user') return `${places.claudeHome}/agent-memory/${agent}/${mainFile}`;
  return `${project}/${scope === 'local' ? 'agent-memory-local' : 'agent-memory'}/${agent}/${mainFile}`;
}

function logFile({ folder, item }: AgentTarget): string {
  const name = knownName(item);
  return folder.agents.logs.get(name)?.path ?? `${folder.agents.places.folder}/.claude/memory/agent-logs/${name}.md`;
}

const newMemory = ({ item }: AgentTarget) => `# Memory of ${knownName(item)}\n`;

async function createMemory(target: AgentTarget, file: string): Promise<boolean> {
  const { folder, item } = target;
  const path = shortPath(file, folder.agents.places);
  const make = vscode.l10n.t('Create Memory');
  const detail =
    (item.content?.agent.memory ?? null) === null
      ? vscode.l10n.t('The agent reads it only with the field `memory` in its file.')
      : undefined;
  const message = vscode.l10n.t('{0} has no memory yet. Create {1}?', knownName(item), path);
  const picked = await vscode.window.showInformationMessage(message, { modal: true, ...(detail === undefined ? {} : { detail }) }, make);
  if (picked !== make) return false;
  await folder.operations.call('memory.put', { path, content: newMemory(target), expectedHash: null }, { actor: folder.user });
  return true;
}

async function openMemory(deps: ClaudeCommandDeps, target: AgentTarget): Promise<void> {
  const file = memoryFile(target);
  if (target.folder.catalog.get(file) === undefined && !(await createMemory(target, file))) return;
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
  await offerField(deps, target);
}

/** Memory that the agent is not told of does nothing. */
async function offerField({ conflicts }: ClaudeCommandDeps, target: AgentTarget): Promise<void> {
  const { folder, item } = target;
  if (!isEditable(target) || item.content === undefined || fieldOf(item.content.document, 'memory') !== undefined) return;
  const scope = folder.agents.memory.find(({ agent }) => agent === knownName(item))?.scope ?? 'project';
  const set = vscode.l10n.t('Set memory: {0}', scope);
  const message = vscode.l10n.t('{0} does not read its memory: its file has no field `memory`.', nameOfTarget(target));
  if ((await vscode.window.showInformationMessage(message, set)) !== set) return;
  await changeText({
    folder,
    conflicts,
    uri: uriOfTarget(target),
    edits: (text) => setField(readMarkdown(text), 'memory', scope, agentFieldOrder),
    write: (text, hash) =>
      folder.operations.call(
        'agent.update',
        { path: documentPathOf(target), ...contentOf(text), expectedHash: hash ?? '' },
        { actor: folder.user },
      ),
  });
}

async function addToMemory({ conflicts }: ClaudeCommandDeps, target: AgentTarget): Promise<void> {
  const { folder } = target;
  const title = vscode.l10n.t('Add to the memory of {0}', nameOfTarget(target));
  const entry = await vscode.window.showInputBox({ title, prompt: vscode.l10n.t('What the agent is to remember'), ignoreFocusOut: true });
  if (entry === undefined || entry.trim() === '') return;
  const file = memoryFile(target);
  const added = await changeText({
    folder,
    conflicts,
    uri: vscode.Uri.file(file),
    edits: (text) => {
      const before = text === '' ? newMemory(target) : text;
      const after = applyEdits(before, appendMemory(before, `- ${entry.trim()}`));
      return trimEdit(text, { start: 0, end: text.length, text: after });
    },
    write: (text, expectedHash) =>
      folder.operations.call(
        'memory.put',
        { path: shortPath(file, folder.agents.places), ...contentOf(text), expectedHash },
        { actor: folder.user },
      ),
  });
  if (added) say(vscode.l10n.t('Added to {0}.', shortPath(file, folder.agents.places)));
}

function entryItem(entry: LogEntry): vscode.QuickPickItem & { entry?: LogEntry } {
  const when = entry.date === null ? undefined : [dayName(entry.date), entry.time].filter(Boolean).join(' ');
  const first = entry.intro || entry.sections.map(({ heading, text }) => `${heading}: ${text}`).join(' · ');
  const detail = first.replaceAll(/\s+/g, ' ').slice(0, 200);
  return {
    label: entry.task || entry.heading,
    entry,
    ...(when === undefined ? {} : { description: when }),
    ...(detail === '' ? {} : { detail }),
  };
}

/** The log as a timeline, newest first; an entry opens the file there. */
async function openLog(target: AgentTarget): Promise<void> {
  const { folder } = target;
  const file = logFile(target);
  await folder.catalog.settled();
  const text = (await folder.catalog.text(file))?.text;
  if (text === undefined) {
    const add = vscode.l10n.t('Add Entry');
    const message = vscode.l10n.t('{0} has no log yet.', nameOfTarget(target));
    if ((await vscode.window.showInformationMessage(message, add)) === add)
      await vscode.commands.executeCommand('claudetask.agent.appendLog', uriOfTarget(target));
    return;
  }
  const { entries, order } = readAgentLog(text);
  const newestFirst = order === 'newestFirst' ? entries : entries.toReversed();
  const whole: vscode.QuickPickItem & { entry?: LogEntry } = { label: `$(go-to-file) ${shortPath(file, folder.agents.places)}` };
  const picked =
    entries.length === 0
      ? whole
      : await vscode.window.showQuickPick([whole, ...newestFirst.map(entryItem)], {
          title: vscode.l10n.t('Log of {0}', nameOfTarget(target)),
          placeHolder: vscode.l10n.t('Newest first'),
          matchOnDescription: true,
          matchOnDetail: true,
        });
  if (picked === undefined) return;
  const { entry } = picked;
  const selection = entry && new TextPlaces(text).range({ start: entry.span.start, end: entry.span.start });
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), selection === undefined ? {} : { selection });
}

async function addToLog({ conflicts }: ClaudeCommandDeps, target: AgentTarget): Promise<void> {
  const { folder } = target;
  const title = vscode.l10n.t('Add to the log of {0}', nameOfTarget(target));
  const task = await vscode.window.showInputBox({ title, prompt: vscode.l10n.t('The task'), ignoreFocusOut: true });
  if (task === undefined || task.trim() === '') return;
  const result = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('What came of it; may stay empty'),
    ignoreFocusOut: true,
  });
  if (result === undefined) return;
  const file = logFile(target);
  const entry = {
    date: dayOf(Date.now()),
    task,
    sections: result.trim() === '' ? [] : [{ heading: 'Result', text: result }],
  };
  const added = await changeText({
    folder,
    conflicts,
    uri: vscode.Uri.file(file),
    edits: (text) => appendLogEntry(text, entry),
    write: (text, expectedHash) =>
      folder.operations.call(
        'agentLog.put',
        { path: shortPath(file, folder.agents.places), ...contentOf(text), expectedHash },
        { actor: folder.user },
      ),
  });
  if (added) say(vscode.l10n.t('Added to {0}.', shortPath(file, folder.agents.places)));
}

type Name = 'openMemory' | 'appendMemory' | 'openLog' | 'appendLog';

export function agentMemoryHandlers(deps: ClaudeCommandDeps): Record<`claudetask.agent.${Name}`, Handler> {
  const withAgent = async (args: readonly unknown[], title: string, work: (target: AgentTarget) => Promise<void>) => {
    const target = await askAgent(deps, args, { title });
    if (target === undefined) return;
    await target.folder.agents.loaded();
    await work(target);
  };
  return {
    'claudetask.agent.openMemory': (...args) => withAgent(args, vscode.l10n.t('Open Agent Memory'), (target) => openMemory(deps, target)),
    'claudetask.agent.appendMemory': (...args) =>
      withAgent(args, vscode.l10n.t('Add to Agent Memory'), (target) => addToMemory(deps, target)),
    'claudetask.agent.openLog': (...args) => withAgent(args, vscode.l10n.t('Open Agent Log'), openLog),
    'claudetask.agent.appendLog': (...args) => withAgent(args, vscode.l10n.t('Add Agent Log Entry'), (target) => addToLog(deps, target)),
  };
}
