/** Adds `toUpdate()` to the flow of a response. */

import { encode } from './encode.js';
import { InvalidRequestError, moveTo, siteOf } from './errors.js';
import { attempt } from './failures.js';
import { native } from './native.js';
import { open, type Reader } from './reader.js';

function toUpdate(this: unknown): unknown {
  const site = siteOf(toUpdate);
  try {
    return attempt(() => open(native.toUpdate(encode(this))).any(), site);
  } catch (error) {
    throw error instanceof InvalidRequestError ? moveTo(updateError(error), site) : error;
  }
}

/** Returns the error for a flow that cannot become an update. It names the response, because the caller passed no arguments. */
function updateError({ violations }: InvalidRequestError): InvalidRequestError {
  const lacking = violations.every(({ rule }) => rule === 'required');
  const problems = violations.map(({ path, message }) => (lacking ? `\`${path}\`` : message));
  const problem = lacking ? `it lacks ${problems.join(', ')}` : problems.join('; ');
  const message = `could not turn the response into an update: ${problem}`;
  const remedy = 'build the update from the values that you know';
  return new InvalidRequestError(`${message}; ${remedy}`, { violations, remedy });
}

/** Returns the flow of a row with its method, which is not enumerable, so that printing, comparing and copying ignore it. */
export function updatable<T extends object>(reader: Reader, whole: Omit<T, 'toUpdate'>): T {
  const flow: object = reader.row(whole);
  return Object.defineProperty(flow, 'toUpdate', { value: toUpdate }) as T;
}
