import type { MessagesRequest, ToolResult } from './request.ts';
import { matches, type Answer, type ReadScript } from './script.ts';

/** One request to `/v1/messages`. */
export interface Asked {
  readonly request: MessagesRequest;
  /** The rule that answers, or `side`; undefined when none does. */
  readonly rule: string | undefined;
  /** Milliseconds until the client hung up on an answer that was not whole yet. */
  clientGoneAfterMs?: number;
}

/** What must be empty after a run that went as the script says. */
export interface Faults {
  /** Requests that no rule matched, by what they asked; one that is tried again stands once. */
  unmatched: readonly string[];
  /** What the real API would refuse. */
  problems: readonly string[];
  /** Rules that must be used and were not, or not so often. */
  missed: readonly string[];
  /** Tools that the script called and the request did not offer. The CLI may hold them back: `alwaysLoad`, `ENABLE_TOOL_SEARCH=false`. */
  unofferedCalls: readonly string[];
  /** Method and path of what the API does not have. */
  otherPaths: readonly string[];
}

export interface FakeState extends Faults {
  /** What the tools answered, each call once. */
  toolResults: readonly ToolResult[];
}

/** A script with the uses of its rules, and what came. */
export class Ledger {
  readonly script: ReadScript;
  readonly asked: Asked[] = [];
  readonly problems: string[] = [];
  readonly unofferedCalls: string[] = [];
  readonly otherPaths: string[] = [];
  readonly #uses = new Map<ReadScript['rules'][number], number>();

  constructor(script: ReadScript) {
    this.script = script;
  }

  /** Notes the request, and finds its answer: that of the first rule that matches and has uses left. */
  add(request: MessagesRequest): { asked: Asked; answer: Answer | undefined } {
    const rule = this.script.rules.find((one) => this.#usesOf(one) < (one.times ?? Infinity) && matches(one.when, request));
    if (rule !== undefined) this.#uses.set(rule, this.#usesOf(rule) + 1);
    const beside = rule === undefined && request.tools.size === 0;
    const asked: Asked = { request, rule: beside ? 'side' : rule?.name };
    this.asked.push(asked);
    return { asked, answer: beside ? this.script.side : rule?.answer };
  }

  state(): FakeState {
    const results = this.asked.flatMap(({ request }) => request.lastToolResults);
    return {
      unmatched: [...new Set(this.asked.filter(({ rule }) => rule === undefined).map(({ request }) => inShort(request)))],
      problems: [...this.problems],
      missed: this.script.rules.filter((one) => one.must && this.#usesOf(one) < (one.times ?? 1)).map(({ name }) => name),
      unofferedCalls: [...this.unofferedCalls],
      otherPaths: [...this.otherPaths],
      toolResults: [...new Map(results.map((one) => [one.id, one])).values()],
    };
  }

  #usesOf(rule: ReadScript['rules'][number]): number {
    return this.#uses.get(rule) ?? 0;
  }
}

function inShort({ prompt, assistantTurns, lastToolResults }: MessagesRequest): string {
  const results = lastToolResults.map(({ tool, isError, text }) => `${tool} ${isError ? 'failed' : 'answered'}: ${text.slice(0, 300)}`);
  return [`after ${assistantTurns} turns: ${prompt.slice(0, 200)}`, ...results].join('\n');
}
