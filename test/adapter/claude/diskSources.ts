import fs from 'node:fs';
import path from 'node:path';
import { instructionFiles } from '../../../src/core/instructions/loadOrder.ts';
import { mergeInstructions, type PreviewBlock } from '../../../src/core/instructions/mergedPreview.ts';
import type { FileView, SourceFiles } from '../../../src/core/instructions/sourceFiles.ts';
import { decodeFile } from '../../../src/core/markdown/fileText.ts';

function orNothing<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Files as they are on the disk, each read once. */
function diskSources(): SourceFiles {
  const views = new Map<string, FileView | undefined>();
  const load = (file: string): FileView | undefined =>
    orNothing(() => {
      const bytes = fs.readFileSync(file);
      return { text: decodeFile(bytes), bytes: bytes.length };
    });
  return {
    read: (file) => {
      if (!views.has(file)) views.set(file, load(file));
      return views.get(file);
    },
    exists: (file) => orNothing(() => (fs.statSync(file).isDirectory() ? 'folder' : 'file')),
    list: (folder) => orNothing(() => fs.readdirSync(folder)) ?? [],
    realPath: (file) => orNothing(() => fs.realpathSync(file)),
  };
}

/** Every file below a folder, through links too, by the path that leads there. */
function below(folder: string, above: readonly string[] = []): string[] {
  const real = orNothing(() => fs.realpathSync(folder));
  if (real === undefined || above.includes(real)) return [];
  return fs.readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    const isFolder = orNothing(() => fs.statSync(file).isDirectory());
    return isFolder === undefined ? [] : isFolder ? below(file, [...above, real]) : [file];
  });
}

export interface PreviewOptions {
  /** Holds all else. */
  root: string;
  folder: string;
  home: string;
  excludes?: readonly string[];
  outsideApproved?: boolean;
  forFile?: string;
}

/** What our preview says of folders on the disk. */
export function preview({ root, folder, home, excludes = [], outsideApproved = false, forFile }: PreviewOptions): PreviewBlock[] {
  const files = diskSources();
  const found = below(root).filter((file) => /\/\.claude\/rules\/|\/(?:CLAUDE(?:\.local)?|AGENTS)\.md$/.test(file));
  const managed = path.join(root, 'managed');
  const places = { folder, repositoryRoot: folder, home, claudeHome: path.join(home, '.claude'), managed, plugins: [] };
  const order = instructionFiles({ places, files, found }, { excludes, outsideApproved });
  const context = { files, home, workspace: folder, excludes, outsideApproved };
  return mergeInstructions(order, context, forFile === undefined ? {} : { forFile });
}
