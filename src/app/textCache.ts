import type { CatalogText } from './claudeCatalog.ts';

/** UTF-16 units of text that are kept at hand. */
const most = 16 * 1024 * 1024;

/** Texts of files, the ones that were used last. */
export class TextCache {
  /** Least recently used first. */
  readonly #texts = new Map<string, CatalogText>();
  #size = 0;

  get(path: string): CatalogText | undefined {
    const kept = this.#texts.get(path);
    if (kept === undefined) return undefined;
    this.#texts.delete(path);
    this.#texts.set(path, kept);
    return kept;
  }

  set(path: string, text: CatalogText): void {
    this.delete(path);
    this.#texts.set(path, text);
    this.#size += text.text.length;
    for (const oldest of this.#texts.keys()) {
      if (this.#size <= most || oldest === path) break;
      this.delete(oldest);
    }
  }

  delete(path: string): void {
    this.#size -= this.#texts.get(path)?.text.length ?? 0;
    this.#texts.delete(path);
  }
}
