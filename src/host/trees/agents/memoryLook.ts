import { measureMemory, orphanTopics, type MemoryFolder, type MemoryGauge } from '../../../core/memory/agentMemory.ts';
import type { ClaudeFolder } from '../../claude/claudeFolders.ts';

/** What is in a memory folder. */
export interface MemoryLook {
  /** Of its MEMORY.md; undefined when there is none. */
  gauge: MemoryGauge | undefined;
  /** Files that MEMORY.md does not mention. */
  orphans: ReadonlySet<string>;
}

/** Measures memory folders, each content once. */
export class MemoryLooks {
  readonly #looks = new Map<string, { key: string; look: MemoryLook }>();

  async of({ catalog }: ClaudeFolder, { path, files }: MemoryFolder): Promise<MemoryLook> {
    const main = files.includes(mainFile) ? await catalog.text(`${path}/${mainFile}`) : undefined;
    const key = `${main?.hash ?? ''}\n${files.join('\n')}`;
    const known = this.#looks.get(path);
    if (known?.key === key) return known.look;
    const look = {
      gauge: main && measureMemory(main.text),
      orphans: new Set(main === undefined ? [] : orphanTopics(main.text, files)),
    };
    this.#looks.set(path, { key, look });
    return look;
  }
}

export const mainFile = 'MEMORY.md';
