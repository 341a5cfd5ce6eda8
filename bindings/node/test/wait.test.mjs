// @ts-check

/** Waiting for flows and tasks. No test sleeps: a pause lets the time of the wait and of the sandbox pass instead. */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';

import {
  AuthenticationError,
  ConfigError,
  ParameterError,
  RateLimitedError,
  RecallStatus,
  TimeoutError,
  UnavailableError,
  WaitError,
} from 'recallflow';
import { faults } from 'recallflow/sandbox';

import { rejectionOf, sandboxFor, untyped } from './support.mjs';

const require = createRequire(import.meta.url);
/** @type {{ clock: typeof import('../dist/wait.js').clock }} */
const { clock } = require('../dist/wait.js');

const QUERY = { current: 1, size: 100, strTime: '2024-01-01 00:00:00', endTime: '2024-06-03 15:13:01', taskType: 3 };

/**
 * Starts a sandbox whose time passes instead of a sleep of the client. Returns it with the delays.
 *
 * @param {import('node:test').TestContext} t
 */
async function sandboxWithPauses(t) {
  const sandbox = await sandboxFor(t);
  const { now, sleep } = clock;
  /** @type {number[]} */
  const delays = [];
  clock.now = () => now() + delays.reduce((sum, delay) => sum + delay, 0);
  clock.sleep = (delay) => {
    delays.push(delay);
    sandbox.advance(delay);
    return Promise.resolve();
  };
  t.after(() => Object.assign(clock, { now, sleep }));
  return { sandbox, delays };
}

test('a flow is read until it is completed', async (t) => {
  const { sandbox, delays } = await sandboxWithPauses(t);
  /** @type {unknown[]} */
  const progress = [];
  const flow = await sandbox.client().waitForRecallFlow(300, {
    timeout: 3_600_000,
    onProgress: (done, total, { status }) => progress.push([done, total, status]),
  });
  assert.equal(flow.status, RecallStatus.COMPLETED);
  assert.deepEqual(
    [progress[0], progress.at(-1)],
    [
      [0, 3, 0],
      [3, 3, 2],
    ],
  );
  for (const [index, delay] of delays.entries()) {
    const longest = Math.min(2 ** (index + 1), 60) * 1000;
    assert.ok(delay >= 0.8 * longest - 1 && delay <= longest, `${index}: ${delay}`);
  }
});

test('tasks are read until each has ended', async (t) => {
  const { sandbox } = await sandboxWithPauses(t);
  /** @type {unknown[]} */
  const counts = [];
  const tasks = await sandbox.client().waitForGroupCalls(untyped(QUERY), {
    timeout: 3_600_000,
    onProgress: async (done, total, read) => {
      await Promise.resolve();
      counts.push([done, total, read.length]);
    },
  });
  assert.deepEqual([tasks.length, counts[0], counts.at(-1)], [574, [488, 574, 574], [574, 574, 574]]);
});

test('wrong options are refused before a request is sent', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client();
  for (const [options, message] of /** @type {[unknown, RegExp][]} */ ([
    [undefined, /`timeout`/],
    [{}, /`timeout`/],
    [{ timeout: 0 }, /`timeout`/],
    [{ timeout: '1' }, /`timeout`/],
    [{ timeout: 1000, until: -1 }, /`until`/],
    [{ timeout: 1000, until: 'completed' }, /`until`/],
    [{ timeout: 1000, tiemout: 1 }, /unknown call option/],
  ])) {
    const error = await rejectionOf(client.waitForRecallFlow(300, untyped(options)));
    assert.ok(error instanceof ConfigError, String(error));
    assert.match(error.message, message);
    assert.match(String(error.stack), /wait\.test\.mjs/);
  }
  assert.deepEqual(sandbox.requests, []);
});

