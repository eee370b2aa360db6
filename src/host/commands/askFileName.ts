import * as vscode from 'vscode';
import { refuseName } from '../../core/agents/names.ts';

export interface FileNameQuestion {
  title: string;
  prompt: string;
  /** Of a name with `.md`. */
  isTaken(file: string): boolean;
}

/** Asks for the name of a Markdown file, checked while it is typed; answers it with `.md`. */
export async function askFileName({ title, prompt, isTaken }: FileNameQuestion): Promise<string | undefined> {
  const stem = (text: string) => text.trim().replace(/^\//, '').replace(/\.md$/i, '');
  const typed = await vscode.window.showInputBox({
    title,
    prompt,
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text === '') return undefined;
      if (isTaken(`${stem(text)}.md`)) return vscode.l10n.t('There is a file {0} already. Choose another name.', `${stem(text)}.md`);
      return refuseName(stem(text));
    },
  });
  return typed === undefined || stem(typed) === '' ? undefined : `${stem(typed)}.md`;
}
