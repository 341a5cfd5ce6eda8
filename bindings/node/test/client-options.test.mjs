// @ts-check

/** Tests the options of a client and of a call. */

import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { Client, ConfigError, ITNIO, LAAFFIC, ONBUKA, ProtocolError, TimeoutError, TransportError } from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

import { CHANGE, SPAN } from './specimens.mjs';
import { rejectionOf, setEnvironment, thrownBy } from './support.mjs';

const CREDENTIALS = { apiKey: 'key', apiSecret: 'secret' };

/** @type {Sandbox} */
let sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.start();
});
afterEach(() => sandbox.close());

suite('the error for a wrong option names it', () => {
  /** @type {[string, ...unknown[]][]} */
  const wrong = [
    ['apiKey', undefined, null, 5, '', ' ', 'a b', {}, ['key'], Buffer.from('key')],
    ['apiSecret', undefined, null, 5n, '', 'a\n', Symbol('x'), () => 'secret'],
    ['baseUrl', null, 1, '', 'api', 'ftp://a.b', 'http://a.b', new URL('https://a.b'), '\ud800'],
    ['timeout', null, '10', Number.NaN, -1, 0, -0, true, 2n ** 70n, [], new Date()],
    ['connectTimeout', null, '10', Number.NaN, -1, 0, true, {}],
    ['attemptTimeout', null, '10', Number.NaN, -1, 0, true, []],
    ['maxRetries', null, -1, 1.5, true, '2', Number.NaN, Infinity, 2 ** 32, 2 ** 60, 2n ** 70n],
    ['maxResponseBytes', null, 0, -1, 1.5, '8 MiB', Number.NaN, Infinity],
    ['userAgent', null, 7, {}, '', ' app', 'app\r\nX-Other: 1', 'caf\u00e9'],
    ['validate', null, 'no', 0, {}],
    ['dangerouslyAllowHttp', null, 1, 'yes'],
    ['proxy', null, true, '', 'proxy', 7, {}, new URL('http://a.b')],
    ['caFile', null, 7, true, join(tmpdir(), 'no-such.pem'), new URL('https://a.b/c.pem'), Buffer.from('x')],
    ['logger', null, 5, 'console', true, () => 1],
    ['api_key', 'x'],
    ['base_url', ITNIO],
    ['retries', 5],
    ['', 5],
    ['__proto__', 5],
  ];
  for (const [name, ...values] of wrong) {
    test(`\`${name}\``, (t) => {
      setEnvironment(t, { RECALLFLOW_API_KEY: 'key', RECALLFLOW_API_SECRET: 'secret' });
      for (const value of values) {
        const options = Object.defineProperty({ ...CREDENTIALS }, name, { value, enumerable: true });
        const error = thrownBy(() => new Client(options));
        assert(error instanceof ConfigError, String(error));
        // Messages of the core name key and secret in words, because they may come from the environment.
        const words = { apiKey: 'the API key', apiSecret: 'the API secret' }[name] ?? `\`${name}\``;
        assert(error.message.includes(`\`${name}\``) || error.message.includes(words), error.message);
        assert(!/internal error in recallflow/.test(error.message), error.message);
        assert.equal(error.operation, undefined);
        if (!['apiKey', 'apiSecret'].includes(name)) {
          const { apiKey: _key, apiSecret: _secret, ...rest } = options;
          const other = thrownBy(() => Client.fromEnv(Object.defineProperty(rest, name, { value, enumerable: true })));
          assert(other instanceof ConfigError);
          assert.equal(other.message, error.message);
        } else if (value !== undefined) {
          const other = thrownBy(() => Client.fromEnv(/** @type {any} */ ({ [name]: value })));
          assert(other instanceof ConfigError);
          assert(other.message.includes(`\`${name}\``) || other.message === error.message, other.message);
        }
      }
    });
  }
});

test('options that are not an object are refused', () => {
  for (const options of /** @type {any[]} */ ([
    ...[undefined, null, 5, 'key', () => CREDENTIALS, [], ['key', 'secret'], new Map(Object.entries(CREDENTIALS))],
  ])) {
    assert.throws(() => new Client(options), ConfigError);
    if (options !== undefined) {
      assert.throws(() => Client.fromEnv(options), ConfigError);
    }
  }
});

