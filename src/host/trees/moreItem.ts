import * as vscode from 'vscode';

/** A row that stands for those that are not shown yet. */
export interface HiddenRows {
  id: string;
  hidden: number;
}

/** The row below a long list, which shows the next page of it. */
export function moreItem(node: HiddenRows, next: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Show {0} more', next));
  item.id = node.id;
  item.description = vscode.l10n.t('{0} not shown', node.hidden);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.command = { command: 'claudetask.tree.showMore', title: vscode.l10n.t('Show More'), arguments: [node] };
  return item;
}
