import type { Actor } from '../core/actor.ts';
import { AppError } from '../core/appError.ts';
import type { DocumentCause, DocumentKind, DocumentRow } from '../core/document.ts';
import type { Recording } from '../protocol/document.ts';
import type { Base64 } from './filePorts.ts';
import type { Log, Store } from './ports.ts';

/** A content on its way into the database. */
export interface Saved {
  /** The document path. */
  path: string;
  kind: DocumentKind;
  /** Null for a deletion. */
  bytes: Uint8Array | null;
  cause: DocumentCause;
  actor: Actor;
  note?: string | undefined;
}

/** Who wrote what appeared on the disk is not known. */
export const stranger: Actor = { kind: 'client', name: 'another program' };

/** Of one call, so that no request is long. */
const mostDocuments = 500;
const mostBytes = 1024 * 1024;
/** Bytes that wait at most while the database does not answer. */
const mostWaiting = 64 * 1024 * 1024;

/** Brings contents into the database in the order in which they came. What fails is kept and tried again with the next. */
export class DocumentHistory {
  readonly #base64: Base64;
  readonly #log: Log;
  #store: Store | undefined;
  #waiting: Saved[] = [];
  #bytes = 0;
  #flushing: Promise<void> = Promise.resolve();

  constructor(base64: Base64, log: Log) {
    this.#base64 = base64;
    this.#log = log;
  }

  get isActive(): boolean {
    return this.#store !== undefined;
  }

  /** Records into this database from now on. */
  use(store: Store): void {
    this.#store = store;
  }

  /** All documents that the database knows, by path. */
  async known(): Promise<Map<string, DocumentRow>> {
    const rows = new Map<string, DocumentRow>();
    const store = this.#store;
    if (store === undefined) return rows;
    for (let after = ''; ;) {
      const { documents } = await store.call('document.list', { after, limit: 1000 });
      for (const row of documents) rows.set(row.path, row);
      const last = documents.at(-1);
      if (last === undefined) return rows;
      after = last.path;
    }
  }

  /** Nothing waits without a database. */
  add(saved: Saved): void {
    if (!this.isActive) return;
    this.#waiting.push(saved);
    this.#bytes += saved.bytes?.length ?? 0;
    while (this.#bytes > mostWaiting) {
      const dropped = this.#waiting.shift();
      if (dropped === undefined) break;
      this.#bytes -= dropped.bytes?.length ?? 0;
      this.#log.error(`A version of ${dropped.path} was not recorded: too much waits for the database.`);
    }
  }

  get isFull(): boolean {
    return this.#waiting.length >= mostDocuments || this.#bytes >= mostBytes;
  }

  /** Resolves when all that waited was recorded, or could not be, which is logged. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flush());
    return this.#flushing;
  }

  async #flush(): Promise<void> {
    const store = this.#store;
    while (store !== undefined && this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      try {
        await this.#record(store, batch);
      } catch (error) {
        this.#log.error(`${batch.length} versions of files could not be recorded yet; they are tried again with the next change`, error);
        return;
      }
      this.#waiting.splice(0, batch.length);
      for (const { bytes } of batch) this.#bytes -= bytes?.length ?? 0;
    }
  }

  /** What one call can take: of one actor, and no document twice. */
  #nextBatch(): Saved[] {
    const batch: Saved[] = [];
    const paths = new Set<string>();
    let size = 0;
    for (const saved of this.#waiting) {
      const isSame = batch[0] === undefined || (batch[0].actor.kind === saved.actor.kind && batch[0].actor.name === saved.actor.name);
      size += saved.bytes?.length ?? 0;
      if (!isSame || paths.has(saved.path) || batch.length === mostDocuments || (size > mostBytes && batch.length > 0)) break;
      paths.add(saved.path);
      batch.push(saved);
    }
    return batch;
  }

  async #record(store: Store, batch: readonly Saved[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    try {
      await store.call(
        'document.recordMany',
        { documents: batch.map((saved) => toRecording(saved, this.#base64)) },
        { actor: first.actor },
      );
    } catch (error) {
      if (!AppError.is(error, 'input.invalid') && !AppError.is(error, 'file.tooLarge')) throw error;
      // One that can never be recorded must not keep the others out.
      if (batch.length > 1) for (const saved of batch) await this.#record(store, [saved]);
      else this.#log.warn(`A version of ${first.path} cannot be recorded: ${error.message}`);
    }
  }
}

const toRecording = ({ path, kind, bytes, cause, note }: Saved, base64: Base64): Recording => ({
  path,
  kind,
  content: bytes === null ? null : base64.encode(bytes),
  cause,
  ...(note === undefined ? {} : { note: note.slice(0, 500) }),
});
