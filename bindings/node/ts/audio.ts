/** Voice files that are sent along with a request. */

import { readFileSync } from 'node:fs';
import { isUint8Array } from 'node:util/types';

import { InvalidRequestError, moveTo, siteOf, type Site } from './errors.js';
import { RecallNode } from './generated/requests.js';

/** A voice file: its bytes, or the path or `file:` URL of a file, which is read at once. */
export type Audio = Uint8Array | string | URL;

/** A voice file in padded base64, as it is sent. */
export function encodeAudio(audio: Audio): string {
  const bytes = isUint8Array(audio) ? audio : read(audio, siteOf(RecallNode.reupload));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function read(file: string | URL, site: Site): Uint8Array {
  // A number would be taken for an open file.
  if (typeof file !== 'string' && !((file as unknown) instanceof URL)) {
    const what = `must be a Uint8Array or the path of a file, but is of the type ${typeof file}`;
    throw moveTo(unreadable('type', what), site);
  }
  try {
    return readFileSync(file);
  } catch (error) {
    const what = `cannot be read from a file: ${(error as Error).message.slice(0, 200)}`;
    throw moveTo(unreadable('required', what, moveTo(error as Error, site)), site);
  }
}

function unreadable(rule: 'required' | 'type', what: string, cause?: unknown): InvalidRequestError {
  const message = `\`baseFile\` ${what}`;
  return new InvalidRequestError(message, {
    violations: [{ path: 'baseFile', rule, message }],
    ...(cause !== undefined && { cause }),
  });
}
