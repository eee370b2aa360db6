import type * as z from 'zod';
import type { Actor } from '../core/actor.ts';
import { AppError } from '../core/appError.ts';
import type { FileOperationContract, FileOperationInput, FileOperationName, FileOperationOutput } from '../protocol/fileOperations.ts';
import { fileOperationContracts } from '../protocol/fileOperations.ts';
import { createAgent, deleteAgent, getAgent, listAgents, moveAgent, renameAgent, restoreAgent, updateAgent } from './agentFiles.ts';
import type { ClaudeCatalog } from './claudeCatalog.ts';
import { createCommand, createRule, createSkill, putAgentLog, putMemory, setAgentEnabled } from './claudeFiles.ts';
import { restoreDocument } from './documentFiles.ts';
import type { Files } from './filePorts.ts';
import { parseInput } from './input.ts';
import { getInstructions, listInstructions, listSkills, putInstructions } from './instructionFiles.ts';
import type { Log, Store } from './ports.ts';

/**
 * The operations on files of one workspace folder, for programs and agents. Every kind of actor may call them. Failures are `AppError`s;
 * what comes in is parsed before anything else.
 */
export interface FileOperations {
  call<N extends FileOperationName>(name: N, input: FileOperationInput<N>, options: { actor: Actor }): Promise<FileOperationOutput<N>>;
}

export interface FileOperationsDeps {
  files: Files;
  catalog: ClaudeCatalog;
  /** The folder's database; opened, and made if need be, when a version is to be restored. */
  store(): Promise<Store>;
  log: Log;
}

/** One call under way. */
export interface FileWork extends FileOperationsDeps {
  actor: Actor;
}

const c = fileOperationContracts;

function operation<I extends z.ZodType, O>(
  name: FileOperationName,
  contract: FileOperationContract & { input: I },
  run: (work: FileWork, input: z.output<I>) => Promise<O>,
): (work: FileWork, input: unknown) => Promise<O> {
  return (work, input) => run(work, parseInput(name, contract.input, input));
}

const handlers: { readonly [N in FileOperationName]: (work: FileWork, input: unknown) => Promise<FileOperationOutput<N>> } = {
  'agent.list': operation('agent.list', c['agent.list'], listAgents),
  'agent.get': operation('agent.get', c['agent.get'], getAgent),
  'agent.create': operation('agent.create', c['agent.create'], createAgent),
  'agent.update': operation('agent.update', c['agent.update'], updateAgent),
  'agent.rename': operation('agent.rename', c['agent.rename'], renameAgent),
  'agent.move': operation('agent.move', c['agent.move'], moveAgent),
  'agent.delete': operation('agent.delete', c['agent.delete'], deleteAgent),
  'agent.restore': operation('agent.restore', c['agent.restore'], restoreAgent),
  'agent.setEnabled': operation('agent.setEnabled', c['agent.setEnabled'], setAgentEnabled),
  'instructions.list': operation('instructions.list', c['instructions.list'], listInstructions),
  'instructions.get': operation('instructions.get', c['instructions.get'], getInstructions),
  'instructions.put': operation('instructions.put', c['instructions.put'], putInstructions),
  'skill.list': operation('skill.list', c['skill.list'], listSkills),
  'skill.create': operation('skill.create', c['skill.create'], createSkill),
  'command.create': operation('command.create', c['command.create'], createCommand),
  'rule.create': operation('rule.create', c['rule.create'], createRule),
  'memory.put': operation('memory.put', c['memory.put'], putMemory),
  'agentLog.put': operation('agentLog.put', c['agentLog.put'], putAgentLog),
  'document.restore': operation('document.restore', c['document.restore'], restoreDocument),
};

/** What is about to be replaced must be among the versions first. Without a database files can be worked on all the same. */
async function beforeChange({ catalog, log }: FileOperationsDeps): Promise<void> {
  try {
    await catalog.startHistory();
  } catch (error) {
    log.warn(`Changes to files are not recorded, for there is no database: ${error instanceof Error ? error.message : String(error)}`);
  }
  await catalog.ready();
  await catalog.settled();
}

export function createFileOperations(deps: FileOperationsDeps): FileOperations {
  return {
    async call(name, input, { actor }) {
      if (!Object.hasOwn(handlers, name))
        throw new AppError('operation.unknown', `There is no operation called ${name}.`, { operation: name });
      if (c[name].mutates) await beforeChange(deps);
      else await deps.catalog.ready();
      return await handlers[name]({ ...deps, actor }, input);
    },
  };
}
