/**
 * A second window: a process with a Store of its own, told what to do over IPC. Bundled by `rig.ts`.
 * Arguments: workspace folder, worker file, folder with sql-wasm.
 */
import type { OperationInput, OperationName } from '../../../src/protocol/operations.ts';
import { AppError } from '../../../src/core/appError.ts';
import { openStore } from '../../../src/storage/storeClient.ts';

export interface ChildRequest {
  id: number;
  name: OperationName | 'close' | 'createMany';
  input: unknown;
}

const [directory = '', workerFile = '', assets = ''] = process.argv.slice(2);
const quiet = () => {};
const store = openStore({
  directory,
  workerFile,
  assets,
  actor: { kind: 'user', name: 'child' },
  log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
});
const tell = (message: object) => process.send?.(message);

store.onDidChangeState((state) => tell({ state }));
store.onDidNotice((notice) => tell({ notice }));
store.onDidReset(() => tell({ reset: true }));

async function createMany(prefix: string, count: number, callers: number): Promise<number> {
  let next = 0;
  let slowest = 0;
  const caller = async () => {
    while (next < count) {
      const began = performance.now();
      await store.call('task.create', { title: `${prefix} ${next++}` });
      slowest = Math.max(slowest, performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return slowest;
}

async function handle(request: ChildRequest): Promise<unknown> {
  if (request.name === 'close') return await store.close();
  if (request.name === 'createMany') {
    const { prefix, count, callers } = request.input as { prefix: string; count: number; callers: number };
    return await createMany(prefix, count, callers);
  }
  return await store.call(request.name, request.input as OperationInput<OperationName>);
}

process.on('message', (request: ChildRequest) => {
  handle(request).then(
    (value) => {
      tell({ id: request.id, ok: true, value });
      if (request.name === 'close') process.disconnect();
    },
    (error: unknown) =>
      tell({ id: request.id, ok: false, error: AppError.is(error) ? error.toBody() : { code: 'internal', message: String(error) } }),
  );
});
process.on('disconnect', () => void store.close());
