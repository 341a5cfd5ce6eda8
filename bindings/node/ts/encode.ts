/** Writes JavaScript values as JSON text for the native module. A placeholder replaces a value without a JSON form. */

import { native } from './native.js';

/** Maximum depth. The native module reads one level more, that of a placeholder for a deeper value. */
const MAX_DEPTH = 126;

/** The largest and smallest integers that the native module reads exactly. */
const MAX_INTEGER = 2n ** 64n - 1n;
const MIN_INTEGER = -(2n ** 63n);

/** Maximum number of items in a list, far above that of any valid request. */
const MAX_ITEMS = 1_000_000;

/** Length of a text that may be an uploaded file. */
const LONG_TEXT = 65_536;

/** Cache of encoded names, because requests always have the same few names. It is cleared when responses have filled it. */
const NAMES = new Map<string, string>();
const MAX_NAMES = 256;
const MAX_NAME_LENGTH = 40;

const MARKER = JSON.stringify(native.marker());

/** Returns a placeholder for a value without a JSON form. Messages show the description. */
function placeholder(description: string): string {
  return `{${MARKER}:${JSON.stringify(description)}}`;
}

/** Returns a value as JSON text. Properties that are `undefined` are left out. */
export function encode(value: unknown): string {
  return encodeValue(value, [], false) ?? placeholder('undefined');
}

/** Returns the JSON text of a value from a response, whose numbers are never refused. */
export function encodeReceived(value: object): string {
  return encodeNested(value, [], true);
}

/** Encodes a value; `undefined` has no text. `isExtra` means that the value is in the `extra` of a response. */
function encodeValue(value: unknown, holders: object[], isExtra: boolean): string | undefined {
  switch (typeof value) {
    case 'undefined':
      return undefined;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      return encodeNumber(value, isExtra);
    case 'bigint':
      return MIN_INTEGER <= value && value <= MAX_INTEGER
        ? value.toString()
        : placeholder(`a number of ${String(value.toString(2).replace('-', '').length)} bits`);
    case 'string':
      return value.isWellFormed() ? encodeText(value) : placeholder('a text with a lone surrogate');
    case 'function':
      return placeholder('a function');
    case 'symbol':
      return placeholder('a symbol');
    case 'object':
      return value === null ? 'null' : encodeNested(value, holders, isExtra);
  }
}

/** Returns a text as JSON. The quotes are added to an uploaded file without a copy. */
function encodeText(value: string): string {
  return value.length >= LONG_TEXT && /^[\w+/=]*$/.test(value) ? `"${value}"` : JSON.stringify(value);
}

function encodeNumber(value: number, isExtra: boolean): string {
  if (!Number.isFinite(value)) {
    return placeholder(String(value));
  }
  if (Object.is(value, -0)) {
    return '-0.0';
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    if (isExtra) {
      // The reader returns large integers as bigints, so this number had a fraction or an exponent in the response.
      return value.toExponential();
    }
    const got = `${String(value)}, which may be another number already: beyond 2^53 give a bigint`;
    // A field with a fraction takes the number.
    return `${placeholder(got).slice(0, -1)},"number":${String(value)}}`;
  }
  return String(value);
}

function encodeNested(value: object, holders: object[], isExtra: boolean): string {
  if (holders.includes(value)) {
    return placeholder('nested within itself');
  }
  if (holders.length >= MAX_DEPTH) {
    return placeholder('nested too deeply');
  }
  holders.push(value);
  try {
    return Array.isArray(value) ? encodeList(value, holders, isExtra) : encodeObject(value, holders, isExtra);
  } catch {
    // A proxy threw. The request is refused, because its content is unknown.
    return placeholder('an object that cannot be read');
  } finally {
    holders.pop();
  }
}

function encodeList(items: readonly unknown[], holders: object[], isExtra: boolean): string {
  if (items.length > MAX_ITEMS) {
    return placeholder(`an array of ${String(items.length)} items`);
  }
  // Concatenated, because `join` would copy the text of an uploaded file. `map` would skip holes.
  let text = '';
  for (const item of items) {
    text += `${text === '' ? '[' : ','}${encodeValue(item, holders, isExtra) ?? placeholder('undefined')}`;
  }
  return text === '' ? '[]' : `${text}]`;
}

function encodeObject(value: object, holders: object[], isExtra: boolean): string {
  const kind = Object.prototype.toString.call(value);
  if (kind !== '[object Object]') {
    return placeholder(describeKind(kind.slice('[object '.length, -1)));
  }
  let text = '';
  for (const name of Object.keys(value)) {
    const json = encodeProperty(value, name, holders, isExtra || name === 'extra');
    if (json !== undefined) {
      text += `${text === '' ? '{' : ','}${encodeName(name)}${json}`;
    }
  }
  return text === '' ? '{}' : `${text}}`;
}

function encodeProperty(holder: object, name: string, holders: object[], isExtra: boolean): string | undefined {
  let value: unknown;
  try {
    value = (holder as Record<string, unknown>)[name];
  } catch {
    // Caught here, so that the path of the error is that of the property.
    return placeholder('a property that cannot be read');
  }
  return encodeValue(value, holders, isExtra);
}

/** Returns a name with quotes and a colon. */
function encodeName(name: string): string {
  let text = NAMES.get(name);
  if (text === undefined) {
    text = `${JSON.stringify(name.toWellFormed())}:`;
    if (NAMES.size >= MAX_NAMES) {
      NAMES.clear();
    }
    if (name.length <= MAX_NAME_LENGTH) {
      NAMES.set(name, text);
    }
  }
  return text;
}

function describeKind(kind: string): string {
  switch (kind) {
    case 'Date':
      return 'a `Date`: write the time that the service shows, as `yyyy-MM-dd HH:mm:ss`';
    case 'Promise':
      return 'a `Promise`: an `await` is missing';
    default:
      return `a \`${kind}\``;
  }
}
