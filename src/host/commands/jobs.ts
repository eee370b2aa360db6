import type { HandlersOf } from './handler.ts';
import { jobAuditHandlers } from './jobsAudit.ts';
import { jobBrowserHandlers } from './jobsBrowser.ts';
import type { JobCommandDeps } from './jobsDeps.ts';
import { jobLookHandlers } from './jobsLook.ts';
import { jobMakeHandlers } from './jobsMake.ts';
import { jobRecordHandlers } from './jobsRecords.ts';
import { jobRunHandlers } from './jobsRun.ts';

export function jobHandlers(deps: JobCommandDeps): HandlersOf<'job'> {
  return {
    ...jobMakeHandlers(deps),
    ...jobBrowserHandlers(deps),
    ...jobRunHandlers(deps),
    ...jobLookHandlers(deps),
    ...jobRecordHandlers(deps),
    ...jobAuditHandlers(deps),
  };
}
