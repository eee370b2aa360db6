import * as vscode from 'vscode';
import { groupings, type GroupBy } from '../settings.ts';
import type { JobView } from '../trees/jobs/jobView.ts';
import type { TaskView } from '../trees/taskView.ts';
import type { ClaudeCommandDeps } from './claudeDeps.ts';
import type { CommandDeps } from './commandDeps.ts';
import type { HandlersOf } from './handler.ts';

function groupingName(by: GroupBy): string {
  switch (by) {
    case 'status':
      return vscode.l10n.t('Status');
    case 'priority':
      return vscode.l10n.t('Priority');
    case 'assignee':
      return vscode.l10n.t('Assignee');
    case 'label':
      return vscode.l10n.t('Label');
    case 'parent':
      return vscode.l10n.t('Parent');
  }
}

async function groupBy(view: TaskView): Promise<void> {
  const { by } = view.tree.arranged;
  const items = groupings.map((value) => ({
    label: groupingName(value),
    value,
    ...(value === by ? { description: vscode.l10n.t('current') } : {}),
  }));
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Group Tasks By') });
  if (!picked) return;
  view.arrange({ by: picked.value });
  view.remember();
}

const typing = 60;

/** Filters while typing; Enter keeps the filter, Escape brings the one before back. */
async function filter(view: TaskView): Promise<void> {
  const before = view.tree.arranged.filter;
  const box = vscode.window.createInputBox();
  box.title = vscode.l10n.t('Filter Tasks');
  box.placeholder = vscode.l10n.t('Words, type:bug, priority:high, @assignee, #label');
  box.value = before;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const apply = (text: string) => {
    clearTimeout(timer);
    if (text !== view.tree.arranged.filter) view.arrange({ filter: text });
  };
  const kept = await new Promise<boolean>((resolve) => {
    box.onDidChangeValue((text) => {
      clearTimeout(timer);
      timer = setTimeout(() => apply(text.trim()), typing);
    });
    box.onDidAccept(() => resolve(true));
    box.onDidHide(() => resolve(false));
    box.show();
  });
  apply(kept ? box.value.trim() : before);
  view.remember();
  box.dispose();
}

/** The views whose rows may be more than are shown. */
type TreeDeps = CommandDeps & Pick<ClaudeCommandDeps, 'agentView'> & { jobView: JobView };

export function treeHandlers({ view, agentView, jobView }: TreeDeps): HandlersOf<'tree'> {
  return {
    'claudetask.tree.groupBy': () => groupBy(view),
    'claudetask.tree.filter': () => filter(view),
    'claudetask.tree.clearFilter': () => {
      view.arrange({ filter: '' });
      view.remember();
    },
    'claudetask.tree.showMore': async (node) => {
      const found = view.tree.nodes.find(node);
      if (found?.kind === 'more') view.tree.showMore(found);
      else if (jobView.find(node)) await jobView.showMore(node);
      else agentView.showMore(node);
    },
  };
}
