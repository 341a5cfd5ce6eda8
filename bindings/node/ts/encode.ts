/** Writes values of JavaScript as JSON text for the native module, which reports what cannot be written where it stands. */

import { native } from './native.js';

/** The native module reads one level more, which is that of what stands for a deeper value. */
const DEEPEST = 126;

/** The largest and smallest whole numbers that the native module reads exactly. */
const LARGEST = 2n ** 64n - 1n;
const SMALLEST = -(2n ** 63n);

/** No request has nearly as many items in a list. */
const MOST = 1_000_000;

/** Names as they are written: requests have few, and always the same. When answers have filled it, it begins anew. */
const KEYS = new Map<string, string>();
const MOST_KEYS = 256;
const LONGEST_KEY = 40;

const MARKER = JSON.stringify(native.marker());

/** Stands for what no JSON can stand for; messages show the description. */
function described(description: string): string {
  return `{${MARKER}:${JSON.stringify(description)}}`;
}

/**
 * A value as JSON text. `undefined` is left out of objects.
 *
 * @internal
 */
export function encode(value: unknown): string {
  return written(value, [], false) ?? described('undefined');
}

/** `beyond` tells that the value is part of what an answer has beyond its fields. */
function written(value: unknown, holders: object[], beyond: boolean): string | undefined {
  switch (typeof value) {
    case 'undefined':
      return undefined;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      return number(value, beyond);
    case 'bigint':
      return SMALLEST <= value && value <= LARGEST
        ? value.toString()
        : described(`a number of ${String(value.toString(2).replace('-', '').length)} bits`);
    case 'string':
      return value.isWellFormed() ? JSON.stringify(value) : described('a text with a lone surrogate');
    case 'function':
      return described('a function');
    case 'symbol':
      return described('a symbol');
    case 'object':
      return value === null ? 'null' : held(value, holders, beyond);
  }
}

function number(value: number, beyond: boolean): string {
  if (!Number.isFinite(value)) {
    return described(String(value));
  }
  if (beyond && Object.is(value, -0)) {
    return '-0.0';
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    if (beyond) {
      // Whole numbers as large come as bigints, so it came with a fraction or an exponent, and goes with one.
      return value.toExponential();
    }
    return described(`${String(value)}, which may be another number already: beyond 2^53 give a bigint`);
  }
  return String(value);
}

function held(value: object, holders: object[], beyond: boolean): string {
  if (holders.includes(value)) {
    return described('nested within itself');
  }
  if (holders.length >= DEEPEST) {
    return described('nested too deeply');
  }
  holders.push(value);
  try {
    return Array.isArray(value) ? list(value, holders, beyond) : object(value, holders, beyond);
  } catch {
    // A proxy threw; what it threw is no reason to send something else.
    return described('an object that cannot be read');
  } finally {
    holders.pop();
  }
}

function list(items: readonly unknown[], holders: object[], beyond: boolean): string {
  if (items.length > MOST) {
    return described(`an array of ${String(items.length)} items`);
  }
  const texts: string[] = [];
  // `map` would leave holes out.
  for (const item of items) {
    texts.push(written(item, holders, beyond) ?? described('undefined'));
  }
  return `[${texts.join(',')}]`;
}

function object(value: object, holders: object[], beyond: boolean): string {
  const kind = Object.prototype.toString.call(value);
  if (kind !== '[object Object]') {
    return described(misfit(kind.slice('[object '.length, -1)));
  }
  let text = '';
  for (const name of Object.keys(value)) {
    const json = property(value, name, holders, beyond || name === 'extra');
    if (json !== undefined) {
      text += `${text === '' ? '{' : ','}${key(name)}${json}`;
    }
  }
  return text === '' ? '{}' : `${text}}`;
}

function property(holder: object, name: string, holders: object[], beyond: boolean): string | undefined {
  let value: unknown;
  try {
    value = (holder as Record<string, unknown>)[name];
  } catch {
    // Told here, so that it is reported where it stands, and not for all that holds it.
    return described('a property that cannot be read');
  }
  return written(value, holders, beyond);
}

/** A name as it stands before its value. */
function key(name: string): string {
  let text = KEYS.get(name);
  if (text === undefined) {
    text = `${JSON.stringify(name.toWellFormed())}:`;
    if (KEYS.size >= MOST_KEYS) {
      KEYS.clear();
    }
    if (name.length <= LONGEST_KEY) {
      KEYS.set(name, text);
    }
  }
  return text;
}

function misfit(kind: string): string {
  switch (kind) {
    case 'Date':
      return 'a `Date`: write the time that the service shows, as `yyyy-MM-dd HH:mm:ss`';
    case 'Promise':
      return 'a `Promise`: an `await` is missing';
    default:
      return `a \`${kind}\``;
  }
}
