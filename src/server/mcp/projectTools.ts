import * as z from 'zod';
import type { NamedFile } from '../../app/fileWork.ts';
import { AppError } from '../../core/appError.ts';
import { nearest } from '../../core/nearest.ts';
import { fileOperationContracts } from '../../protocol/fileOperations.ts';
import { cutText, pageOf, partOf } from './answerSize.ts';
import { offsetArg, taskIdArg } from './arguments.ts';
import { agentName, recommend } from './recommendAgent.ts';
import { tool } from './tool.ts';
import type { Tool, ToolCall } from './tool.ts';

const agentRow = (agent: NamedFile) => ({
  name: agentName(agent),
  description: cutText(agent.description ?? '', 300),
  path: agent.path,
  from: agent.scope.kind,
});

/** The agent of a name, as it is written in its file, or of a path. Throws `file.notFound`, naming near ones. */
export async function findAgent({ call }: Pick<ToolCall, 'call'>, name: string): Promise<NamedFile> {
  const { agents } = await call('agent.list', {});
  const wanted = name.replace(/^@/, '');
  const found =
    agents.find((agent) => agentName(agent) === wanted || agent.path === name) ??
    agents.find((agent) => agentName(agent).toLowerCase() === wanted.toLowerCase());
  if (found !== undefined) return found;
  const near = nearest(wanted, agents.map(agentName), 3);
  const advice = near.length === 0 ? 'list_agents names those there are.' : `Did you mean ${near.join(' or ')}?`;
  throw new AppError('file.notFound', `There is no agent called ${wanted.slice(0, 100)}. ${advice}`, { path: name.slice(0, 200), near });
}

async function wordsOfWork(call: ToolCall, taskId: number | undefined, taskType: string | undefined): Promise<string> {
  if (taskId === undefined) return taskType ?? '';
  const { title, type, labels, description } = await call.call('task.get', { id: taskId });
  return [taskType ?? '', title, type, ...labels, description.slice(0, 5000)].join(' ');
}

const instructions = fileOperationContracts['instructions.put'].input.shape;

/** The tools around the tasks: the connection, the rules of the board, agents, CLAUDE.md. */
export const projectTools: readonly Tool[] = [
  tool({
    name: 'verify_connection',
    title: 'Verify the connection',
    description: 'Says which project this is, what you may do in it, and how many tasks each column has.',
    tier: 'core',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({}),
    run: async ({ api, caller, call }) => {
      const { revision, columns } = await call('task.snapshot', { limitPerColumn: 1 });
      return {
        connected: true,
        project: api.name,
        you: caller.actor.name,
        scopes: [...caller.scopes],
        revision,
        tasks: Object.fromEntries(columns.map(({ status, total }) => [status, total])),
      };
    },
  }),
  tool({
    name: 'get_project_settings',
    title: 'Get the rules of the board',
    description:
      'Answers the name and folder of the project and the rules of its board: limits of columns, allowed moves, what Done needs.',
    tier: 'more',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({}),
    run: async ({ call }) => {
      const { name, path, workflow } = await call('project.settings', {});
      return {
        name,
        path,
        workflow: {
          wip_limits: workflow.wipLimits,
          allowed_moves: workflow.allowedMoves,
          require_blockers_done: workflow.requireBlockersDone,
          require_checklist_complete: workflow.requireChecklistComplete,
        },
      };
    },
  }),
  tool({
    name: 'list_agents',
    title: 'List agents',
    description: 'Lists the agents of Claude Code that this project, its user and plugins have. next is the offset of the next page.',
    tier: 'more',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({ offset: offsetArg }),
    run: async ({ call }, { offset = 0 }) => {
      const { agents } = await call('agent.list', {});
      const { total, next, rows } = pageOf(agents.slice(offset).map(agentRow), offset, agents.length);
      return { total, next, agents: rows };
    },
  }),
  tool({
    name: 'get_agent',
    title: 'Get an agent',
    description: 'Answers the file of an agent, by name or path. A long one is answered in parts: next is the offset of the next.',
    tier: 'more',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({ name: z.string().min(1, 'is empty').max(1024), offset: offsetArg }),
    run: async ({ call }, { name, offset }) => {
      const { path } = await findAgent({ call }, name);
      const { hash, encoding, content } = await call('agent.get', { path });
      return { path, hash, encoding, ...partOf(content, offset) };
    },
  }),
  tool({
    name: 'recommend_agent',
    title: 'Recommend an agent',
    description: 'Names the agents whose descriptions fit a task, or a kind of work in your words, best first.',
    tier: 'more',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({ task_type: z.string().max(1000).optional(), task_id: taskIdArg.optional() }),
    run: async (call, { task_type: type, task_id: id }) => {
      if (type === undefined && id === undefined) {
        throw new AppError('input.invalid', 'recommend_agent needs either task_type or task_id.', { field: 'task_type' });
      }
      const [work, { agents }] = await Promise.all([wordsOfWork(call, id, type), call.call('agent.list', {})]);
      const best = recommend(agents, work, 3).map((one) => ({ ...one, description: cutText(one.description, 1000) }));
      if (best.length > 0) return { recommended: best };
      return { recommended: [], message: 'No agent fits by what its description says. list_agents names those there are.' };
    },
  }),
  tool({
    name: 'read_claude_config',
    title: 'Read CLAUDE.md',
    description:
      'Answers CLAUDE.md of the project, or another instruction file by its path. A long one is answered in parts: next is the offset of the next.',
    tier: 'more',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({ path: instructions.path, offset: offsetArg }),
    run: async ({ call }, { path: asked, offset }) => {
      const { path, hash, encoding, content } = await call('instructions.get', { path: asked });
      return { path, hash, encoding, ...partOf(content, offset) };
    },
  }),
  tool({
    name: 'write_claude_config',
    title: 'Write CLAUDE.md',
    description:
      'Replaces CLAUDE.md of the project, or another instruction file. expected_hash is the hash that read_claude_config answered, null for a new file.',
    tier: 'more',
    scope: 'write',
    effect: 'destroys',
    input: z.strictObject({ path: instructions.path, content: z.string(), expected_hash: instructions.expectedHash }),
    run: async ({ call }, { path, content, expected_hash: expectedHash }) => ({
      ...(await call('instructions.put', { path, content, expectedHash })),
    }),
  }),
];
