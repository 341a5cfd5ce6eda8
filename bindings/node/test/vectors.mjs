// @ts-check

/** The test vectors that all languages share; their README says what they mean. */

import { readdirSync, readFileSync } from 'node:fs';

export const FOLDER = new URL('../../../tests/vectors/', import.meta.url);

/** Names of the files. */
export const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length))
  .sort();

/** A text or number of JSON. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MARK = 'a whole number: ';

/**
 * Parses JSON whose whole numbers keep all their digits, as bigints where they need to be.
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
 * A whole file.
 *
 * @param {string} name
 */
export function load(name) {
  return parseExactly(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
}

/**
 * The cases of a file, without those that need a client whose clock stands still, for which there is no option.
 *
 * @param {string} name
 * @param {string} [part]
 * @returns {any[]}
 */
export function cases(name, part = 'cases') {
  return load(name)[part].filter((each) => each.options?.clock === undefined);
}

/**
 * A name of the vectors as it is in JavaScript.
 *
 * @param {string} name
 */
export function camelCase(name) {
  return name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}

/**
 * All that `fromWire` takes for the request of a case: text and, unless the text matters, plain objects.
 *
 * @param {any} vector
 * @returns {unknown[]}
 */
export function forms(vector) {
  const text = vector.text ?? JSON.stringify(vector.json);
  // JSON that is text is not told from JSON as text.
  return 'json' in vector && typeof vector.json !== 'string' ? [text, vector.json] : [text];
}

/** Requests that obey every rule, for cases in which only the answer matters, by their operations. */
const REQUESTS = {
  queryGroupCalls: { strTime: '2024-01-01 00:00:00', endTime: '2024-06-03 15:13:01' },
  queryRecallFlowDetail: 12,
  updateRecallFlow: { keyId: 299, recallInterval: 30, recallNum: 1, recallType: 0 },
};

/**
 * Carries out an operation with a request that obeys every rule.
 *
 * @param {import('recallflow').Client} client
 * @param {string} operation Its name in the vectors.
 */
export function callAny(client, operation) {
  const name = camelCase(operation);
  return client[name](REQUESTS[name]);
}

/**
 * Carries out the operation that a type of requests is for.
 *
 * @param {import('recallflow').Client} client
 * @param {string} type
 * @param {any} request
 * @returns {Promise<unknown>}
 */
export function call(client, type, request) {
  switch (type) {
    case 'GroupCallQuery':
      return client.queryGroupCalls(request);
    case 'RecallFlowDetailQuery':
      return client.queryRecallFlowDetail(request.keyId);
    case 'UpdateRecallFlow':
      return client.updateRecallFlow(request);
    default:
      throw new TypeError(`no operation takes a ${type}`);
  }
}
