import { findFieldProblems, removeFieldFix } from '../fieldProblems.ts';
import type { FieldRules } from '../fieldProblems.ts';
import { inOrder } from '../fixes.ts';
import { fieldOf } from '../markdown/frontmatter.ts';
import { setField } from '../markdown/frontmatterEdit.ts';
import type { Fix, Problem } from '../problem.ts';
import { findReadingProblems } from '../readingProblems.ts';
import { findTextProblems } from '../textProblems.ts';
import type { AgentContext, AgentFile } from './agentContext.ts';
import { agentFields, ignoredInPlugins, misnamedAgentFields, modelAliases, sdkOnlyAgentFields } from './agentFields.ts';
import { findBodyProblems } from './bodyProblems.ts';
import { nearestColor } from './colors.ts';
import { findDropReasons } from './dropped.ts';
import { isKebab, toKebab } from './names.ts';
import { findSkillReferenceProblems } from './skillReferences.ts';
import { findToolProblems } from './toolProblems.ts';

/** From this length on a description is worth a word: it is part of every turn. */
export const longDescription = 1024;

const suggest = (key: string, value: string): string | undefined => {
  if (key === 'color') return nearestColor(value);
  // `delegate` was a mode of agent teams until they became implicit.
  return key === 'permissionMode' && value === 'delegate' ? 'default' : undefined;
};

const fieldRules: FieldRules = {
  specs: agentFields,
  misnamed: misnamedAgentFields,
  // Their own checks speak of these: `findDropReasons` and, for the keys of the SDK, `sdkOnly`.
  skip: new Set(['name', 'description', ...sdkOnlyAgentFields]),
  empty: { tools: 'Claude Code gives the agent no tools at all.' },
  suggest,
};

/** Documentation that people keep beside their agents. */
const isDocumentation = (path: string) =>
  /(?:^|[\\/])(?:README|CHANGELOG|CONTRIBUTING|CLAUDE|AGENTS|INDEX|LICENSE|TODO)[^\\/]*$/i.test(path);

function dropProblems({ document, path }: AgentFile, { isPlugin }: AgentContext): Problem[] {
  return findDropReasons(document, path).map((reason) => {
    const { code, because, advice, span, fixes } = reason;
    if (isPlugin) {
      const message = `Claude Code loads this plugin agent only under the name of its file, because ${because}. ${advice}`;
      return { code, severity: 'warning', message, span, fixes };
    }
    const message = `Claude Code will ignore this agent because ${because}. ${advice}`;
    return {
      code,
      severity: code === 'no-frontmatter' && isDocumentation(path) ? 'information' : 'error',
      message,
      span,
      fatal: true,
      fixes,
    };
  });
}

function nameProblems({ document, agent, path }: AgentFile, context: AgentContext): Problem[] {
  const field = fieldOf(document, 'name');
  const { name } = agent;
  if (field === undefined || name === null) return [];
  const problems: Problem[] = [];
  const better = toKebab(name.trim());
  if (!isKebab(name) && !name.startsWith('-') && !name.includes(':')) {
    problems.push({
      code: 'name-not-kebab',
      severity: 'warning',
      message: `“${name}” loads, but the documented form is lowercase letters, digits and hyphens.`,
      span: field.valueSpan,
      fixes: isKebab(better)
        ? [{ title: `Rename to “${better}”`, kind: 'kebab-name', preferred: true, edits: setField(document, 'name', better) }]
        : [],
    });
  }
  const others = (context.sameTree.get(name) ?? []).filter((other) => other !== path);
  if (others.length > 0) {
    problems.push({
      code: 'duplicate-name',
      severity: 'warning',
      message: `Another file of this folder has the name “${name}” as well: ${others.join(', ')}. Which of them Claude Code takes is not defined.`,
      span: field.valueSpan,
    });
  }
  return problems;
}

const isModel = (model: string, known: readonly string[]) => {
  const name = model.replace(/\[1m\]$/, '');
  return (
    modelAliases.some((alias) => alias === name) ||
    known.includes(name) ||
    /(?:^|[./])claude-[\w.:@-]+$/.test(name) ||
    name.startsWith('arn:')
  );
};

