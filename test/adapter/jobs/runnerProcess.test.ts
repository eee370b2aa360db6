import assert from 'node:assert/strict';
import * as http from 'node:http';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { AppError } from '../../../src/core/appError.ts';
import { createNetworkProbe } from '../../../src/jobs/networkProbe.ts';
import { cleanEnvironment, createJobRunner } from '../../../src/jobs/runnerProcess.ts';
import type { FromRunner } from '../../../src/protocol/jobs/runnerMessages.ts';
import { eventually } from '../../rig/eventually.ts';
import { tempWorkspace } from '../../rig/tempWorkspace.ts';

/** Says it is ready, and answers `stop` in the way its number asks for. */
const program = `
console.log('hello from the runner');
process.on('message', (message) => {
  if (message.kind === 'shutdown') process.exit(0);
  if (message.kind !== 'stop') return;
  if (message.id === 1) process.send({ kind: 'opened', id: 1 });
  if (message.id === 2) process.send({ kind: 'nonsense', cookie: 'x' });
  if (message.id === 3) process.exit(7);
  if (message.id === 4) process.send({ kind: 'closed', id: 4, error: null });
});
process.send({ kind: 'ready', pid: process.pid, version: process.version });
`;

async function rig(source = program, idleLimit = 60_000) {
  const folder = await tempWorkspace({ 'runner.js': source });
  const log: string[] = [];
  const say = (message: string) => void log.push(message);
  const runner = createJobRunner({ file: folder.file('runner.js'), log: { debug: say, info: say, warn: say, error: say }, idleLimit });
  const received: FromRunner[] = [];
  const exits: string[] = [];
  runner.onDidReceive((message) => received.push(message));
  runner.onDidExit(({ reason }) => exits.push(reason));
  const window = { kind: 'openProfile', id: 4, profile: 'p', browser: null, url: null } as const;
  const surroundings = { profiles: '/p', runFolder: '/r', workspace: '/w', executable: null, browserArguments: [] };
  return {
    runner,
    log,
    received,
    exits,
    begin: () => runner.send({ ...window, surroundings }),
    stop: (id: number) => runner.send({ kind: 'stop', id }),
    async [Symbol.asyncDispose]() {
      runner.dispose();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('the process that drives browsers', () => {
  test('is started by the first message, not before, and what it prints goes to the log', async () => {
    await using here = await rig();
    await here.stop(1);
    assert.deepEqual(here.received, []);
    await here.begin();
    await here.stop(1);
    await eventually('an answer', () => here.received.some(({ kind }) => kind === 'opened'));
    await eventually('its words', () => here.log.includes('job runner: hello from the runner'));
    await here.runner.close();
    assert.deepEqual(here.exits, ['it ended with code 0']);
  });

  test('is ended when it says something that cannot be read, which is not logged', async () => {
    await using here = await rig();
    await here.begin();
    await here.stop(2);
    await eventually('its end', () => here.exits.length === 1);
    assert.deepEqual(here.exits, ['it was ended by SIGKILL']);
    assert.deepEqual(
      here.received.map(({ kind }) => kind),
      ['ready'],
    );
    assert.ok(!here.log.join().includes('nonsense'));
  });

  test('that ends by itself is told, and the next message starts another', async () => {
    await using here = await rig();
    await here.begin();
    await here.stop(3);
    await eventually('its end', () => here.exits.length === 1);
    assert.deepEqual(here.exits, ['it ended with code 7']);
    await here.begin();
    assert.equal(here.received.filter(({ kind }) => kind === 'ready').length, 2);
  });

  test('that cannot be started says why', async () => {
    await using here = await rig('console.error("no such module"); process.exit(1);');
    await assert.rejects(
      here.begin(),
      (error) => AppError.is(error, 'job.runner') && /could not be started: it ended with code 1/.test(error.message),
    );
  });

  test('ends when it has had nothing to do for long', async () => {
    await using here = await rig(program, 50);
    await here.begin();
    assert.deepEqual(here.exits, []);
    await here.stop(4);
    await eventually('its end', () => here.exits.length === 1);
    assert.deepEqual(here.exits, ['it ended with code 0']);
  });

  test('gets what it needs of the environment, and no secrets', () => {
    const given = {
      PATH: '/bin',
      HOME: '/home/x',
      DISPLAY: ':0',
      https_proxy: 'http://proxy:1',
      GITHUB_TOKEN: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      NODE_OPTIONS: '--inspect',
    };
    assert.deepEqual(cleanEnvironment(given), {
      PATH: '/bin',
      HOME: '/home/x',
      DISPLAY: ':0',
      https_proxy: 'http://proxy:1',
      ELECTRON_RUN_AS_NODE: '1',
    });
  });
});

describe('the network', () => {
  const never = new AbortController().signal;

  test('is there when the host answers, whatever it says, and not when nobody listens', async () => {
    const server = http.createServer((_, response) => response.writeHead(503).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const host = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const probe = createNetworkProbe();
    assert.equal(await probe.reaches(host, never), true);
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    assert.equal(await probe.reaches(host, never), false);
    assert.equal(await probe.reaches('no-such-host.invalid', never), false);
  });

  test('is not waited for once nobody wants to know', async () => {
    const server = http.createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const ending = new AbortController();
    const asked = createNetworkProbe().reaches(`127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, ending.signal);
    await once(server, 'request');
    ending.abort();
    assert.equal(await asked, false);
    server.closeAllConnections();
    server.close();
  });
});
