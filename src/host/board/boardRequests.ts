// Loaded when the first board opens: the schemas would cost activation time.
import type { Store } from '../../app/ports.ts';
import { AppError } from '../../core/appError.ts';
import { boardRequest, type BoardRequest } from '../../protocol/boardMessages.ts';
import { operationContracts, type OperationName } from '../../protocol/operations.ts';
import type { Reply } from '../../protocol/wire.ts';

/** What the page sent, when it is a request we know. */
export function parseBoardRequest(message: unknown): BoardRequest | undefined {
  const parsed = boardRequest.safeParse(message);
  return parsed.success ? parsed.data : undefined;
}

const isTaskOperation = (name: string): name is OperationName & `task.${string}` =>
  name.startsWith('task.') && Object.hasOwn(operationContracts, name);

/** Runs an operation for a page. A page may call the operations on tasks and no others; it is always answered. */
export async function callForPage(open: () => Promise<Store>, operation: string, input: unknown): Promise<Reply> {
  try {
    if (!isTaskOperation(operation)) {
      throw new AppError('operation.forbidden', `The board may not call ${operation}: only operations on tasks.`);
    }
    const parsed = operationContracts[operation].input.safeParse(input);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const field = issue?.path.join('.') ?? '';
      throw new AppError('input.invalid', `${operation}: ${field === '' ? 'the input' : field} ${issue?.message ?? 'is not valid'}.`, {
        field,
      });
    }
    const store = await open();
    return { ok: true, value: await store.call(operation, parsed.data) };
  } catch (error) {
    if (AppError.is(error)) return { ok: false, error: error.toBody() };
    return { ok: false, error: { code: 'internal', message: error instanceof Error ? error.message : String(error) } };
  }
}
