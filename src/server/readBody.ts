import type { IncomingMessage } from 'node:http';
import { AppError } from '../core/appError.ts';
import { bodyLimit } from './limits.ts';

const tooLarge = () =>
  new AppError(
    'file.tooLarge',
    `The body of the request is larger than ${bodyLimit.toLocaleString('en')} bytes. Split it into several requests.`,
    { limit: bodyLimit },
  );

/**
 * The whole body of a request. Bytes are counted while they come, whatever the request says about its length. Fails with `file.tooLarge`, and with
 * `cancelled` when the client went away.
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > bodyLimit) {
      reject(tooLarge());
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bodyLimit) chunks.push(chunk);
      else settle(() => reject(tooLarge()));
    };
    const end = () => settle(() => resolve(Buffer.concat(chunks, size)));
    const gone = () => settle(() => reject(new AppError('cancelled', 'The client went away before its request was complete.')));
    function settle(act: () => void): void {
      // Not destroyed, as `for await` would do: the connection still has to carry the answer.
      request.off('data', take).off('end', end).off('close', gone).pause();
      act();
    }
    request.on('data', take).on('end', end).on('close', gone).on('error', gone);
  });
}
