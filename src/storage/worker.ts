import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { createCaller } from './caller.ts';
import { areCallerMessages, joinMessages, parseJson, perTurn } from './channel.ts';
import type { OwnerMessage } from './channel.ts';
import { domainParts } from './domainParts.ts';
import { loadSqlJs } from './engine/sqlJs.ts';
import { engineAssets, storeNames } from './names.ts';
import { becomeOwner } from './ownerRole.ts';
import { becomeReader } from './readerRole.ts';
import type { Audience } from './role.ts';
import { startSession } from './session.ts';
import { runVerifyThread } from './verifyThread.ts';

/** Entry of the storage thread, and where it is put together: the one of a workspace folder, or a short one that checks a copy. */

const threadData = z.discriminatedUnion('task', [
  z.object({ task: z.literal('store'), directory: z.string(), assets: z.string() }),
  z.object({ task: z.literal('verify'), file: z.string(), assets: z.string() }),
]);

function runStore(directory: string, assets: string): void {
  const port = parentPort;
  if (port === null) throw new Error('The storage thread was started without a thread around it');
  const say = perTurn((messages) => port.postMessage(joinMessages(messages)));
  const tell = (message: OwnerMessage) => say(JSON.stringify(message));
  const audience: Audience = {
    event: say,
    reset: () => tell({ kind: 'reset' }),
    state: (state) => tell({ kind: 'state', state }),
    notice: (notice) => tell({ kind: 'notice', notice }),
    log: (level, message) => tell({ kind: 'log', level, message }),
  };
  const deps = { names: storeNames(directory), assets, workerFile: __filename, domain: domainParts, audience, now: () => Date.now() };
  // A client loads the engine too, so that taking over is quick; a mismatch is told when the database is opened.
  loadSqlJs(engineAssets(assets)).catch(() => {});
  const session = startSession({
    names: deps.names,
    audience,
    becomeOwner: (mutex) => becomeOwner(deps, mutex),
    becomeReader: (error) => becomeReader(deps, error),
  });
  const caller = createCaller(say, session);
  port.on('message', (text) => {
    const messages = parseJson(String(text));
    if (!areCallerMessages(messages)) throw new Error('The extension host sent something that is no list of messages.');
    for (const message of messages) {
      if (message.kind !== 'close') caller.said(message);
      // The thread ends by itself when its port is closed and nothing is left to do.
      else void session.close().finally(() => setImmediate(() => port.close()));
    }
  });
}

const data = threadData.parse(workerData);
if (data.task === 'verify') void runVerifyThread(data);
else runStore(data.directory, data.assets);
