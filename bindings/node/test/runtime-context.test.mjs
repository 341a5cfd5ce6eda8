// @ts-check

/** Tests asynchronous contexts: `AsyncLocalStorage` and hooks. */

import assert from 'node:assert/strict';
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import test from 'node:test';

import { collect, sandboxFor } from './support.mjs';

const QUERY = { strTime: '2024-01-01 00:00:00', endTime: '2024-06-03 15:13:01', size: 100 };

test('each call keeps the context of its caller', async (t) => {
  const client = (await sandboxFor(t)).client();
  const storage = new AsyncLocalStorage();
  const seen = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      storage.run(index, async () => {
        await client.queryRecallFlowDetail(12);
        const afterCall = storage.getStore();
        await client.queryRecallFlowDetail(10_000).catch(() => undefined);
        const afterFailure = storage.getStore();
        await collect(client.groupCalls(QUERY));
        return [afterCall, afterFailure, storage.getStore()];
      }),
    ),
  );
  seen.forEach((stores, index) => assert.deepEqual(stores, [index, index, index]));
});

test('a logger is called in the context of the caller', async (t) => {
  const sandbox = await sandboxFor(t);
  const storage = new AsyncLocalStorage();
  /** @type {unknown[]} */
  const seen = [];
  const client = sandbox.client({ logger: { debug: () => seen.push(storage.getStore()) } });
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => storage.run(index, () => client.queryRecallFlowDetail(12))),
  );
  assert.deepEqual(seen.toSorted(), Array.from({ length: 20 }, (_, index) => index).toSorted());

  seen.length = 0;
  // The context of a page is that of the call of `next`.
  const tasks = storage.run('first', () => client.groupCalls(QUERY));
  await storage.run('second', () => tasks.next());
  assert.deepEqual(seen, ['second']);
});

test('an abort does not change the context of the call', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script('hold');
  const storage = new AsyncLocalStorage();
  const controller = new AbortController();
  const call = storage.run('call', () => sandbox.client().queryRecallFlowDetail(12, { signal: controller.signal }));
  const seen = storage.run('call', () => call.catch(() => storage.getStore()));
  storage.run('abort', () => controller.abort());
  assert.equal(await seen, 'call');
});

test('hooks see only promises of calls without a logger', async (t) => {
  const client = (await sandboxFor(t)).client();
  await client.queryRecallFlowDetail(12);
  /** @type {Set<string>} */
  const types = new Set();
  const hook = createHook({ init: (_, type) => types.add(type) }).enable();
  await Promise.all(Array.from({ length: 10 }, () => client.queryRecallFlowDetail(12)));
  hook.disable();
  types.delete('Immediate');
  assert.deepEqual([...types], ['PROMISE']);
});

test('log records come before the outcome, however many calls end together', async (t) => {
  const sandbox = await sandboxFor(t);
  let lines = 0;
  const client = sandbox.client({ logger: { debug: () => (lines += 1) } });
  for (let round = 1; round <= 5; round += 1) {
    const before = lines;
    await Promise.all(Array.from({ length: 200 }, () => client.queryRecallFlowDetail(12)));
    assert.equal(lines - before, 200);
  }
});

test('a logger may call the client, abort calls and throw', async (t) => {
  const sandbox = await sandboxFor(t);
  const controller = new AbortController();
  /** @type {Promise<unknown>[]} */
  const further = [];
  const other = sandbox.client();
  const warned = new Promise((resolve) => process.once('warning', resolve));
  const client = sandbox.client({
    logger: {
      debug() {
        further.push(other.queryRecallFlowDetail(12));
        controller.abort();
        throw Object.create(null);
      },
    },
  });
  const [first, aborted] = await Promise.allSettled([
    client.queryRecallFlowDetail(299),
    // The sandbox never responds to this key.
    other.queryRecallFlowDetail(990_604, { signal: controller.signal }),
  ]);
  assert.equal(first.status, 'fulfilled');
  assert.equal(aborted.status, 'rejected');
  assert.equal((await Promise.all(further)).length, 1);
  await warned;
});
