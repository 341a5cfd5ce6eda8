// @ts-check

/** Tests the client: its options, its calls and its use in programs. */

import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';

import {
  Client,
  ConfigError,
  InvalidRequestError,
  ITNIO,
  LAAFFIC,
  ONBUKA,
  OutcomeUnknownError,
  ParameterError,
  ProtocolError,
  TimeoutError,
  TransportError,
} from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

import { CHANGE, SPAN } from './specimens.mjs';
import { collect, rejectionOf, thrownBy } from './support.mjs';

const CREDENTIALS = { apiKey: 'key', apiSecret: 'secret' };

/** @type {Sandbox} */
let sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.start();
});
afterEach(() => sandbox.close());

/**
 * Sets environment variables until the test ends.
 *
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string | undefined>} variables
 */
function setEnvironment(t, variables) {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    const set = (/** @type {string | undefined} */ text) => {
      if (text === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = text;
      }
    };
    set(value);
    t.after(() => set(before));
  }
}

test('each operation returns its response', async () => {
  const client = sandbox.client();
  assert.equal((await client.queryRecallFlowDetail(299)).keyId, 299);
  assert.equal(await client.updateRecallFlow(CHANGE), undefined);
  assert.equal(sandbox.flow(299)?.recallInterval, 45);
  assert.equal((await client.queryGroupCalls(SPAN)).total, 574);
  assert(sandbox.requests.every(({ signatureValid }) => signatureValid));
});

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

