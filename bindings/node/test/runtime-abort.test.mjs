// @ts-check

/** Tests that an aborted call ends immediately with the signal's reason, without an effect on other calls. */

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import test from 'node:test';

import { IS_FULL } from './child-programs.mjs';
import { collect, rejectionOf, sandboxFor } from './support.mjs';

const QUERY = { strTime: '2024-01-01 00:00:00', endTime: '2024-06-03 15:13:01', size: 100 };

/** @param {AbortSignal} signal */
const listeners = (signal) => getEventListeners(signal, 'abort').length;

test('nothing is sent if the signal is already aborted', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client();
  const reason = new RangeError('mine');
  for (const [signal, expected] of /** @type {[AbortSignal, unknown][]} */ ([
    [AbortSignal.abort(reason), reason],
    [AbortSignal.abort('a text'), 'a text'],
    [AbortSignal.abort(0), 0],
  ])) {
    assert.equal(await client.queryRecallFlowDetail(12, { signal }).catch((thrown) => thrown), expected);
    assert.equal(await client.queryGroupCalls(QUERY, { signal }).catch((thrown) => thrown), expected);
    assert.equal(await collect(client.groupCalls(QUERY, { signal })).catch((thrown) => thrown), expected);
    assert.equal(listeners(signal), 0);
  }
  const usual = await rejectionOf(client.queryRecallFlowDetail(12, { signal: AbortSignal.abort() }));
  assert.equal(usual.name, 'AbortError');
  assert.equal(sandbox.requests.length, 0);
});

test('a signal aborts all its calls, and other calls go on', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script(...Array.from({ length: 10 }, () => /** @type {const} */ ('hold')));
  const client = sandbox.client();
  const controller = new AbortController();
  const { signal } = controller;
  const calls = Array.from({ length: 10 }, () => rejectionOf(client.queryRecallFlowDetail(12, { signal })));
  await sandbox.waitForRequests(10);
  const other = client.queryRecallFlowDetail(299);
  assert.equal(listeners(signal), 1);
  const reason = new Error('enough');
  controller.abort(reason);
  assert.equal(listeners(signal), 0);
  assert.deepEqual(new Set(await Promise.all(calls)), new Set([reason]));
  assert.equal((await other).keyId, 299);
  assert.equal((await client.queryRecallFlowDetail(12)).keyId, 12);
  await sandbox.waitForOpenConnections(1);
});

test('a call that has ended no longer listens to its signal', async (t) => {
  const client = (await sandboxFor(t)).client();
  const { signal } = new AbortController();
  await client.queryRecallFlowDetail(12, { signal });
  await rejectionOf(client.queryRecallFlowDetail(10_000, { signal }));
  await rejectionOf(client.updateRecallFlow(/** @type {any} */ ({ keyId: 1 }), { signal }));
  await collect(client.groupCalls(QUERY, { signal }));
  assert.equal(listeners(signal), 0);
});

test('a timeout and a combined signal abort as well', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script('hold', 'hold');
  const client = sandbox.client();
  const late = await rejectionOf(client.queryRecallFlowDetail(12, { signal: AbortSignal.timeout(20) }));
  assert.equal(late.name, 'TimeoutError');
  assert.ok(late instanceof DOMException);
  const controller = new AbortController();
  const call = rejectionOf(
    client.queryRecallFlowDetail(12, { signal: AbortSignal.any([controller.signal, AbortSignal.timeout(60_000)]) }),
  );
  await sandbox.waitForRequests(2);
  controller.abort();
  assert.equal((await call).name, 'AbortError');
});

test('a call is settled once if an abort and a response coincide', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client({ logger: { debug() {} } });
  const outcomes = { answered: 0, aborted: 0 };
  for (let round = 0; round < (IS_FULL ? 1000 : 60); round += 1) {
    const controller = new AbortController();
    const { signal } = controller;
    const calls = Array.from({ length: 10 }, () =>
      client.queryRecallFlowDetail(12, { signal }).then(
        ({ keyId }) => {
          assert.equal(keyId, 12);
          outcomes.answered += 1;
          // About half of the calls have ended by now.
          controller.abort();
        },
        (error) => {
          assert.equal(error, signal.reason);
          outcomes.aborted += 1;
        },
      ),
    );
    await Promise.all(calls);
    assert.equal(listeners(signal), 0);
  }
  assert.ok(outcomes.answered > 0 && outcomes.aborted > 0, JSON.stringify(outcomes));
});
