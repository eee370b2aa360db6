import { createHmac } from 'node:crypto';
import { retryAfterOf, webhookUrl } from '../../core/webhook.ts';
import type { DueDelivery } from '../../protocol/webhook.ts';
import type { WebhookSenderDeps } from './ports.ts';

/** What became of one attempt. `retryAfter`: milliseconds that the receiver asked for. */
export interface Attempt {
  delivered: boolean;
  status: number | null;
  error: string | null;
  retryAfter: number;
}

type PostDeps = Pick<WebhookSenderDeps, 'clock' | 'timers' | 'version' | 'fetch'>;

const timeLimit = 10_000;
/** Bytes of an answer that are looked at. */
const readAtMost = 1024;
const quoted = 200;

/** `t=1764000000,v1=…`: HMAC-SHA-256, in hexadecimal, of the seconds, a dot and the body. */
function signature(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

// Also what turns the direction of text around.
const control = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]+/gu;
const printable = (text: string) => Array.from(text.replaceAll(control, ' ').trim()).slice(0, quoted).join('');

/** The beginning of an answer, as far as it comes. The rest is not waited for. */
async function beginningOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    // Leaving the loop ends the request.
    for await (const part of response.body ?? []) {
      parts.push(part);
      size += part.length;
      if (size >= readAtMost) break;
    }
  } catch {
    // The status has been told already: an answer that breaks off says no more.
  }
  return printable(Buffer.concat(parts).subarray(0, readAtMost).toString());
}

const refusal = (status: number) => (status >= 300 && status < 400 ? 'It redirects, which is not followed.' : '');

function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' && !cause.message.includes(cause.code)
    ? `${cause.message} (${cause.code})`
    : cause.message;
}

/** Sends one event once. Fails only when `signal` ends it. */
export async function postDelivery(
  { clock, timers, version, fetch }: PostDeps,
  { url: address, secret }: { url: string; secret: string },
  { event, at, key }: DueDelivery,
  signal: AbortSignal,
): Promise<Attempt> {
  const missed = (error: string, status: number | null = null, retryAfter = 0): Attempt => ({
    delivered: false,
    status,
    error: printable(error),
    retryAfter,
  });
  // The database may have been edited by hand.
  const url = webhookUrl(address);
  if (url === undefined) return missed('Its address is not one that events may be sent to.');
  const body = JSON.stringify({ id: key, revision: event.revision, event: event.name, at, data: event.body });
  const limit = new AbortController();
  const timer = timers.after(timeLimit, () => limit.abort());
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, limit.signal]),
      headers: {
        'content-type': 'application/json',
        'user-agent': `ClaudeTask/${version}`,
        'x-claudetask-event': event.name,
        'x-claudetask-delivery': key,
        'x-claudetask-signature': signature(secret, Math.floor(clock.now() / 1000), body),
      },
    });
    const { ok, status, headers } = response;
    // Also that of a delivered one is read: the connection can serve the next one then.
    const said = await beginningOf(response);
    if (ok) return { delivered: true, status, error: null, retryAfter: 0 };
    return missed(refusal(status) || said, status, retryAfterOf(headers.get('retry-after'), clock.now()));
  } catch (error) {
    signal.throwIfAborted();
    if (limit.signal.aborted) return missed(`It did not answer within ${timeLimit / 1000} seconds.`);
    return missed(`It cannot be reached: ${codeOf(error)}`);
  } finally {
    timer.dispose();
  }
}
