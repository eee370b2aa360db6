import { agentFields } from '../../core/agents/agentFields.ts';
import type { FieldSpec } from '../../core/fieldSpec.ts';
import { ruleFields } from '../../core/rules/ruleFields.ts';
import { commandFields, skillFields } from '../../core/skills/skillFields.ts';
import type { SubjectKind } from './subjects.ts';

/** The fields that the frontmatter of a kind of file may have; undefined for files whose frontmatter means nothing. */
export function fieldsOf(kind: SubjectKind): readonly FieldSpec[] | undefined {
  switch (kind) {
    case 'agent':
      return agentFields;
    case 'skill':
      return skillFields;
    case 'command':
      return commandFields;
    case 'rule':
      return ruleFields;
    case 'instructions':
    case 'memory':
    case 'imported':
      return undefined;
  }
}
