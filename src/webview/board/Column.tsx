import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import { statuses, type Status } from '../../core/task.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import { CardSlot, estimateHeight } from './Card.tsx';
import { useBoard } from './context.ts';
import { acceptCards, scrollWhileDragging } from './drag.ts';
import { icon } from './icons.ts';
import { canWrite } from './model.ts';
import { QuickAdd } from './QuickAdd.tsx';
import { t } from '../shared/strings.ts';
import { useVirtual } from './virtual.ts';

export interface ColumnProps {
  status: Status;
  /** Changes whenever the cards shown here did. */
  revision: number;
  count: number;
  total: number;
  limit: number | undefined;
  filtered: boolean;
  tabStop: number | null;
  selected: ReadonlySet<number>;
  editingId: number | null;
  draggingId: number | null;
  /** Before which card the dragged one would land; null when it is not over this column. */
  dropIndex: number | null;
  /** Why this column would refuse the dragged card; only while something is dragged. */
  refusal: string | null;
  adding: boolean;
  live: ReadonlyMap<number, JobRun>;
  writable: boolean;
  compact: boolean;
  narrow: boolean;
  day: string;
  locale: string;
}

const gap = 4;
const padding = 4;

/** Draws the column again only when one of its properties changed. */
export function ColumnSlot(props: ColumnProps): JSX.Element {
  return useMemo(() => <Column {...props} />, Object.values(props));
}

function Column(props: ColumnProps): JSX.Element {
  const { status, count, total, limit, revision, compact } = props;
  const { model } = useBoard();
  const section = useRef<HTMLElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const rows = model.cards.shown(status);

  const keyAt = useCallback((index: number) => model.cards.shown(status)[index]?.id ?? -1 - index, [status, revision]);
  const estimate = useCallback(
    (index: number) => {
      const row = model.cards.shown(status)[index];
      return row === undefined ? 0 : estimateHeight(row, props.live.has(row.id), compact, list.current?.clientWidth ?? 260);
    },
    [status, compact, props.live],
  );
  const pinned = [props.tabStop, props.editingId, props.draggingId]
    .filter((id) => id !== null)
    .map((id) => (model.cards.get(id)?.status === status ? model.cards.indexOf(id) : -1));
  const virtualizer = useVirtual({
    count: rows.length,
    scrollElement: () => list.current?.parentElement ?? null,
    estimate,
    keyAt,
    pinned,
    gap,
    padding,
    initialOffset: model.scroll.top.get(status) ?? 0,
  });

  useLayoutEffect(() => {
    const offsetOf = (clientY: number) => clientY - (list.current?.getBoundingClientRect().top ?? 0);
    const itemAt = (clientY: number) => virtualizer.getVirtualItemForOffset(offsetOf(clientY));
    model.columns.set(status, {
      indexAt: (clientY) => itemAt(clientY)?.index ?? 0,
      gapAt: (clientY) => {
        const item = itemAt(clientY);
        if (item === undefined) return 0;
        return offsetOf(clientY) > (item.start + item.end) / 2 ? item.index + 1 : item.index;
      },
      height: () => list.current?.parentElement?.clientHeight ?? 0,
    });
    return () => void model.columns.delete(status);
  }, [status, virtualizer]);

  // Heights depend on the density.
  useLayoutEffect(() => virtualizer.measure(), [compact]);

  useEffect(() => {
    const target = section.current;
    const scroller = list.current?.parentElement;
    if (target === null || scroller === null || scroller === undefined) return undefined;
    const accept = acceptCards(target, status, model);
    const scroll = scrollWhileDragging(scroller);
    return () => {
      accept();
      scroll();
    };
  }, [status]);

  const items = virtualizer.getVirtualItems();
  const over = limit !== undefined && total > limit;
  const full = limit !== undefined && total >= limit;
  const headingId = `column-${statuses.indexOf(status)}`;
  const line = props.dropIndex === null || props.refusal !== null ? null : lineOffset(virtualizer, props.dropIndex);
  return (
    <section
      ref={section}
      class={`column${props.refusal === null ? '' : ' refuses'}${props.dropIndex === null ? '' : ' over'}`}
      aria-labelledby={headingId}
      data-status={status}
      data-vscode-context={JSON.stringify({ webviewSection: 'column', status, preventDefaultContextMenuItems: true })}
    >
      <header class={`column-header${full ? ' full' : ''}`}>
        <h2 id={headingId}>
          {t(status)} <span class="count">{limit === undefined ? String(total) : `${total}/${limit}`}</span>
        </h2>
        <span class="column-note">{note(props, over, full)}</span>
        {full && <span class={icon('warning')} aria-hidden="true" />}
        {!props.narrow && (
          <button
            type="button"
            class={`column-collapse icon-button ${icon('chevron-left')}`}
            aria-label={t('Collapse {0}', t(status))}
            title={t('Collapse {0}', t(status))}
            onClick={() => model.set({ collapsed: new Set([...model.ui().collapsed, status]) })}
          />
        )}
      </header>
      {props.writable && <QuickAdd status={status} open={props.adding} />}
      <div class="scroller" onScroll={(event) => model.scroll.top.set(status, event.currentTarget.scrollTop)}>
        <ul ref={list} class="cards" style={{ height: `${virtualizer.getTotalSize()}px` }} aria-labelledby={headingId}>
          {items.map((item) => {
            const row = rows[item.index];
            return (
              row !== undefined && (
                <CardSlot
                  key={row.id}
                  row={row}
                  index={item.index}
                  count={count}
                  start={item.start}
                  tabStop={props.tabStop === row.id}
                  selected={props.selected.has(row.id)}
                  editing={props.editingId === row.id}
                  dragging={props.draggingId === row.id}
                  live={props.live.get(row.id) ?? null}
                  movable={props.writable && canWrite(model.ui().state)}
                  compact={compact}
                  day={props.day}
                  locale={props.locale}
                  measure={virtualizer.measureElement}
                />
              )
            );
          })}
        </ul>
        {line !== null && <div class="drop-line" style={{ transform: `translateY(${line}px)` }} />}
      </div>
    </section>
  );
}

