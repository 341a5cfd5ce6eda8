// @ts-check

/** Helpers of many tests. */

import assert from 'node:assert/strict';

import { Sandbox } from 'recallflow/sandbox';

/**
 * Starts a sandbox, and closes it at the end of the test.
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
 * Returns the error that a function throws.
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
 * Returns the reason with which a promise is rejected.
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
 * Returns the error that a function throws, or with which its promise is rejected.
 *
 * @param {() => unknown} act
 * @returns {Promise<any>}
 */
export async function caught(act) {
  try {
    await act();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

/**
 * Returns a value that the compiler accepts for any type.
 *
 * @param {any} value
 */
export function untyped(value) {
  return value;
}

/**
 * Sets environment variables until the test ends.
 *
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string | undefined>} variables
 */
export function setEnvironment(t, variables) {
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

/**
 * Returns all items of an async iterator.
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
 * Returns a response with tasks of these numbers.
 *
 * @param {readonly number[]} ids
 * @param {number} total
 * @param {number} pages
 * @returns {import('recallflow/sandbox').Fault}
 */
export function pageOf(ids, total, pages) {
  const records = ids.map((taskId) => ({ taskId }));
  return success({ records, total, pages });
}

/**
 * Returns a successful response with this `data`.
 *
 * @param {unknown} data
 * @returns {import('recallflow/sandbox').Fault}
 */
export function success(data) {
  return { respond: { status: 200, body: { code: 0, msg: 'success', data } } };
}
