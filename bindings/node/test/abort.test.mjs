// @ts-check

/** Tests calls that a signal aborts. */

import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, suite, test } from 'node:test';

import { Client, InvalidRequestError, OutcomeUnknownError } from 'recallflow';
import { Sandbox } from 'recallflow/sandbox';

import { CHANGE, SPAN } from './specimens.mjs';
import { rejectionOf } from './support.mjs';

/** @type {Sandbox} */
let sandbox;
/** @type {import('recallflow').Client} */
let client;
beforeEach(async () => {
  sandbox = await Sandbox.start();
  client = sandbox.client();
});
afterEach(() => sandbox.close());

/** Calls of each operation with a signal. @type {Record<string, (signal: AbortSignal) => Promise<unknown>>} */
const CALLS = {
  queryRecallFlowDetail: (signal) => client.queryRecallFlowDetail(12, { signal }),
  queryGroupCalls: (signal) => client.queryGroupCalls(SPAN, { signal }),
  updateRecallFlow: (signal) => client.updateRecallFlow(CHANGE, { signal }),
  groupCalls: (signal) => client.groupCalls(SPAN, { signal }).next(),
};

/** Reasons with which a signal may be aborted. */
const REASONS = [new Error('mine'), 'a text', 0, null, false, { why: 'an object' }, Symbol('why')];

suite('a call', () => {
  for (const [name, call] of Object.entries(CALLS)) {
    test(`${name} that is pending is dropped`, async () => {
      for (const reason of REASONS) {
        sandbox.reset();
        sandbox.script('hold');
        const controller = new AbortController();
        const rejected = rejectionOf(call(controller.signal));
        await sandbox.waitForRequests(1);
        controller.abort(reason);
        const error = await rejected;
        if (name === 'updateRecallFlow') {
          assert(error instanceof OutcomeUnknownError);
          assert.equal(error.cause, reason);
          assert.equal(error.attempts, 1);
          assert.match(error.message, /^updateRecallFlow: the update may or may not have been applied: .*aborted/);
        } else {
          assert.equal(error, reason);
        }
        assert.deepEqual(getEventListeners(controller.signal, 'abort'), []);
      }
      await sandbox.waitForOpenConnections(0);
      assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
    });

    test(`${name} is not sent if the signal was aborted before`, async () => {
      for (const reason of REASONS) {
        assert.equal(await rejectionOf(call(AbortSignal.abort(reason))), reason);
      }
      const signal = AbortSignal.abort();
      const reason = await rejectionOf(call(signal));
      assert.equal(reason, signal.reason);
      assert.equal(reason.name, 'AbortError');
      assert.deepEqual(sandbox.requests, []);
      assert.deepEqual(getEventListeners(signal, 'abort'), []);
    });
  }

  test('is not sent if the signal is aborted immediately', async () => {
    const controller = new AbortController();
    const rejected = rejectionOf(client.queryRecallFlowDetail(12, { signal: controller.signal }));
    controller.abort();
    assert.equal(await rejected, controller.signal.reason);
    assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
  });
});

suite('an aborted update', () => {
  test('that was applied is an error with an unknown outcome', async () => {
    sandbox.script(['hold', 'applied']);
    const signal = AbortSignal.timeout(300);
    const error = await rejectionOf(client.updateRecallFlow(CHANGE, { signal }));
    assert(error instanceof OutcomeUnknownError);
    assert.equal(error.cause, signal.reason);
    assert.equal((await client.queryRecallFlowDetail(CHANGE.keyId)).recallInterval, CHANGE.recallInterval);
    assert.match(error.stack ?? '', /abort\.test\.mjs/);
    assert.equal(JSON.parse(JSON.stringify(error)).remedy, error.remedy);
  });

  test('that waits for its retry was not applied', async () => {
    sandbox.script({ respond: { status: 429, headers: [['Retry-After', '5']], body: '' } });
    const controller = new AbortController();
    // The first attempt is logged before the wait.
    const logger = { debug: () => controller.abort() };
    const { signal } = controller;
    const error = await rejectionOf(sandbox.client({ logger }).updateRecallFlow(CHANGE, { signal }));
    assert.equal(error.name, 'AbortError', error.message);
    assert.equal(error, signal.reason);
    assert.equal(sandbox.requests.length, 1);
  });

  test('that has no connection yet was not applied', async (t) => {
    // The TLS handshake never ends.
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const other = new Client({ apiKey: 'k', apiSecret: 's', baseUrl: `https://127.0.0.1:${port}` });
    const controller = new AbortController();
    server.on('connection', (socket) => {
      t.after(() => socket.destroy());
      controller.abort();
    });
    const { signal } = controller;
    assert.equal(await rejectionOf(other.updateRecallFlow(CHANGE, { signal })), signal.reason);
  });
});

