import type { Actor } from '../core/actor.ts';
import { AppError } from '../core/appError.ts';
import { apiContracts, apiScopes, grants } from '../protocol/api.ts';
import type { ApiInput, ApiOperationName, ApiOutput, ApiScope } from '../protocol/api.ts';
import { fileOperationContracts } from '../protocol/fileOperations.ts';
import type { Scope } from '../protocol/operations.ts';
import { projectOperationContracts } from '../protocol/projectOperations.ts';
import type { FileOperations } from './fileOperations.ts';
import type { Store } from './ports.ts';
import type { ProjectOperations } from './projectOperations.ts';

/** A program that calls, once it is known to be who it says it is. */
export interface Caller {
  /** Its name goes into history and audit. */
  actor: Actor;
  scopes: readonly ApiScope[];
}

/** Parts of a workspace folder that the API serves; each is opened when first called. */
export interface ServedParts {
  store(): Promise<Store>;
  files(): Promise<FileOperations>;
  project: ProjectOperations;
}

/**
 * Everything programs can do with one workspace folder. What is asked is checked against the caller's scopes first, and parsed by the operation
 * itself. Failures are `AppError`s: `operation.unknown`, `operation.forbidden`, and those of the operation.
 */
export interface Api {
  /** Name of the workspace folder. */
  readonly name: string;
  /** Opened when first needed, and followed for events. */
  store(): Promise<Store>;
  call<N extends ApiOperationName>(name: N, input: ApiInput<N>, caller: Caller, signal?: AbortSignal): Promise<ApiOutput<N>>;
}

const isOf = <N extends string>(table: Readonly<Record<N, unknown>>, name: string): name is N => Object.hasOwn(table, name);

/** The weakest scope that allows it. */
const needed = (scope: Scope): ApiScope | undefined => apiScopes.find((one) => grants[one].includes(scope));

export function createApi(name: string, parts: ServedParts): Api {
  async function call(operation: string, input: unknown, { actor, scopes }: Caller, signal?: AbortSignal): Promise<unknown> {
    if (!isOf(apiContracts, operation))
      throw new AppError('operation.unknown', 'There is no such operation.', { operation: operation.slice(0, 100) });
    const { scope } = apiContracts[operation];
    if (!scopes.some((one) => grants[one].includes(scope))) {
      const message = `${operation} needs a token with the scope ${needed(scope)}. Ask the user for one.`;
      throw new AppError('operation.forbidden', message, { operation, scope });
    }
    const table: { call(name: string, input: unknown, options: object): Promise<unknown> } = isOf(fileOperationContracts, operation)
      ? await parts.files()
      : isOf(projectOperationContracts, operation)
        ? parts.project
        : await parts.store();
    return await table.call(operation, input, signal === undefined ? { actor } : { actor, signal });
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the operation that is named parses its input and answers its output
  return { name, store: () => parts.store(), call: call as Api['call'] };
}
