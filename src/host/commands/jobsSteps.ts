import * as vscode from 'vscode';
import { stepLines } from '../../app/jobs/stepLines.ts';
import type { Step } from '../../protocol/jobs/jobFile.ts';

/** The path of a step to begin with. Only those that stand in no other: what is inside a loop has no beginning of its own. */
export async function askStep(title: string, steps: readonly Step[]): Promise<string | undefined> {
  const items = stepLines(steps)
    .filter(({ depth }) => depth === 0)
    .map(({ path, words, isDisabled }) => ({ label: words, path, ...(isDisabled ? { description: vscode.l10n.t('disabled') } : {}) }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Step to begin with; those before it are left out'),
  });
  return picked?.path;
}
