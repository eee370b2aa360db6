import * as z from 'zod';
import { fileOperationContracts } from '../../protocol/fileOperations.ts';
import { hashTag } from './preconditions.ts';
import { badRequest } from './refusal.ts';
import { route, shapeOf } from './route.ts';
import type { Fields, Route } from './route.ts';

const c = fileOperationContracts;
const agents = 'Agents';
const oneAgent = '/api/agents/{id}';

/** A path holds slashes, and cannot be one part of another. */
const toId = (path: string): string => Buffer.from(path).toString('base64url');

function pathOf(id: unknown): string {
  const path = typeof id === 'string' ? Buffer.from(id, 'base64url').toString() : '';
  if (path === '' || toId(path) !== id) throw badRequest('id', 'id is not the id of an agent as GET /api/agents answers it.');
  return path;
}

const id = z.string().meta({ description: 'The path of the file in base64url, as GET /api/agents answers it.' });

/** The fields of an operation on an agent's file, with its id for its path. */
function agentFields(input: z.ZodType): z.core.$ZodLooseShape {
  const { path: _path, ...others } = shapeOf(input);
  return { id, ...others };
}

const agentInput = ({ id: one, ...others }: Fields): unknown => ({ path: pathOf(one), ...others });
const identified = <T extends { path: string }>(file: T): T & { id: string } => ({ ...file, id: toId(file.path) });
const writtenAgent = { schema: c['agent.update'].output.extend({ id }), of: identified<{ path: string; hash: string }> };
const locationOf = ({ path }: { path: string }): string => `/api/agents/${toId(path)}`;
const tagOf = ({ hash }: { hash: string }): string => hashTag(hash);

/** Agents, skills and CLAUDE.md. What is written names by `If-Match` the content that its author has seen. */
export const fileRoutes: readonly Route[] = [
  route('GET', '/api/claude/config', 'instructions.get', {
    tag: 'CLAUDE.md',
    summary: 'Reads CLAUDE.md of the folder.',
    without: ['path'],
    fails: [404, 413],
    tagOf,
  }),
  route('PUT', '/api/claude/config', 'instructions.put', {
    tag: 'CLAUDE.md',
    summary: 'Writes CLAUDE.md of the folder: with If-Match over what is there, with If-None-Match: * anew.',
    without: ['path'],
    condition: 'hashOrNew',
    tagOf,
    locationOf: (_written, { expectedHash }) => (expectedHash === null ? '/api/claude/config' : undefined),
  }),
  route('GET', '/api/agents', 'agent.list', {
    tag: agents,
    summary: 'Lists the agents that Claude Code would find.',
    data: {
      schema: z.object({ agents: z.array(c['agent.list'].output.shape.agents.element.extend({ id })) }),
      of: (list) => ({ agents: list.agents.map(identified) }),
    },
  }),
  route('POST', '/api/agents', 'agent.create', { tag: agents, summary: 'Writes a new agent.', data: writtenAgent, tagOf, locationOf }),
  route('GET', oneAgent, 'agent.get', {
    tag: agents,
    summary: 'Reads the file of an agent.',
    fields: agentFields(c['agent.get'].input),
    toInput: agentInput,
    data: { schema: c['agent.get'].output.extend({ id }), of: identified },
    fails: [413],
    tagOf,
  }),
  route('PUT', oneAgent, 'agent.update', {
    tag: agents,
    summary: 'Writes the file of an agent.',
    fields: agentFields(c['agent.update'].input),
    toInput: agentInput,
    data: writtenAgent,
    condition: 'hash',
    tagOf,
  }),
  route('DELETE', oneAgent, 'agent.delete', {
    tag: agents,
    summary: 'Deletes the file of an agent. Its versions are kept.',
    fields: agentFields(c['agent.delete'].input),
    toInput: agentInput,
    condition: 'hash',
  }),
  route('GET', '/api/skills', 'skill.list', { tag: 'Skills', summary: 'Lists the skills that Claude Code would find.' }),
];
