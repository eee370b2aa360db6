import type { Resource, ResourceTemplateType } from '@modelcontextprotocol/server';
import { AppError } from '../../core/appError.ts';
import { grants } from '../../protocol/api.ts';
import type { Scope } from '../../protocol/operations.ts';
import type { Task } from '../../core/task.ts';
import { pageOf, partOf } from './answerSize.ts';
import { agentName } from './recommendAgent.ts';
import { openStatuses } from './findTools.ts';
import { findAgent } from './projectTools.ts';
import { briefRow, taskPage } from './taskViews.ts';
import type { ToolCall } from './tool.ts';

interface ResourceContent {
  uri: string;
  mimeType: 'application/json' | 'text/markdown';
  text: string;
}

const json = 'application/json';
const markdown = 'text/markdown';

const fixed: readonly { scope: Scope; resource: Resource }[] = [
  {
    scope: 'tasks:read',
    resource: {
      uri: 'claudetask://tasks',
      name: 'tasks',
      title: 'Tasks',
      description: 'The tasks that are not done, in the order of the board.',
      mimeType: json,
    },
  },
  {
    scope: 'documents:read',
    resource: {
      uri: 'claudetask://claude-md',
      name: 'claude-md',
      title: 'CLAUDE.md',
      description: 'The instructions of this project.',
      mimeType: markdown,
    },
  },
  {
    scope: 'documents:read',
    resource: {
      uri: 'claudetask://agents',
      name: 'agents',
      title: 'Agents',
      description: 'The agents of Claude Code that this project has.',
      mimeType: json,
    },
  },
];

const templates: readonly { scope: Scope; template: ResourceTemplateType }[] = [
  {
    scope: 'tasks:read',
    template: {
      uriTemplate: 'claudetask://task/{id}',
      name: 'task',
      title: 'A task',
      description: 'One task as Markdown.',
      mimeType: markdown,
    },
  },
  {
    scope: 'documents:read',
    template: {
      uriTemplate: 'claudetask://agent/{name}',
      name: 'agent',
      title: 'An agent',
      description: 'The file of an agent.',
      mimeType: markdown,
    },
  },
];

type Reader = Pick<ToolCall, 'call' | 'caller'>;

const mayRead = ({ caller }: Pick<Reader, 'caller'>, scope: Scope) => caller.scopes.some((one) => grants[one].includes(scope));

/** Few and the same for all: what there is of each is found by reading them. */
export const listResources = (reader: Pick<Reader, 'caller'>) =>
  fixed.filter(({ scope }) => mayRead(reader, scope)).map(({ resource }) => resource);

export const listResourceTemplates = (reader: Pick<Reader, 'caller'>) =>
  templates.filter(({ scope }) => mayRead(reader, scope)).map(({ template }) => template);

const quoted = (text: string) => text.trim().replaceAll(/^/gm, '> ').replaceAll(/^> $/gm, '>');

/** Quoted, so that a heading in what somebody wrote is none of the task's own. */
function taskMarkdown(task: Task): string {
  const { blocked, assignee } = briefRow(task);
  const facts = [
    task.status,
    task.type,
    `${task.priority} priority`,
    assignee ?? 'no assignee',
    ...(task.due === null ? [] : [`due ${task.due}`]),
  ];
  const parts = [`# #${task.id} ${task.title}`, facts.join(' · ')];
  if (blocked !== null) parts.push(`Blocked: ${blocked}`);
  if (task.description.trim() !== '') parts.push('## Description', quoted(task.description));
  if (task.checklist.length > 0)
    parts.push('## Checklist', task.checklist.map(({ done, text }) => `- [${done ? 'x' : ' '}] ${text}`).join('\n'));
  if (task.analysis !== null && task.analysis.trim() !== '') parts.push('## Analysis', quoted(task.analysis));
  for (const { stage, outcome, summary } of task.stageResults) parts.push(`## ${stage}: ${outcome}`, quoted(summary));
  return `${parts.join('\n\n')}\n`;
}

/** A part of a text that is too long says so at its end, where the rest is asked for. */
function textOf(uri: string, text: string, offset: number): string {
  const part = partOf(text, offset);
  if (part.next === null) return part.text;
  return `${part.text}\n\n[cut: characters ${part.offset} to ${part.next} of ${part.total}. The rest: ${uri}?offset=${part.next}]`;
}

async function read({ call }: Reader, base: string, offset: number): Promise<Omit<ResourceContent, 'uri'> | undefined> {
  if (base === 'claudetask://tasks') {
    const { tasks, total } = await call('task.list', { status: openStatuses, sort: 'board', offset, limit: 100 });
    return { mimeType: json, text: JSON.stringify(taskPage(tasks.map(briefRow), offset, total)) };
  }
  if (base === 'claudetask://agents') {
    const { agents } = await call('agent.list', {});
    const rows = agents.slice(offset).map((agent) => ({ name: agentName(agent), description: agent.description, path: agent.path }));
    const page = pageOf(rows, offset, agents.length);
    return { mimeType: json, text: JSON.stringify({ total: page.total, next: page.next, agents: page.rows }) };
  }
  if (base === 'claudetask://claude-md') {
    const { content } = await call('instructions.get', {});
    return { mimeType: markdown, text: textOf(base, content, offset) };
  }
  const [, kind, name = ''] = /^claudetask:\/\/(task|agent)\/(.+)$/.exec(base) ?? [];
  if (kind === 'task' && /^\d{1,15}$/.test(name)) {
    return { mimeType: markdown, text: textOf(base, taskMarkdown(await call('task.get', { id: Number(name) })), offset) };
  }
  if (kind === 'agent') {
    const { path } = await findAgent({ call }, decoded(name));
    return { mimeType: markdown, text: textOf(base, (await call('agent.get', { path })).content, offset) };
  }
  return undefined;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** What a resource holds, from `?offset=` on; undefined when there is none of that address. */
export async function readResource(reader: Reader, uri: string): Promise<ResourceContent | undefined> {
  const [, base = uri, offset = '0'] = /^([^?]*)\?offset=(\d{1,12})$/.exec(uri) ?? [];
  try {
    const content = await read(reader, base, Number(offset));
    return content && { uri, ...content };
  } catch (error) {
    if (AppError.is(error, 'task.notFound') || AppError.is(error, 'file.notFound')) return undefined;
    throw error;
  }
}
