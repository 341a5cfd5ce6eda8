// @ts-check

/** Tests that a panic of the native core rejects the call, and has no other effect. */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';

import { Client, OutcomeUnknownError, RecallFlowError } from 'recallflow';

import { rejectionOf, sandboxFor } from './support.mjs';

const require = createRequire(import.meta.url);
// The hook is not public, because no call should panic.
const { start } = require('../dist/completions.js');
const { siteOf } = require('../dist/errors.js');

/**
 * Starts a call of this operation that panics.
 *
 * @param {'queryGroupCalls' | 'queryRecallFlowDetail' | 'updateRecallFlow'} operation
 * @returns {Promise<unknown>}
 */
function panic(operation) {
  const site = siteOf(panic);
  const client = { _call: (/** @type {number} */ position) => position };
  const position = /** @type {any} */ (Client.prototype[operation]).call(client);
  return new Promise((resolve, reject) => {
    const pending = { resolve, reject, site, logger: undefined, observer: undefined, signal: undefined };
    start((/** @type {any} */ completions) => completions.panic(position), pending);
  });
}

for (const operation of /** @type {const} */ (['queryGroupCalls', 'queryRecallFlowDetail'])) {
  test(`${operation} is rejected if it panics`, async (t) => {
    const client = (await sandboxFor(t)).client();
    for (let time = 0; time < 3; time += 1) {
      const error = await rejectionOf(panic(operation));
      assert.equal(error.constructor, RecallFlowError);
      assert.match(error.message, /this panic was asked for/);
      assert.equal(error.operation, operation);
      assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
    }
  });
}

test('the outcome of an update that panics is unknown', async (t) => {
  const client = (await sandboxFor(t)).client();
  const error = await rejectionOf(panic('updateRecallFlow'));
  assert.equal(error.constructor, OutcomeUnknownError);
  assert.equal(error.operation, 'updateRecallFlow');
  assert.equal(error.cause.constructor, RecallFlowError);
  assert.match(error.cause.message, /this panic was asked for/);
  assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
});

test('calls that panic do not affect others', async (t) => {
  const client = (await sandboxFor(t)).client();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 60 }, (_, index) =>
      index % 3 === 0 ? panic('queryRecallFlowDetail') : client.queryRecallFlowDetail(12),
    ),
  );
  outcomes.forEach(({ status }, index) => assert.equal(status, index % 3 === 0 ? 'rejected' : 'fulfilled'));
});
