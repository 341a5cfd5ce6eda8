// @ts-check

/** Tests the client: its calls and its use in programs. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
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
  TransportError,
} from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

import { CHANGE, SPAN } from './specimens.mjs';
import { collect, rejectionOf, setEnvironment, thrownBy } from './support.mjs';

const CREDENTIALS = { apiKey: 'key', apiSecret: 'secret' };

/** @type {Sandbox} */
let sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.start();
});
afterEach(() => sandbox.close());

test('each operation returns its response', async () => {
  const client = sandbox.client();
  assert.equal((await client.queryRecallFlowDetail(299)).keyId, 299);
  assert.equal(await client.updateRecallFlow(CHANGE), undefined);
  assert.equal(sandbox.flow(299)?.recallInterval, 45);
  assert.equal((await client.queryGroupCalls(SPAN)).total, 574);
  assert(sandbox.requests.every(({ signatureValid }) => signatureValid));
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
