import * as z from 'zod';
import type { ClaudePlaces } from '../core/claudePlaces.ts';
import { withSlashes } from '../core/filePath.ts';
import { decodeFile } from '../core/markdown/fileText.ts';
import type { SourceDisk } from './sourceSnapshot.ts';

/** A larger `.claude.json` counts as none. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Whether the user has let the project of one workspace folder import files from outside of it. Claude Code asks that once, and keeps the answer in
 * `.claude.json`, among much that is nobody else's business: nothing of the file is kept but the answer.
 */
export class OutsideApproval {
  readonly #places: ClaudePlaces;
  readonly #disk: Pick<SourceDisk, 'look' | 'read'>;
  #known: { stamp: string; approved: Promise<boolean> } | undefined;

  constructor(places: ClaudePlaces, disk: Pick<SourceDisk, 'look' | 'read'>) {
    this.#places = places;
    this.#disk = disk;
  }

  /** As the disk has it now; false when there is no answer or it cannot be read. The content is read again only when the file has changed. */
  async read(): Promise<boolean> {
    const path = configPath(this.#places);
    const entry = await this.#disk.look(path);
    if (entry?.kind !== 'file' || entry.bytes > mostBytes) return false;
    if (this.#known?.stamp !== entry.stamp) this.#known = { stamp: entry.stamp, approved: this.#find(path) };
    return await this.#known.approved;
  }

  async #find(path: string): Promise<boolean> {
    const { folder, repositoryRoot } = this.#places;
    const folders = [folder, repositoryRoot];
    const [content, ...entries] = await Promise.all([this.#disk.read(path), ...folders.map((one) => this.#disk.look(one))]);
    if (content === undefined || content.length > mostBytes) return false;
    // Claude Code takes its folder with all links resolved.
    const keys = [...folders, ...entries.flatMap((entry) => entry?.realPath ?? [])];
    return isApproved(decodeFile(content), new Set(keys.map(asKey)));
  }
}

function configPath({ home, claudeHome }: ClaudePlaces): string {
  return claudeHome === `${home}/.claude` ? `${home}/.claude.json` : `${claudeHome}/.claude.json`;
}

/** On Windows a key may have either slash, and a drive in either case; elsewhere a backslash is part of a name. */
function asKey(path: string): string {
  if (!/^(?:[A-Za-z]:|\\\\)/.test(path)) return path;
  return withSlashes(path).replace(/^[a-z]:/, (drive) => drive.toUpperCase());
}

const withProjects = z.object({ projects: z.record(z.string(), z.unknown()) });
const approvedProject = z.object({ hasClaudeMdExternalIncludesApproved: z.literal(true) });

function isApproved(text: string, keys: ReadonlySet<string>): boolean {
  try {
    const config = withProjects.safeParse(JSON.parse(text.replace(/^\uFEFF/, '')));
    if (!config.success) return false;
    return Object.entries(config.data.projects).some(
      ([key, project]) => keys.has(asKey(key)) && approvedProject.safeParse(project).success,
    );
  } catch {
    return false;
  }
}
