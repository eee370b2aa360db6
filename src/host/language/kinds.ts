import * as vscode from 'vscode';

export const fixAllKind = vscode.CodeActionKind.SourceFixAll.append('claudetask');
export const importDropKind = vscode.DocumentDropOrPasteEditKind.Empty.append('claudetask', 'import');
