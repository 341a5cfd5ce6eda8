// @ts-check

/** Tests the HTTP response behind a result or an error. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { inspect } from 'node:util';

import { CallPromise, Client, ConfigError, RawResponse } from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

import { rejectionOf } from './support.mjs';

/** @type {Sandbox} */
let sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.start();
});
afterEach(() => sandbox.close());

test('a call returns its HTTP response when asked', async () => {
  sandbox.script(503);
  const { data, response } = await sandbox.client().queryRecallFlowDetail(299).withResponse();
  assert.equal(data.keyId, 299);
  assert(response instanceof RawResponse);
  assert.deepEqual([response.httpStatus, response.attempts], [200, 2]);
  assert.equal(response.headers['content-type'], 'application/json;charset=UTF-8');
  assert.equal(JSON.parse(Buffer.from(response.body).toString()).data.keyId, 299);
  assert(response.elapsed > 0);
  assert.doesNotMatch(inspect(response), /keyId/);
  assert.match(inspect(response), /body: '\d+ bytes'/);
});

test('updates, other endpoints and many calls at once have responses', async () => {
  const client = sandbox.client();
  const canceled = await client.cancelRecallFlow({ type: 1, id: 299 }).withResponse();
  assert.equal(canceled.data, undefined);
  assert.equal(JSON.parse(Buffer.from(canceled.response.body).toString()).code, 0);
  const other = await client.call('voice/recallFlow/queryDetail', { keyId: 300 }).withResponse();
  assert.equal(/** @type {any} */ (other.data).keyId, 300);
  const keys = Array.from({ length: 200 }, (_, index) => [12, 299, 300][index % 3] ?? 0);
  const found = await Promise.all(keys.map((key) => client.queryRecallFlowDetail(key).withResponse()));
  for (const [index, { data, response }] of found.entries()) {
    assert.equal(data.keyId, keys[index]);
    assert.equal(JSON.parse(Buffer.from(response.body).toString()).data.keyId, keys[index]);
  }
});

test('the promise of a call is an ordinary promise', async () => {
  const promise = sandbox.client().queryRecallFlowDetail(299);
  assert(promise instanceof Promise && promise instanceof CallPromise);
  const derived = promise.then(() => 7);
  assert(!(derived instanceof CallPromise));
  assert.equal(await derived, 7);
  assert.equal((await promise).keyId, 299);
  assert.equal((await promise.finally(() => undefined)).keyId, 299);
});

test('the response can be asked for until it arrives', async () => {
  const promise = sandbox.client().queryRecallFlowDetail(299);
  const [first, second] = await Promise.all([promise.withResponse(), promise.withResponse()]);
  assert.deepEqual(first.response, second.response);
  const late = sandbox.client().queryRecallFlowDetail(299);
  await late;
  const error = await rejectionOf(late.withResponse());
  assert(error instanceof ConfigError);
  assert.match(error.message, /call `withResponse` at once/);
});

test('the error of a call is that of `withResponse`', async () => {
  const client = sandbox.client({ maxRetries: 0 });
  sandbox.script(-22);
  const error = await rejectionOf(client.queryRecallFlowDetail(299).withResponse());
  assert.equal(error.name, 'ParameterError');
  const invalid = await rejectionOf(client.queryRecallFlowDetail(/** @type {any} */ ('x')).withResponse());
  assert.equal(invalid.name, 'InvalidRequestError');
});

test('an error carries the response', async () => {
  sandbox.script({ respond: { status: 403, body: '<html>no entry</html>' } });
  const error = await rejectionOf(sandbox.client().queryRecallFlowDetail(299));
  assert.deepEqual([error.response?.httpStatus, error.response?.body], [403, '<html>no entry</html>']);
  assert(error.response?.headers['date'] !== undefined);
  assert(!Object.keys(error).includes('response'));

  sandbox.script(502);
  const unknown = await rejectionOf(sandbox.client().cancelRecallFlow({ type: 1, id: 299 }));
  assert.equal(unknown.outcomeIsKnown, false);
  assert.equal(unknown.response?.httpStatus, 502);
});

test('an error without a response carries none', async () => {
  const client = new Client({ apiKey: 'key', apiSecret: 'secret', baseUrl: 'http://127.0.0.1:9', maxRetries: 0 });
  const error = await rejectionOf(client.queryRecallFlowDetail(299));
  assert.equal(error.response, undefined);
});
