// Generated from package.json by esbuild.mjs; not to be edited.

export const commandIds = [
  'claudetask.task.create',
  'claudetask.task.createFromSelection',
  'claudetask.task.createHere',
  'claudetask.task.createSubtask',
  'claudetask.task.runJob',
  'claudetask.task.showRun',
  'claudetask.task.reveal',
  'claudetask.task.search',
  'claudetask.task.move',
  'claudetask.task.edit',
  'claudetask.task.rename',
  'claudetask.task.editDescription',
  'claudetask.task.setPriority',
  'claudetask.task.setType',
  'claudetask.task.openOrigin',
  'claudetask.task.history',
  'claudetask.task.archive',
  'claudetask.task.unarchive',
  'claudetask.task.delete',
  'claudetask.task.restore',
  'claudetask.task.undo',
  'claudetask.task.redo',
  'claudetask.board.open',
  'claudetask.board.focusFilter',
  'claudetask.board.quickAdd',
  'claudetask.board.rename',
  'claudetask.board.moveLeft',
  'claudetask.board.moveRight',
  'claudetask.board.moveUp',
  'claudetask.board.moveDown',
  'claudetask.tree.groupBy',
  'claudetask.tree.filter',
  'claudetask.tree.clearFilter',
  'claudetask.tree.showMore',
  'claudetask.database.backup',
  'claudetask.database.export',
  'claudetask.database.restore',
  'claudetask.audit.verify',
  'claudetask.diagnostics.copy',
  'claudetask.log.show',
  'claudetask.agent.create',
  'claudetask.agent.createFromDescription',
  'claudetask.agent.open',
  'claudetask.agent.openForm',
  'claudetask.agent.rename',
  'claudetask.agent.duplicate',
  'claudetask.agent.move',
  'claudetask.agent.delete',
  'claudetask.agent.restore',
  'claudetask.agent.enable',
  'claudetask.agent.disable',
  'claudetask.agent.explain',
  'claudetask.agent.assignSkills',
  'claudetask.agent.openMemory',
  'claudetask.agent.appendMemory',
  'claudetask.agent.openLog',
  'claudetask.agent.appendLog',
  'claudetask.skill.create',
  'claudetask.skill.open',
  'claudetask.slashCommand.create',
  'claudetask.rule.create',
  'claudetask.instructions.create',
  'claudetask.instructions.open',
  'claudetask.instructions.preview',
  'claudetask.instructions.insertTask',
  'claudetask.instructions.addImport',
  'claudetask.document.history',
  'claudetask.document.restore',
  'claudetask.document.startHistory',
  'claudetask.claude.refresh',
  'claudetask.job.new',
  'claudetask.job.run',
  'claudetask.job.runFromStep',
  'claudetask.job.dryRun',
  'claudetask.job.stepThrough',
  'claudetask.job.cancel',
  'claudetask.job.resume',
  'claudetask.job.runs',
  'claudetask.job.answer',
  'claudetask.job.openFile',
  'claudetask.job.showRun',
  'claudetask.job.showRecords',
  'claudetask.job.showOutput',
  'claudetask.job.export',
  'claudetask.job.createTasks',
  'claudetask.job.applyHealed',
  'claudetask.job.record',
  'claudetask.job.pickLocator',
  'claudetask.job.importRecording',
  'claudetask.job.openBrowser',
  'claudetask.job.setToken',
  'claudetask.job.schedule',
  'claudetask.job.exportAudit',
  'claudetask.job.verifyAuditReport',
  'claudetask.job.prune',
  'claudetask.job.delete',
  'claudetask.server.start',
  'claudetask.server.stop',
  'claudetask.server.copyAddress',
  'claudetask.server.copyRequest',
  'claudetask.server.openDocument',
  'claudetask.client.add',
  'claudetask.client.copyToken',
  'claudetask.client.revoke',
  'claudetask.mcp.connect',
  'claudetask.mcp.addToFile',
  'claudetask.webhook.add',
  'claudetask.webhook.edit',
  'claudetask.webhook.switch',
  'claudetask.webhook.remove',
  'claudetask.webhook.replay',
  'claudetask.webhook.newSecret',
] as const;
export type CommandId = (typeof commandIds)[number];

export const viewIds = ['claudetask.tasks', 'claudetask.agents', 'claudetask.instructions', 'claudetask.jobs', 'claudetask.api'] as const;
export type ViewId = (typeof viewIds)[number];

export const settingIds = [
  'claudetask.board.density',
  'claudetask.workflow.wipLimits',
  'claudetask.workflow.allowedMoves',
  'claudetask.workflow.requireBlockersDone',
  'claudetask.workflow.requireChecklistComplete',
  'claudetask.tree.groupBy',
  'claudetask.user.name',
  'claudetask.instructions.codeLens',
  'claudetask.validation.enabled',
  'claudetask.jobs.browserPath',
  'claudetask.jobs.browserArguments',
  'claudetask.jobs.maxParallel',
  'claudetask.jobs.keepRuns',
  'claudetask.server.enabled',
  'claudetask.server.port',
  'claudetask.server.allowedOrigins',
  'claudetask.server.tools',
] as const;
export type SettingId = (typeof settingIds)[number];

/** What each setting holds, as its schema says; a user's file may hold anything. */
export interface SettingValues {
  'claudetask.board.density': 'comfortable' | 'compact';
  'claudetask.workflow.wipLimits': {
    readonly Backlog?: number;
    readonly Analysis?: number;
    readonly Ready?: number;
    readonly 'In Progress'?: number;
    readonly Testing?: number;
    readonly 'Code Review'?: number;
    readonly Done?: number;
  };
  'claudetask.workflow.allowedMoves': {
    readonly Backlog?: readonly ('Backlog' | 'Analysis' | 'Ready' | 'In Progress' | 'Testing' | 'Code Review' | 'Done')[];
    readonly Analysis?: readonly ('Backlog' | 'Analysis' | 'Ready' | 'In Progress' | 'Testing' | 'Code Review' | 'Done')[];
    readonly Ready?: readonly ('Backlog' | 'Analysis' | 'Ready' | 'In Progress' | 'Testing' | 'Code Review' | 'Done')[];
    readonly 'In Progress'?: readonly ('Backlog' | 'Analysis' | 'Ready' | 'In Progress' | 'Testing' | 'Code Review' | 'Done')[];
    readonly Testing?: readonly ('Backlog' | 'Analysis' | 'Ready' | 'In Progress' | 'Testing' | 'Code Review' | 'Done')[];
    readonly 'Code Review'?: readonly ('Backlog' | 'Analysis' | 'Ready' | 'In Progress' | 'Testing' | 'Code Review' | 'Done')[];
    readonly Done?: readonly ('Backlog' | 'Analysis' | 'Ready' | 'In Progress' | 'Testing' | 'Code Review' | 'Done')[];
  };
  'claudetask.workflow.requireBlockersDone': boolean;
  'claudetask.workflow.requireChecklistComplete': boolean;
  'claudetask.tree.groupBy': 'status' | 'priority' | 'assignee' | 'label' | 'parent';
  'claudetask.user.name': string;
  'claudetask.instructions.codeLens': boolean;
  'claudetask.validation.enabled': boolean;
  'claudetask.jobs.browserPath': string;
  'claudetask.jobs.browserArguments': readonly string[];
  'claudetask.jobs.maxParallel': number;
  'claudetask.jobs.keepRuns': number;
  'claudetask.server.enabled': boolean;
  'claudetask.server.port': number;
  'claudetask.server.allowedOrigins': readonly string[];
  'claudetask.server.tools': 'core' | 'all';
}
