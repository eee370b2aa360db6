import * as http from 'node:http';
import * as https from 'node:https';
import type { NetworkProbe } from '../app/jobs/ports.ts';

/** Milliseconds without a word. */
const patience = 10_000;

/** Nobody is there, or there is no way. With any other failure somebody has answered, if only with a certificate that Node does not know. */
const nobody: readonly string[] = [
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENODATA',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
];

const isLoopback = (host: string) => /^(localhost|127\.|\[::1\])/i.test(host);
const codeOf = (error: Error) => ('code' in error && typeof error.code === 'string' ? error.code : '');

/**
 * Asks a website for the head of its front page. By the modules that VS Code has put the user's proxy into: a connection of our own would not get out of
 * many companies.
 */
export function createNetworkProbe(): NetworkProbe {
  return {
    reaches: (host, signal) =>
      new Promise((resolve) => {
        const loopback = isLoopback(host);
        const request = (loopback ? http : https).request(`${loopback ? 'http' : 'https'}://${host}/`, {
          method: 'HEAD',
          agent: false,
          timeout: patience,
        });
        const end = (reached: boolean) => {
          signal.removeEventListener('abort', aborted);
          request.destroy();
          resolve(reached);
        };
        const aborted = () => end(false);
        signal.addEventListener('abort', aborted, { once: true });
        request.on('response', () => end(true));
        request.on('timeout', () => end(false));
        request.on('error', (error) => end(!nobody.includes(codeOf(error))));
        request.end();
      }),
  };
}
