import * as fs from 'node:fs';
import { isMissing } from './fileError.ts';

/** Names in a folder; undefined when there is none, 'unreadable' when the system refuses. */
export function list(folder: string): Promise<fs.Dirent[] | 'unreadable' | undefined> {
  return new Promise((resolve) => {
    fs.readdir(folder, { withFileTypes: true }, (error, entries) => {
      if (error === null) resolve(entries);
      else resolve(isMissing(error) ? undefined : 'unreadable');
    });
  });
}

/** What is behind a name, through links unless told otherwise; the error when it cannot be told. */
export function look(path: string, through = true): Promise<fs.Stats | NodeJS.ErrnoException> {
  return new Promise((resolve) => {
    (through ? fs.stat : fs.lstat)(path, (error, stat) => resolve(error ?? stat));
  });
}

/** Does something to all items, so many at a time, and to items that are added meanwhile. */
export async function workOff<T>(items: T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  let failure: { error: unknown } | undefined;
  await new Promise<void>((resolve) => {
    let running = 0;
    const step = () => {
      if (running === 0 && (failure !== undefined || next >= items.length)) resolve();
      while (running < width && next < items.length && failure === undefined) {
        const item = items[next++];
        if (item === undefined) continue;
        running++;
        work(item)
          .catch((error: unknown) => (failure ??= { error }))
          .finally(() => {
            running--;
            step();
          });
      }
    };
    step();
  });
  if (failure !== undefined) throw failure.error;
}
