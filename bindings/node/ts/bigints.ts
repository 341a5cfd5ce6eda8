/** JSON with integers beyond 2^53, which JavaScript represents exactly only as a `bigint`. */

import { randomUUID } from 'node:crypto';

/** Returns a value that `JSON.stringify` can write: it throws for a bigint, which therefore becomes text. */
export function stringifiable(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/**
 * Lets `JSON.stringify` write an object or array that holds bigints.
 *
 * The method is not enumerable: printing, comparing and copying ignore it.
 */
export function makeStringifiable(holder: object): void {
  Object.defineProperty(holder, 'toJSON', { value: toJSON, configurable: true, writable: true });
}

function toJSON(this: object): unknown {
  return Array.isArray(this)
    ? this.map(stringifiable)
    : Object.fromEntries(Object.entries(this).map(([name, value]) => [name, stringifiable(value)]));
}

/** Matches a string or a number of JSON. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * Parses JSON. An integer beyond 2^53 becomes a bigint.
 *
 * @throws SyntaxError if the text is not JSON.
 */
export function parseExactly(text: string): unknown {
  const rounded: unknown = JSON.parse(text);
  if (!/\d{16}/.test(text)) {
    return rounded;
  }
  // A large integer becomes an object with this only name, which no other object has.
  const mark = randomUUID();
  const isLarge = (token: string): boolean => /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
  const marked = text.replace(TOKEN, (token) => (isLarge(token) ? `{"${mark}":"${token}"}` : token));
  return JSON.parse(marked, function (this: object, _, value: unknown) {
    const digits = (value as Record<string, string> | null)?.[mark];
    if (digits === undefined) {
      return value;
    }
    makeStringifiable(this);
    return BigInt(digits);
  });
}