test('a signal of a timeout aborts a call', async () => {
  sandbox.script('hold');
  const signal = AbortSignal.timeout(30);
  const reason = await rejectionOf(client.queryRecallFlowDetail(12, { signal }));
  assert.equal(reason, signal.reason);
  assert.equal(reason.name, 'TimeoutError');
  assert(reason instanceof DOMException);
});

test('a signal combined from several aborts a call', async () => {
  sandbox.script('hold');
  const controller = new AbortController();
  const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(60_000)]);
  const rejected = rejectionOf(client.queryRecallFlowDetail(12, { signal }));
  await sandbox.waitForRequests(1);
  controller.abort('one of them');
  assert.equal(await rejected, 'one of them');
});

test('a signal that is never aborted is released', async () => {
  const { signal } = new AbortController();
  for (let round = 0; round < 50; round += 1) {
    await client.queryRecallFlowDetail(12, { signal });
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  }
  sandbox.script(-22, 'reset');
  await rejectionOf(client.queryRecallFlowDetail(12, { signal }));
  await rejectionOf(client.updateRecallFlow(CHANGE, { signal }));
  await rejectionOf(client.queryRecallFlowDetail(/** @type {any} */ ('x'), { signal }));
  for await (const _ of client.groupCalls(SPAN, { signal })) {
    break;
  }
  await client.groupCalls(SPAN, { signal }).return();
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('many calls share a signal without a warning about listeners', async (t) => {
  const warned = t.mock.fn();
  process.on('warning', warned);
  t.after(() => process.off('warning', warned));
  const controller = new AbortController();
  const { signal } = controller;
  sandbox.script(...Array.from({ length: 40 }, () => /** @type {const} */ ('hold')));
  const rejected = Array.from({ length: 40 }, () => rejectionOf(client.queryRecallFlowDetail(12, { signal })));
  await sandbox.waitForRequests(40);
  assert(getEventListeners(signal, 'abort').length <= 1);
  controller.abort('all of them');
  assert.deepEqual(
    await Promise.all(rejected),
    Array.from({ length: 40 }, () => 'all of them'),
  );
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
  // Warnings are emitted in the next turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(warned.mock.callCount(), 0);
  await sandbox.waitForOpenConnections(0);
});

test('only calls with the signal are aborted', async () => {
  sandbox.scriptFor('queryRecallFlowDetail', 'hold');
  const controller = new AbortController();
  const dropped = rejectionOf(client.queryRecallFlowDetail(12, { signal: controller.signal }));
  await sandbox.waitForRequests(1);
  const other = client.queryGroupCalls(SPAN, { signal: new AbortController().signal });
  controller.abort('this one');
  assert.equal(await dropped, 'this one');
  assert.equal((await other).total, 574);
});

test('a call that has ended is not settled again', async () => {
  const controller = new AbortController();
  const detail = await client.queryRecallFlowDetail(12, { signal: controller.signal });
  controller.abort();
  assert.equal(detail.keyId, 12);
});

test('an abort listener may call the client', async () => {
  sandbox.script('hold');
  const controller = new AbortController();
  const rejected = rejectionOf(client.queryRecallFlowDetail(12, { signal: controller.signal }));
  /** @type {Promise<unknown> | undefined} */
  let again;
  controller.signal.addEventListener('abort', () => {
    again = client.queryRecallFlowDetail(299);
  });
  await sandbox.waitForRequests(1);
  controller.abort('enough');
  assert.equal(await rejected, 'enough');
  assert.equal(/** @type {any} */ (await again).keyId, 299);
});

test('an abort ends the pause before a retry', async () => {
  sandbox.script([429, { header: ['Retry-After', '20'] }]);
  const controller = new AbortController();
  const rejected = rejectionOf(client.queryRecallFlowDetail(12, { signal: controller.signal }));
  await sandbox.waitForRequests(1);
  controller.abort('no more');
  assert.equal(await rejected, 'no more');
  assert.equal(sandbox.requests.length, 1);
});

test('invalid arguments are reported before the signal is checked', async () => {
  const signal = AbortSignal.abort('aborted');
  const reason = await rejectionOf(client.queryRecallFlowDetail(/** @type {any} */ ('x'), { signal }));
  // Either error is correct, as long as nothing is sent.
  assert(reason === 'aborted' || reason instanceof InvalidRequestError);
  assert.deepEqual(sandbox.requests, []);
});
