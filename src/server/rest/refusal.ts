import { failure } from '../failure.ts';
import type { Failure } from '../failure.ts';

/** A request that HTTP itself has a status for, whatever the code in the body. */
export class Refusal extends Error {
  readonly failure: Failure;

  constructor(refused: Failure) {
    super(refused.message);
    this.name = 'Refusal';
    this.failure = refused;
  }
}

/** `field`: of the body, the query or the path, or the name of a header; empty when it is the whole. */
export const badRequest = (field: string, message: string): Refusal =>
  new Refusal(failure(400, 'input.invalid', message, { field: field.slice(0, 100) }));

export const preconditionRequired = (): Refusal =>
  new Refusal(failure(428, 'input.invalid', 'This file is there already. Read it, and send its ETag as If-Match.', { field: 'If-Match' }));

export const noSuchPath = (): Refusal =>
  new Refusal(failure(404, 'operation.unknown', 'There is nothing at this path. GET /api/openapi.json names all there is.'));

export function wrongMethod(allowed: readonly string[]): Refusal {
  const allow = allowed.join(', ');
  const refused = failure(405, 'api.refused', `This path takes ${allow} only.`, { rule: 'method', allowed });
  return new Refusal({ ...refused, headers: { Allow: allow } });
}
