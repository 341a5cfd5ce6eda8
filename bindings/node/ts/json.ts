/** Writes the arguments of the sandbox as JSON text. */

import { encode } from './encode.js';
import { native } from './native.js';

/** The beginning of a placeholder for a value without a JSON form. Its description follows. */
const PLACEHOLDER_START = `{${JSON.stringify(native.marker())}:`;

/**
 * Returns a value as JSON text, with bigints as numbers.
 *
 * @param subject - The name of the value in the error.
 * @throws TypeError if the value contains one without a JSON form.
 */
export function jsonText(subject: string, value: unknown): string {
  const text = encode(value);
  const from = text.indexOf(PLACEHOLDER_START);
  if (from >= 0) {
    const [description = '""'] = /"(?:[^"\\]|\\.)*"/.exec(text.slice(from + PLACEHOLDER_START.length)) ?? [];
    throw new TypeError(`${subject}: ${JSON.parse(description) as string} cannot be written as JSON`);
  }
  return text;
}
