/** Voice files that are sent along with a request. */

import { readFileSync } from 'node:fs';
import { isUint8Array } from 'node:util/types';

import { InvalidRequestError } from './errors.js';

/** A voice file: its bytes, or the path or `file:` URL of a file, which is read at once. */
export type Audio = Uint8Array | string | URL;

/** A voice file in padded base64, as it is sent. */
export function encodeAudio(audio: Audio): string {
  const bytes = isUint8Array(audio) ? audio : read(audio);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function read(file: string | URL): Uint8Array {
  // A number would be taken for an open file.
  if (typeof file !== 'string' && !((file as unknown) instanceof URL)) {
    throw unreadable('type', `must be bytes or the path of a file, but is a ${typeof file}`);
  }
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadable('required', `cannot be read from ${String(file)}: ${(error as Error).message}`, error);
  }
}

function unreadable(rule: 'required' | 'type', what: string, cause?: unknown): InvalidRequestError {
  const message = `\`baseFile\` ${what}`;
  return new InvalidRequestError(message, {
    violations: [{ path: 'baseFile', rule, message }],
    ...(cause !== undefined && { cause }),
  });
}
