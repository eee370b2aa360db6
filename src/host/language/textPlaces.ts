import * as vscode from 'vscode';
import { linesOf } from '../../core/markdown/lines.ts';
import type { Span } from '../../core/markdown/textEdit.ts';

/** Turns offsets into places of an editor. An editor does not show a byte order mark. */
export class TextPlaces {
  readonly #starts: readonly number[];
  readonly #length: number;
  readonly #hidden: number;

  constructor(text: string) {
    const ends = linesOf(text, { start: 0, end: text.length }).map(({ next }) => next);
    const isOpen = text === '' || !/[\r\n]/.test(text.charAt(text.length - 1));
    this.#starts = [0, ...(isOpen ? ends.slice(0, -1) : ends)];
    this.#length = text.length;
    this.#hidden = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  position(offset: number): vscode.Position {
    const at = Math.min(Math.max(offset, 0), this.#length);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    const column = at - (this.#starts[low] ?? 0);
    return new vscode.Position(low, low === 0 ? Math.max(0, column - this.#hidden) : column);
  }

  range({ start, end }: Span): vscode.Range {
    return new vscode.Range(this.position(start), this.position(end));
  }
}
