import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { priorities, statuses, taskTypes, type TaskRow } from '../../core/task.ts';
import { useBoard, type Board } from './context.ts';
import { afterDrawing, focusCard } from './focus.ts';
import { icon } from './icons.ts';
import { startRename } from './keyboard.ts';
import type { OpenMenu } from './model.ts';
import { refusal } from './rules.ts';
import { t } from '../shared/strings.ts';

interface MenuItem {
  label: string;
  /** One of several: drawn with a check mark. */
  checked?: boolean;
  /** Why it may be refused, beside the label. */
  note?: string | null;
  run?: () => void;
  items?: MenuItem[];
  /** A line above. */
  separate?: boolean;
}

function itemsFor({ model, actions }: Board, row: TaskRow): MenuItem[] {
  const { id } = row;
  return [
    { label: t('Rename'), run: () => afterDrawing(() => startRename(model, id)) },
    {
      label: t('Move to'),
      items: statuses.map((status) => ({
        label: t(status),
        checked: status === row.status,
        note: refusal(model, row, status),
        run: () => void (status !== row.status && actions.move(id, status, {}, { follow: true })),
      })),
    },
    { label: t('Move to top'), run: () => void actions.moveToEnd(id, 'top') },
    { label: t('Move to bottom'), run: () => void actions.moveToEnd(id, 'bottom') },
    {
      label: t('Priority'),
      separate: true,
      items: priorities.map((priority) => ({
        label: t(priority),
        checked: priority === row.priority,
        run: () => void actions.setPriority(id, priority),
      })),
    },
    {
      label: t('Type'),
      items: taskTypes.map((type) => ({ label: t(type), checked: type === row.type, run: () => void actions.setType(id, type) })),
    },
    model.ui().live.has(id)
      ? { label: t('Show run'), separate: true, run: () => actions.showRun(id) }
      : { label: t('Run job...'), separate: true, run: () => actions.runJob(id) },
    { label: t('Copy number and title'), separate: true, run: () => void actions.copy(id) },
    { label: t('Archive'), separate: true, run: () => void actions.archive(id) },
    { label: t('Delete'), run: () => void actions.delete(id) },
  ];
}

/** The card's own menu, for keyboard, touch and screen readers; a right click opens VS Code's native one. */
export function CardMenu({ menu }: { menu: OpenMenu }): JSX.Element | null {
  const board = useBoard();
  const { model } = board;
  const row = model.cards.get(menu.taskId);
  if (row === undefined) return null;
  const close = (): void => {
    model.set({ menu: null });
    focusCard(model, menu.taskId);
  };
  return (
    <>
      <div class="menu-backdrop" onClick={close} onContextMenu={(event) => event.preventDefault()} />
      <MenuList label={t('Actions for #{0}', row.id)} items={itemsFor(board, row)} x={menu.x} y={menu.y} onClose={close} onBack={close} />
    </>
  );
}

interface MenuListProps {
  label: string;
  items: MenuItem[];
  x: number;
  y: number;
  /** Width of the item this one hangs from, to open on its other side at the window's edge. */
  beside?: number;
  onClose: () => void;
  onBack: () => void;
}

function MenuList({ label, items, x, y, beside = 0, onClose, onBack }: MenuListProps): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<{ index: number; x: number; y: number; width: number } | null>(null);
  const entries = () => [...(ref.current?.querySelectorAll<HTMLElement>(':scope > button') ?? [])];

  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    const left = x + width > innerWidth ? x - width - beside : x;
    element.style.left = `${Math.max(4, left)}px`;
    element.style.top = `${Math.max(4, Math.min(y, innerHeight - height - 4))}px`;
    const checked = items.findIndex((item) => item.checked === true);
    entries()[Math.max(0, checked)]?.focus();
  }, []);

  const openSub = (index: number): void => {
    const rect = entries()[index]?.getBoundingClientRect();
    if (rect !== undefined && items[index]?.items !== undefined) setOpen({ index, x: rect.right, y: rect.top - 4, width: rect.width });
  };
  const choose = (index: number): void => {
    const item = items[index];
    if (item?.items !== undefined) openSub(index);
    else if (item !== undefined) {
      onClose();
      item.run?.();
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const all = entries();
    const at = all.findIndex((entry) => entry === document.activeElement);
    const focus = (index: number) => all[(index + all.length) % all.length]?.focus();
    const letter = event.key.length === 1 && event.key !== ' ' ? event.key.toLowerCase() : null;
    if (event.key === 'ArrowDown') focus(at + 1);
    else if (event.key === 'ArrowUp') focus(at - 1);
    else if (event.key === 'Home') focus(0);
    else if (event.key === 'End') focus(-1);
    else if (event.key === 'ArrowRight') openSub(at);
    else if (event.key === 'ArrowLeft' || event.key === 'Escape') onBack();
    else if (event.key === 'Tab') onClose();
    else if (letter !== null) {
      const order = [...items.keys()].map((index) => (at + 1 + index) % items.length);
      const found = order.find((index) => items[index]?.label.toLowerCase().startsWith(letter));
      if (found !== undefined) focus(found);
    } else return;
    event.preventDefault();
  };
  const sub = open === null ? undefined : items[open.index]?.items;
  return (
    <>
      <div ref={ref} class="menu" role="menu" aria-label={label} onKeyDown={onKeyDown}>
        {items.map((item, index) => (
          <button
            key={item.label}
            type="button"
            class={item.separate === true ? 'separate' : ''}
            role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
            tabIndex={-1}
            {...(item.checked === undefined ? {} : { 'aria-checked': item.checked })}
            {...(item.items === undefined ? {} : { 'aria-haspopup': 'menu', 'aria-expanded': open?.index === index })}
            onClick={() => choose(index)}
            onPointerEnter={(event) => {
              event.currentTarget.focus();
              if (item.items === undefined) setOpen(null);
              else openSub(index);
            }}
          >
            <span class={item.checked === true ? icon('check') : 'menu-gap'} aria-hidden="true" />
            <span class="menu-label">{item.label}</span>
            {item.note !== undefined && item.note !== null && <span class="menu-note">{item.note}</span>}
            {item.items !== undefined && <span class={icon('chevron-right')} aria-hidden="true" />}
          </button>
        ))}
      </div>
      {open !== null && sub !== undefined && (
        <MenuList
          key={open.index}
          label={items[open.index]?.label ?? ''}
          items={sub}
          x={open.x}
          y={open.y}
          beside={open.width}
          onClose={onClose}
          onBack={() => {
            setOpen(null);
            entries()[open.index]?.focus();
          }}
        />
      )}
    </>
  );
}
