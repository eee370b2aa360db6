/**
 * A window with a database, an engine and the real runner, to be killed. Arguments: workspace folder, storage thread, folder with sql-wasm.
 * Told how many runs there are to be, or `close`; tells the states of its runs. Takes up at once what was left.
 */
import path from 'node:path';
import { openStore } from '../../src/storage/storeClient.ts';
import { createJobRunner } from '../../src/jobs/runnerProcess.ts';
import { browserArguments, rigEngine } from '../adapter/jobs/engineRig.ts';
import { findChromium } from './ensurePrograms.mjs';

const [directory = '', workerFile = '', assets = ''] = process.argv.slice(2);
const say = (message: string) => process.stderr.write(`${message}\n`);
const log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (message: string, cause?: unknown) => say(`${message} ${cause instanceof Error ? cause.stack : ''}`),
};
const store = openStore({ directory, workerFile, assets, actor: { kind: 'user', name: 'tester' }, log });
const runner = createJobRunner({ file: path.join(process.cwd(), 'dist/jobRunner.js'), log });
const here = rigEngine({ runner, store, folder: directory, leaseMs: 1500, browserArguments, executable: findChromium() ?? '' });
store.onDidChange(({ body }) => {
  for (const { state } of body.runs ?? []) process.send?.({ state });
});
const failed = (error: unknown) => say(error instanceof Error ? (error.stack ?? error.message) : String(error));

async function close(): Promise<void> {
  await here[Symbol.asyncDispose]();
  await runner.close();
  await store.close();
  process.disconnect();
}

/** A window before this one may have come that far. */
async function start(wanted: number): Promise<void> {
  const { runs } = await store.call('job.runs', { limit: 1000 });
  if (runs.length < wanted) await here.engine.start({ job: 'rfis' });
}

process.on('message', (message) => void (message === 'close' ? close() : start(Number(message))).catch(failed));
process.on('disconnect', () => process.exit());
here.engine.wake().catch(failed);