test('an undefined option has its default', () => {
  const names = [
    ...['baseUrl', 'timeout', 'connectTimeout', 'attemptTimeout', 'maxRetries', 'maxResponseBytes', 'validate'],
    ...['proxy', 'caFile', 'dangerouslyAllowHttp', 'logger', 'unknown'],
  ];
  const options = Object.fromEntries(names.map((name) => [name, undefined]));
  assert.deepEqual(new Client({ ...CREDENTIALS, ...options }).toJSON(), new Client(CREDENTIALS).toJSON());
});

test('all options work together', async () => {
  const client = sandbox.client({
    timeout: 20_000.5,
    connectTimeout: 5000,
    attemptTimeout: 15_000,
    maxRetries: 0,
    maxResponseBytes: 1 << 20,
    validate: true,
    proxy: false,
    dangerouslyAllowHttp: true,
    logger: {},
  });
  assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
  assert.equal(client.timeout, 20_000.5);
});

test('infinity is a valid timeout', async () => {
  const client = sandbox.client({
    timeout: Infinity,
    attemptTimeout: Number.MAX_SAFE_INTEGER,
    connectTimeout: Infinity,
  });
  assert.equal((await client.queryRecallFlowDetail(12, { timeout: Infinity })).keyId, 12);
});

test('a file may be given as a URL', () => {
  const path = join(tmpdir(), 'no-such.pem');
  for (const caFile of [path, pathToFileURL(path)]) {
    assert.throws(() => new Client({ ...CREDENTIALS, caFile }), /`caFile`.*no-such\.pem/);
  }
});

test('the environment provides missing options', async (t) => {
  const names = ['RECALLFLOW_API_KEY', 'RECALLFLOW_API_SECRET', 'RECALLFLOW_BASE_URL'];
  setEnvironment(t, Object.fromEntries(names.map((name) => [name, undefined])));
  assert.throws(() => Client.fromEnv(), { name: 'ConfigError', message: /RECALLFLOW_API_KEY/ });
  process.env.RECALLFLOW_API_KEY = sandbox.apiKey;
  assert.throws(() => Client.fromEnv(), { name: 'ConfigError', message: /RECALLFLOW_API_SECRET/ });
  process.env.RECALLFLOW_API_SECRET = sandbox.apiSecret;
  assert.equal(Client.fromEnv().baseUrl, ITNIO);
  process.env.RECALLFLOW_BASE_URL = sandbox.url;
  assert.equal(new Client(CREDENTIALS).baseUrl, sandbox.url);
  const client = Client.fromEnv({ maxRetries: 0 });
  assert.equal(client.maxRetries, 0);
  assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
  assert.equal(Client.fromEnv({ baseUrl: ONBUKA }).baseUrl, ONBUKA);
});

suite('a given key or secret takes precedence over the environment', () => {
  const names = ['RECALLFLOW_API_KEY', 'RECALLFLOW_API_SECRET', 'RECALLFLOW_BASE_URL'];
  /** @type {[string, (string | undefined)[], ('apiKey' | 'apiSecret')[]][]} */
  const ways = [
    ['a key', ['other', '', ''], ['apiKey']],
    ['a key without its variable', [undefined, '', ''], ['apiKey']],
    ['a secret', ['', 'other', ''], ['apiSecret']],
    ['a secret without its variable', ['', undefined, ''], ['apiSecret']],
    ['both', ['other', 'other', ''], ['apiKey', 'apiSecret']],
    ['both without their variables', [undefined, undefined, ''], ['apiKey', 'apiSecret']],
  ];
  for (const [name, variables, given] of ways) {
    test(name, async (t) => {
      // An empty text means the value of the sandbox.
      const right = [sandbox.apiKey, sandbox.apiSecret, sandbox.url];
      const set = variables.map((value, index) => (value === '' ? right[index] : value));
      setEnvironment(t, Object.fromEntries(names.map((variable, index) => [variable, set[index]])));
      const client = Client.fromEnv(Object.fromEntries(given.map((option) => [option, sandbox[option]])));
      assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
      assert.equal(process.env.RECALLFLOW_API_KEY, set[0]);
    });
  }

  test('the other one is required', (t) => {
    setEnvironment(t, Object.fromEntries(names.map((name) => [name, undefined])));
    const [key, secret] = [{ apiKey: 'key' }, { apiSecret: 'secret' }];
    assert.throws(() => Client.fromEnv(key), { name: 'ConfigError', message: /RECALLFLOW_API_SECRET/ });
    assert.throws(() => Client.fromEnv(secret), { name: 'ConfigError', message: /RECALLFLOW_API_KEY/ });
    assert.throws(() => Client.fromEnv({ ...key, apiSecret: undefined }), /RECALLFLOW_API_SECRET/);
  });

  test('also in a derived class', (t) => {
    setEnvironment(t, Object.fromEntries(names.map((name) => [name, undefined])));
    class Ours extends Client {}
    assert(Ours.fromEnv(CREDENTIALS) instanceof Ours);
  });
});

