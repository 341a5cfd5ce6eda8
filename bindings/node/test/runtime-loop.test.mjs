// @ts-check

/** Tests that neither a large page nor many pages block the event loop. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { IS_FULL, STEP_TIMEOUT, outputOf } from './child-programs.mjs';
import { sandboxFor } from './support.mjs';

/**
 * Measures the longest time for which the event loop was blocked, in the best of many rounds. Other processes and garbage
 * collection lengthen some rounds, but code that blocks the event loop lengthens all of them.
 */
const GAPS = `
const client = rf.Client.fromEnv({ timeout: 60_000, attemptTimeout: 60_000 });

async function longestGap(act) {
  // Starting the calls is the caller's own work.
  const done = act();
  let longest = 0;
  let last = performance.now();
  let isRunning = true;
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (isRunning) setImmediate(look);
  };
  setImmediate(look);
  await done;
  isRunning = false;
  // Settling the last promise belongs to it.
  return Math.max(longest, performance.now() - last);
}

async function measure(act, bound) {
  await act();
  let best = Infinity;
  for (const end = performance.now() + ${STEP_TIMEOUT}; best > bound && performance.now() < end; ) {
    best = Math.min(best, await longestGap(act));
  }
  console.log(best);
}
`;

/**
 * Checks that the event loop is not blocked for longer than this number of milliseconds.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} act
 * @param {number} bound
 */
async function check(t, act, bound) {
  const sandbox = await sandboxFor(t);
  const best = Number(await outputOf(t, `${GAPS}await measure(${act}, ${bound});`, { sandbox }));
  t.diagnostic(`${best} ms`);
  assert.ok(best <= bound, `${best} ms`);
}

test('a page of 100 tasks blocks it for at most 2 ms', async (t) => {
  await check(t, '() => client.queryGroupCalls(QUERY)', 2);
});

test('pages that arrive together are dispatched in time slices', async (t) => {
  // No batch is taken before all of them have arrived.
  const act = `() => {
    const pages = Array.from({ length: ${IS_FULL ? 64 : 16} }, () => client.queryGroupCalls(QUERY));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    return Promise.all(pages);
  }`;
  await check(t, act, 5);
});
