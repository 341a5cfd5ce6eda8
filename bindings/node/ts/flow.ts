/** Turns a flow that was read into the update that changes nothing. */

import { encode } from './encode.js';
import { siteOf } from './errors.js';
import type { UpdateRecallFlow } from './generated/requests.js';
import { RESPONSE_NAMES, type RecallFlowDetail } from './generated/responses.js';
import { attempt, native, open } from './native.js';
import type { Reader } from './reader.js';

function toUpdate(this: RecallFlowDetail): UpdateRecallFlow {
  const site = siteOf(toUpdate);
  const position = RESPONSE_NAMES.indexOf('RecallFlowDetail');
  return attempt(() => open(native.toUpdate(position, encode(this))).any() as UpdateRecallFlow, site);
}

/** A flow that was just read, with its method, which printing, comparing and copying it do not see. */
export function updatable<T extends object>(reader: Reader, whole: T): T & { toUpdate(): UpdateRecallFlow } {
  const flow = reader.row(whole);
  return Object.defineProperty(flow, 'toUpdate', { value: toUpdate }) as T & { toUpdate(): UpdateRecallFlow };
}
