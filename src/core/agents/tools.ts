import { nearest } from '../nearest.ts';
import type { FieldValue } from '../markdown/frontmatter.ts';

/** What Claude Code lets a subagent have of a tool. */
export type Availability = 'always' | 'foreground' | 'planOnly' | 'never';

export interface ToolSpec {
  name: string;
  /** One sentence for hover and completion. */
  summary: string;
  /** `foreground`: kept from an agent that runs in the background. `planOnly`: with `permissionMode: plan`. */
  subagents: Availability;
  deprecated?: boolean;
}

const tool = (name: string, subagents: Availability, summary: string): ToolSpec => ({ name, subagents, summary });

/**
 * Built-in tools (tools-reference.md and `BUILTIN_TOOL_NAMES` of the Agent SDK 0.3.329). Newer versions add some: an unknown name is
 * worth a question, never an error.
 */
export const currentTools: readonly ToolSpec[] = [
  tool('Agent', 'foreground', 'Hands a task to a subagent; withheld at the third level of nesting.'),
  tool('Artifact', 'always', 'Publishes a page or document.'),
  tool('AskUserQuestion', 'never', 'Asks the user a question with choices.'),
  tool('Bash', 'always', 'Runs shell commands.'),
  tool('ClaudeDesign', 'foreground', 'Works with Claude Design.'),
  tool('CronCreate', 'foreground', 'Schedules a prompt within the session.'),
  tool('CronDelete', 'foreground', 'Removes a scheduled prompt.'),
  tool('CronList', 'foreground', 'Lists the scheduled prompts.'),
  tool('Edit', 'always', 'Changes parts of files.'),
  tool('EndConversation', 'never', 'Ends the conversation.'),
  tool('EnterPlanMode', 'never', 'Switches to plan mode.'),
  tool('EnterWorktree', 'always', 'Creates a git worktree and switches to it.'),
  tool('ExitPlanMode', 'planOnly', 'Presents a plan and leaves plan mode.'),
  tool('ExitWorktree', 'always', 'Leaves the git worktree.'),
  tool('Glob', 'always', 'Finds files by pattern.'),
  tool('Grep', 'always', 'Searches in files.'),
  tool('ListAgents', 'foreground', 'Lists the running agents.'),
  tool('ListMcpResourcesTool', 'foreground', 'Lists the resources of MCP servers.'),
  tool('LSP', 'foreground', 'Asks language servers for definitions, references and errors.'),
  tool('Monitor', 'always', 'Watches a running command.'),
  tool('NotebookEdit', 'always', 'Changes cells of Jupyter notebooks.'),
  tool('PowerShell', 'always', 'Runs PowerShell commands.'),
  tool('Projects', 'foreground', 'Works with projects.'),
  tool('PushNotification', 'foreground', 'Sends a notification to the user.'),
  tool('Read', 'always', 'Reads files.'),
  tool('ReadMcpResourceTool', 'foreground', 'Reads a resource of an MCP server.'),
  tool('ReadMcpResourceDirTool', 'foreground', 'Lists a folder of an MCP resource.'),
  tool('ReadNotifications', 'foreground', 'Reads notifications.'),
  tool('RemoteTrigger', 'foreground', 'Manages remote routines.'),
  tool('ReportFindings', 'foreground', 'Reports findings of a review.'),
  tool('ScheduleWakeup', 'never', 'Schedules the next turn of a loop.'),
  tool('SendFeedback', 'foreground', 'Sends feedback.'),
  tool('SendMessage', 'always', 'Sends a message to another agent.'),
  tool('SendUserFile', 'foreground', 'Sends a file to the user.'),
  tool('SendUserMessage', 'foreground', 'Sends a message to the user.'),
  tool('SetGoal', 'foreground', 'Sets the goal of the session.'),
  tool('ShareOnboardingGuide', 'foreground', 'Shares an onboarding guide.'),
  tool('Skill', 'always', 'Runs a skill.'),
  tool('SubagentHandback', 'foreground', 'Hands work back from a subagent.'),
  tool('TaskCreate', 'foreground', 'Adds a task to the task list.'),
  tool('TaskGet', 'foreground', 'Reads a task.'),
  tool('TaskList', 'foreground', 'Lists the tasks.'),
  { ...tool('TaskOutput', 'never', 'Reads the output of a background task; deprecated.'), deprecated: true },
  tool('TaskStop', 'always', 'Stops a background task.'),
  tool('TaskUpdate', 'foreground', 'Changes a task.'),
  tool('TodoWrite', 'always', 'Keeps a list of things to do.'),
  tool('ToolSearch', 'always', 'Finds and loads deferred tools.'),
  tool('WaitForMcpServers', 'never', 'Waits until MCP servers are connected.'),
  tool('WebFetch', 'always', 'Fetches a web page.'),
  tool('WebSearch', 'always', 'Searches the web.'),
  tool('Workflow', 'never', 'Runs a workflow script.'),
  tool('Write', 'always', 'Writes files.'),
];

/** Old names that Claude Code still takes for the new ones. */
export const renamedTools: Readonly<Record<string, string>> = {
  Task: 'Agent',
  KillShell: 'TaskStop',
  KillBash: 'TaskStop',
  ListPeers: 'ListAgents',
  Brief: 'SendUserMessage',
  ListMcpResources: 'ListMcpResourcesTool',
  ReadMcpResource: 'ReadMcpResourceTool',
};

