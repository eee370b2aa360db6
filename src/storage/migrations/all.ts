import type { Migration } from '../migrate.ts';
import { initial } from './0001-initial.ts';
import { documents } from './0002-documents.ts';
import { jobs } from './0003-jobs.ts';
import { webhooks } from './0004-webhooks.ts';

/** Every step of the schema, in order. */
export const migrations: readonly Migration[] = [initial, documents, jobs, webhooks];
