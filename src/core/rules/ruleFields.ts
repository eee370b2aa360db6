import type { FieldSpec } from '../fieldSpec.ts';

/** Every field of a file in `.claude/rules` (memory.md). */
export const ruleFields: readonly FieldSpec[] = [
  {
    key: 'paths',
    kind: 'list',
    required: false,
    hover:
      'Globs relative to the project, as a YAML list. The rule is loaded once Claude reads a file that matches one of them; without the field it is always loaded. Write a literal `[` as `\\[`.',
  },
];
