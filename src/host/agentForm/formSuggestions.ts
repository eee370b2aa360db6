import type { AgentModel } from '../../app/agentModel.ts';
import { modelAliases } from '../../core/agents/agentFields.ts';
import { currentTools } from '../../core/agents/tools.ts';
import type { FormSuggestions, Suggestion } from '../../protocol/agentFormMessages.ts';

const byValue = (a: Suggestion, b: Suggestion): number => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);

function inOrder(found: ReadonlyMap<string, string>): Suggestion[] {
  return [...found].map(([value, description]) => ({ value, description })).toSorted(byValue);
}

/** What the form offers: the documented tools and those that agents here use, the skills, agents and models there are. */
export function formSuggestions(model: AgentModel | undefined): FormSuggestions {
  const tools = new Map(currentTools.filter((tool) => tool.deprecated !== true).map(({ name, summary }) => [name, summary]));
  const skills = new Map<string, string>();
  const models = new Map<string, string>();
  const agents = new Map<string, string>();
  for (const { content, resolved } of model?.agents.values() ?? []) {
    if (content === undefined) continue;
    const { agent } = content;
    for (const tool of [...(agent.tools ?? []), ...agent.disallowedTools]) {
      // What a single agent gets wrong is not to be offered to the others: only servers are unknown to the list.
      if (tool.name.startsWith('mcp__') && !tools.has(tool.name)) tools.set(tool.name, '');
    }
    if (agent.model !== null && !modelAliases.some((alias) => alias === agent.model)) models.set(agent.model, '');
    if (resolved !== undefined && resolved.state.state !== 'dropped') agents.set(resolved.id, agent.description ?? '');
  }
  for (const { name, content } of model?.skills.values() ?? []) {
    if (content !== undefined && !content.skill.manualOnly) skills.set(name, content.skill.description ?? '');
  }
  return { tools: inOrder(tools), skills: inOrder(skills), models: inOrder(models), agents: inOrder(agents) };
}
