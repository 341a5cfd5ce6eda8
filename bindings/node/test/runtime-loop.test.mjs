// @ts-check

/** The event loop is never held up: not by a large page, nor by many of them at once. */

import assert from 'node:assert/strict';
import test from 'node:test';

import { IS_FULL, PATIENCE, finish } from './programs.mjs';
import { sandboxFor } from './support.mjs';

/**
 * Measures the longest time for which the event loop did nothing else, in the best of many rounds: what the machine does
 * beside it, and the collection of garbage, lengthen some of them, and what holds up the event loop all of them.
 */
const GAPS = `
const client = rf.Client.fromEnv({ timeout: 60_000, attemptTimeout: 60_000 });

async function longestGap(act) {
  // Making requests is work of the caller's own.
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
  // What ended the wait is the last of it.
  return Math.max(longest, performance.now() - last);
}

async function measure(act, bound) {
  await act();
  let best = Infinity;
  for (const end = performance.now() + ${PATIENCE}; best > bound && performance.now() < end; ) {
    best = Math.min(best, await longestGap(act));
  }
  say(best);
}
`;

/**
 * Sees that this never needs to hold up the event loop for more milliseconds than these.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} act
 * @param {number} bound
 */
async function check(t, act, bound) {
  const sandbox = await sandboxFor(t);
  const best = Number(await finish(t, `${GAPS}await measure(${act}, ${bound});`, { sandbox }));
  t.diagnostic(`${best} ms`);
  assert.ok(best <= bound, `${best} ms`);
}

test('a page of 100 tasks does not hold it up for more than 2 ms', async (t) => {
  await check(t, '() => client.queryGroupCalls(QUERY)', 2);
});

test('pages that come at once are handed out in slices', async (t) => {
  // Nothing is taken before all of them have come.
  const act = `() => {
    const pages = Array.from({ length: ${IS_FULL ? 64 : 16} }, () => client.queryGroupCalls(QUERY));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    return Promise.all(pages);
  }`;
  await check(t, act, 5);
});
