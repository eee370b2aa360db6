import type { ExtensionContext } from 'vscode';
import { compose, type App } from './compose.ts';

/** VS Code gives an extension five seconds to end. */
const closeLimit = 4000;

let app: App | undefined;

export function activate(context: ExtensionContext): void {
  app = compose(context);
}

export async function deactivate(): Promise<void> {
  const closing = app?.close();
  app = undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeLimit);
  });
  // What was acknowledged is on the disk already: past the limit only the lock is freed by the end of the process.
  await Promise.race([closing, limit]);
  clearTimeout(timer);
}
