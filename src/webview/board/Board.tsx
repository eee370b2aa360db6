import { useEffect, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import { statuses, type Status } from '../../core/task.ts';
import { MessageBar, StateBar } from './bars.tsx';
import { CardMenu } from './CardMenu.tsx';
import { ColumnSlot, ColumnStrip } from './Column.tsx';
import { useBoard } from './context.ts';
import { today } from './describe.ts';
import { acceptCards, dragRefusal, scrollWhileDragging, watchDrags } from './drag.ts';
import { Empty, Skeleton } from './Empty.tsx';
import { tabStop } from './focus.ts';
import { isTextField, onBoardKey, openMenuFor, startRename } from './keyboard.ts';
import { canWrite, type Model, type Ui } from './model.ts';
import { t } from '../shared/strings.ts';
import { useChanges } from '../shared/useChanges.ts';
import { Toolbar } from './Toolbar.tsx';

export function Page(): JSX.Element {
  const { model } = useBoard();
  useChanges(model);
  const ui = model.ui();

  useEffect(() => {
    const query = matchMedia('(max-width: 599px)');
    const apply = () => {
      const { focusedId } = model.ui();
      const focused = focusedId === null ? undefined : model.cards.get(focusedId)?.status;
      model.set({ narrow: query.matches, ...(focused === undefined ? {} : { tab: focused }) });
    };
    apply();
    query.addEventListener('change', apply);
    return () => query.removeEventListener('change', apply);
  }, [model]);

  return (
    <main class={pageClass(ui)}>
      <h1 class="hidden-text">{ui.config === null ? t('Board') : t('Board of {0}', ui.config.folderName)}</h1>
      <StateBar state={ui.state} loaded={ui.config !== null} />
      {ui.config === null ? <Skeleton /> : <Board ui={ui} />}
      {ui.menu !== null && <CardMenu key={ui.menu.taskId} menu={ui.menu} />}
      <div class="hidden-text" role="status" aria-live="polite">
        {ui.announcement.text !== '' && <span key={ui.announcement.nth}>{ui.announcement.text}</span>}
      </div>
    </main>
  );
}

function Board({ ui }: { ui: Ui }): JSX.Element {
  const board = useBoard();
  const { model, actions } = board;
  const ref = useRef<HTMLDivElement>(null);

  useEffect(() => watchDrags(model, actions), [model, actions]);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    element.scrollLeft = model.scroll.left;
    return scrollWhileDragging(element);
  }, [ui.narrow]);

  // One listener each for all cards.
  const cardAt = (event: Event): number | null => {
    const card = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-id]') : null;
    return card === null ? null : Number(card.dataset['id']);
  };
  const onClick = (event: MouseEvent): void => {
    const id = cardAt(event);
    if (id === null || isTextField(event.target)) return;
    if (event.target instanceof Element && event.target.closest('.card-menu') !== null) {
      openMenuFor(model, id);
      return;
    }
    const { selected } = model.ui();
    if (event.ctrlKey || event.metaKey)
      actions.select(selected.has(id) ? new Set([...selected].filter((other) => other !== id)) : new Set([...selected, id]));
    else actions.select(new Set([id]));
  };
  const onDblClick = (event: MouseEvent): void => {
    const id = cardAt(event);
    if (id !== null && !isTextField(event.target)) startRename(model, id);
  };
  const onFocusIn = (event: FocusEvent): void => {
    const id = cardAt(event);
    if (id !== null && id !== model.ui().focusedId) model.set({ focusedId: id });
  };

  const stop = tabStop(model);
  const total = statuses.reduce((sum, status) => sum + model.cards.total(status), 0);
  const shown = statuses.reduce((sum, status) => sum + model.cards.shown(status).length, 0);
  const visible = ui.narrow ? [ui.tab] : statuses;
  return (
    <>
      <Toolbar shown={shown} total={total} />
      {ui.narrow && <Tabs tab={ui.tab} />}
      {total === 0 && ui.addingTo === null && <Empty kind="tasks" />}
      {total > 0 && shown === 0 && ui.filter !== '' && model.cards.isComplete() && <Empty kind="filter" />}
      <div
        ref={ref}
        class={`board${ui.narrow ? ' narrow' : ''}`}
        {...(ui.narrow ? { role: 'tabpanel', id: 'tabpanel', 'aria-labelledby': `tab-${statuses.indexOf(ui.tab)}` } : {})}
        onClick={onClick}
        onDblClick={onDblClick}
        onKeyDown={(event) => onBoardKey(board, event)}
        onFocusIn={onFocusIn}
        onScroll={(event) => {
          model.scroll.left = event.currentTarget.scrollLeft;
        }}
      >
        {visible.map((status) => (!ui.narrow && ui.collapsed.has(status) ? strip(status, ui) : column(status, ui, stop)))}
      </div>
      {/* Below the board, where it moves no card. */}
      <MessageBar message={ui.message} />
    </>
  );

  function strip(status: Status, now: Ui): JSX.Element {
    return (
      <ColumnStrip
        key={status}
        status={status}
        total={model.cards.total(status)}
        limit={now.config?.wipLimits[status]}
        over={now.drop?.status === status}
        refusal={dragRefusal(model, status)}
      />
    );
  }
  function column(status: Status, now: Ui, stopAt: number | null): JSX.Element {
    const holds = (id: number | null) => (id !== null && model.cards.get(id)?.status === status ? id : null);
    return (
      <ColumnSlot
        key={status}
        status={status}
        revision={model.cards.revision(status)}
        count={now.filter === '' ? model.cards.total(status) : model.cards.shown(status).length}
        total={model.cards.total(status)}
        limit={now.config?.wipLimits[status]}
        filtered={now.filter !== ''}
        tabStop={holds(stopAt)}
        selected={now.selected}
        editingId={holds(now.editingId)}
        draggingId={holds(now.draggingId)}
        dropIndex={now.drop?.status === status ? now.drop.index : null}
        refusal={dragRefusal(model, status)}
        adding={now.addingTo === status}
        live={now.live}
        writable={canWrite(now.state)}
        compact={now.config?.density === 'compact'}
        narrow={now.narrow}
        day={today()}
        locale={now.config?.locale ?? 'en'}
      />
    );
  }
}

