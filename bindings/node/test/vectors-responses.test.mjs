// @ts-check

/** Plays `decoding.json` and `errors.json`: how responses are read. */

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { inspect } from 'node:util';

import * as recallflow from 'recallflow';
import { ConfigError, fromWire, OutcomeUnknownError, ProtocolError, RecallFlowError, toWire } from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

import { callAny, camelCase, cases, load, responseOf } from './vectors.mjs';

const { api_key: apiKey, api_secret: apiSecret } = load('errors').credentials;

/** @type {Sandbox} */
let sandbox;
before(async () => {
  sandbox = await Sandbox.start({ apiKey, apiSecret });
});
after(() => sandbox.close());

/**
 * Calls an operation that gets this response, on a new connection.
 *
 * @param {string} operation
 * @param {import('recallflow/sandbox').Fault} response
 * @param {Record<string, unknown>} [options]
 * @returns {Promise<any>}
 */
async function play(operation, response, options = {}) {
  sandbox.reset();
  sandbox.script(response);
  const client = sandbox.client({ maxRetries: 0, ...options });
  try {
    return await callAny(client, operation);
  } finally {
    client.close();
  }
}

/**
 * Returns the paths of everything in `extra`, except for counts beyond 2^53, which other languages keep in the field.
 *
 * @param {any} value
 * @returns {string[]}
 */
function extraPaths(value) {
  const paths = Object.entries(value.extra).map(([name, held]) => (isLong(held) ? '' : name));
  for (const [list, items] of Object.entries(value).filter(([, held]) => Array.isArray(held))) {
    for (const [index, item] of items.entries()) {
      paths.push(...(item?.extra ? extraPaths(item) : []).map((path) => `${list}[${index}].${path}`));
    }
  }
  return paths.filter((path) => path !== '').sort();
}

/** @param {unknown} value */
function isLong(value) {
  return typeof value === 'bigint' && BigInt.asIntN(64, value) === value;
}

/**
 * Returns whether a body has a number such as `10.0`, which JavaScript reads as `10`.
 *
 * @param {string} body
 */
function hasWholeFraction(body) {
  return /[[:,]\s*-?\d+\.0+\b/.test(body);
}

/**
 * Checks that a response is written without its type, unless it fits several types.
 *
 * @param {object} response
 * @param {unknown} wire
 */
function assertInferred(response, wire) {
  try {
    assert.deepEqual(toWire(response), wire);
  } catch (error) {
    assert(error instanceof ConfigError, String(error));
    assert.match(error.message, /could not infer the type/);
  }
}

suite('responses are read as in the vectors', () => {
  for (const each of cases('decoding')) {
    test(each.name, async () => {
      const { operation, body, http_status: status = 200 } = each;
      const response = await play(operation, { respond: { status, body } });
      if (each.response === null) {
        assert.equal(response, undefined);
        return;
      }
      const type = responseOf(operation);
      assert.deepEqual(toWire(response, type), each.response);
      assertInferred(response, each.response);
      assert.deepEqual(extraPaths(response), [...(each.extra ?? [])].sort());

      if (!hasWholeFraction(body)) {
        const again = fromWire(toWire(response, type), type);
        assert.deepEqual(again, response);
        assert.equal(inspect(again, { depth: null }), inspect(response, { depth: null }));
      }
    });
  }
});

/**
 * Returns the fault of the sandbox with this response.
 *
 * @param {any} response
 * @returns {import('recallflow/sandbox').Fault}
 */
function fault(response) {
  const content = (name) => {
    const base64 = response[`${name}_base64`];
    return base64 === undefined ? response[name] : { base64 };
  };
  const { status, headers = [] } = response;
  return status === undefined ? { raw: content('raw') } : { respond: { status, headers, body: content('body') } };
}

/**
 * Returns every printed form of an error.
 *
 * @param {Error} error
 */
function shown(error) {
  return [
    String(error),
    error.stack ?? '',
    inspect(error, { depth: null, showHidden: true }),
    JSON.stringify(error, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    JSON.stringify(Object.getOwnPropertyDescriptors(error), (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
  ];
}

/**
 * Returns a part of a message, with the operation in camel case.
 *
 * @param {string} part
 */
function here(part) {
  return part.replace(/\b(query_recall_flow_detail|query_group_calls|update_recall_flow)\b/g, camelCase);
}

/**
 * Compares an error. An unknown outcome has the code, status, wait and phase of its cause.
 *
 * @param {any} error
 * @param {any} expected
 * @param {any} details
 */
function check(error, expected, details) {
  assert(error instanceof RecallFlowError);
  assert.equal(error.name, expected.kind);
  assert.equal(error.constructor, recallflow[/** @type {'ApiError'} */ (expected.kind)]);
  if (expected.cause === undefined) {
    assert(!(error instanceof OutcomeUnknownError));
    assert(!('cause' in error));
  } else {
    assert(error instanceof OutcomeUnknownError);
    check(error.cause, expected.cause, expected.cause);
  }
  assert.equal(error.outcomeIsKnown, expected.cause === undefined);
  assert(error.outcomeIsKnown || !error.isRetryable);
  assert.equal(/** @type {any} */ (error).code, details.code);
  assert.equal(error.httpStatus, details.http_status);
  const seconds = details.retry_after_seconds ?? undefined;
  assert.equal(error.retryAfter, seconds && seconds * 1000);
  assert.equal(error.phase, details.phase);
  for (const part of expected.message_contains ?? []) {
    assert(error.message.includes(here(part)), `${error.message} has no ${part}`);
  }
  // It has the whole body, which holds what the message leaves out.
  delete (/** @type {any} */ (error).response);
  for (const part of expected.message_lacks ?? []) {
    // A stack has lines even if the message is empty.
    for (const text of part === '\n' ? [error.message] : shown(error)) {
      assert(!text.includes(part), `${text} has ${part}`);
    }
  }
  for (const part of expected.remedy_contains ?? []) {
    assert(error.remedy?.includes(part), `${error.remedy} has no ${part}`);
  }
  const excerpt = error instanceof ProtocolError ? error.excerpt : '';
  for (const part of expected.excerpt_contains ?? []) {
    assert(excerpt.includes(part), `${excerpt} has no ${part}`);
  }
  for (const part of expected.excerpt_lacks ?? []) {
    assert(!excerpt.includes(part), `${excerpt} has ${part}`);
  }
}

suite('responses become the errors of the vectors', () => {
  for (const each of cases('errors')) {
    test(each.name, async () => {
      const { operation, response, options = {}, error: expected } = each;
      const named = Object.fromEntries(Object.entries(options).map(([name, value]) => [camelCase(name), value]));
      const error = await play(operation, fault(response), named).then(
        () => assert.fail('it is an error'),
        (reason) => reason,
      );
      assert.equal(sandbox.requests.length, 1);
      assert.equal(error.operation, camelCase(operation));
      assert.equal(error.attempts, 1);
      check(error, expected, expected.cause ?? expected);
      for (const text of shown(error)) {
        assert(!text.includes(apiSecret));
      }
    });
  }
});