test('the error has the last flow, which is not printed', async (t) => {
  const { sandbox, delays } = await sandboxWithPauses(t);
  const error = await rejectionOf(sandbox.client().waitForRecallFlow(300, { timeout: 30_000 }));
  assert.ok(error instanceof WaitError);
  assert.deepEqual([error.reason, error.isRetryable, error.operation], ['timeout', true, 'waitForRecallFlow']);
  assert.equal(/** @type {import('recallflow').RecallFlowDetail} */ (error.last).status, RecallStatus.PENDING);
  assert.equal('last' in error.toJSON(), false);
  assert.equal(
    error.message,
    'waitForRecallFlow: expected status 2 (Completed) within 30 s, but the flow has status 0 (Pending); ' +
      'wait again with a longer timeout',
  );
  const passed = delays.reduce((sum, delay) => sum + delay, 0);
  assert.ok(passed > 28_000 && passed <= 29_000, String(passed));
});

test('a state that cannot be reached ends the wait at once', async (t) => {
  const { sandbox, delays } = await sandboxWithPauses(t);
  for (const [key, until] of /** @type {const} */ ([
    [303, RecallStatus.COMPLETED],
    [12, RecallStatus.PENDING],
  ])) {
    const error = await rejectionOf(sandbox.client().waitForRecallFlow(key, { until, timeout: 60_000 }));
    assert.deepEqual([error.name, error.reason, error.isRetryable], ['WaitError', 'unreachable', false]);
  }
  assert.deepEqual(delays, []);
});

test('temporary errors are retried, and the last is the cause', async (t) => {
  const { sandbox } = await sandboxWithPauses(t);
  const client = sandbox.client({ maxRetries: 0 });
  sandbox.script(503, -18, faults.close(), 503);
  const flow = await client.waitForRecallFlow(12, { timeout: 600_000 });
  assert.equal(flow.status, RecallStatus.COMPLETED);
  sandbox.script(...Array.from({ length: 20 }, () => 503));
  const error = await rejectionOf(client.waitForRecallFlow(12, { timeout: 30_000 }));
  assert.match(error.message, /no read succeeded within 30 s/);
  assert.deepEqual([error.cause instanceof UnavailableError, error.last], [true, undefined]);
});

test('an error that stays is thrown at once', async (t) => {
  const { sandbox, delays } = await sandboxWithPauses(t);
  for (const [code, type] of /** @type {const} */ ([
    [-22, ParameterError],
    [-1, AuthenticationError],
  ])) {
    sandbox.script(code);
    await assert.rejects(sandbox.client().waitForRecallFlow(300, { timeout: 60_000 }), type);
  }
  assert.deepEqual(delays, []);
});

test('the error of the callback ends the wait', async (t) => {
  const { sandbox } = await sandboxWithPauses(t);
  const thrown = new RateLimitedError('of the callback', { isRetryable: true });
  for (const onProgress of [
    () => Promise.reject(thrown),
    () => {
      throw thrown;
    },
  ]) {
    const error = await rejectionOf(sandbox.client().waitForGroupCalls(untyped(QUERY), { timeout: 600, onProgress }));
    assert.equal(error, thrown);
  }
});

test('late responses end the wait at its deadline', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client();
  sandbox.script(faults.delay(30_000));
  const started = performance.now();
  const error = await rejectionOf(client.waitForRecallFlow(12, { timeout: 100 }));
  assert.ok(error instanceof WaitError && error.cause instanceof TimeoutError, String(error));
  // Each page is in time, but not all of them.
  sandbox.script(...Array.from({ length: 20 }, () => faults.delay(80)));
  await assert.rejects(client.waitForGroupCalls(untyped({ ...QUERY, size: 10 }), { timeout: 200 }), WaitError);
  assert.ok(performance.now() - started < 5000);
});

test('a signal ends the wait, also while it sleeps', async (t) => {
  const sandbox = await sandboxFor(t);
  const reason = new Error('enough');
  for (const when of ['read', 'callback', 'sleep']) {
    const controller = new AbortController();
    const abort = () => {
      controller.abort(reason);
    };
    sandbox.script(when === 'read' ? faults.delay(30_000) : faults.ok());
    const onProgress = () => {
      if (when === 'sleep') {
        setImmediate(abort);
      } else {
        abort();
      }
    };
    const waiting = sandbox.client().waitForRecallFlow(300, { timeout: 60_000, onProgress, signal: controller.signal });
    if (when === 'read') {
      setImmediate(abort);
    }
    assert.equal(await rejectionOf(waiting), reason, when);
  }
});
