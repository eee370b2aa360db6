import { AppError } from '../../core/appError.ts';
import { hostAndPath } from '../../core/jobs/redact.ts';

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const gone =
  /(Target page, context or browser|Target|Browser|Page|Context) (has been |was )?(closed|crashed)|browser has disconnected|Connection closed|WebSocket.*closed/i;
const offline =
  /ERR_(INTERNET_DISCONNECTED|NAME_NOT_RESOLVED|NAME_RESOLUTION_FAILED|ADDRESS_UNREACHABLE|CONNECTION_REFUSED|CONNECTION_TIMED_OUT|CONNECTION_FAILED|CONNECTION_RESET|CONNECTION_CLOSED|CONNECTION_ABORTED|EMPTY_RESPONSE|NETWORK_CHANGED|NETWORK_IO_SUSPENDED|NETWORK_ACCESS_DENIED|PROXY_CONNECTION_FAILED|TIMED_OUT|SOCKET_NOT_CONNECTED)|ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|socket hang up/;
const passing =
  /Execution context was destroyed|ERR_ABORTED|frame (was|got) detached|interrupted by another navigation|Element is not attached|ERR_HTTP2|ERR_QUIC/i;

/** Whether the page or the browser itself is gone, rather than something on it. */
export const isGone = (error: unknown): boolean => gone.test(messageOf(error));

/** Whether the same might work a moment later. */
export function mayPass(error: unknown): boolean {
  if (error instanceof AppError) {
    return (
      error.code === 'timeout' ||
      error.code === 'job.network' ||
      error.code === 'job.download' ||
      (error.code === 'job.http' && isBusy(error.details['status']))
    );
  }
  return passing.test(messageOf(error));
}
const isBusy = (status: unknown) => typeof status === 'number' && (status === 429 || status === 408 || status >= 500);

/**
 * A failure of Playwright as one of ours: its messages hold call logs, selectors and whole addresses, of which only the first line is kept.
 * @param doing what was being done, in words.
 */
export function faultOf(error: unknown, doing: string, address: string): AppError {
  if (error instanceof AppError) return error;
  const message = messageOf(error);
  const host = URL.canParse(address) ? new URL(address).host : '';
  const where = hostAndPath(address) ?? 'the page';
  if (/ERR_BLOCKED_BY_CLIENT/.test(message)) {
    return new AppError(
      'job.blocked',
      `${doing}: ${where} is not among the hosts of the job file, or the request would change something. Add the host to \`hosts\`, or the request to \`writes\`.`,
      { host },
      error,
    );
  }
  if (offline.test(message)) {
    const reason = /(ERR_[A-Z0-9_]+|E[A-Z]{4,}|EAI_AGAIN|socket hang up)/.exec(message)?.[1] ?? 'no connection';
    return new AppError('job.network', `${doing}: ${host || where} cannot be reached (${reason}).`, { host }, error);
  }
  if (isGone(error))
    return new AppError('job.browserLost', `${doing}: the page or the browser was closed. Resume the run to go on.`, {}, error);
  if (/Timeout \d+ms exceeded|timed out/i.test(message) || (error instanceof Error && error.name === 'TimeoutError')) {
    return new AppError(
      'timeout',
      `${doing}: ${where} did not become ready in time. Try again, or give the step a longer \`timeout\`.`,
      {},
      error,
    );
  }
  const first = message.split('\n', 1)[0]?.replace(/^[a-zA-Z]+\.[a-zA-Z]+: /, '') ?? '';
  return new AppError('internal', `${doing}: ${first.slice(0, 500)}`, {}, error);
}

/** The error page of an address that was blocked before is still on its way: the same works a moment later. */
export const isLeftover = (error: unknown): boolean =>
  error instanceof Error && /interrupted by another navigation to "chrome-error:/.test(error.message);
