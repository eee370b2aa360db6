import { nearest } from '../../core/nearest.ts';
import { grants } from '../../protocol/api.ts';
import type { ApiScope } from '../../protocol/api.ts';
import { editTools } from './editTools.ts';
import { findTools } from './findTools.ts';
import { jobTools } from './jobTools.ts';
import { projectTools } from './projectTools.ts';
import { listed } from './tool.ts';
import type { ListedTool, Tool } from './tool.ts';
import { workTools } from './workTools.ts';

/** Every tool there is, those first that an agent needs first. */
export const tools: readonly Tool[] = [...workTools, ...findTools, ...editTools, ...projectTools, ...jobTools];

const byName: ReadonlyMap<string, Tool> = new Map(tools.map((tool) => [tool.name, tool]));

/** Any tool, whether it is listed or not: an agent that knows its name may call it, and its scopes say what it may do. */
export const findTool = (name: string): Tool | undefined => byName.get(name);

export const nearTools = (name: string): string[] => nearest(name, byName.keys(), 3);

const covers = (scopes: readonly ApiScope[], needed: ApiScope) =>
  scopes.some((scope) => grants[needed].every((one) => grants[scope].includes(one)));

const rendered = new Map<Tool, ListedTool>();

/** What a client is offered: no tool that its token would have refused. */
export function listTools(tier: 'core' | 'all', scopes: readonly ApiScope[]): ListedTool[] {
  return tools
    .filter((tool) => (tier === 'all' || tool.tier === 'core') && covers(scopes, tool.scope))
    .map((tool) => {
      const known = rendered.get(tool) ?? listed(tool);
      rendered.set(tool, known);
      return known;
    });
}
