import * as vscode from 'vscode';
import type { Store } from '../app/ports.ts';
import type { StoreNotice, StoreState } from '../protocol/wire.ts';
import { DisposableStore, type Disposable } from '../util/disposable.ts';
import type { HostLog } from './log.ts';
import { showError } from './showError.ts';
import { AppError } from '../core/appError.ts';

/** Tells what a person should know about a store: its notices, and once per cause that it is read-only or has failed. */
export function followNotices(store: Store, folderName: string, log: HostLog): Disposable {
  const subscriptions = new DisposableStore();
  const told = new Set<string>();
  const onState = (state: StoreState) => {
    log.info(`${folderName}: store is ${state.role}`);
    if (state.role !== 'readOnly' && state.role !== 'failed') return;
    const cause = `${state.role} ${state.error.code}`;
    if (told.has(cause)) return;
    told.add(cause);
    showError(log, folderName, AppError.fromBody(state.error));
  };
  subscriptions.add(store.onDidChangeState(onState));
  subscriptions.add(store.onDidNotice((notice) => void showNotice(notice, folderName, log)));
  onState(store.state);
  return subscriptions;
}

async function showNotice(notice: StoreNotice, folderName: string, log: HostLog): Promise<void> {
  const line = `${folderName}: ${notice.message}`;
  // What only informs does not interrupt.
  if (notice.severity === 'info') {
    log.info(line);
    return;
  }
  log.warn(line);
  const copy = vscode.l10n.t('Copy Path');
  const showLog = vscode.l10n.t('Show Log');
  const show = notice.severity === 'error' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
  const picked = await show(notice.message, ...(notice.file === undefined ? [showLog] : [copy, showLog]));
  if (picked === showLog) log.show();
  else if (picked === copy && notice.file !== undefined) await vscode.env.clipboard.writeText(notice.file);
}
