/** Writes what a sandbox is given as JSON text. */

import { encode } from './encode.js';
import { native } from './native.js';

/** What begins an object that stands for something without JSON; its text follows. */
const MARK = `{${JSON.stringify(native.marker())}:`;

/**
 * A value as JSON text, with bigints as numbers.
 *
 * @param what - What the value is, for the error.
 * @throws TypeError if something in it has no JSON.
 */
export function jsonText(what: string, value: unknown): string {
  const text = encode(value);
  const from = text.indexOf(MARK);
  if (from >= 0) {
    const [told = '""'] = /"(?:[^"\\]|\\.)*"/.exec(text.slice(from + MARK.length)) ?? [];
    throw new TypeError(`${what}: ${JSON.parse(told) as string} cannot be written as JSON`);
  }
  return text;
}
