import type { FolderJobs } from '../jobs/folderJobs.ts';
import type { JobActivity } from '../jobs/jobActivity.ts';
import type { JobFolders } from '../jobs/jobFolders.ts';
import type { JobTexts } from '../jobs/jobTexts.ts';
import type { JobMemory } from '../jobs/jobMemory.ts';
import type { JobTokens } from '../jobs/jobTokens.ts';
import type { HostLog } from '../log.ts';
import type { Settings } from '../settings.ts';
import type { JobView } from '../trees/jobs/jobView.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';

/** Pages about jobs in editor tabs. */
export interface JobPages {
  showRun(jobs: FolderJobs, run: number): Promise<void>;
  /** Of a collection; the first one of the job unless told. */
  showRecords(jobs: FolderJobs, job: string, collection?: string): Promise<void>;
}

/** What commands on jobs work with. */
export interface JobCommandDeps {
  stores: WorkspaceStores;
  folders: JobFolders;
  view: JobView;
  memory: JobMemory;
  tokens: JobTokens;
  settings: Settings;
  log: HostLog;
  pages: JobPages;
  activity(): Promise<JobActivity>;
  texts(): JobTexts;
}
