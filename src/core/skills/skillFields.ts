import type { FieldSpec } from '../fieldSpec.ts';

/** Description and `when_to_use` together are cut at this many characters. */
export const skillDescriptionLimit = 1536;

/** Every field of a SKILL.md, in the order of Claude Code's own documentation (skills.md). */
export const skillFields: readonly FieldSpec[] = [
  {
    key: 'name',
    kind: 'text',
    required: false,
    hover: 'A label. The command is the name of the folder the `SKILL.md` lies in, whatever stands here; keep the two equal.',
  },
  {
    key: 'description',
    kind: 'longText',
    required: false,
    hover:
      'What the skill does and when to use it: Claude decides by it whether to load the skill. Together with `when_to_use` it is cut at 1,536 characters, so put the deciding words first.',
  },
  {
    key: 'when_to_use',
    kind: 'longText',
    required: false,
    hover:
      'More about when the skill applies, such as phrases that should trigger it. It is added to the description and shares its limit of 1,536 characters.',
  },
  {
    key: 'argument-hint',
    kind: 'text',
    required: false,
    hover:
      'Shown after the command while it is typed, for example `[issue-number]`. Quote a value that begins with a bracket, or YAML reads a list.',
  },
  {
    key: 'arguments',
    kind: 'list',
    required: false,
    separator: 'space',
    hover:
      'Names for the arguments in their order, as words with spaces between or a YAML list. Each can then stand in the text as `$name`.',
  },
  {
    key: 'disable-model-invocation',
    kind: 'boolean',
    required: false,
    hover: '`true` leaves the skill to people: Claude does not load it by itself, and agents that list it in `skills` do not get it.',
  },
  {
    key: 'user-invocable',
    kind: 'boolean',
    required: false,
    hover: '`false` hides the skill from the `/` menu. Claude can still use it.',
  },
  {
    key: 'allowed-tools',
    kind: 'list',
    required: false,
    separator: 'space',
    hover:
      'Tools that need no permission while the skill is active. It grants and does not restrict: other tools stay available under the usual rules.',
  },
  {
    key: 'disallowed-tools',
    kind: 'list',
    required: false,
    separator: 'space',
    hover: 'Tools that Claude cannot use while the skill is active.',
  },
  {
    key: 'model',
    kind: 'choice',
    required: false,
    values: [
      { value: 'sonnet', description: 'The current Sonnet' },
      { value: 'opus', description: 'The current Opus' },
      { value: 'haiku', description: 'The current Haiku' },
      { value: 'fable', description: 'The current Fable' },
      { value: 'inherit', description: 'The model of the conversation' },
    ],
    hover: 'The model to use while the skill is active: an alias or a full model id.',
  },
  {
    key: 'effort',
    kind: 'choice',
    required: false,
    closed: true,
    values: [
      { value: 'low', description: 'Least reasoning' },
      { value: 'medium', description: 'Some reasoning' },
      { value: 'high', description: 'Thorough reasoning' },
      { value: 'xhigh', description: 'More than high' },
      { value: 'max', description: 'As much as the model can' },
    ],
    hover: 'How much reasoning is spent while the skill is active, in place of the effort of the conversation.',
  },
  {
    key: 'context',
    kind: 'choice',
    required: false,
    closed: true,
    values: [{ value: 'fork', description: 'Runs the skill in a subagent of its own' }],
    hover: '`fork` runs the skill in a subagent: its text becomes the prompt, and only the result comes back to the conversation.',
  },
  {
    key: 'agent',
    kind: 'text',
    required: false,
    hover: 'The agent that runs the skill when `context: fork` is set: `Explore`, `Plan`, `general-purpose` or one of your own.',
  },
  {
    key: 'background',
    kind: 'boolean',
    required: false,
    hover: 'Whether a forked skill runs in the background. Without `context: fork` it has no effect.',
  },
  {
    key: 'hooks',
    kind: 'yaml',
    required: false,
    hover:
      'Hooks that run only while the skill is active: a map from event to matcher groups, as in `settings.json`. Here a hook may also set `once`.',
  },
  {
    key: 'paths',
    kind: 'list',
    required: false,
    separator: 'comma',
    hover:
      'Globs, as a YAML list or separated by commas. Claude loads the skill by itself only while it works with files that match one of them.',
  },
  {
    key: 'shell',
    kind: 'choice',
    required: false,
    closed: true,
    values: [
      { value: 'bash', description: 'The default' },
      { value: 'powershell', description: 'PowerShell' },
    ],
    hover: 'The shell that runs commands embedded in the text with an exclamation mark and backticks.',
  },
  {
    key: 'metadata',
    kind: 'yaml',
    required: false,
    hover: 'A map for your own use. Claude Code does not act on it.',
  },
  {
    key: 'license',
    kind: 'text',
    required: false,
    hover:
      'The licence of the skill: its name, or the file that holds it. Part of the Agent Skills format; Claude Code does not act on it.',
  },
  {
    key: 'compatibility',
    kind: 'text',
    required: false,
    hover:
      'What the skill needs of its surroundings, in at most 500 characters. Part of the Agent Skills format; Claude Code does not act on it.',
  },
];

export const skillFieldOrder: readonly string[] = skillFields.map((field) => field.key);

/** Keys people write for a field that has another name. */
export const misnamedSkillFields: Readonly<Record<string, string>> = {
  tools: 'allowed-tools',
  allowedtools: 'allowed-tools',
  allowed_tools: 'allowed-tools',
  disallowedtools: 'disallowed-tools',
  disallowed_tools: 'disallowed-tools',
  argument_hint: 'argument-hint',
  argumenthint: 'argument-hint',
  'when-to-use': 'when_to_use',
  whentouse: 'when_to_use',
  user_invocable: 'user-invocable',
  userinvocable: 'user-invocable',
  'user-invokable': 'user-invocable',
  disable_model_invocation: 'disable-model-invocation',
  disablemodelinvocation: 'disable-model-invocation',
  licence: 'license',
  globs: 'paths',
};

/** Fields of a skill that a command file may carry and Claude Code ignores. */
export const ignoredInCommands: ReadonlySet<string> = new Set(['name', 'paths']);

/** A file in `.claude/commands` takes the fields of a skill, but is named by its file and always available. */
export const commandFields: readonly FieldSpec[] = skillFields.filter((field) => !ignoredInCommands.has(field.key));
