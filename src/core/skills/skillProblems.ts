import { findFieldProblems } from '../fieldProblems.ts';
import type { FieldRules } from '../fieldProblems.ts';
import { inOrder } from '../fixes.ts';
import { headSpan, yamlFault } from '../frontmatterFaults.ts';
import { readAsClaudeCode } from '../markdown/claudeReading.ts';
import { fieldOf } from '../markdown/frontmatter.ts';
import type { MarkdownDocument } from '../markdown/frontmatter.ts';
import { removeField, setField } from '../markdown/frontmatterEdit.ts';
import { nearest } from '../nearest.ts';
import type { Fix, Problem } from '../problem.ts';
import { findReadingProblems } from '../readingProblems.ts';
import { findTextProblems } from '../textProblems.ts';
import { placeOf } from './skill.ts';
import type { Skill } from './skill.ts';
import { ignoredInCommands, misnamedSkillFields, skillDescriptionLimit, skillFields } from './skillFields.ts';

/** From this length on, details belong into files beside the SKILL.md. */
export const longSkill = 500;

export interface SkillFile {
  /** Absolute. */
  path: string;
  document: MarkdownDocument;
  skill: Skill;
}

export interface SkillContext {
  /** Every agent that can be called, built-in ones too; null when it is not known. */
  agentNames: ReadonlySet<string> | null;
  /** Names of skills: a command of the same name never runs. Null when it is not known. */
  skills: ReadonlySet<string> | null;
}

const rules: FieldRules = {
  specs: skillFields,
  misnamed: misnamedSkillFields,
  skip: new Set(['metadata']),
  booleanWords: true,
};
const commandRules: FieldRules = { ...rules, skip: new Set(['metadata', ...ignoredInCommands]) };

function placeProblems({ path, document, skill }: SkillFile): Problem[] {
  const place = placeOf(path);
  const span = headSpan(document);
  if (place.kind === 'flat') {
    const target = path.replace(/[^\\/]*$/, `${place.command}/SKILL.md`);
    const message = `Claude Code will ignore this skill because it lies directly in \`skills\`. Move it to \`${place.command}/SKILL.md\`.`;
    const create: Fix = {
      title: `Create ${place.command}/SKILL.md from it`,
      kind: 'create-skill',
      create: { path: target, content: document.text },
    };
    return [{ code: 'flat-skill', severity: 'error', message, span, fatal: true, fixes: [create] }];
  }
  if (place.kind === 'skill' && skill.command === 'synced') {
    const message = 'Claude Code keeps the folder name `synced` for itself and does not load a skill from it. Rename the folder.';
    return [{ code: 'reserved-skill', severity: 'error', message, span, fatal: true }];
  }
  return [];
}

function yamlProblems({ document, skill }: SkillFile): Problem[] {
  const { frontmatter, unclosed } = document;
  const reading = readAsClaudeCode(document);
  if (reading !== null && reading.read !== 'never') return findReadingProblems(document);
  if (unclosed !== null) {
    const message =
      'The frontmatter is opened and never closed, so Claude Code reads none of its fields. Put a line of three hyphens after the last one.';
    return [{ code: 'frontmatter-unclosed', severity: 'error', message, span: unclosed }];
  }
  if (frontmatter === null) return [];
  const fault = yamlFault(document);
  const why =
    reading === null
      ? 'The lines end in carriage returns alone, where Claude Code finds no frontmatter'
      : fault === undefined
        ? 'Claude Code ends the frontmatter at the first three hyphens, and what stands before them is not valid YAML'
        : `The frontmatter is not valid YAML${fault.detail}`;
  const message = `${why}: /${skill.command} works, but without its fields, and in place of the description Claude sees the first line of the text.`;
  const span = fault?.span ?? headSpan(document);
  return [{ code: 'yaml-broken', severity: 'error', message, span, fixes: reading === null ? [] : (fault?.fixes ?? []) }];
}

function descriptionProblems({ document, skill }: SkillFile, isCommand: boolean): Problem[] {
  const field = fieldOf(document, 'description');
  if (skill.description === null) {
    if (isCommand || skill.manualOnly || readAsClaudeCode(document)?.read === 'never') return [];
    const message =
      'The skill has no description, so the first line of its text is all that Claude has to decide by whether to load it. Say what it does and when to use it.';
    return [{ code: 'no-description', severity: 'warning', message, span: field?.keySpan ?? headSpan(document) }];
  }
  const length = skill.description.length + (skill.whenToUse?.length ?? 0);
  if (field === undefined || length <= skillDescriptionLimit) return [];
  const message = `The description${skill.whenToUse === null ? ' has' : ' and `when_to_use` together have'} ${length.toLocaleString('en')} characters; Claude Code cuts them at ${skillDescriptionLimit.toLocaleString('en')}.`;
  return [{ code: 'long-description', severity: 'warning', message, span: field.valueSpan }];
}

