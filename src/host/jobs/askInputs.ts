import * as vscode from 'vscode';
import { isInside, withSlashes } from '../../core/filePath.ts';
import type { JobInput } from '../../protocol/jobs/jobFile.ts';
import type { Scalar } from '../../protocol/jobs/values.ts';
import { inputText, parseInputText } from './inputValue.ts';

/** What a run is given. Secrets live in memory only. */
export interface GivenInputs {
  inputs: Record<string, Scalar>;
  secrets: Record<string, string>;
}

export interface InputQuestion {
  title: string;
  inputs: Readonly<Record<string, JobInput>>;
  /** What was given the last time; never a secret. */
  known: Readonly<Record<string, Scalar>>;
  folder: vscode.WorkspaceFolder;
}

interface Asked {
  name: string;
  input: JobInput;
  title: string;
  value: string;
  canGoBack: boolean;
  folder: vscode.WorkspaceFolder;
}

type Answer = { text: string } | 'back' | undefined;

/** Asks for one input after the other; back leads to the one before. Undefined when the person wants no run. */
export async function askInputs({ title, inputs, known, folder }: InputQuestion): Promise<GivenInputs | undefined> {
  const all = Object.entries(inputs);
  const texts = all.map(([name, input]) => (input.secret === true ? '' : inputText(known[name] ?? input.default)));
  let at = 0;
  while (at < all.length) {
    const [name, input] = all[at] ?? ['', {}];
    const step = vscode.l10n.t('{0} ({1}/{2})', title, at + 1, all.length);
    const asked = { name, input, title: all.length > 1 ? step : title, value: texts[at] ?? '', canGoBack: at > 0, folder };
    const answer = await (hasList(input) ? pickValue(asked) : typeValue(asked));
    if (answer === undefined) return undefined;
    if (answer === 'back') at--;
    else texts[at++] = answer.text;
  }
  const given: GivenInputs = { inputs: {}, secrets: {} };
  for (const [index, [name, input]] of all.entries()) {
    const text = texts[index] ?? '';
    const parsed = parseInputText(name, input, text);
    if (input.secret === true) given.secrets[name] = text;
    else given.inputs[name] = 'value' in parsed ? parsed.value : null;
  }
  return given;
}

const hasList = ({ type }: JobInput): boolean => type === 'choice' || type === 'boolean';
const promptOf = ({ name, input }: Asked): string => input.prompt ?? name;

async function typeValue(asked: Asked): Promise<Answer> {
  const { input, value, canGoBack } = asked;
  const box = vscode.window.createInputBox();
  box.title = asked.title;
  box.prompt = promptOf(asked);
  box.value = value;
  box.password = input.secret === true;
  box.ignoreFocusOut = true;
  if (input.optional === true) box.placeholder = vscode.l10n.t('May be left empty');
  const browse = { iconPath: new vscode.ThemeIcon('folder-opened'), tooltip: vscode.l10n.t('Choose a File') };
  box.buttons = [...(canGoBack ? [vscode.QuickInputButtons.Back] : []), ...(input.type === 'file' ? [browse] : [])];
  return await shown<Answer>(box, (resolve) => {
    let isBrowsing = false;
    box.onDidChangeValue((text) => {
      const parsed = text === '' ? undefined : parseInputText(asked.name, input, text);
      box.validationMessage = parsed !== undefined && 'problem' in parsed ? parsed.problem : undefined;
    });
    box.onDidAccept(() => {
      const parsed = parseInputText(asked.name, input, box.value);
      if ('problem' in parsed) box.validationMessage = parsed.problem;
      else resolve({ text: box.value });
    });
    box.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) {
        resolve('back');
        return;
      }
      isBrowsing = true;
      void chooseFile(asked).then((path) => {
        isBrowsing = false;
        if (path !== undefined) box.value = path;
        box.show();
      });
    });
    box.onDidHide(() => {
      if (!isBrowsing) resolve(undefined);
    });
  });
}

async function pickValue(asked: Asked): Promise<Answer> {
  const { input, value, canGoBack } = asked;
  const choices =
    input.type === 'boolean'
      ? [
          { label: vscode.l10n.t('Yes'), text: 'true' },
          { label: vscode.l10n.t('No'), text: 'false' },
        ]
      : (input.options ?? []).map((option) => ({ label: option, text: option }));
  const pick = vscode.window.createQuickPick<(typeof choices)[number]>();
  pick.title = asked.title;
  pick.placeholder = promptOf(asked);
  pick.ignoreFocusOut = true;
  pick.items = [...choices, ...(input.optional === true ? [{ label: vscode.l10n.t('None'), text: '' }] : [])];
  pick.activeItems = pick.items.filter(({ text }) => text === value);
  pick.buttons = canGoBack ? [vscode.QuickInputButtons.Back] : [];
  return await shown<Answer>(pick, (resolve) => {
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item) resolve({ text: item.text });
    });
    pick.onDidTriggerButton(() => resolve('back'));
    pick.onDidHide(() => resolve(undefined));
  });
}

/** Shows a box until it has an answer, and lets go of it. */
async function shown<T>(box: vscode.QuickInput, listen: (resolve: (answer: T) => void) => void): Promise<T> {
  try {
    return await new Promise<T>((resolve) => {
      listen(resolve);
      box.show();
    });
  } finally {
    box.dispose();
  }
}

async function chooseFile({ folder, title }: Asked): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({ title, defaultUri: folder.uri, canSelectMany: false });
  const path = chosen?.[0] && withSlashes(chosen[0].fsPath);
  const root = withSlashes(folder.uri.fsPath);
  if (path === undefined) return undefined;
  if (isInside(root, path)) return path.slice(root.length + 1);
  void vscode.window.showWarningMessage(vscode.l10n.t('{0} is not in {1}. A job uses files of its own folder only.', path, folder.name));
  return undefined;
}
