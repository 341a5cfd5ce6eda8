// @ts-check

/** What many tests do. */

import assert from 'node:assert/strict';

import { Sandbox } from 'recallflow/sandbox';

/**
 * A sandbox that is closed when the test has ended.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('recallflow/sandbox').SandboxOptions} [options]
 */
export async function sandboxFor(t, options) {
  const sandbox = await Sandbox.start(options);
  t.after(() => sandbox.close());
  return sandbox;
}

/**
 * What a function throws.
 *
 * @param {() => unknown} act
 * @returns {any}
 */
export function thrownBy(act) {
  try {
    act();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

/**
 * What a promise is rejected with.
 *
 * @param {PromiseLike<unknown>} promise
 * @returns {Promise<any>}
 */
export async function rejectionOf(promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  return assert.fail(`it was fulfilled with ${String(value)}`);
}

/**
 * All that an async iterator yields.
 *
 * @template T
 * @param {AsyncIterable<T>} items
 */
export async function collect(items) {
  const all = [];
  for await (const item of items) {
    all.push(item);
  }
  return all;
}

/**
 * An answer with tasks of these numbers.
 *
 * @param {readonly number[]} ids
 * @param {number} total
 * @param {number} pages
 * @returns {import('recallflow/sandbox').Fault}
 */
export function pageOf(ids, total, pages) {
  const records = ids.map((taskId) => ({ taskId }));
  return answer({ records, total, pages });
}

/**
 * A successful answer with these data.
 *
 * @param {unknown} data
 * @returns {import('recallflow/sandbox').Fault}
 */
export function answer(data) {
  return { respond: { status: 200, body: { code: 0, msg: 'success', data } } };
}
