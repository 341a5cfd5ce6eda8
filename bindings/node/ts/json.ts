/** Writes the arguments of the sandbox as JSON text, and parses JSON with large integers. */

import { randomUUID } from 'node:crypto';

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

/** A text, or an integer that may be beyond those that a number represents. */
const TEXT_OR_INTEGER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** Parses JSON. An integer that a number cannot represent becomes a `bigint`. */
export function parseJson(text: string): unknown {
  if (!/\d{16}/.test(text)) {
    return JSON.parse(text);
  }
  // The reviver does not get the digits of a number in Node 20, so that they are passed as a text with a unique beginning.
  const mark = randomUUID();
  const marked = text.replace(TEXT_OR_INTEGER, (token) =>
    token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${mark}${token}"`,
  );
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}
