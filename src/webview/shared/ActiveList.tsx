import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { ComponentChildren, JSX } from 'preact';
import { showRow, useFixedRows } from './fixedRows.ts';
import { onScroll } from './onScroll.ts';

const rowHeight = 22;

interface ActiveListProps {
  id: string;
  label: string;
  count: number;
  /** Index of the row that keys act on; -1 when there is none. */
  active: number;
  onActive(index: number): void;
  /** Enter or a double click. */
  onOpen?: (index: number) => void;
  row(index: number): ComponentChildren;
  /** Stay at the end as rows are added. */
  follow?: boolean;
  /** The person scrolled: whether the end is in view now. */
  onAtEnd?: (isAtEnd: boolean) => void;
}

/** A list of rows of one height, of which only those in view are drawn. The focus stays on the list itself, so no row can take it away. */
export function ActiveList(props: ActiveListProps): JSX.Element {
  const { id, label, count, active, onActive, onOpen, follow = false } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { first, end } = useFixedRows(scroller, count, rowHeight);
  const following = useRef(follow);
  following.current = follow;
  const { onAtEnd } = props;

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && follow) element.scrollTop = element.scrollHeight;
  }, [count, follow]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null || onAtEnd === undefined) return undefined;
    let height = element.clientHeight;
    const look = (): void => {
      // A panel that became smaller is no reason to stop following.
      if (element.clientHeight !== height && following.current) element.scrollTop = element.scrollHeight;
      height = element.clientHeight;
      onAtEnd(element.scrollTop + element.clientHeight >= element.scrollHeight - 4);
    };
    return onScroll(element, look);
  }, [onAtEnd]);

  const go = (index: number): void => {
    const to = Math.max(0, Math.min(count - 1, index));
    if (count === 0) return;
    onActive(to);
    if (scroller.current !== null) showRow(scroller.current, to, rowHeight);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -count, End: count };
    const by = steps[event.key];
    if (by !== undefined) go(active < 0 ? (event.key === 'End' ? count - 1 : 0) : active + by);
    else if (event.key === 'Enter' && active >= 0) onOpen?.(active);
    else return;
    event.preventDefault();
  };
  const rows = [];
  for (let index = first; index < end; index++) {
    rows.push(
      <div
        key={index}
        id={`${id}-${index}`}
        class={`list-row${index === active ? ' active' : ''}`}
        role="option"
        aria-selected={index === active}
        aria-setsize={count}
        aria-posinset={index + 1}
        onClick={() => onActive(index)}
        onDblClick={() => onOpen?.(index)}
      >
        {props.row(index)}
      </div>,
    );
  }
  return (
    <div
      ref={scroller}
      id={id}
      class="active-list"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={active >= first && active < end ? `${id}-${active}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: `${count * rowHeight}px` }}>
        <div role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {rows}
        </div>
      </div>
    </div>
  );
}
