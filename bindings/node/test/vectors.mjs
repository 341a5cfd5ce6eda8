// @ts-check

/** Reads the test vectors that all languages share; their README describes them. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

import { OPERATIONS } from './schema.mjs';
import { REQUESTS } from './specimens.mjs';

export const FOLDER = new URL('../../../tests/vectors/', import.meta.url);

/** Names of the files. */
export const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length))
  .sort();

/** Matches a text or number of JSON. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MARK = 'a whole number: ';

/**
 * Parses JSON. Integers beyond 2^53 become bigints.
 *
 * @param {string} text
 * @returns {any}
 */
export function parseExactly(text) {
  const marked = text.replace(TOKEN, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? JSON.stringify(MARK + token) : token,
  );
  return JSON.parse(marked, (_, value) =>
    typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  );
}

/**
 * Reads a file.
 *
 * @param {string} name
 */
export function load(name) {
  return parseExactly(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
}

/**
 * Reads the cases of a file, except those that need an injected clock, which this package does not support.
 *
 * @param {string} name
 * @param {string} [part]
 * @returns {any[]}
 */
export function cases(name, part = 'cases') {
  return load(name)[part].filter((each) => each.options?.clock === undefined);
}

/**
 * Converts a name of the vectors to camel case.
 *
 * @param {string} name
 */
export function camelCase(name) {
  return name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}

/**
 * Returns the request of a case in every form that `fromWire` accepts: as text and, unless the text matters, as an object.
 *
 * @param {any} vector
 * @returns {unknown[]}
 */
export function forms(vector) {
  const text = vector.text ?? JSON.stringify(vector.json);
  // `fromWire` would parse a request that is itself a text.
  return 'json' in vector && typeof vector.json !== 'string' ? [text, vector.json] : [text];
}

/**
 * Returns the request of a case with the fields that the case puts into `extra`.
 *
 * @param {any} request
 * @param {any} vector
 */
export function withExtra(request, vector) {
  const copy = structuredClone(request);
  for (const [path, extra] of Object.entries(vector.extra ?? {})) {
    const [list = '', index] = path.split(/[[\]]/);
    (index === undefined ? copy : copy[list][index]).extra = extra;
  }
  return copy;
}

/**
 * Returns the description of an operation.
 *
 * @param {(operation: typeof OPERATIONS[number]) => boolean} isSought
 */
function operationWhere(isSought) {
  const operation = OPERATIONS.find(isSought);
  assert(operation !== undefined, 'no operation has this name or takes this request');
  return operation;
}

/**
 * Returns the type of the responses of an operation.
 *
 * @param {string} operation Its name in the vectors.
 */
export function responseOf(operation) {
  return operationWhere(({ name }) => name === operation).response;
}

/**
 * Calls an operation with a valid request.
 *
 * @param {import('recallflow').Client} client
 * @param {string} operation Its name in the vectors.
 */
export function callAny(client, operation) {
  const { request } = operationWhere(({ name }) => name === operation);
  return call(client, request, REQUESTS[request]);
}

/**
 * Calls the operation of a type of requests.
 *
 * @param {import('recallflow').Client} client
 * @param {import('recallflow').RequestName} type
 * @param {any} request
 * @returns {Promise<unknown>}
 */
export function call(client, type, request) {
  const method = camelCase(operationWhere((operation) => operation.request === type).name);
  const takesRequest = /^\w+\(request\b/.test(client[method].toString());
  // Otherwise, the method takes the only field.
  return client[method](takesRequest ? request : Object.values(request)[0]);
}