function modelProblems({ document, agent }: AgentFile, { models }: AgentContext): Problem[] {
  const field = fieldOf(document, 'model');
  const { model } = agent;
  if (field === undefined || model === null || isModel(model, models)) return [];
  const meant = modelAliases.find((alias) => model.toLowerCase().includes(alias)) ?? 'inherit';
  const fix: Fix = {
    title: `Change model to “${meant}”`,
    kind: 'change-model',
    preferred: true,
    edits: setField(document, 'model', meant),
  };
  return [
    {
      code: 'unknown-model',
      severity: 'warning',
      message: `“${model}” is neither an alias (${modelAliases.join(', ')}) nor the id of a Claude model; Claude Code has nothing to run the agent on.`,
      span: field.valueSpan,
      fixes: [fix],
    },
  ];
}

function notes({ document, agent }: AgentFile, { isPlugin }: AgentContext): Problem[] {
  const problems: Problem[] = [];
  const description = fieldOf(document, 'description');
  if (description !== undefined && agent.description === null && typeof description.value === 'string' && description.value !== '') {
    const message = 'The description is blank: the agent loads, and Claude does not know what for. Say when to hand work to it.';
    problems.push({ code: 'description-blank', severity: 'warning', message, span: description.valueSpan });
  }
  if (description !== undefined && (agent.description?.length ?? 0) > longDescription) {
    const length = (agent.description?.length ?? 0).toLocaleString('en');
    const message = `The description has ${length} characters and is part of every turn of the main conversation. Keep it under 1,024; examples can go into the prompt.`;
    problems.push({ code: 'long-description', severity: 'information', message, span: description.valueSpan });
  }
  const mode = fieldOf(document, 'permissionMode');
  if (mode !== undefined && agent.permissionMode === 'bypassPermissions' && !isPlugin) {
    const message =
      'This agent runs every tool without asking, also those that delete or publish. `acceptEdits` lets only file edits pass.';
    const edits = setField(document, 'permissionMode', 'acceptEdits');
    const fixes: Fix[] = [{ title: 'Change permissionMode to “acceptEdits”', kind: 'change-permission-mode', edits }];
    problems.push({ code: 'bypass-permissions', severity: 'warning', message, span: mode.valueSpan, fixes });
  }
  for (const field of document.frontmatter?.fields ?? []) {
    if (sdkOnlyAgentFields.has(field.key)) {
      const message = `\`${field.key}\` is an option of the Agent SDK; in a file Claude Code ignores it.`;
      problems.push({
        code: 'sdk-only-field',
        severity: 'information',
        message,
        span: field.keySpan,
        fixes: [removeFieldFix(document, field.key)],
      });
    }
    if (isPlugin && ignoredInPlugins.has(field.key)) {
      const message = `Claude Code ignores \`${field.key}\` in the agents of a plugin.`;
      problems.push({
        code: 'ignored-in-plugin',
        severity: 'warning',
        message,
        span: field.keySpan,
        fixes: [removeFieldFix(document, field.key)],
      });
    }
  }
  return problems;
}

function structureProblems({ document }: AgentFile): Problem[] {
  const servers = fieldOf(document, 'mcpServers');
  const problems: Problem[] = [];
  if (servers !== undefined && servers.value !== null && !Array.isArray(servers.value)) {
    const message = '`mcpServers` must be a list: names of configured servers, or entries `name:` with a configuration below.';
    const { value } = servers;
    const list = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : null;
    const fixes: Fix[] =
      list === null
        ? []
        : [
            {
              title: 'Write mcpServers as a list',
              kind: 'change-mcp-servers',
              preferred: true,
              edits: setField(document, 'mcpServers', list),
            },
          ];
    problems.push({ code: 'mcp-servers-type', severity: 'warning', message, span: servers.valueSpan, fixes });
  }
  return problems;
}

/** Everything its author would want to know about an agent's file, in the order of the file. */
export function findAgentProblems(file: AgentFile, context: AgentContext): Problem[] {
  const problems = [
    ...dropProblems(file, context),
    ...findTextProblems(file.document),
    ...findReadingProblems(file.document),
    ...findBodyProblems(file),
  ];
  if (file.document.frontmatter !== null) {
    problems.push(
      ...findFieldProblems(file.document, fieldRules),
      ...nameProblems(file, context),
      ...modelProblems(file, context),
      ...findToolProblems(file, context),
      ...findSkillReferenceProblems(file, context),
      ...structureProblems(file),
      ...notes(file, context),
    );
  }
  return inOrder(problems);
}