suite('a class derived from the client', () => {
  class Ours extends Client {
    #calls = 0;

    get calls() {
      return this.#calls;
    }

    /** @override @param {number | bigint} keyId @param {import('recallflow').CallOptions} [options] */
    queryRecallFlowDetail(keyId, options) {
      this.#calls += 1;
      return super.queryRecallFlowDetail(keyId, options);
    }
  }

  class Named extends Client {
    /** @param {any} options */
    constructor(options) {
      super({ ...options, timeout: 5000 });
      this.name = 'named';
    }
  }

  test('is a client', async () => {
    const client = new Ours({ apiKey: sandbox.apiKey, apiSecret: sandbox.apiSecret, baseUrl: sandbox.url });
    assert(client instanceof Client);
    assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
    assert.equal(client.calls, 1);
    assert.equal((await collect(client.groupCalls(SPAN))).length, 574);
    assert.match(inspect(client), /^Ours \{ baseUrl: /);
  });

  test('can be created from the environment', (t) => {
    setEnvironment(t, { RECALLFLOW_API_KEY: 'key', RECALLFLOW_API_SECRET: 'secret', RECALLFLOW_BASE_URL: undefined });
    assert(Ours.fromEnv() instanceof Ours);
    const named = Named.fromEnv({ baseUrl: LAAFFIC });
    assert(named instanceof Named);
    assert.equal(named.name, 'named');
    assert.equal(named.timeout, 5000);
    assert.equal(named.baseUrl, LAAFFIC);
  });

  test('may create other clients in its constructor', (t) => {
    setEnvironment(t, { RECALLFLOW_API_KEY: 'key', RECALLFLOW_API_SECRET: 'secret', RECALLFLOW_BASE_URL: undefined });
    class Doubled extends Client {
      other = new Client({ ...CREDENTIALS, baseUrl: ONBUKA });
    }
    const doubled = Doubled.fromEnv({ baseUrl: LAAFFIC });
    assert.equal(doubled.baseUrl, LAAFFIC);
    assert.equal(doubled.other.baseUrl, ONBUKA);
    class First extends Client {
      /** @param {any} options */
      constructor(options) {
        const other = new Client({ ...CREDENTIALS, baseUrl: ONBUKA });
        super(options);
        this.other = other;
      }
    }
    const first = First.fromEnv({ baseUrl: LAAFFIC });
    assert.equal(first.other.baseUrl, ONBUKA);
    assert.equal(first.baseUrl, LAAFFIC);
  });

  test('whose constructor fails leaves nothing behind', (t) => {
    setEnvironment(t, { RECALLFLOW_API_KEY: 'key', RECALLFLOW_API_SECRET: 'secret', RECALLFLOW_BASE_URL: undefined });
    const reason = new Error('not today');
    const thrower = () => {
      throw reason;
    };
    class Broken extends Client {
      constructor() {
        super(thrower());
      }
    }
    assert.equal(
      thrownBy(() => Broken.fromEnv({ baseUrl: LAAFFIC })),
      reason,
    );
    assert.equal(new Client({ ...CREDENTIALS, baseUrl: ONBUKA }).baseUrl, ONBUKA);
  });
});

test('properties of a client are read-only', () => {
  const client = new Client(CREDENTIALS);
  assert.deepEqual([client.baseUrl, client.timeout, client.maxRetries], [ITNIO, 30_000, 2]);
  const other = new Client({ ...CREDENTIALS, baseUrl: LAAFFIC, timeout: 7500, maxRetries: 0 });
  assert.deepEqual([other.baseUrl, other.timeout, other.maxRetries], [LAAFFIC, 7500, 0]);
  // An assignment without effect would mislead its author.
  for (const name of ['baseUrl', 'timeout', 'maxRetries']) {
    assert.throws(() => Object.assign(client, { [name]: 3 }), TypeError);
  }
  assert.equal(inspect(other), `Client { baseUrl: '${LAAFFIC}', timeout: 7500, maxRetries: 0 }`);
  assert.equal(JSON.stringify(other), `{"baseUrl":"${LAAFFIC}","timeout":7500,"maxRetries":0}`);
});

test('a closed client refuses new calls, and pending calls go on', async () => {
  const client = sandbox.client();
  sandbox.script({ delay: 50 });
  const call = client.queryRecallFlowDetail(12);
  const tasks = client.groupCalls(SPAN);
  client.close();
  client.close();
  assert.equal((await call).keyId, 12);
  for (const attempt of [
    client.queryRecallFlowDetail(12),
    client.queryGroupCalls(SPAN),
    client.updateRecallFlow(CHANGE),
  ]) {
    const error = await rejectionOf(attempt);
    assert(error instanceof ConfigError);
    assert.match(error.message, /the client was closed/);
  }
  assert.throws(() => client.groupCalls(SPAN), { name: 'ConfigError', message: /closed/ });
  // Pages that were created before keep working.
  assert.equal((await collect(tasks)).length, 574);
  assert.equal(client.baseUrl, sandbox.url);
});

test('disposing of a client closes it', async () => {
  const client = sandbox.client();
  await client.queryRecallFlowDetail(12);
  await client[Symbol.asyncDispose]();
  await sandbox.waitForOpenConnections(0);
  await assert.rejects(client.queryRecallFlowDetail(12), ConfigError);
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

test('wrong arguments reject the promise instead of throwing', async () => {
  const client = sandbox.client();
  const { keyId: _, ...incomplete } = CHANGE;
  const calls = [
    client.queryRecallFlowDetail(/** @type {any} */ ('x')),
    client.updateRecallFlow(/** @type {any} */ (incomplete)),
    client.queryGroupCalls(/** @type {any} */ (undefined)),
    client.queryGroupCalls(/** @type {any} */ (null)),
  ];
  for (const call of calls) {
    assert(call instanceof Promise);
    assert((await rejectionOf(call)) instanceof InvalidRequestError);
  }
  assert.deepEqual(sandbox.requests, []);
});

test('keys of all sizes are sent and read unchanged', async () => {
  const client = sandbox.client();
  for (const keyId of [12, 12n]) {
    assert.equal((await client.queryRecallFlowDetail(keyId)).keyId, 12);
  }
  const long = 2n ** 53n + 1n;
  sandbox.insertFlow({ keyId: long, status: 0 });
  const detail = await client.queryRecallFlowDetail(long);
  assert.equal(sandbox.requests.at(-1)?.body, '{"keyId":9007199254740993}');
  assert.equal(detail.keyId, long);
  await assert.rejects(client.queryRecallFlowDetail(2 ** 53), /beyond 2\^53 give a bigint/);
});

test('arguments are read immediately', async () => {
  const client = sandbox.client();
  const update = { ...CHANGE, recallInterval: 45 };
  const call = client.updateRecallFlow(update);
  update.recallInterval = 99;
  await call;
  assert.equal(sandbox.flow(299)?.recallInterval, 45);
});

test('validation can be turned off', async () => {
  const client = sandbox.client({ validate: false });
  await assert.rejects(client.updateRecallFlow({ ...CHANGE, recallInterval: 0 }), (error) => {
    assert(error instanceof ParameterError);
    assert.match(error.message, /recallInterval/);
    return true;
  });
  // Wrong types are still refused.
  await assert.rejects(client.updateRecallFlow({ ...CHANGE, recallInterval: 1.5 }), InvalidRequestError);
  await assert.rejects(client.updateRecallFlow(/** @type {any} */ ({ ...CHANGE, x: 1 })), InvalidRequestError);
  assert.equal(sandbox.requests.length, 1);
});

test('an update whose response is lost is reported and not retried', async () => {
  sandbox.script(['reset', 'applied']);
  const error = await rejectionOf(sandbox.client().updateRecallFlow(CHANGE));
  assert(error instanceof OutcomeUnknownError);
  assert(error.cause instanceof TransportError);
  assert.equal(sandbox.requests.length, 1);
});

test('clients are independent', async (t) => {
  const other = await Sandbox.start();
  t.after(() => other.close());
  const clients = [
    sandbox.client(),
    other.client(),
    sandbox.client({ maxRetries: 0 }),
    other.client({ timeout: 9000 }),
  ];
  const details = await Promise.all(clients.map((client, index) => client.queryRecallFlowDetail(299 + index)));
  assert.deepEqual(
    details.map(({ keyId }) => keyId),
    [299, 300, 301, 302],
  );
  clients[0]?.close();
  assert.equal((await clients[2]?.queryRecallFlowDetail(12))?.keyId, 12);
  assert.equal(sandbox.requests.length + other.requests.length, 5);
});

test('200 concurrent calls succeed', async () => {
  const client = sandbox.client();
  const keys = Array.from({ length: 200 }, (_, index) => [12, 299, 300, 301, 302, 303, 304][index % 7] ?? 12);
  const details = await Promise.all(keys.map((keyId) => client.queryRecallFlowDetail(keyId)));
  assert.deepEqual(
    details.map(({ keyId }) => keyId),
    keys,
  );
  assert.equal(sandbox.requests.length, 200);
});

test('promises settle in the order in which calls end', async () => {
  const client = sandbox.client({ maxRetries: 0 });
  // Each operation has its own script, so that the right call is delayed.
  sandbox.scriptFor('queryGroupCalls', { delay: 400 });
  sandbox.scriptFor('queryRecallFlowDetail', { delay: 200 });
  /** @type {string[]} */
  const ended = [];
  const tell = (/** @type {Promise<unknown>} */ call, /** @type {string} */ name) =>
    call.then(
      () => ended.push(name),
      () => ended.push(`${name}, which failed`),
    );
  await Promise.all([
    tell(client.queryGroupCalls(SPAN), 'tasks'),
    tell(client.queryRecallFlowDetail(12), 'flow'),
    tell(client.queryRecallFlowDetail(/** @type {any} */ ('x')), 'at once'),
    tell(client.updateRecallFlow(CHANGE), 'update'),
  ]);
  assert.deepEqual(ended, ['at once, which failed', 'update', 'flow', 'tasks']);
});

test('a method can be mocked', async (t) => {
  const client = sandbox.client();
  t.mock.method(client, 'queryRecallFlowDetail', () => Promise.resolve('mocked'));
  assert.equal(await client.queryRecallFlowDetail(5), 'mocked');
});
