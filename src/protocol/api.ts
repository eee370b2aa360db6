import type * as z from 'zod';
import { fileOperationContracts } from './fileOperations.ts';
import { operationContracts, scopes } from './operations.ts';
import type { Scope } from './operations.ts';
import { projectOperationContracts } from './projectOperations.ts';

/** What a token of a client grants, as its owner chooses it. */
export const apiScopes = ['read', 'write', 'jobs', 'admin'] as const;
export type ApiScope = (typeof apiScopes)[number];

/** What each of them allows. A job works in the browser session of the user: nobody may start one by having another scope. */
export const grants: Readonly<Record<ApiScope, readonly Scope[]>> = {
  read: ['tasks:read', 'documents:read', 'jobs:read'],
  write: ['tasks:read', 'tasks:write', 'documents:read', 'documents:write', 'jobs:read'],
  jobs: ['jobs:read', 'jobs:write'],
  admin: scopes.filter((scope) => scope !== 'jobs:write'),
};

/**
 * Operations of this extension's own parts: the engine of jobs leases and reports by them, the catalog records versions. Files of the
 * database go where a person says, in a dialog. Where events are sent is for a person to say as well: an address may be a secret in itself.
 */
const {
  'document.record': _record,
  'document.recordMany': _recordMany,
  'job.enqueue': _enqueue,
  'job.claim': _claim,
  'job.renew': _renew,
  'job.advance': _advance,
  'job.cancel': _cancel,
  'job.resume': _resume,
  'job.prune': _prune,
  'database.export': _export,
  'database.restore': _restore,
  'webhook.list': _webhooks,
  'webhook.add': _addWebhook,
  'webhook.update': _updateWebhook,
  'webhook.remove': _removeWebhook,
  'webhook.deliveries': _deliveries,
  'webhook.replay': _replay,
  'webhook.next': _next,
  'webhook.claim': _claimSending,
  'webhook.settle': _settle,
  'task.undo': _undo,
  'task.redo': _redo,
  ...shared
} = operationContracts;

/** Everything a program may call: REST routes, WebSocket calls and MCP tools name these. */
export const apiContracts = { ...shared, ...fileOperationContracts, ...projectOperationContracts } as const;
export type ApiOperationName = keyof typeof apiContracts;
export type ApiInput<N extends ApiOperationName> = z.input<(typeof apiContracts)[N]['input']>;
export type ApiOutput<N extends ApiOperationName> = z.output<(typeof apiContracts)[N]['output']>;
