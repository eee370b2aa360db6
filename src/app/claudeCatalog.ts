import type { Actor } from '../core/actor.ts';
import type { ClaudePlaces } from '../core/claudePlaces.ts';
import type { DocumentCause, DocumentKind } from '../core/document.ts';
import type { Disposable } from '../util/disposable.ts';
import type { Event } from '../util/emitter.ts';
import type { FileEntry, Files, FileView } from './filePorts.ts';
import type { Clock, Log, Store } from './ports.ts';

/** A file with its content. */
export interface CatalogText {
  entry: FileEntry;
  /** As `decodeFile` makes it of the bytes. */
  text: string;
  hash: string;
}

export interface CatalogChange {
  /** New, or with another content than before. */
  changed: readonly FileEntry[];
  removed: readonly FileEntry[];
}

/** Why a content that is about to appear on the disk is no stranger's. */
export interface SaveReason {
  cause: DocumentCause;
  actor?: Actor;
  note?: string;
}

export interface SearchGaps {
  /** Folders that could not be listed. */
  unreadable: readonly string[];
  /** There were too many folders to look into all of them. */
  incomplete: boolean;
}

/** Every file of Claude Code that concerns one workspace folder, kept up to date. Paths are absolute, with `/`. */
export interface ClaudeCatalog extends Disposable {
  /** As far as they are known; the plugins are known after `ready`. */
  readonly places: ClaudePlaces;
  /** Changes of any file, once `ready` was asked for. */
  readonly onDidChange: Event<CatalogChange>;
  /** Scans when it is first asked; until then nothing is read or watched. Never fails: what cannot be read has a problem. */
  ready(): Promise<void>;
  /** The files found so far, by path; empty before `ready`. */
  files(kind?: DocumentKind): readonly FileEntry[];
  get(path: string): FileEntry | undefined;
  /** Where the last search of everything could not look. */
  readonly gaps: SearchGaps;
  /** The content; kept until it changes. Undefined when the file is gone, unreadable or too large. */
  text(path: string): Promise<CatalogText | undefined>;
  /** The content if it is at hand. */
  textNow(path: string): CatalogText | undefined;
  /** Contents of many, without keeping the event loop. */
  texts(entries: readonly FileEntry[]): Promise<CatalogText[]>;
  /** Looks at everything again. */
  refresh(): Promise<void>;
  /** Something may have changed at these paths, files or folders: what the workspace's watcher says. */
  notifyChanged(paths: readonly string[]): void;
  /** The next time that this content is found at the path, it is recorded with this reason and not as a stranger's. */
  expectSave(path: string, hash: string, reason: SaveReason): void;
  /** Takes in what was just written or removed (`null`) by us, and records it. Resolves when the database has it, if there is one. */
  wrote(path: string, file: FileView | null, reason: SaveReason): Promise<void>;
  /** Keeps contents that were replaced unseen as versions before the present one. */
  keep(path: string, contents: readonly Uint8Array[], note: string): Promise<void>;
  /** Makes the database if need be and records versions from now on. Without it they are recorded when the folder has a database. */
  startHistory(): Promise<void>;
  /** Waits until everything noticed so far has been looked at and recorded. */
  settled(): Promise<void>;
}

export interface CatalogDeps {
  files: Files;
  places: ClaudePlaces;
  history: {
    /** The folder's database if it is open. */
    readonly store: Store | undefined;
    readonly onDidOpen: Event<Store>;
    /** Opens it, and makes it when there is none. */
    open(): Promise<Store>;
  };
  clock: Clock;
  log: Log;
}
