/** Adds `toUpdate()` to responses that requests can write back. */

import { encode } from './encode.js';
import { ConfigError, InvalidRequestError, moveTo, siteOf } from './errors.js';
import { attempt } from './failures.js';
import { REQUEST_NAMES } from './generated/requests.js';
import { native } from './native.js';
import { open, type Reader } from './reader.js';

/** Returns the method of the responses at this position of the native module's table. */
function makeToUpdate(position: number): (type?: string) => unknown {
  return function toUpdate(this: unknown, type?: string): unknown {
    const site = siteOf(toUpdate);
    try {
      return attempt(() => open(native.toUpdate(position, encode(this), requestPosition(type))).any(), site);
    } catch (error) {
      throw error instanceof InvalidRequestError ? moveTo(updateError(error), site) : error;
    }
  };
}

const METHODS: ((type?: string) => unknown)[] = [];

function requestPosition(type: string | undefined): number | undefined {
  const position = (REQUEST_NAMES as readonly (string | undefined)[]).indexOf(type);
  if (position < 0 && type !== undefined) {
    throw new ConfigError(`expected one of the types ${REQUEST_NAMES.join(', ')}, got \`${type}\``);
  }
  return type === undefined ? undefined : position;
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
export function updatable<T extends object>(reader: Reader, position: number, whole: Omit<T, 'toUpdate'>): T {
  const flow: object = reader.row(whole);
  return Object.defineProperty(flow, 'toUpdate', { value: (METHODS[position] ??= makeToUpdate(position)) }) as T;
}
