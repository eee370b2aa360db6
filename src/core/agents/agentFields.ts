import type { FieldSpec } from '../fieldSpec.ts';

/** Aliases Claude Code resolves to the newest model of a family. Full ids are allowed as well, so the list is open. */
export const modelAliases = ['sonnet', 'opus', 'haiku', 'fable', 'inherit'] as const;

export const agentColors = ['red', 'blue', 'green', 'yellow', 'purple', 'orange', 'pink', 'cyan'] as const;

export const memoryScopes = ['user', 'project', 'local'] as const;
export type MemoryScope = (typeof memoryScopes)[number];

/** Every field of a subagent file, in the order of Claude Code's own documentation (sub-agents.md). */
export const agentFields: readonly FieldSpec[] = [
  {
    key: 'name',
    kind: 'text',
    required: true,
    hover:
      'The name Claude Code knows the agent by; the file may be called something else. Write lowercase letters, digits and hyphens. A name that begins with `-` or contains `:` makes Claude Code ignore the file.',
  },
  {
    key: 'description',
    kind: 'longText',
    required: true,
    hover:
      'Says when to hand work to this agent: Claude chooses by it. Words such as "use proactively" make it delegate more readily. The text is part of every turn of the main conversation, so keep it short.',
  },
  {
    key: 'tools',
    kind: 'list',
    required: false,
    separator: 'comma',
    hover:
      'The tools the agent may use, as a line with commas or blanks between, or a YAML list; without the field it has every tool of the conversation, with an empty one none. `mcp__server` or `mcp__server__*` allows a whole MCP server. When no name in the list is known, the agent cannot start.',
  },
  {
    key: 'disallowedTools',
    kind: 'list',
    required: false,
    separator: 'comma',
    hover:
      'Tools taken away from the agent, whether inherited or listed in `tools`. A tool named in both fields is removed. `mcp__*` removes every MCP tool.',
  },
  {
    key: 'model',
    kind: 'choice',
    required: false,
    values: [
      { value: 'sonnet', description: 'The current Sonnet: balanced speed and ability' },
      { value: 'opus', description: 'The current Opus: for hard reasoning' },
      { value: 'haiku', description: 'The current Haiku: fast and inexpensive' },
      { value: 'fable', description: 'The current Fable' },
      { value: 'inherit', description: 'The model of the main conversation (the default)' },
    ],
    hover:
      'The model the agent runs on: an alias, a full model id such as `claude-sonnet-4-20250514`, or `inherit`, the default. The environment variable `CLAUDE_CODE_SUBAGENT_MODEL` and a model named in the call come first.',
  },
  {
    key: 'permissionMode',
    kind: 'choice',
    required: false,
    closed: true,
    values: [
      { value: 'default', description: 'Asks as the permission rules say' },
      { value: 'acceptEdits', description: 'Accepts file edits without asking' },
      { value: 'auto', description: 'Lets a classifier decide what needs asking' },
      { value: 'dontAsk', description: 'Denies whatever would need a question' },
      { value: 'bypassPermissions', description: 'Runs everything without asking' },
      { value: 'plan', description: 'Reads and plans, changes nothing' },
    ],
    aliases: { manual: 'default' },
    hover:
      'How the agent treats permission questions. A conversation that runs in `bypassPermissions`, `acceptEdits` or `auto` overrides it. In plugin agents the field is ignored.',
  },
  {
    key: 'maxTurns',
    kind: 'integer',
    required: false,
    hover:
      'The largest number of turns the agent may take before it stops. A whole number above zero; without it there is no limit of its own.',
  },
  {
    key: 'skills',
    kind: 'list',
    required: false,
    separator: 'comma',
    hover:
      'Skills whose whole text is put before the agent when it starts. A skill that does not exist, or that sets `disable-model-invocation: true`, is skipped without a word. The documented form is a YAML list.',
  },
  {
    key: 'mcpServers',
    kind: 'yaml',
    required: false,
    hover:
      'MCP servers for this agent: a list of configured server names, or of `name:` with a configuration of its own. Servers configured in a project file start only once the folder is trusted. In plugin agents the field is ignored.',
  },
  {
    key: 'hooks',
    kind: 'yaml',
    required: false,
    hover:
      'Hooks that run only while the agent works: a map from event to matcher groups, as in `settings.json`. `Stop` becomes `SubagentStop`, and the folder must be trusted. A list (`hooks: []`), or a broken hook for `PreToolUse` or `PermissionRequest`, makes Claude Code ignore the whole file.',
  },
  {
    key: 'memory',
    kind: 'choice',
    required: false,
    closed: true,
    values: [
      { value: 'user', description: 'Kept for all projects, in `~/.claude/agent-memory`' },
      { value: 'project', description: 'Kept with the project and shared, in `.claude/agent-memory`' },
      { value: 'local', description: 'Kept with the project but not shared, in `.claude/agent-memory-local`' },
    ],
    hover:
      'Gives the agent a folder to remember in between sessions; the value says where. The first 200 lines or 25 KB of its `MEMORY.md` are loaded at the start, and Read, Write and Edit are allowed for it.',
  },
  {
    key: 'background',
    kind: 'boolean',
    required: false,
    hover: '`true` always runs the agent in the background. A background agent keeps fewer tools than one in the foreground.',
  },
  {
    key: 'effort',
    kind: 'choice',
    required: false,
    closed: true,
    values: [
      { value: 'low', description: 'Least reasoning, quickest answers' },
      { value: 'medium', description: 'Some reasoning' },
      { value: 'high', description: 'Thorough reasoning' },
      { value: 'xhigh', description: 'More than high' },
      { value: 'max', description: 'As much as the model can' },
    ],
    hover:
      'How much reasoning the agent spends on its work, in place of the effort of the conversation. Not every model knows every level.',
  },
  {
    key: 'isolation',
    kind: 'choice',
    required: false,
    closed: true,
    values: [{ value: 'worktree', description: 'Works in a temporary git worktree' }],
    hover: '`worktree` gives the agent a temporary git worktree of its own, so that its changes stay apart from yours.',
  },
  {
    key: 'color',
    kind: 'choice',
    required: false,
    closed: true,
    values: agentColors.map((value) => ({ value, description: `Marks the agent in ${value}` })),
    hover: 'The colour that marks the agent in the terminal: `red`, `blue`, `green`, `yellow`, `purple`, `orange`, `pink` or `cyan`.',
  },
  {
    key: 'initialPrompt',
    kind: 'longText',
    required: false,
    hover: 'Sent as the first turn when the agent is the main one of a session (`claude --agent`). As a subagent it is not used.',
  },
];

