/** Voice files in requests. */

import { readFileSync } from 'node:fs';
import { isUint8Array } from 'node:util/types';

import { InvalidRequestError, moveTo, siteOf, type Site } from './errors.js';
import { isUrl } from './realms.js';

/** A voice file: its bytes, or a path or `file:` URL, which is read at once. */
export type Audio = Uint8Array | string | URL;

/** Returns a voice file in padded base64. The stack of an error begins at the caller of `method`. */
export function encodeAudio(audio: Audio, method: (...args: never) => unknown): string {
  const bytes = isUint8Array(audio) ? audio : readFile(audio, siteOf(method));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function readFile(file: string | URL, site: Site): Uint8Array {
  // `readFileSync` would take a number for an open file.
  if (typeof file !== 'string' && !isUrl(file)) {
    throw moveTo(
      unreadable('type', `\`baseFile\` must be a Uint8Array or the path of a file, but is a ${typeof file}`),
      site,
    );
  }
  try {
    return readFileSync(file);
  } catch (error) {
    const message = `could not read the file of \`baseFile\`: ${(error as Error).message.slice(0, 200)}`;
    throw moveTo(unreadable('required', message, moveTo(error as Error, site)), site);
  }
}

function unreadable(rule: 'required' | 'type', message: string, cause?: unknown): InvalidRequestError {
  return new InvalidRequestError(message, {
    violations: [{ path: 'baseFile', rule, message }],
    ...(cause !== undefined && { cause }),
  });
}
