import * as vscode from 'vscode';
import type { Answer, OpenAsk } from '../../app/jobs/jobEngine.ts';

/** What the person says to a question: an answer, or that the page of the run is to be shown. Undefined leaves it open. */
export type Said = { answer: Answer } | 'showRun' | undefined;

interface Choice extends vscode.QuickPickItem {
  said: Said;
}

/** Asks in the palette what a run wants to know. Escape leaves the run waiting. */
export async function askForAnswer(title: string, ask: OpenAsk): Promise<Said> {
  if (ask.about === 'secrets') return await askForSecrets(title, ask);
  if (ask.about === 'question' && ask.choices.length === 0) return await askForText(title, ask);
  const choices = [...choicesOf(ask), ...toLook()];
  const picked = await vscode.window.showQuickPick(choices, { title, placeHolder: ask.message, ignoreFocusOut: true });
  return picked?.said;
}

function choicesOf({ choices }: OpenAsk): Choice[] {
  if (choices.length > 0) return choices.map((choice) => ({ label: choice, said: { answer: choice } }));
  return [
    { label: vscode.l10n.t('Go on'), said: { answer: true } },
    { label: vscode.l10n.t('End the run'), said: { answer: null } },
  ];
}

const toLook = (): Choice[] => [
  { label: '', kind: vscode.QuickPickItemKind.Separator, said: undefined },
  { label: vscode.l10n.t('Show the run'), description: vscode.l10n.t('with a picture of the page'), said: 'showRun' },
];

async function askForText(title: string, { message }: OpenAsk): Promise<Said> {
  const text = await vscode.window.showInputBox({ title, prompt: message, ignoreFocusOut: true });
  return text === undefined ? undefined : { answer: text };
}

/** Values that no run keeps: typed hidden, handed on, forgotten. */
async function askForSecrets(title: string, { message, inputs }: OpenAsk): Promise<Said> {
  const secrets: Record<string, string> = {};
  for (const name of inputs) {
    const value = await vscode.window.showInputBox({ title, prompt: `${message} ${name}`, password: true, ignoreFocusOut: true });
    if (value === undefined) return undefined;
    secrets[name] = value;
  }
  return { answer: secrets };
}
