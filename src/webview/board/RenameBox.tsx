import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { limits, type TaskRow } from '../../core/task.ts';
import { useBoard } from './context.ts';
import { focusCard } from './focus.ts';
import { t } from '../shared/strings.ts';

/** Cards take cut, copy and paste out of the context menu; a text field in one needs them back. */
const textFieldContext = JSON.stringify({ webviewSection: 'text', preventDefaultContextMenuItems: false });

/** The title edited in place. Enter or leaving saves, Escape restores; a refused title stays with the reason. */
export function RenameBox({ row }: { row: TaskRow }): JSX.Element {
  const { model, actions } = useBoard();
  const ref = useRef<HTMLInputElement>(null);
  const closed = useRef(false);
  const [error, setError] = useState<string | null>(null);

  useLayoutEffect(() => {
    ref.current?.focus();
    ref.current?.select();
  }, []);

  const close = (returnFocus: boolean): void => {
    closed.current = true;
    if (model.ui().editingId === row.id) model.set({ editingId: null });
    if (returnFocus) focusCard(model, row.id);
  };
  const save = async (returnFocus: boolean): Promise<void> => {
    if (closed.current) return;
    const title = (ref.current?.value ?? row.title).trim();
    const problem = await actions.rename(row.id, title);
    if (problem === null) close(returnFocus);
    else setError(problem);
  };
  return (
    <span class="card-edit">
      <input
        ref={ref}
        class="text-box"
        data-vscode-context={textFieldContext}
        defaultValue={row.title}
        maxLength={limits.title}
        aria-label={t('Title of #{0}', row.id)}
        aria-invalid={error !== null}
        aria-describedby={error === null ? undefined : `rename-error-${row.id}`}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Enter' && !event.isComposing) void save(true);
          if (event.key === 'Escape') close(true);
        }}
        onBlur={() => void save(false)}
      />
      {error !== null && (
        <span class="field-error" id={`rename-error-${row.id}`}>
          {error}
        </span>
      )}
    </span>
  );
}
