/** Turns a flow that was read into the update that changes nothing. */

import { encode } from './encode.js';
import { InvalidRequestError, moveTo, siteOf } from './errors.js';
import type { UpdateRecallFlow } from './generated/requests.js';
import type { RecallFlowDetail } from './generated/responses.js';
import { attempt, native } from './native.js';
import { open, type Reader } from './reader.js';

function toUpdate(this: RecallFlowDetail): UpdateRecallFlow {
  const site = siteOf(toUpdate);
  try {
    return attempt(() => open(native.toUpdate(encode(this))).any() as UpdateRecallFlow, site);
  } catch (error) {
    throw error instanceof InvalidRequestError ? moveTo(unfit(error), site) : error;
  }
}

/** The error for a flow that is no update. It speaks of the answer, because whoever called gave nothing. */
function unfit({ violations }: InvalidRequestError): InvalidRequestError {
  const lacking = violations.every(({ rule }) => rule === 'required');
  const told = violations.map(({ path, message }) => (lacking ? `\`${path}\`` : message));
  const message = lacking
    ? `the answer lacks ${told.join(', ')}, without which there is no update`
    : `the flow that was read is no update: ${told.join('; ')}`;
  const remedy = 'build the update from what is known of the flow';
  return new InvalidRequestError(`${message}; ${remedy}`, { violations, remedy });
}

/** A flow that was just read, with its method, which printing, comparing and copying it do not see. */
export function updatable<T extends object>(reader: Reader, whole: Omit<T, 'toUpdate'>): T {
  const flow: object = reader.row(whole);
  return Object.defineProperty(flow, 'toUpdate', { value: toUpdate }) as T;
}
