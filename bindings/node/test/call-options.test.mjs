// @ts-check

/** Tests the headers of calls, and clients with other options over the same connections. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';

import { ApiError, Client, ConfigError, InvalidRequestError } from 'recallflow';
import { Sandbox, faults } from 'recallflow/sandbox';

import { SPAN } from './specimens.mjs';
import { rejectionOf, thrownBy } from './support.mjs';

const extraHeaders = { 'X-Request-Id': '7f2c' };

/** @type {Sandbox} */
let sandbox;
/** @type {Client} */
let client;
beforeEach(async () => {
  sandbox = await Sandbox.start();
  client = sandbox.client();
});
afterEach(() => sandbox.close());

/** Returns the value of a header in all requests. */
const ids = (name = 'x-request-id') => sandbox.requests.map((request) => request.header(name));

suite('extra headers', () => {
  test('every call sends its headers', async () => {
    await client.queryRecallFlowDetail(12, { extraHeaders });
    await client.groupCalls(SPAN, { extraHeaders }).toList({ limit: 60 });
    await client.call('voice/recallFlow/queryDetail', { keyId: 12 }, { extraHeaders });
    const edit = await client.editRecallFlow(299, { extraHeaders });
    edit.draft.recallInterval = 60;
    await edit.apply({ extraHeaders });
    assert.deepEqual(new Set(ids()), new Set(['7f2c']));
    await client.queryRecallFlowDetail(12);
    assert.equal(ids().at(-1), undefined);
  });

  /** @type {[any, string][]} */
  const wrong = [
    [{ Sign: 's3cret' }, '`extraHeaders`: the client sets `Sign` itself; remove it'],
    [{ X: 's3cret\r\nSign: 1' }, 'printable ASCII'],
    [{ X: 7 }, 'expected a string for `extraHeaders.X`, got a number'],
    [['s3cret'], 'expected an object of strings by name for `extraHeaders`, got an array'],
    ['s3cret', 'expected an object of strings by name for `extraHeaders`, got a string'],
    [new Headers({ X: 's3cret' }), 'expected an object of strings by name for `extraHeaders`, got a `Headers`'],
    [new Map([['X', 's3cret']]), 'expected an object of strings by name for `extraHeaders`, got a `Map`'],
    [null, 'expected an object of strings by name for `extraHeaders`, got null'],
  ];
  for (const [given, expected] of wrong) {
    test(`wrong headers are refused: ${expected}`, async () => {
      const options = { extraHeaders: given };
      const errors = [
        await rejectionOf(client.queryRecallFlowDetail(12, options)),
        await rejectionOf(client.call('voice/x', {}, options)),
        thrownBy(() => client.groupCalls(SPAN, options)),
        thrownBy(() => client.withOptions(options)),
        thrownBy(() => sandbox.client(options)),
      ];
      for (const error of errors) {
        assert(error instanceof ConfigError, String(error));
        assert(error.message.includes(expected), error.message);
        assert(!error.message.includes('s3cret'), error.message);
      }
      assert.equal(sandbox.requests.length, 0);
    });
  }

  test('an error does not show a header that the response echoes', async () => {
    sandbox.script(faults.reflect('page'));
    const options = { maxRetries: 0, extraHeaders: { 'X-Token': 'caller-CANARY' } };
    const error = await rejectionOf(client.queryRecallFlowDetail(12, options));
    assert(!`${String(error)} ${JSON.stringify(error)}`.includes('CANARY'));
  });
});

suite('`withOptions`', () => {
  test('shares connection and clock, and adds its headers', async () => {
    await client.queryRecallFlowDetail(12);
    const other = client.withOptions({ timeout: 5000, maxRetries: 0, extraHeaders: { ...extraHeaders, 'X-App': 'a' } });
    assert.deepEqual([other.timeout, other.maxRetries, other.baseUrl], [5000, 0, client.baseUrl]);
    assert.notEqual(other.clockOffset, undefined);
    await other.queryRecallFlowDetail(12);
    await other.withOptions({ extraHeaders: { 'x-request-id': '2' } }).queryRecallFlowDetail(12);
    assert.deepEqual(ids(), [undefined, '7f2c', '2']);
    assert.deepEqual(ids('x-app'), [undefined, 'a', 'a']);
    assert.equal(new Set(sandbox.requests.map((request) => request.connection)).size, 1);
  });

  test('each client is closed by itself', async () => {
    const other = client.withOptions({ timeout: 5000 });
    other.close();
    assert((await rejectionOf(other.queryRecallFlowDetail(12))) instanceof ConfigError);
    assert(thrownBy(() => other.withOptions({})) instanceof ConfigError);
    await client.queryRecallFlowDetail(12);
  });

  test('options that connections depend on need another client', () => {
    for (const name of ['proxy', 'maxConnections', 'maxRequestsPerSecond', 'baseUrl', 'userAgent', 'caFile']) {
      const error = thrownBy(() => client.withOptions(/** @type {any} */ ({ [name]: 'x' })));
      assert(error instanceof ConfigError);
      assert(error.message.includes(`\`${name}\` cannot be changed`), error.message);
    }
    const unknown = thrownBy(() => client.withOptions(/** @type {any} */ ({ timeuot: 5 })));
    assert(unknown instanceof ConfigError && unknown.message.includes('did you mean `timeout`?'), String(unknown));
    for (const wrong of [null, 5, undefined, []]) {
      assert(thrownBy(() => client.withOptions(/** @type {any} */ (wrong))) instanceof ConfigError);
    }
    assert(thrownBy(() => client.withOptions({ timeout: 0 })) instanceof ConfigError);
  });

  test('a request is validated by the options of its client', async () => {
    assert((await rejectionOf(client.queryGroupCalls({ ...SPAN, size: 101 }))) instanceof InvalidRequestError);
    const lenient = client.withOptions({ validate: false });
    assert((await rejectionOf(lenient.queryGroupCalls({ ...SPAN, size: 101 }))) instanceof ApiError);
    assert.equal(sandbox.requests.length, 1);
  });

  test('keeps the class and the properties', async () => {
    class Account extends Client {
      name = '';
    }
    const { apiKey, apiSecret, url: baseUrl } = sandbox;
    const account = Object.assign(new Account({ apiKey, apiSecret, baseUrl }), { name: 'first' });
    const other = account.withOptions({ timeout: 5000 });
    assert(other instanceof Account);
    assert.equal(other.name, 'first');
    await other.queryRecallFlowDetail(12);
  });

  test('keeps the logger, or replaces it', async () => {
    /** @type {string[]} */
    const lines = [];
    const logger = { debug: (/** @type {unknown[]} */ ...line) => void lines.push(line.join(' ')) };
    const logged = client.withOptions({ logger });
    await logged.withOptions({ timeout: 5000 }).queryRecallFlowDetail(12);
    assert(lines.length > 0);
    lines.length = 0;
    await client.queryRecallFlowDetail(12);
    assert.deepEqual(lines, []);
  });
});