/** One column at a time on a narrow editor. A card dropped on a tab goes to that column. */
function Tabs({ tab }: { tab: Status }): JSX.Element {
  const { model } = useBoard();
  const ref = useRef<HTMLDivElement>(null);
  const go = (index: number): void => {
    const status = statuses[(index + statuses.length) % statuses.length];
    if (status === undefined) return;
    model.set({ tab: status });
    ref.current?.querySelectorAll<HTMLElement>('[role=tab]')[statuses.indexOf(status)]?.focus();
  };
  useEffect(() => {
    const stops = statuses.map((status, index) => {
      const element = ref.current?.querySelectorAll<HTMLElement>('[role=tab]')[index];
      return element === undefined ? () => {} : acceptCards(element, status, model);
    });
    return () => {
      for (const stop of stops) stop();
    };
  }, [model]);
  useEffect(() => ref.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), [tab]);
  return (
    <div ref={ref} class="tabs" role="tablist" aria-label={t('Columns')}>
      {statuses.map((status, index) => (
        <button
          key={status}
          type="button"
          role="tab"
          id={`tab-${index}`}
          aria-selected={status === tab}
          aria-controls="tabpanel"
          tabIndex={status === tab ? 0 : -1}
          onClick={() => model.set({ tab: status })}
          onKeyDown={(event) => {
            if (event.key === 'ArrowRight') go(index + 1);
            else if (event.key === 'ArrowLeft') go(index - 1);
          }}
        >
          {t(status)} <span class="count">{countOf(model, status)}</span>
        </button>
      ))}
    </div>
  );
}

function countOf(model: Model, status: Status): string {
  const limit = model.ui().config?.wipLimits[status];
  const total = model.cards.total(status);
  return limit === undefined ? String(total) : `${total}/${limit}`;
}

function pageClass(ui: Ui): string {
  return `page${ui.draggingId === null ? '' : ' dragging-card'}${ui.config?.density === 'compact' ? ' compact' : ''}`;
}
