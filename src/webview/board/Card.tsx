import { draggable } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import { isOverdue } from '../../core/day.ts';
import type { TaskRow } from '../../core/task.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import { useBoard } from './context.ts';
import { blockedText, isBlocked, labelColour, relativeDay, sentence } from './describe.ts';
import { glyph, icon } from './icons.ts';
import { isCalling, stateText, stepText } from './live.ts';
import { RenameBox } from './RenameBox.tsx';
import { t } from '../shared/strings.ts';

export interface CardProps {
  row: TaskRow;
  index: number;
  count: number;
  /** Distance from the top of the list, in pixels. */
  start: number;
  tabStop: boolean;
  selected: boolean;
  editing: boolean;
  dragging: boolean;
  /** The job that works for the task. */
  live: JobRun | null;
  movable: boolean;
  compact: boolean;
  day: string;
  locale: string;
  measure: (element: HTMLElement | null) => void;
}

const maxLabels = 3;
/** What the narrowest column holds in the smaller size. */
const lineCharacters = 36;

/** Draws its card again only when one of its properties changed: the same element returned twice stops Preact there. */
export function CardSlot(props: CardProps): JSX.Element {
  return useMemo(() => <Card {...props} />, Object.values(props));
}

/** Clicks and keys are handled once for the whole board (`keyboard.ts`, `Board.tsx`); a card only draws. */
function Card(props: CardProps): JSX.Element {
  const { row, index, count, selected, editing, compact, day, locale, live, movable, measure } = props;
  const ref = useRef<HTMLLIElement>(null);
  const { model } = useBoard();

  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    measure(element);
    return draggable({
      element,
      canDrag: () => movable && model.ui().editingId !== row.id,
      getInitialData: () => ({ taskId: row.id }),
      onGenerateDragPreview: () => element.classList.add('lifted'),
      onDragStart: () => element.classList.remove('lifted'),
    });
  }, [row.id, movable, index, measure]);

  const context = JSON.stringify({ webviewSection: 'card', taskId: row.id, preventDefaultContextMenuItems: true });
  const classes = ['card', `priority-${row.priority.toLowerCase()}`];
  if (selected) classes.push('selected');
  if (props.dragging) classes.push('dragging');
  return (
    <li
      ref={ref}
      class={classes.join(' ')}
      style={{ transform: `translateY(${props.start}px)` }}
      data-id={row.id}
      data-index={index}
      data-vscode-context={context}
      tabIndex={props.tabStop ? 0 : -1}
      aria-label={sentence(row, live, day, locale, index, count, selected)}
      aria-posinset={index + 1}
      aria-setsize={count}
      title={editing ? undefined : row.title}
    >
      <span class="card-id">
        #{row.id}
        {live !== null && <State run={live} />}
      </span>
      {editing ? <RenameBox row={row} /> : <span class="card-title">{row.title}</span>}
      {compact ? <CompactMarks row={row} day={day} locale={locale} /> : <Meta row={row} day={day} locale={locale} />}
      {!compact && live !== null && <span class="card-who">{stepText(live)}</span>}
      {!compact && live === null && row.assignee !== null && (
        <span class={`card-who mark ${glyph(row.assignee.startsWith('@') ? 'robot' : 'person')}`}>{row.assignee}</span>
      )}
      <button
        type="button"
        class={`card-menu ${icon('ellipsis')}`}
        tabIndex={-1}
        aria-haspopup="menu"
        aria-label={t('Actions for #{0}', row.id)}
        title={t('Actions')}
      />
    </li>
  );
}

/** What the job that works for the task is about, beside the number. */
function State({ run }: { run: JobRun }): JSX.Element {
  const look = isCalling(run) ? `calling ${glyph('bell-dot')}` : glyph('sync');
  return <span class={`card-state mark ${look}`}>{stateText(run)}</span>;
}

interface MarksProps {
  row: TaskRow;
  day: string;
  locale: string;
}

function Meta({ row, day, locale }: MarksProps): JSX.Element | null {
  if (!hasMeta(row)) return null;
  const marks = marksOf(row, day, locale);
  const shown = fittingLabels(row.labels, marks);
  const more = row.labels.length - shown;
  return (
    <span class="card-meta">
      {marks.bug !== null && <span class={`mark ${glyph('bug')}`}>{marks.bug}</span>}
      {row.labels.slice(0, shown).map((label) => (
        <span key={label} class={`label label-${labelColour(label)}`}>
          {label}
        </span>
      ))}
      {more > 0 && <span title={row.labels.slice(shown).join(', ')}>+{more}</span>}
      {marks.checklist !== null && <span class={`mark ${glyph('checklist')}`}>{marks.checklist}</span>}
      {marks.blocked !== null && (
        <span class={`mark blocked ${glyph('circle-slash')}`} title={row.blockedReason ?? undefined}>
          {marks.blocked}
        </span>
      )}
      {marks.due !== null && <span class={`mark ${isOverdue(row, day) ? 'overdue ' : ''}${glyph('calendar')}`}>{marks.due}</span>}
    </span>
  );
}

interface Marks {
  bug: string | null;
  checklist: string | null;
  blocked: string | null;
  due: string | null;
}

function marksOf(row: TaskRow, day: string, locale: string): Marks {
  return {
    bug: row.type === 'Bug' ? t('bug') : null,
    checklist: row.checklistTotal === 0 ? null : `${row.checklistDone}/${row.checklistTotal}`,
    blocked: isBlocked(row) ? blockedText(row) : null,
    due: row.due === null ? null : relativeDay(row.due, day, locale),
  };
}

/** How many labels stand beside the marks on one line, three at most: better one whole label than three stubs. */
function fittingLabels(labels: readonly string[], marks: Marks): number {
  const sign = 4;
  let left = lineCharacters;
  for (const mark of Object.values(marks)) if (typeof mark === 'string') left -= mark.length + sign;
  let count = 0;
  for (const label of labels.slice(0, maxLabels)) {
    left -= label.length + sign;
    // Room for the number of the others, when there are any.
    if (left < (count + 1 < labels.length ? sign : 0) && count > 0) break;
    count++;
  }
  return count;
}

/** The one-line card keeps what asks for something: blocked and due. */
function CompactMarks({ row, day, locale }: MarksProps): JSX.Element | null {
  if (row.type !== 'Bug' && !isBlocked(row) && row.due === null) return null;
  return (
    <span class="card-meta">
      {row.type === 'Bug' && <span class={`mark ${glyph('bug')}`} title={t('bug')} />}
      {isBlocked(row) && <span class={`mark blocked ${glyph('circle-slash')}`} title={row.blockedReason ?? blockedText(row)} />}
      {row.due !== null && (
        <span class={`mark ${isOverdue(row, day) ? 'overdue ' : ''}${glyph('calendar')}`} title={relativeDay(row.due, day, locale)} />
      )}
    </span>
  );
}

function hasMeta(row: TaskRow): boolean {
  return row.type === 'Bug' || row.labels.length > 0 || row.checklistTotal > 0 || isBlocked(row) || row.due !== null;
}

/** Height before the card has been measured, from what it will show; in step with `cards.css`. */
export function estimateHeight(row: TaskRow, hasRun: boolean, compact: boolean, width: number): number {
  if (compact) return 28;
  const perLine = Math.max(10, (width - 40) / 6.7);
  const titleLines = row.title.length > perLine ? 2 : 1;
  return 28 + 18 * titleLines + (hasMeta(row) ? 20 : 0) + (row.assignee === null && !hasRun ? 0 : 20);
}