/** The order in which the form and a new field keep the keys. */
export const agentFieldOrder: readonly string[] = agentFields.map((field) => field.key);

/** Keys people write for a field that has another name. */
export const misnamedAgentFields: Readonly<Record<string, string>> = {
  'allowed-tools': 'tools',
  allowedtools: 'tools',
  allowed_tools: 'tools',
  tool: 'tools',
  'disallowed-tools': 'disallowedTools',
  disallowed_tools: 'disallowedTools',
  'denied-tools': 'disallowedTools',
  skill: 'skills',
  max_turns: 'maxTurns',
  'max-turns': 'maxTurns',
  'permission-mode': 'permissionMode',
  permission_mode: 'permissionMode',
  'mcp-servers': 'mcpServers',
  mcp_servers: 'mcpServers',
  'initial-prompt': 'initialPrompt',
  initial_prompt: 'initialPrompt',
  colour: 'color',
  when_to_use: 'description',
  whentouse: 'description',
  'reasoning-effort': 'effort',
};

/** Fields that only `AgentDefinition` of the SDK has: in a file they do nothing. */
export const sdkOnlyAgentFields: ReadonlySet<string> = new Set([
  'prompt',
  'omitClaudeMd',
  'autoCompactWindow',
  'observer',
  'observerMessage',
  'criticalSystemReminder_EXPERIMENTAL',
]);

/** Fields that a plugin's agent may carry and Claude Code ignores. */
export const ignoredInPlugins: ReadonlySet<string> = new Set(['hooks', 'mcpServers', 'permissionMode']);
