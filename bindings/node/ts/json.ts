/** Writes the arguments of the sandbox as JSON text. */

import { encode } from './encode.js';
import { native } from './native.js';

/** The only member of a placeholder for a value without a JSON form. Its value describes that one. */
const PLACEHOLDER = native.marker();

/**
 * Returns arguments as JSON text, with bigints as numbers.
 *
 * @throws TypeError if a value in them has no JSON form; the error names it.
 */
export function jsonText(args: unknown): string {
  const text = encode(args);
  if (text.includes(JSON.stringify(PLACEHOLDER))) {
    rejectPlaceholder(JSON.parse(text), '');
  }
  return text;
}

function rejectPlaceholder(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    if (name === PLACEHOLDER) {
      const where = path === '' ? '' : `\`${path}\`: `;
      throw new TypeError(`${where}expected a value with a JSON form, got ${String(inner)}`);
    }
    const property = path === '' ? name : `.${name}`;
    rejectPlaceholder(inner, path + (Array.isArray(value) ? `[${name}]` : property));
  }
}