function note(props: ColumnProps, over: boolean, full: boolean): string {
  if (props.refusal !== null && props.dropIndex !== null) return props.refusal;
  if (props.filtered) return t('{0} shown', props.count);
  if (over) return t('over the limit');
  return full ? t('limit reached') : '';
}

/** The middle of the gap before this card. */
function lineOffset(virtualizer: ReturnType<typeof useVirtual>, index: number): number {
  const { measurementsCache } = virtualizer;
  const item = measurementsCache[index];
  if (item !== undefined) return item.start - gap / 2 - 1;
  const last = measurementsCache.at(-1);
  return last === undefined ? padding : last.end + gap / 2 - 1;
}

/** A collapsed column: its name and count on a strip that opens it and takes cards. */
export function ColumnStrip({
  status,
  total,
  limit,
  over,
  refusal,
}: {
  status: Status;
  total: number;
  limit: number | undefined;
  over: boolean;
  refusal: string | null;
}): JSX.Element {
  const { model } = useBoard();
  const ref = useRef<HTMLElement>(null);
  useEffect(() => (ref.current === null ? undefined : acceptCards(ref.current, status, model)), [status]);
  const open = () => model.set({ collapsed: new Set([...model.ui().collapsed].filter((other) => other !== status)) });
  const full = limit !== undefined && total >= limit;
  return (
    <section
      ref={ref}
      class={`strip${over ? ' over' : ''}${refusal === null ? '' : ' refuses'}`}
      data-status={status}
      aria-label={t(status)}
      title={refusal ?? undefined}
    >
      <button
        type="button"
        class={full ? 'full' : ''}
        aria-expanded={false}
        aria-label={t('Expand {0}, {1} tasks', t(status), total)}
        title={t('Expand {0}', t(status))}
        onClick={open}
      >
        <span class={icon(full ? 'warning' : 'chevron-right')} aria-hidden="true" />
        <span class="count">{limit === undefined ? total : `${total}/${limit}`}</span>
        <span class="strip-name">{t(status)}</span>
      </button>
    </section>
  );
}
