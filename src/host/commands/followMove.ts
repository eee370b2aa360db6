import * as vscode from 'vscode';

/** A file has moved: editors that show it go with it. */
export async function followMove(from: vscode.Uri, to: vscode.Uri): Promise<void> {
  if (from.toString() === to.toString()) return;
  for (const group of vscode.window.tabGroups.all) {
    for (const tab of group.tabs) {
      const { input } = tab;
      const isText = input instanceof vscode.TabInputText;
      if (!isText && !(input instanceof vscode.TabInputCustom)) continue;
      if (input.uri.toString() !== from.toString()) continue;
      const options = { viewColumn: group.viewColumn, preserveFocus: !tab.isActive, preview: tab.isPreview };
      if (isText) await vscode.commands.executeCommand('vscode.open', to, options);
      else await vscode.commands.executeCommand('vscode.openWith', to, input.viewType, options);
      await vscode.window.tabGroups.close(tab, true);
    }
  }
}

/** A file was removed: editors that show it close. */
export async function closeTabsOf(uri: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const own = tabs.filter(({ input }) => {
    const shows = input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom;
    return shows && input.uri.toString() === uri.toString();
  });
  if (own.length > 0) await vscode.window.tabGroups.close(own, true);
}
