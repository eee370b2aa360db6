import type { ClaudeFolders } from '../claude/claudeFolders.ts';
import type { Conflicts } from '../documents/showConflict.ts';
import type { HostLog } from '../log.ts';
import type { AgentView } from '../trees/agents/agentView.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';

/** What commands on agents, skills, slash commands and rules work with. */
export interface ClaudeCommandDeps {
  stores: WorkspaceStores;
  claude: ClaudeFolders;
  agentView: AgentView;
  conflicts: Conflicts;
  log: HostLog;
}
