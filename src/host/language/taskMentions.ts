import * as vscode from 'vscode';
import { AppError } from '../../core/appError.ts';
import { scanCode } from '../../core/instructions/codeLines.ts';
import { regionAt } from '../../core/instructions/regionAt.ts';
import type { Task, TaskRow } from '../../core/task.ts';
import { findTaskLinks, type TaskLink } from '../../core/taskLinks.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { TaskAddress } from '../commands/target.ts';
import type { FolderTasks } from '../folderTasks.ts';
import { blockedText, dayName, priorityName, statusName, typeName } from '../words.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';
import { escapeMarkdown } from './markdownText.ts';

/** UTF-16 units; longer files are data, and nobody reads them for tasks. */
const longest = 1_000_000;
/** Different tasks that one document may name. */
const mostTasks = 200;
const listed = 30;
/** Open items of a checklist that a hover shows. */
const mostItems = 5;

// Newer versions of VS Code have languages of their own for agents, skills and rules.
const isProse = ({ languageId, uri }: vscode.TextDocument) =>
  languageId === 'markdown' || languageId === 'plaintext' || uri.path.endsWith('.md');
/** What a comment begins with, in most languages, as far as it stands on the same line as the link. */
const commentBefore = /(?:^[ \t]*(?:\*|#|--|;|%)|\/\/|\/\*|<!--|[ \t]#[ \t]|[ \t]--[ \t])/;

/** `#12` in files of the workspace: link, hover, and completion in Markdown. Only for tasks that are there, and never makes a database. */
export class TaskMentions implements vscode.DocumentLinkProvider, vscode.HoverProvider, vscode.CompletionItemProvider, Disposable {
  readonly #stores: WorkspaceStores;
  readonly #subscriptions = new DisposableStore();
  readonly #exists = new Map<FolderTasks, Map<number, boolean>>();

  constructor(stores: WorkspaceStores) {
    this.#stores = stores;
    this.#subscriptions.add(stores.onDidChange(({ folder }) => void this.#exists.delete(folder)));
    this.#subscriptions.add(stores.onDidChangeFolders(() => this.#exists.clear()));
  }

  /** The folder of the document, if it has a database. */
  #folder({ uri }: vscode.TextDocument): FolderTasks | undefined {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const tasks = folder && this.#stores.get(folder.uri.toString());
    return tasks?.store === undefined ? undefined : tasks;
  }

  async provideDocumentLinks(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.DocumentLink[] | undefined> {
    const folder = this.#folder(document);
    if (folder === undefined) return undefined;
    const mentions = mentionsIn(document);
    const ids = [...new Set(mentions.map(({ id }) => id))].slice(0, mostTasks);
    const known = new Set<number>();
    await Promise.all(ids.map(async (id) => void ((await this.#isTask(folder, id)) && known.add(id))));
    if (token.isCancellationRequested) return undefined;
    return mentions
      .filter(({ id }) => known.has(id))
      .map(({ id, span }) => {
        const range = new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
        const link = new vscode.DocumentLink(range, revealUri(folder, id));
        link.tooltip = vscode.l10n.t('Show task #{0} on the board', id);
        return link;
      });
  }

  async #isTask(folder: FolderTasks, id: number): Promise<boolean> {
    if (folder.rows?.has(id) === true) return true;
    const known = this.#exists.get(folder) ?? new Map<number, boolean>();
    this.#exists.set(folder, known);
    const before = known.get(id);
    if (before !== undefined) return before;
    const exists = (await readTask(folder, id)) !== undefined;
    known.set(id, exists);
    return exists;
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const folder = this.#folder(document);
    if (folder === undefined || !document.lineAt(position.line).text.includes('#')) return undefined;
    const offset = document.offsetAt(position);
    const mention = mentionsIn(document).find(({ span }) => offset >= span.start && offset <= span.end);
    const task = mention && (await readTask(folder, mention.id));
    if (mention === undefined || task === undefined || token.isCancellationRequested) return undefined;
    const range = new vscode.Range(document.positionAt(mention.span.start), document.positionAt(mention.span.end));
    return new vscode.Hover(describe(folder, task), range);
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
    context: vscode.CompletionContext,
  ): Promise<vscode.CompletionList | undefined> {
    const before = document.lineAt(position.line).text.slice(0, position.character);
    const typed = /(?<![\p{L}\p{N}_&/#?=.@$\\-])#([\p{L}\p{N}_-]*)$/u.exec(before)?.[1];
    const folder = typed === undefined ? undefined : this.#folder(document);
    if (folder === undefined || typed === undefined) return undefined;
    // Who begins a line with it writes a heading.
    const beginsLine = before.trim().length === typed.length + 1;
    if (beginsLine && context.triggerKind === vscode.CompletionTriggerKind.TriggerCharacter) return undefined;
    if (regionAt(scanCode(document.getText()), document.offsetAt(position) - 1) !== undefined) return undefined;
    const rows = await findTasks(folder, typed);
    if (token.isCancellationRequested) return undefined;
    const range = new vscode.Range(position.translate(0, -typed.length - 1), position);
    return new vscode.CompletionList(
      rows.map((row, index) => completionOf(row, index, `#${typed}`, range)),
      true,
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#exists.clear();
  }
}

function mentionsIn(document: vscode.TextDocument): TaskLink[] {
  const text = document.getText();
  if (text.length > longest || !/#[1-9]/.test(text)) return [];
  const mentions = findTaskLinks(text);
  if (isProse(document)) return mentions;
  return mentions.filter(({ span }) => {
    const lineStart = text.lastIndexOf('\n', span.start - 1) + 1;
    return commentBefore.test(text.slice(Math.max(lineStart, span.start - 500), span.start));
  });
}

/** Undefined when there is no such task, or when it was deleted. */
async function readTask(folder: FolderTasks, id: number): Promise<Task | undefined> {
  try {
    const task = await folder.store?.call('task.get', { id });
    return task === undefined || task.deletedAt !== null ? undefined : task;
  } catch (error) {
    // Whatever keeps the store from answering is shown where tasks are.
    if (AppError.is(error)) return undefined;
    throw error;
  }
}

async function findTasks(folder: FolderTasks, typed: string): Promise<readonly TaskRow[]> {
  const { store } = folder;
  if (store === undefined) return [];
  const exact = /^[1-9]\d{0,8}$/.test(typed) ? await readTask(folder, Number(typed)) : undefined;
  const { tasks } =
    typed === ''
      ? await store.call('task.list', { sort: 'updated', descending: true, limit: listed })
      : await store.call('task.list', { text: typed, sort: 'relevance', limit: listed });
  return [...(exact === undefined ? [] : [exact]), ...tasks.filter(({ id }) => id !== exact?.id)];
}

function completionOf(row: TaskRow, index: number, typed: string, range: vscode.Range): vscode.CompletionItem {
  const item = new vscode.CompletionItem({ label: `#${row.id}`, description: row.title }, vscode.CompletionItemKind.Reference);
  item.range = range;
  // What the store found matches already, perhaps by its description.
  item.filterText = typed;
  item.sortText = String(index).padStart(3, '0');
  item.detail = [statusName(row.status), row.assignee].filter(Boolean).join(' · ');
  return item;
}

function revealUri(folder: FolderTasks, taskId: number): vscode.Uri {
  const address: TaskAddress = { folder: folder.key, taskId };
  return vscode.Uri.parse(`command:claudetask.task.reveal?${encodeURIComponent(JSON.stringify([address]))}`);
}

function describe(folder: FolderTasks, task: Task): vscode.MarkdownString {
  const facts = [
    statusName(task.status),
    typeName(task.type),
    vscode.l10n.t('{0} priority', priorityName(task.priority)),
    task.assignee,
    task.checklistTotal > 0 ? vscode.l10n.t('{0} of {1} checklist items done', task.checklistDone, task.checklistTotal) : null,
    task.due === null ? null : vscode.l10n.t('due {0}', dayName(task.due)),
    blockedText(task),
    task.archivedAt === null ? null : vscode.l10n.t('archived'),
  ];
  const open = task.checklist.filter(({ done }) => !done).slice(0, mostItems);
  const parts = [
    `**#${task.id}** ${escapeMarkdown(task.title)}`,
    escapeMarkdown(facts.filter(Boolean).join(' · ')),
    open.map(({ text }) => `- ${escapeMarkdown(text)}`).join('\n'),
    `[${vscode.l10n.t('Show on board')}](${revealUri(folder, task.id).toString()})`,
  ];
  const markdown = new vscode.MarkdownString(parts.filter((part) => part !== '').join('\n\n'));
  markdown.isTrusted = { enabledCommands: ['claudetask.task.reveal'] };
  return markdown;
}
