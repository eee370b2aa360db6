import * as vscode from 'vscode';

const shownFor = 6000;

/** Tells a result that needs no answer: in the status bar, and gone after some seconds. */
export function say(message: string): void {
  vscode.window.setStatusBarMessage(message, shownFor);
}
