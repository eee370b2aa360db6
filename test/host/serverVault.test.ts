import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClientRecord } from '../../src/app/apiClients.ts';
import { ClientVault } from '../../src/host/server/clientVault.ts';
import { eventually } from '../rig/eventually.ts';
import { memorySecrets, recordingLog } from './serverRig.ts';

const client = (name: string): ClientRecord => ({
  id: crypto.randomUUID(),
  name,
  scopes: ['read'],
  folder: 'file:///folder',
  createdAt: 1,
  expiresAt: null,
});

describe('the vault of clients', () => {
  test('keeps clients and one key of 32 bytes from one window to the next', async () => {
    const secrets = memorySecrets();
    const [first, second] = [new ClientVault(secrets, recordingLog()), new ClientVault(secrets, recordingLog())];
    const robot = client('Robot');
    await first.put(robot);
    assert.deepEqual(await second.clients(), [robot]);
    const key = await first.signingKey();
    assert.equal(key.length, 32);
    assert.deepEqual(await second.signingKey(), key);
    assert.ok([...key].some((byte) => byte !== key[0]));
  });

  test('hears what other windows do', async () => {
    const secrets = memorySecrets();
    const [first, second] = [new ClientVault(secrets, recordingLog()), new ClientVault(secrets, recordingLog())];
    const [a, b] = [client('A'), client('B')];
    await first.put(a);
    assert.deepEqual(await second.clients(), [a]);
    let heard = 0;
    second.onDidChange(() => heard++);
    await first.put(b);
    await eventually('the change', () => heard === 1);
    assert.deepEqual(await second.clients(), [a, b]);
    await first.remove(a.id);
    await eventually('the removal', () => heard === 2);
    assert.deepEqual(await second.clients(), [b]);
  });

  test('tells of a change of its own once, and loses none that come together', async () => {
    const vault = new ClientVault(memorySecrets(), recordingLog());
    let told = 0;
    vault.onDidChange(() => told++);
    await Promise.all(['A', 'B', 'C'].map((name) => vault.put(client(name))));
    assert.deepEqual(
      (await vault.clients()).map(({ name }) => name),
      ['A', 'B', 'C'],
    );
    assert.equal(told, 3);
  });

  test('leaves out what is damaged, and says so', async () => {
    const secrets = memorySecrets();
    const log = recordingLog();
    const robot = client('Robot');
    secrets.kept.set('api.clients', JSON.stringify([{ id: 'no uuid' }, robot, 7]));
    secrets.kept.set('api.signingKey', 'short');
    const vault = new ClientVault(secrets, log);
    assert.deepEqual(await vault.clients(), [robot]);
    assert.equal((await vault.signingKey()).length, 32);
    assert.equal(log.lines.length, 2);
    secrets.kept.set('api.clients', '{{');
    assert.deepEqual(await new ClientVault(secrets, log).clients(), []);
    assert.equal(log.lines.length, 3);
  });
});
