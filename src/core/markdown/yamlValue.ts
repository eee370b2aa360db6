import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { ErrorCode } from 'yaml';
import type { FieldValue } from './frontmatter.ts';

/** `repeated` marks the one complaint that leaves the meaning of everything else certain. */
export interface YamlComplaint {
  message: string;
  /** The library's name for it, where it comes from there. */
  code?: ErrorCode;
  start: number;
  end: number;
  repeated?: boolean;
}

/** Through aliases a file of a few lines can mean a value of any size. */
const maxAliasedNodes = 10_000;

/**
 * Turns nodes of one document, asked for in the order of the file, into values.
 * Not the library's `toJS`: it throws at the first alias it cannot resolve, and hands `__proto__` on as a prototype.
 */
export class YamlValues {
  readonly complaints: YamlComplaint[] = [];
  readonly #source: string;
  readonly #anchors = new Map<string, { value: FieldValue; nodes: number }>();
  #nodes = 0;

  constructor(source: string) {
    this.#source = source;
  }

  read(node: unknown): FieldValue {
    const before = this.#nodes++;
    const value = this.#readNode(node);
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) {
      this.#anchors.set(node.anchor, { value, nodes: this.#nodes - before });
    }
    return value;
  }

  key(node: unknown): string {
    const value = this.read(node);
    if (value === null) return '';
    if (typeof value !== 'object') return String(value);
    const range = rangeOf(node);
    return range === undefined ? '' : this.#source.slice(range[0], range[1]).trim();
  }

  #readNode(node: unknown): FieldValue {
    if (isScalar(node)) {
      const { value } = node;
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
    }
    if (isSeq(node)) return node.items.map((item) => this.read(item));
    if (isMap(node)) {
      const result: { [key: string]: FieldValue } = {};
      const keys = new Set<string>();
      for (const { key: keyNode, value } of node.items) {
        const key = this.key(keyNode);
        if (keys.has(key)) this.repeated(key, keyNode);
        keys.add(key);
        Object.defineProperty(result, key, { value: this.read(value), enumerable: true, configurable: true, writable: true });
      }
      return result;
    }
    if (isAlias(node)) {
      const known = this.#anchors.get(node.source);
      if (known === undefined) {
        this.#complain(`"*${node.source}" refers to an anchor that is not there.`, node);
        return null;
      }
      this.#nodes += known.nodes;
      if (this.#nodes > maxAliasedNodes) {
        this.#complain(`The aliases stand for more than ${maxAliasedNodes} values.`, node);
        return null;
      }
      return known.value;
    }
    return null;
  }

  /** Notes that a key stands twice in one map. */
  repeated(key: string, node: unknown): void {
    this.#complain(`The key "${key}" is there twice.`, node, true);
  }

  #complain(message: string, node: unknown, repeated = false): void {
    const range = rangeOf(node);
    this.complaints.push({ message, start: range?.[0] ?? 0, end: range?.[1] ?? 0, ...(repeated && { repeated }) });
  }
}

function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range ?? undefined) : undefined;
}
