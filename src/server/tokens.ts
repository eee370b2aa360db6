import { createHash, timingSafeEqual } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../app/ports.ts';
import { AppError } from '../core/appError.ts';
import type { Disposable } from '../util/disposable.ts';
import type { ClientRecord, TokenVault } from './ports.ts';

const issuer = 'claudetask';
const algorithm = 'HS256';

/** Characters; ours have some 400. */
const longest = 4096;
const mostRemembered = 1_000;

export interface Tokens extends Disposable {
  /** A token for this client. Whoever holds it is the client, until it is revoked. */
  issue(client: ClientRecord): Promise<string>;
  /** Whose token it is, as the vault knows the client now. Throws `api.unauthorized`. */
  verify(token: string | null): Promise<ClientRecord>;
}

const unauthorized = (reason: 'missing' | 'unknown' | 'expired', message: string) => new AppError('api.unauthorized', message, { reason });

const missing = () =>
  unauthorized('missing', 'The request has no token. Send the one that the user gave you in a header: Authorization: Bearer TOKEN.');
const unknown = () => unauthorized('unknown', 'The token is not known here, or was revoked. Ask the user for a new one.');
const expired = () => unauthorized('expired', 'The token has expired. Ask the user for a new one.');

/**
 * Tokens say who somebody is; what the client may do stands in the vault, so that a change there holds for tokens that are out already.
 * Those that were verified are remembered until the vault changes: a request costs a hash, not a signature.
 */
export function createTokens(vault: TokenVault, clock: Clock): Tokens {
  const remembered = new Map<string, { digest: Buffer; client: ClientRecord }>();
  let changes = 0;
  const following = vault.onDidChange(() => {
    changes++;
    remembered.clear();
  });
  const isOver = ({ expiresAt }: ClientRecord) => expiresAt !== null && expiresAt <= clock.now();

  async function check(token: string): Promise<ClientRecord> {
    const claims = await jwtVerify(token, await vault.signingKey(), {
      algorithms: [algorithm],
      issuer,
      requiredClaims: ['sub', 'aud', 'iat'],
      currentDate: new Date(clock.now()),
    }).catch((error: unknown) => {
      throw error instanceof errors.JWTExpired ? expired() : error instanceof errors.JOSEError ? unknown() : error;
    });
    const { sub, aud } = claims.payload;
    const client = (await vault.clients()).find(({ id }) => id === sub);
    if (client === undefined || aud !== client.folder) throw unknown();
    if (isOver(client)) throw expired();
    return client;
  }

  return {
    async issue(client) {
      const token = new SignJWT({ scopes: [...client.scopes] })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(client.folder)
        .setSubject(client.id)
        .setIssuedAt(Math.floor(clock.now() / 1000));
      if (client.expiresAt !== null) token.setExpirationTime(Math.floor(client.expiresAt / 1000));
      return await token.sign(await vault.signingKey());
    },

    async verify(token) {
      if (token === null) throw missing();
      if (token.length > longest) throw unknown();
      const digest = createHash('sha256').update(token).digest();
      const key = digest.toString('latin1');
      const known = remembered.get(key);
      // The look-up compares hashes in a time that depends on them; this comparison does not.
      if (known !== undefined && timingSafeEqual(known.digest, digest)) {
        if (isOver(known.client)) throw expired();
        return known.client;
      }
      const before = changes;
      const client = await check(token);
      if (before === changes) {
        if (remembered.size >= mostRemembered) remembered.clear();
        remembered.set(key, { digest, client });
      }
      return client;
    },

    dispose() {
      following.dispose();
      remembered.clear();
    },
  };
}
