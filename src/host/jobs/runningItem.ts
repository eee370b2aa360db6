import * as vscode from 'vscode';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import type { Disposable } from '../../util/disposable.ts';
import { runDescription, runSpan } from '../trees/jobs/runWords.ts';

const longestText = 48;
const cut = (text: string) => (text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text);

/** The item that is in the status bar while jobs run in this window. A click lists them. */
export class RunningItem implements Disposable {
  #item: vscode.StatusBarItem | undefined;
  #shown = '';

  /** Shows these runs, the oldest first; without any the item goes. */
  show(runs: readonly JobRun[]): void {
    const [first] = runs;
    if (first === undefined) {
      this.#item?.dispose();
      this.#item = undefined;
      this.#shown = '';
      return;
    }
    const icon = runs.some(({ state }) => state === 'running') ? '$(sync~spin)' : '$(clock)';
    const what = runs.length === 1 ? first.name : vscode.l10n.t('{0} jobs', runs.length);
    const text = cut([what, first.step].filter(Boolean).join(' · '));
    const tooltip = new vscode.MarkdownString();
    for (const run of runs) {
      tooltip.appendMarkdown('**').appendText(run.name).appendMarkdown('**\n\n');
      tooltip.appendText([runDescription(run), runSpan(run)].filter(Boolean).join(' · ')).appendMarkdown('\n\n');
    }
    // Setting the same again makes the item flicker under a screen reader.
    if (text + tooltip.value === this.#shown) return;
    this.#shown = text + tooltip.value;
    this.#item ??= this.#make();
    this.#item.text = `${icon} ${text}`;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: vscode.l10n.t('ClaudeTask: {0} is running', what), role: 'button' };
    this.#item.show();
  }

  #make(): vscode.StatusBarItem {
    const item = vscode.window.createStatusBarItem('claudetask.jobs', vscode.StatusBarAlignment.Left, 19);
    item.name = vscode.l10n.t('ClaudeTask Jobs');
    item.command = 'claudetask.job.runs';
    return item;
  }

  dispose(): void {
    this.#item?.dispose();
  }
}
