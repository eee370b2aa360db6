import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { limits, type Status } from '../../core/task.ts';
import { useBoard } from './context.ts';
import { icon } from './icons.ts';
import { t } from '../shared/strings.ts';

/** Cards take cut, copy and paste out of the context menu; a text field in one needs them back. */
const textFieldContext = JSON.stringify({ webviewSection: 'text', preventDefaultContextMenuItems: false });

/** Adds task after task at the top of a column. Enter adds and stays, Escape closes, a refused title stays with the reason. */
export function QuickAdd({ status, open }: { status: Status; open: boolean }): JSX.Element {
  const { model, actions } = useBoard();
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const busy = useRef(false);
  const [error, setError] = useState<string | null>(null);

  useLayoutEffect(() => {
    if (open) input.current?.focus();
    else setError(null);
  }, [open]);

  if (!open) {
    return (
      <button
        ref={button}
        type="button"
        class="add-task"
        aria-label={t('Add task to {0}', t(status))}
        onClick={() => model.set({ addingTo: status })}
      >
        <span class={icon('add')} aria-hidden="true" />
        {t('Add task')}
      </button>
    );
  }
  const close = (): void => {
    model.set({ addingTo: null });
    queueMicrotask(() => queueMicrotask(() => button.current?.focus()));
  };
  const add = async (): Promise<void> => {
    const box = input.current;
    if (box === null || busy.current) return;
    const title = box.value.trim();
    if (title === '') {
      setError(t('A task needs a title.'));
      return;
    }
    busy.current = true;
    const problem = await actions.add(title, status);
    busy.current = false;
    setError(problem);
    // What was typed meanwhile belongs to the next task.
    if (problem === null && box.value.trim() === title) box.value = '';
    else if (problem === null && box.value.startsWith(title)) box.value = box.value.slice(title.length).trimStart();
  };
  const errorId = `add-error-${status.replace(' ', '-')}`;
  return (
    <div class="add-box">
      <input
        ref={input}
        class="text-box"
        data-vscode-context={textFieldContext}
        maxLength={limits.title}
        placeholder={t('Title')}
        aria-label={t('Title of the new task in {0}', t(status))}
        aria-invalid={error !== null}
        aria-describedby={error === null ? undefined : errorId}
        onInput={() => setError(null)}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Enter' && !event.isComposing) void add();
          if (event.key === 'Escape') close();
        }}
        onBlur={() => {
          if (input.current?.value.trim() === '' && model.ui().addingTo === status) model.set({ addingTo: null });
        }}
      />
      {error !== null && (
        <span class="field-error" id={errorId}>
          {error}
        </span>
      )}
    </div>
  );
}
