import type { CommandId } from '../contributions.generated.ts';

/** What runs a command. The arguments come from anyone who calls it and are looked at before use. */
export type Handler = (...args: unknown[]) => unknown;

/** Handlers of the commands whose ids begin with one noun. */
export type HandlersOf<Noun extends string> = Record<Extract<CommandId, `claudetask.${Noun}.${string}`>, Handler>;
export type AllHandlers = Record<CommandId, Handler>;