suite('a base URL has no trailing slash', () => {
  for (const baseUrl of [ITNIO, LAAFFIC, ONBUKA]) {
    test(baseUrl, () => {
      for (const given of [baseUrl, `${baseUrl}/`]) {
        assert.equal(new Client({ ...CREDENTIALS, baseUrl: given }).baseUrl, baseUrl);
      }
    });
  }
});

suite('a call overrides options of the client', () => {
  test('with a number of retries', async () => {
    const client = sandbox.client({ maxRetries: 0 });
    sandbox.script(503, 503);
    assert.equal((await client.queryRecallFlowDetail(12, { maxRetries: 2 })).keyId, 12);
    sandbox.script(503);
    await assert.rejects(client.queryRecallFlowDetail(12), ProtocolError);
    sandbox.script(503);
    await assert.rejects(sandbox.client().queryRecallFlowDetail(12, { maxRetries: 0 }), ProtocolError);
    assert.equal(sandbox.requests.length, 5);
  });

  test('with a timeout', async () => {
    sandbox.script('hold');
    const error = await rejectionOf(sandbox.client().queryRecallFlowDetail(12, { timeout: 50 }));
    assert(error instanceof TimeoutError);
    assert(error instanceof TransportError);
    assert.equal(error.phase, 'response');
  });

  test('or keeps all of them', async () => {
    const client = sandbox.client();
    const none = { signal: undefined, timeout: undefined, maxRetries: undefined };
    for (const options of [undefined, {}, none, Object.create(null)]) {
      assert.equal((await client.queryRecallFlowDetail(12, options)).keyId, 12);
    }
  });

  /** @type {[string, ...unknown[]][]} */
  const wrong = [
    ['timeout', null, 0, -1, '1', Number.NaN, true],
    ['maxRetries', null, -1, 1.5, '1', Number.NaN, Infinity],
    ['signal', null, 5, {}, new AbortController(), new EventTarget()],
    ['retries', 1],
    ['max_retries', 1],
    ['baseUrl', ITNIO],
  ];
  for (const [name, ...values] of wrong) {
    test(`the error for a wrong \`${name}\` names it`, async () => {
      const client = sandbox.client();
      for (const value of values) {
        const options = /** @type {any} */ ({ [name]: value });
        for (const call of [
          client.queryRecallFlowDetail(12, options),
          client.queryGroupCalls(SPAN, options),
          client.updateRecallFlow(CHANGE, options),
        ]) {
          const error = await rejectionOf(call);
          assert(error instanceof ConfigError, String(error));
          assert(error.message.includes(`\`${name}\``), error.message);
        }
        assert.throws(() => client.groupCalls(SPAN, options), ConfigError);
      }
      assert.deepEqual(sandbox.requests, []);
    });
  }

  test('and refuses anything but an object', async () => {
    const client = sandbox.client();
    for (const options of /** @type {any[]} */ ([
      ...[null, 5, 'x', true, () => 1, [], [1], new Map([['timeout', 5]])],
      ...[AbortSignal.abort(), new AbortController()],
    ])) {
      await assert.rejects(client.queryRecallFlowDetail(12, options), ConfigError);
    }
    assert.deepEqual(sandbox.requests, []);
  });
});
