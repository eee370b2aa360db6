import * as vscode from 'vscode';
import type { DocumentCause, DocumentVersion } from '../../core/document.ts';
import { fromDocumentPath } from '../../core/claudePlaces.ts';
import { nameOf } from '../../core/filePath.ts';
import { say } from '../say.ts';
import { timeName } from '../words.ts';
import { restoreVersion } from './restoreVersion.ts';
import type { Conflicts } from './showConflict.ts';
import { versionBytes, versionUri, type Recorded } from './versions.ts';

/** Versions listed at a time. */
const pageSize = 100;

function causeText(cause: DocumentCause): string {
  switch (cause) {
    case 'editor':
      return vscode.l10n.t('saved in the editor');
    case 'outside':
      return vscode.l10n.t('found on the disk');
    case 'claudetask':
      return vscode.l10n.t('written by ClaudeTask');
    case 'restore':
      return vscode.l10n.t('restored');
    case 'delete':
      return vscode.l10n.t('deleted');
    case 'rename':
      return vscode.l10n.t('renamed or moved');
  }
}

function sizeText({ bytes, hash }: DocumentVersion, previous: DocumentVersion | undefined): string {
  if (hash === null) return vscode.l10n.t('the file was gone');
  const change = bytes - (previous?.bytes ?? 0);
  const sign = change < 0 ? '−' : '+';
  return previous === undefined ? vscode.l10n.t('{0} bytes', bytes) : vscode.l10n.t('{0} bytes ({1})', bytes, `${sign}${Math.abs(change)}`);
}

interface VersionItem extends vscode.QuickPickItem {
  version?: DocumentVersion;
  previous?: DocumentVersion | undefined;
}

const compare: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('diff'),
  tooltip: vscode.l10n.t('Compare with the Version Before'),
};
const restore: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('discard'), tooltip: vscode.l10n.t('Restore This Version') };
const copy: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('copy'), tooltip: vscode.l10n.t('Copy Text') };

function itemOf(version: DocumentVersion, previous: DocumentVersion | undefined, isNewest: boolean): VersionItem {
  const { savedAt, actor, cause, note, hash } = version;
  const what = cause === 'outside' && hash === null ? vscode.l10n.t('deleted') : causeText(cause);
  const facts = [`#${version.version}`, actor.name, what, isNewest ? vscode.l10n.t('newest') : ''];
  const buttons = [...(previous === undefined ? [] : [compare]), ...(hash === null ? [] : [restore, copy])];
  return {
    label: timeName(savedAt),
    description: facts.filter(Boolean).join(' · '),
    detail: [sizeText(version, previous), note ?? ''].filter(Boolean).join(' · '),
    iconPath: new vscode.ThemeIcon(hash === null ? 'trash' : 'git-commit'),
    buttons,
    version,
    previous,
  };
}

interface Choice {
  item: VersionItem;
  button?: vscode.QuickInputButton;
}

/** The versions of a file, newest first. Picking one compares it with the file as it is now. */
export async function showHistory(recorded: Recorded, conflicts: Conflicts): Promise<void> {
  const choice = await pickVersion(recorded, vscode.l10n.t('Pick a version to compare it with the file as it is now'));
  const { version, previous } = choice?.item ?? {};
  if (version === undefined) return;
  if (choice?.button === restore) await restoreVersion(recorded, version.version, conflicts);
  else if (choice?.button === copy) await copyVersion(recorded, version.version);
  else if (choice?.button === compare && previous) await showDiff(recorded, previous, version);
  else await compareWithNow(recorded, version);
}

/** Lets a person pick a version to bring back. */
export async function pickVersionToRestore(recorded: Recorded): Promise<number | undefined> {
  const choice = await pickVersion(recorded, vscode.l10n.t('Pick the version to restore'), ({ hash }) => hash !== null);
  return choice?.item.version?.version;
}

async function pickVersion(
  recorded: Recorded,
  placeholder: string,
  isOffered: (version: DocumentVersion) => boolean = () => true,
): Promise<Choice | undefined> {
  const store = await recorded.folder.tasks.open();
  const pick = vscode.window.createQuickPick<VersionItem>();
  const older: VersionItem = { label: vscode.l10n.t('Show older versions'), iconPath: new vscode.ThemeIcon('ellipsis'), alwaysShow: true };
  const versions: DocumentVersion[] = [];
  const load = async (): Promise<void> => {
    pick.busy = true;
    const last = versions.at(-1);
    // One more than a page: it is what the last of the page is compared with.
    const input = { path: recorded.path, limit: pageSize + 1, ...(last === undefined ? {} : { beforeVersion: last.version }) };
    const page = (await store.call('document.versions', input)).versions;
    versions.push(...page.slice(0, pageSize));
    const next = page[pageSize];
    const items = versions.map((version, at) => itemOf(version, versions[at + 1] ?? next, at === 0));
    const offered = items.filter(({ version }) => version !== undefined && isOffered(version));
    pick.items = next === undefined ? offered : [...offered, older];
    pick.busy = false;
  };
  pick.title = vscode.l10n.t('Versions of {0}', recorded.path);
  pick.placeholder = placeholder;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  try {
    await load();
    return await new Promise<Choice | undefined>((resolve, reject) => {
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        if (item === older) load().catch(reject);
        else resolve(item && { item });
      });
      pick.onDidTriggerItemButton(({ item, button }) => resolve({ item, button }));
      pick.onDidHide(() => resolve(undefined));
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}

const titleOf = ({ version, savedAt }: DocumentVersion) => `#${version} (${timeName(savedAt)})`;

async function showDiff(recorded: Recorded, before: DocumentVersion, after: DocumentVersion): Promise<void> {
  const title = `${nameOf(recorded.path)}: ${titleOf(before)} ↔ ${titleOf(after)}`;
  await vscode.commands.executeCommand('vscode.diff', versionUri(recorded, before.version), versionUri(recorded, after.version), title);
}

async function compareWithNow(recorded: Recorded, version: DocumentVersion): Promise<void> {
  const { folder, path } = recorded;
  const uri = vscode.Uri.file(fromDocumentPath(path, folder.catalog.places));
  const there = await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  if (there) {
    const title = vscode.l10n.t('{0}: {1} ↔ now', nameOf(path), titleOf(version));
    await vscode.commands.executeCommand('vscode.diff', versionUri(recorded, version.version), uri, title);
  } else await vscode.window.showTextDocument(versionUri(recorded, version.version));
}

async function copyVersion(recorded: Recorded, version: number): Promise<void> {
  await vscode.env.clipboard.writeText(new TextDecoder().decode(await versionBytes(recorded, version)));
  say(vscode.l10n.t('Copied version {0} of {1}.', version, nameOf(recorded.path)));
}
