import { readItems, removeItem, replaceItem } from '../listField.ts';
import { fieldOf } from '../markdown/frontmatter.ts';
import { setField } from '../markdown/frontmatterEdit.ts';
import { nearest } from '../nearest.ts';
import type { Fix, Problem } from '../problem.ts';
import { newSkill } from '../skills/newSkill.ts';
import type { AgentContext, AgentFile } from './agentContext.ts';
import { isKebab } from './names.ts';

/** Everything about `skills`: names that lead nowhere, and skills an agent does not get. */
export function findSkillReferenceProblems({ document, agent }: AgentFile, context: AgentContext): Problem[] {
  const field = fieldOf(document, 'skills');
  if (field === undefined) return [];
  const problems: Problem[] = [];
  const list = readItems(document, field, 'space');
  for (const [index, item] of list.items.entries()) {
    const name = item.text;
    const known = context.skills?.get(name);
    const remove: Fix = { title: `Remove ${name} from skills`, kind: 'remove-skill', edits: removeItem(document, list, index) };
    const removal = list.located ? [remove] : [];
    if (known?.manualOnly === true) {
      const message = `The skill “${name}” sets \`disable-model-invocation\`, so Claude Code does not give it to agents and says nothing.`;
      problems.push({ code: 'skill-manual-only', severity: 'warning', message, span: item.span, fixes: removal });
    }
    // The skills of a plugin may not be installed here.
    if (context.skills === null || known !== undefined || name.includes(':')) continue;
    const meant = nearest(name, context.skills.keys())[0];
    const fixes: Fix[] = [];
    if (meant !== undefined && list.located && !agent.skills.includes(meant)) {
      fixes.push({ title: `Change to ${meant}`, kind: 'rename-skill', preferred: true, edits: replaceItem(list, index, meant) });
    }
    if (context.skillsFolder !== null && isKebab(name)) {
      const create = { path: `${context.skillsFolder}/${name}/SKILL.md`, content: newSkill(name, null) };
      fixes.push({ title: `Create the skill ${name}`, kind: 'create-skill', create });
    }
    problems.push({
      code: 'unknown-skill',
      severity: 'warning',
      message: `There is no skill “${name}”, so Claude Code leaves it out and says nothing.${meant === undefined ? '' : ` Did you mean “${meant}”?`}`,
      span: item.span,
      fixes: [...fixes, ...removal],
    });
  }
  if (typeof field.value === 'string' && list.items.length > 1) {
    problems.push({
      code: 'skills-string',
      severity: 'hint',
      message: 'The documented form of `skills` is a YAML list; a line with several names is common and not documented.',
      span: field.valueSpan,
      fixes: [
        {
          title: 'Write skills as a list',
          kind: 'skills-to-list',
          edits: setField(
            document,
            'skills',
            list.items.map((item) => item.text),
          ),
        },
      ],
    });
  }
  return problems;
}
