import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { AppError } from '../../../src/core/appError.ts';
import type { ClientRecord } from '../../../src/server/ports.ts';
import { createTokens } from '../../../src/server/tokens.ts';
import type { Tokens } from '../../../src/server/tokens.ts';
import { memoryVault } from '../../rig/localServer.ts';

function rig() {
  const vault = memoryVault();
  const clock = { at: Date.UTC(2026, 10, 21, 12), now: () => clock.at };
  let looks = 0;
  const counted = {
    ...vault,
    clients() {
      looks++;
      return vault.clients();
    },
  };
  const tokens = createTokens(counted, clock);
  const client = async (more: Partial<ClientRecord> = {}): Promise<ClientRecord> => {
    const record: ClientRecord = {
      id: randomUUID(),
      name: 'ci',
      scopes: ['read'],
      folder: 'a',
      createdAt: clock.now(),
      expiresAt: null,
      ...more,
    };
    await vault.put(record);
    return record;
  };
  return { vault, clock, tokens, client, looks: () => looks };
}

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

async function refused(tokens: Tokens, token: string | null, reason: string): Promise<void> {
  await assert.rejects(
    () => tokens.verify(token),
    (error) => AppError.is(error, 'api.unauthorized') && error.details['reason'] === reason,
  );
}

describe('a token', () => {
  test('names its client, folder and scopes, and nothing secret', async () => {
    const { tokens, client, clock } = rig();
    const record = await client({ expiresAt: clock.now() + 60_000 });
    const token = await tokens.issue(record);
    const iat = clock.now() / 1000;
    assert.deepEqual(claimsOf(token), { iss: 'claudetask', sub: record.id, aud: 'a', scopes: ['read'], iat, exp: iat + 60 });
    assert.deepEqual(await tokens.verify(token), record);
  });

  test('without an end has no exp', async () => {
    const { tokens, client } = rig();
    assert.equal('exp' in claimsOf(await tokens.issue(await client())), false);
  });

  test('is looked up once, and again when the vault has changed', async () => {
    const { tokens, client, looks } = rig();
    const token = await tokens.issue(await client());
    for (let i = 0; i < 5; i++) await tokens.verify(token);
    assert.equal(looks(), 1);
    await client();
    await tokens.verify(token);
    assert.equal(looks(), 2);
  });

  test('that is revoked is worth nothing at once', async () => {
    const { tokens, client, vault } = rig();
    const record = await client();
    const token = await tokens.issue(record);
    await tokens.verify(token);
    await vault.remove(record.id);
    await refused(tokens, token, 'unknown');
  });

  test('that is revoked while it is verified is not remembered', async () => {
    const { client, vault, clock } = rig();
    let held: (() => void) | undefined;
    const slow = createTokens(
      {
        ...vault,
        async clients() {
          const clients = await vault.clients();
          await new Promise<void>((resolve) => (held = resolve));
          return clients;
        },
      },
      clock,
    );
    const record = await client();
    const token = await slow.issue(record);
    const first = slow.verify(token);
    while (held === undefined) await new Promise((resolve) => setImmediate(resolve));
    await vault.remove(record.id);
    held();
    held = undefined;
    await first;
    const second = slow.verify(token);
    while (held === undefined) await new Promise((resolve) => setImmediate(resolve));
    (held as () => void)();
    await assert.rejects(second, (error) => AppError.is(error, 'api.unauthorized'));
  });

  test('expires, also when it is remembered', async () => {
    const { tokens, client, clock } = rig();
    const token = await tokens.issue(await client({ expiresAt: clock.now() + 60_000 }));
    await tokens.verify(token);
    clock.at += 59_000;
    await tokens.verify(token);
    clock.at += 1_000;
    await refused(tokens, token, 'expired');
    await client();
    await refused(tokens, token, 'expired');
  });

  test('is held to the end that the vault says, not to its own', async () => {
    const { tokens, client, clock, vault } = rig();
    const record = await client();
    const token = await tokens.issue(record);
    await vault.put({ ...record, expiresAt: clock.now() - 1 });
    await refused(tokens, token, 'expired');
  });

  test('has the scopes that the vault says now', async () => {
    const { tokens, client, vault } = rig();
    const record = await client({ scopes: ['admin'] });
    const token = await tokens.issue(record);
    await tokens.verify(token);
    await vault.put({ ...record, scopes: ['read'] });
    assert.deepEqual((await tokens.verify(token)).scopes, ['read']);
  });

  test('is of no use for the folder that its client was moved from', async () => {
    const { tokens, client, vault } = rig();
    const record = await client();
    const token = await tokens.issue(record);
    await vault.put({ ...record, folder: 'b' });
    await refused(tokens, token, 'unknown');
  });

  test('that is absent, or no token, or of another key, is refused', async () => {
    const { tokens } = rig();
    const other = rig();
    await refused(tokens, null, 'missing');
    for (const text of ['', 'a', 'a.b.c', 'é', '.'.repeat(10_000), await other.tokens.issue(await other.client())])
      await refused(tokens, text, 'unknown');
  });

  test('that differs in one character is refused after the right one was remembered', async () => {
    const { tokens, client } = rig();
    const token = await tokens.issue(await client());
    await tokens.verify(token);
    for (let at = 0; at < token.length - 1; at += 7) {
      const other = token[at] === 'A' ? 'B' : 'A';
      if (token[at] === '.') continue;
      await refused(tokens, token.slice(0, at) + other + token.slice(at + 1), 'unknown');
    }
  });
});

test('a vault that cannot be read is no refusal of the token', async () => {
  const { vault, clock, client } = rig();
  const broken = createTokens({ ...vault, clients: () => Promise.reject(new Error('locked')) }, clock);
  const token = await broken.issue(await client());
  await assert.rejects(() => broken.verify(token), { message: 'locked' });
});
