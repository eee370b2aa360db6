import type { Status, TaskRow } from '../../core/task.ts';
import { freeWorkflow, refuseMove } from '../../core/workflow.ts';
import type { Model } from './model.ts';
import { t } from '../shared/strings.ts';

/**
 * Why a column would refuse a card, in two words, as far as the page knows the rules: for the hint while dragging. The store
 * decides, and says it in full.
 */
export function refusal(model: Model, row: TaskRow, to: Status): string | null {
  const { config } = model.ui();
  if (config === null || row.status === to) return null;
  const workflow = { ...freeWorkflow, wipLimits: config.wipLimits, allowedMoves: config.allowedMoves };
  const found = refuseMove(workflow, [{ ...row, from: row.status }], to, () => model.cards.total(to));
  if (found === undefined) return null;
  return found.reason === 'wip' ? t('Full ({0} of {1})', found.count, found.limit) : t('Not from {0}', t(row.status));
}
