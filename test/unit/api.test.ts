import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createApi } from '../../src/app/api.ts';
import type { FileOperations } from '../../src/app/fileOperations.ts';
import type { Store } from '../../src/app/ports.ts';
import type { ProjectOperations } from '../../src/app/projectOperations.ts';
import { AppError } from '../../src/core/appError.ts';
import { apiContracts, apiScopes } from '../../src/protocol/api.ts';
import type { ApiOperationName, ApiScope } from '../../src/protocol/api.ts';
import { fileOperationContracts } from '../../src/protocol/fileOperations.ts';
import { projectOperationContracts } from '../../src/protocol/projectOperations.ts';

const actor = { kind: 'client', name: 'Claude Code' } as const;

/** An API over parts that only note what reached them. */
function served() {
  const calls: { part: string; name: string; input: unknown; options: object }[] = [];
  const opened: string[] = [];
  const part = (name: string) => ({
    call: (operation: string, input: unknown, options: object) => {
      calls.push({ part: name, name: operation, input, options });
      return Promise.resolve(`${name} answered`);
    },
  });
  const open = <T>(name: string) => {
    opened.push(name);
    return Promise.resolve(part(name) as unknown as T);
  };
  const api = createApi('app', {
    store: () => open<Store>('store'),
    files: () => open<FileOperations>('files'),
    project: part('project') as unknown as ProjectOperations,
  });
  /** As it comes from outside: names and inputs of any kind. */
  const ask = (name: string, scopes: readonly ApiScope[], input: unknown = {}, signal?: AbortSignal) =>
    api.call(name as ApiOperationName, input as never, { actor, scopes }, signal) as Promise<unknown>;
  return { api, ask, calls, opened };
}

async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return AppError.is(error) ? error.code : String(error);
  }
}

const names = Object.keys(apiContracts) as ApiOperationName[];
const allowedTo = async (...scopes: ApiScope[]) => {
  const { ask } = served();
  const outcomes = await Promise.all(names.map(async (name) => [name, await outcome(ask(name, scopes))] as const));
  assert.ok(outcomes.every(([, code]) => code === 'ok' || code === 'operation.forbidden'));
  return outcomes.flatMap(([name, code]) => (code === 'ok' ? [name] : []));
};
const changes = (name: ApiOperationName) => apiContracts[name].mutates;
const isOnRuns = (name: string) => /^job(\.|File\.|Run\.)/.test(name);
const isOnDatabase = (name: string) =>
  /^(database\.backup|audit\.verify|project\.updateSettings|agent\.setEnabled|job\.auditTrail|webhook\..*)$/.test(name);

describe('what a token grants', () => {
  test('read: all that changes nothing, but for the audit log, the database and webhooks', async () => {
    assert.deepEqual(
      await allowedTo('read'),
      names.filter((name) => !changes(name) && !isOnDatabase(name)),
    );
  });

  test('write: tasks and files too, and no run of a job', async () => {
    assert.deepEqual(
      await allowedTo('write'),
      names.filter((name) => !isOnDatabase(name) && !(isOnRuns(name) && changes(name))),
    );
  });

  test('jobs: what is about jobs, and nothing else', async () => {
    assert.deepEqual(
      await allowedTo('jobs'),
      names.filter((name) => isOnRuns(name) && !isOnDatabase(name)),
    );
  });

  test('admin: everything but runs of jobs', async () => {
    assert.deepEqual(
      await allowedTo('admin'),
      names.filter((name) => !(isOnRuns(name) && changes(name))),
    );
  });

  test('nothing: nothing; all of them: everything', async () => {
    assert.deepEqual(await allowedTo(), []);
    assert.deepEqual(await allowedTo(...apiScopes), names);
  });

  test('a refusal names the scope to ask for, and opens nothing', async () => {
    const { ask, calls, opened } = served();
    for (const [name, scope] of [
      ['task.get', 'read'],
      ['task.create', 'write'],
      ['agent.create', 'write'],
      ['jobFile.run', 'jobs'],
      ['database.backup', 'admin'],
      ['audit.verify', 'admin'],
      ['project.updateSettings', 'admin'],
    ] as const) {
      await assert.rejects(ask(name, []), (error) => {
        assert.ok(AppError.is(error, 'operation.forbidden'));
        assert.equal(error.message, `${name} needs a token with the scope ${scope}. Ask the user for one.`);
        return true;
      });
    }
    assert.deepEqual([calls, opened], [[], []]);
  });
});

describe('a call', () => {
  test('goes to the part whose operation it is, with who calls and how to stop it', async () => {
    const { ask, calls } = served();
    const { signal } = new AbortController();
    for (const name of names) await ask(name, apiScopes, { any: name }, signal);
    for (const { part, name, input, options } of calls) {
      const expected = name in fileOperationContracts ? 'files' : name in projectOperationContracts ? 'project' : 'store';
      assert.deepEqual([part, input, options], [expected, { any: name }, { actor, signal }]);
    }
    assert.deepEqual(
      calls.map(({ name }) => name),
      names,
    );
    assert.equal(await ask('task.get', ['read']), 'store answered');
    assert.deepEqual(calls.at(-1)?.options, { actor });
  });

  test('opens only what it needs', async () => {
    const { ask, opened } = served();
    await ask('project.settings', ['read']);
    assert.deepEqual(opened, []);
    await ask('agent.list', ['read']);
    await ask('task.list', ['read']);
    assert.deepEqual(opened, ['files', 'store']);
  });

  test('of an unknown name is refused, also of names that every object has', async () => {
    const { ask, calls } = served();
    for (const name of [
      '',
      'task',
      'task.nothing',
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'Task.get',
      'x'.repeat(5000),
    ]) {
      await assert.rejects(ask(name, apiScopes), (error) => {
        assert.ok(AppError.is(error, 'operation.unknown'), name);
        assert.ok(String(error.details['operation']).length <= 100);
        return true;
      });
    }
    assert.deepEqual(calls, []);
  });

  test('cannot name what belongs to the extension itself, whatever the token', async () => {
    const { ask } = served();
    const own = [
      'document.record',
      'document.recordMany',
      'job.enqueue',
      'job.claim',
      'job.renew',
      'job.advance',
      'job.cancel',
      'job.resume',
      'job.prune',
      'database.export',
      'database.restore',
      'task.undo',
      'task.redo',
    ];
    for (const name of own) assert.equal(await outcome(ask(name, apiScopes)), 'operation.unknown', name);
  });

  test('that fails, or finds its part closed, fails with the same error', async () => {
    const failure = new AppError('store.unavailable', 'closed');
    const api = createApi('app', {
      store: () => Promise.reject(failure),
      files: () => Promise.resolve({ call: () => Promise.reject(failure) }),
      project: { call: () => Promise.reject(failure) },
    });
    const caller = { actor, scopes: apiScopes };
    await assert.rejects(api.call('task.list', {}, caller), failure);
    await assert.rejects(api.call('agent.list', {}, caller), failure);
    await assert.rejects(api.call('project.settings', {}, caller), failure);
  });
});