/** Tools that are gone, with the one that does their work; null when none is needed. */
export const removedTools: Readonly<Record<string, string | null>> = {
  MultiEdit: 'Edit',
  LS: 'Glob',
  NotebookRead: 'Read',
  BashOutput: null,
  TeamCreate: null,
  TeamDelete: null,
};

/** Names from other programs (Copilot, Cursor, OpenCode, MCP file servers), with the tool that does the same; null when there is none. */
const foreignTools: Readonly<Record<string, string | null>> = {
  read: 'Read',
  readfile: 'Read',
  view: 'Read',
  readcelloutput: 'Read',
  write: 'Write',
  writefile: 'Write',
  createfile: 'Write',
  new: 'Write',
  edit: 'Edit',
  editfile: 'Edit',
  editfiles: 'Edit',
  applypatch: 'Edit',
  strreplace: 'Edit',
  search: 'Grep',
  codebase: 'Grep',
  codebasesearch: 'Grep',
  grepsearch: 'Grep',
  textsearch: 'Grep',
  usages: 'Grep',
  searchresults: 'Grep',
  filesearch: 'Glob',
  listdir: 'Glob',
  listdirectory: 'Glob',
  list: 'Glob',
  find: 'Glob',
  shell: 'Bash',
  terminal: 'Bash',
  execute: 'Bash',
  run: 'Bash',
  runinterminal: 'Bash',
  runcommand: 'Bash',
  runcommands: 'Bash',
  runtasks: 'Bash',
  runtests: 'Bash',
  git: 'Bash',
  fetch: 'WebFetch',
  browser: 'WebFetch',
  opensimplebrowser: 'WebFetch',
  web: 'WebSearch',
  todo: 'TodoWrite',
  todos: 'TodoWrite',
  runsubagent: 'Agent',
  subagent: 'Agent',
  notebook: 'NotebookEdit',
  editnotebook: 'NotebookEdit',
  runnotebooks: 'NotebookEdit',
  slashcommand: 'Skill',
  problems: null,
  changes: null,
  githubrepo: null,
  vscodeapi: null,
  testfailure: null,
  findtestfiles: null,
  extensions: null,
  terminalselection: null,
  terminallastcommand: null,
  terminalcommand: null,
};

const byName = new Map(currentTools.map((spec) => [spec.name, spec]));

/** One entry of a tool list: `Bash(git diff *)` is the tool `Bash` with an argument. */
export interface ToolEntry {
  text: string;
  name: string;
  argument: string | null;
}

/** What is known of a tool's name. `instead` is the tool to write in its place, if there is one. */
export type ToolVerdict =
  | { kind: 'current'; spec: ToolSpec }
  | { kind: 'mcp' | 'wildcard' }
  | { kind: 'renamed'; instead: string }
  | { kind: 'removed' | 'foreign' | 'unknown'; instead: string | null };

export function readTool(text: string): ToolEntry {
  const open = text.indexOf('(');
  if (open < 1 || !text.endsWith(')')) return { text, name: text, argument: null };
  return { text, name: text.slice(0, open).trim(), argument: text.slice(open + 1, -1).trim() };
}

/** At commas and white space outside of parentheses, as Claude Code does. */
export function splitTools(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    const char = text.charAt(at);
    if (char === '(') depth++;
    else if (char === ')') depth = Math.max(0, depth - 1);
    else if (at === text.length || (depth === 0 && /[,\s]/.test(char))) {
      items.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return items.filter((item) => item !== '');
}

/** The tools a `tools` or `disallowedTools` value names: a text, or a list of texts. Any other value names none. */
export function readTools(value: FieldValue): ToolEntry[] {
  if (typeof value === 'string') return splitTools(value).map(readTool);
  if (value === null || typeof value !== 'object' || !isList(value)) return [];
  return value.filter((item) => typeof item === 'string').flatMap((item) => splitTools(item).map(readTool));
}

const isList = (value: object): value is readonly FieldValue[] => Array.isArray(value);

const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(table, key) ? table[key] : undefined);

/** Names compare with case, as Claude Code compares them. */
export function judgeTool(name: string): ToolVerdict {
  const spec = byName.get(name);
  if (spec !== undefined) return { kind: 'current', spec };
  if (name === '*') return { kind: 'wildcard' };
  if (name.startsWith('mcp__')) return { kind: 'mcp' };
  const renamed = own(renamedTools, name);
  if (renamed !== undefined) return { kind: 'renamed', instead: renamed };
  const removed = own(removedTools, name);
  if (removed !== undefined) return { kind: 'removed', instead: removed };
  const last = name.slice(name.lastIndexOf('/') + 1);
  const foreign = own(foreignTools, last.toLowerCase().replaceAll(/[_-]/g, ''));
  const near = nearest(name, byName.keys())[0] ?? null;
  if (foreign !== undefined && near?.toLowerCase() !== name.toLowerCase()) return { kind: 'foreign', instead: foreign };
  // `server/tool` is how Copilot names the tools of an MCP server.
  if (name.includes('/')) return { kind: 'foreign', instead: null };
  return { kind: 'unknown', instead: near };
}

/** True when an entry of one list is meant by an entry of another: same tool, under its old or its new name. */
export const currentName = (name: string): string => own(renamedTools, name) ?? name;
