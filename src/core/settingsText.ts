import { parse } from 'jsonc-parser';
import { toWorkflow } from './workflowSettings.ts';
import type { Workflow } from './workflow.ts';

/** The rules in the text of a `settings.json`, with comments and trailing commas. Of a broken one it takes what can be read, as VS Code does. */
export function workflowInSettings(text: string): Workflow {
  const parsed: unknown = parse(text.replace(/^\uFEFF/, ''), [], { allowTrailingComma: true });
  const settings =
    typeof parsed === 'object' && parsed !== null ? new Map<string, unknown>(Object.entries(parsed)) : new Map<string, unknown>();
  const value = (name: string) => settings.get(`claudetask.workflow.${name}`);
  return toWorkflow(value('wipLimits'), value('allowedMoves'), value('requireBlockersDone'), value('requireChecklistComplete'));
}
