// Loaded with the first command: what only runs on a click costs no activation time.
import { agentHandlers } from './agents.ts';
import { auditHandlers } from './audit.ts';
import { boardHandlers } from './board.ts';
import { claudeHandlers } from './claude.ts';
import type { ClaudeCommandDeps } from './claudeDeps.ts';
import type { CommandDeps } from './commandDeps.ts';
import { clientHandlers } from './client.ts';
import { databaseHandlers } from './database.ts';
import { documentHandlers } from './documents.ts';
import type { AllHandlers } from './handler.ts';
import { helpHandlers } from './help.ts';
import { jobHandlers } from './jobs.ts';
import type { JobCommandDeps } from './jobsDeps.ts';
import { instructionHandlers, type InstructionCommandDeps } from './instructions.ts';
import { mcpHandlers } from './mcp.ts';
import { ruleHandlers } from './rules.ts';
import { serverHandlers } from './server.ts';
import type { ServerCommandDeps } from './serverDeps.ts';
import { skillHandlers } from './skills.ts';
import { slashCommandHandlers } from './slashCommands.ts';
import { taskHandlers } from './task.ts';
import { treeHandlers } from './tree.ts';
import { webhookHandlers } from './webhook.ts';

type AllDeps = CommandDeps & ClaudeCommandDeps & InstructionCommandDeps & { jobs: JobCommandDeps; server: ServerCommandDeps };

export function allHandlers(deps: AllDeps): AllHandlers {
  return {
    ...taskHandlers(deps),
    ...boardHandlers(deps),
    ...treeHandlers({ ...deps, jobView: deps.jobs.view }),
    ...databaseHandlers(deps),
    ...auditHandlers(deps),
    ...helpHandlers(deps),
    ...agentHandlers(deps),
    ...skillHandlers(deps),
    ...slashCommandHandlers(deps),
    ...ruleHandlers(deps),
    ...instructionHandlers(deps),
    ...documentHandlers(deps),
    ...claudeHandlers(deps),
    ...jobHandlers(deps.jobs),
    ...serverHandlers(deps.server),
    ...clientHandlers(deps.server),
    ...mcpHandlers(deps.server),
    ...webhookHandlers(deps.server),
  };
}
