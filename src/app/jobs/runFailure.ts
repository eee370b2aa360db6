import { AppError } from '../../core/appError.ts';
import type { ErrorCode } from '../../core/appError.ts';
import { plainText } from '../../core/jobs/plainText.ts';

/** Codes that a runner's process may give; any other is a mistake of ours. */
const known: readonly ErrorCode[] = [
  'cancelled',
  'file.exists',
  'file.io',
  'file.notFound',
  'file.outside',
  'job.assertion',
  'job.attachRefused',
  'job.badRecords',
  'job.blocked',
  'job.browserLost',
  'job.browserMissing',
  'job.download',
  'job.elementAmbiguous',
  'job.elementMissing',
  'job.http',
  'job.invalid',
  'job.limit',
  'job.network',
  'job.notFound',
  'job.profileInUse',
  'job.runner',
  'job.signedOut',
  'job.template',
  'timeout',
];

const codeOf = (code: string): ErrorCode => known.find((one) => one === code) ?? 'internal';

/** A failure as the runner's process told it. */
export const toldFailure = ({ code, message }: { code: string; message: string }): AppError => new AppError(codeOf(code), message);

/** What a failure is to a run: in the database, and for people. */
export function failureOf(error: unknown): { code: string; message: string; step: null } {
  if (AppError.is(error)) return { code: error.code, message: plainText(error.message, 4000), step: null };
  const message = `ClaudeTask made a mistake: ${error instanceof Error ? error.message : String(error)}`;
  return { code: 'internal', message: plainText(message, 4000), step: null };
}