function nameProblems({ document, skill }: SkillFile): Problem[] {
  const field = fieldOf(document, 'name');
  if (field === undefined || skill.name === skill.command) return [];
  const message = `The command is /${skill.command}, after the folder; “${skill.name}” is only a label.`;
  const edits = setField(document, 'name', skill.command);
  const fix: Fix = { title: `Set the name to “${skill.command}”`, kind: 'set-name', preferred: true, edits };
  return [{ code: 'name-differs', severity: 'information', message, span: field.valueSpan, fixes: [fix] }];
}

function ignoredProblems({ document }: SkillFile): Problem[] {
  return (document.frontmatter?.fields ?? [])
    .filter((field) => ignoredInCommands.has(field.key))
    .map((field) => ({
      code: 'ignored-in-command',
      severity: 'information',
      message: `Claude Code ignores \`${field.key}\` in a command; only a skill has it.`,
      span: field.keySpan,
      fixes: [{ title: `Remove ${field.key}`, kind: 'remove-field', edits: removeField(document, field.key) }],
    }));
}

function referenceProblems({ document, skill }: SkillFile, { agentNames, skills }: SkillContext, isCommand: boolean): Problem[] {
  const problems: Problem[] = [];
  const agent = fieldOf(document, 'agent');
  if (agent !== undefined && skill.agent !== null && agentNames !== null && !agentNames.has(skill.agent) && !skill.agent.includes(':')) {
    const meant = nearest(skill.agent, agentNames)[0];
    const fixes: Fix[] =
      meant === undefined
        ? []
        : [{ title: `Change agent to “${meant}”`, kind: 'change-agent', preferred: true, edits: setField(document, 'agent', meant) }];
    const message = `There is no agent called “${skill.agent}”.${meant === undefined ? '' : ` Did you mean “${meant}”?`}`;
    problems.push({ code: 'unknown-agent', severity: 'warning', message, span: agent.valueSpan, fixes });
  }
  for (const key of ['agent', 'background']) {
    const field = fieldOf(document, key);
    if (field === undefined || skill.forked) continue;
    const message = `\`${key}\` has an effect only together with \`context: fork\`.`;
    const edits = setField(document, 'context', 'fork');
    problems.push({
      code: 'needs-fork',
      severity: 'information',
      message,
      span: field.keySpan,
      fixes: [{ title: 'Add context: fork', kind: 'add-fork', edits }],
    });
  }
  if (skill.manualOnly && !skill.userInvocable) {
    const message =
      'Nobody can use this: `disable-model-invocation` keeps it from Claude, and `user-invocable` from people. Remove one of the two.';
    const span = fieldOf(document, 'user-invocable')?.keySpan ?? headSpan(document);
    problems.push({ code: 'unreachable-skill', severity: 'warning', message, span });
  }
  if (isCommand && skills?.has(skill.command) === true) {
    const message = `A skill has the name “${skill.command}” as well; Claude Code runs the skill and never this command.`;
    problems.push({ code: 'command-shadowed', severity: 'warning', message, span: headSpan(document) });
  }
  return problems;
}

function lengthProblems({ document, skill }: SkillFile): Problem[] {
  const problems: Problem[] = [];
  if (skill.lines > longSkill) {
    const message = `The file has ${skill.lines.toLocaleString('en')} lines, and all of them are loaded with the skill. Keep it under ${longSkill} and move details into files beside it.`;
    problems.push({ code: 'long-skill', severity: 'hint', message, span: headSpan(document) });
  }
  const compatibility = fieldOf(document, 'compatibility');
  if (typeof compatibility?.value === 'string' && compatibility.value.length > 500) {
    const message = `\`compatibility\` has ${compatibility.value.length.toLocaleString('en')} characters; 500 are the most.`;
    problems.push({ code: 'long-compatibility', severity: 'warning', message, span: compatibility.valueSpan });
  }
  return problems;
}

/** Everything its author would want to know about a skill or a command, in the order of the file. */
export function findSkillProblems(file: SkillFile, context: SkillContext): Problem[] {
  const isCommand = placeOf(file.path).kind === 'command';
  return inOrder([
    ...placeProblems(file),
    ...yamlProblems(file),
    ...findTextProblems(file.document),
    ...findFieldProblems(file.document, isCommand ? commandRules : rules),
    ...descriptionProblems(file, isCommand),
    ...(isCommand ? ignoredProblems(file) : nameProblems(file)),
    ...referenceProblems(file, context, isCommand),
    ...lengthProblems(file),
  ]);
}
